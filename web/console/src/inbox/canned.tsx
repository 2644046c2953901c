/** Choosing a canned answer by words of its shortcut or text. */

import { useQuery } from "@tanstack/react-query";
import { Popover } from "radix-ui";
import { useRef, useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Button, FIELD, Trouble } from "../parts/parts";

export interface CannedAnswer {
  canned_answer_id: string;
  shortcut: string;
  text: string;
}

export function useCanned(words: string) {
  return useQuery({
    queryKey: ["canned", words],
    queryFn: () =>
      answered<Page<CannedAnswer>>(
        api.GET("/v1/canned-answers", { params: { query: words ? { q: words } : {} } }),
      ),
  });
}

export function CannedPicker({ onChoose }: { onChoose: (text: string) => void }) {
  const [isOpen, open] = useState(false);
  const hasChosen = useRef(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={open}>
      <Popover.Trigger asChild>
        <Button>Canned answers</Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={8}
          collisionPadding={12}
          aria-label="Canned answers"
          onCloseAutoFocus={(event) => {
            if (hasChosen.current) event.preventDefault(); // one goes on in the field
            hasChosen.current = false;
          }}
          className="z-10 w-80 max-w-[calc(100vw-24px)] rounded-xl border border-line bg-card p-3 shadow-lg"
        >
          <Choices
            onChoose={(text) => {
              hasChosen.current = true;
              onChoose(text);
              open(false);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choices({ onChoose }: { onChoose: (text: string) => void }) {
  const [words, setWords] = useState("");
  const found = useCanned(words.trim());
  return (
    <>
      <input
        aria-label="Search canned answers"
        placeholder="Search"
        maxLength={200}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        className={FIELD}
      />
      <Trouble error={found.error} />
      {found.data?.data.length === 0 && (
        <p className="px-1 pt-2 text-sm text-quiet">
          {words.trim() ? "None holds these words." : "Write the first one under Settings › Canned answers."}
        </p>
      )}
      <ul className="mt-2 max-h-64 overflow-y-auto">
        {found.data?.data.map((one) => (
          <li key={one.canned_answer_id}>
            <button
              type="button"
              onClick={() => onChoose(one.text)}
              className="w-full rounded-lg px-2 py-2 text-start text-sm hover:bg-raised"
            >
              <span className="font-medium">{one.shortcut}</span>
              <span dir="auto" className="line-clamp-2 text-quiet">
                {one.text}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
