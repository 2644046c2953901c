/** Ctrl K: any page, assistant or waiting handoff by a few letters of its name. */

import { useQuery } from "@tanstack/react-query";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { answered, api, type Page } from "./api/client";
import type { Handoff } from "./api/shapes";
import { FIELD } from "./parts/parts";

interface Place {
  to: string;
  words: string;
  about: string;
}

const MOST = 8;
const PAGES: Place[] = Object.entries({
  "/inbox": "Inbox",
  "/approvals": "Approvals",
  "/conversations": "Conversations",
  "/knowledge": "Knowledge",
  "/knowledge/sources": "Knowledge: sources",
  "/knowledge/learnt": "Knowledge: suggestions",
  "/knowledge/search": "Knowledge: search",
  "/knowledge/versions": "Knowledge: versions",
  "/assistants": "Assistants",
  "/settings": "Settings",
  "/settings/teams": "Settings: teams and targets",
  "/settings/signin": "Settings: sign-in",
  "/settings/canned": "Settings: canned answers",
  "/settings/keys": "Settings: API keys",
  "/settings/models": "Settings: models",
  "/settings/usage": "Settings: usage and budget",
  "/settings/connectors": "Settings: connectors",
  "/settings/deliveries": "Settings: webhooks and channels",
  "/settings/identity": "Settings: identity",
  "/settings/retention": "Settings: retention",
  "/settings/audit": "Settings: audit log",
  "/settings/own": "Settings: your account",
}).map(([to, words]) => ({ to, words, about: "Page" }));

// not modal: a modal dialog of Radix writes a style element, which the page's policy refuses
export function Palette({ waiting }: { waiting: Handoff[] }) {
  const [isOpen, open] = useState(false);
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      open((was) => !was);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  return (
    <Dialog.Root open={isOpen} onOpenChange={open} modal={false}>
      <Dialog.Trigger className="hidden items-center rounded-lg px-3 py-2 text-sm text-quiet hover:bg-raised hover:text-ink md:flex">
        <span className="flex-1 text-start">Go to …</span>
        <kbd className="rounded border border-line px-1 text-xs">Ctrl K</kbd>
      </Dialog.Trigger>
      <Dialog.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-10 bg-ink/30" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-4 top-16 z-20 mx-auto max-w-lg rounded-xl border border-line bg-card p-3 shadow-lg"
        >
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <Search waiting={waiting} onDone={() => open(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Search({ waiting, onDone }: { waiting: Handoff[]; onDone: () => void }) {
  const navigate = useNavigate();
  const [typed, type] = useState("");
  const [at, setAt] = useState(0);
  const assistants = useQuery({
    queryKey: ["assistants"],
    queryFn: () =>
      answered<Page<{ assistant_id: string; name: string }>>(
        api.GET("/v1/assistants", { params: { query: { limit: 100 } } }),
      ),
  });
  const places = [
    ...waiting.map((one) => ({
      to: `/inbox/${one.handoff_id}`,
      words: one.open_intents[0]?.text || "A conversation",
      about: "Waits",
    })),
    ...PAGES,
    ...(assistants.data?.data ?? []).map((one) => ({
      to: `/assistants/${one.assistant_id}`,
      words: one.name,
      about: "Assistant",
    })),
  ];
  const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = places
    .filter((place) => parts.every((part) => place.words.toLowerCase().includes(part)))
    .slice(0, MOST);
  const chosen = Math.min(at, found.length - 1);
  const go = (place: Place | undefined) => {
    if (!place) return;
    onDone();
    void navigate(place.to);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) {
      event.preventDefault();
      setAt((chosen + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(found[chosen]);
    }
  };
  return (
    <>
      <input
        role="combobox"
        aria-label="Go to"
        aria-expanded="true"
        aria-controls="palette"
        aria-activedescendant={found[chosen] ? `palette-${chosen}` : undefined}
        placeholder="Go to a page, an assistant, who waits …"
        maxLength={200}
        value={typed}
        onChange={(event) => {
          type(event.target.value);
          setAt(0);
        }}
        onKeyDown={pressed}
        className={FIELD}
      />
      <div id="palette" role="listbox" aria-label="Places" className="mt-2">
        {found.map((place, row) => (
          <div
            key={place.to}
            id={`palette-${row}`}
            role="option"
            tabIndex={-1}
            aria-selected={row === chosen}
            onClick={() => go(place)}
            onKeyDown={() => undefined}
            className="flex cursor-pointer items-baseline gap-3 rounded-lg px-3 py-2 text-sm hover:bg-raised aria-selected:bg-soft"
          >
            <span className="min-w-0 flex-1 truncate" dir="auto">
              {place.words}
            </span>
            <span className="text-xs text-quiet">{place.about}</span>
          </div>
        ))}
        {found.length === 0 && <p className="px-3 py-2 text-sm text-quiet">Nothing is called so.</p>}
      </div>
    </>
  );
}
