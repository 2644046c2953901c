/** A knowledge base's entries: added, opened to read and change, deleted. */

import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useSearchParams } from "react-router";
import { answered, api, type Page } from "../api/client";
import type { Base, Doc } from "../api/shapes";
import { Ago, Button, Empty, FIELD, inWords, Tag, Trouble } from "../parts/parts";
import { Add } from "./add";
import { Entry } from "./entry";

const KINDS: { [kind: string]: string } = { qa: "Question and answer" };

export function Documents({ base, mayWrite }: { base: Base; mayWrite: boolean }) {
  const path = { knowledge_base_id: base.knowledge_base_id };
  const queries = useQueryClient();
  const [words, setWords] = useState("");
  const q = useDeferredValue(words.trim());
  const found = useInfiniteQuery({
    queryKey: ["documents", base.knowledge_base_id, q],
    placeholderData: keepPreviousData,
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      answered<Page<Doc>>(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/documents", {
          params: {
            path,
            query: { limit: 50, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const remove = useMutation({
    mutationFn: (documentId: string) =>
      answered(
        api.DELETE("/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", {
          params: { path: { ...path, document_id: documentId } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["documents"] }),
  });
  const linked = useSearchParams()[0].get("entry") ?? "";
  const [opened, open] = useState(linked);
  const documents = found.data?.pages.flatMap((page) => page.data) ?? [];
  const isListed = documents.some((one) => one.document_id === linked);
  return (
    <div className="flex flex-col gap-5">
      {linked && found.data && !isListed && (
        <section aria-label="The entry of the link" className="text-sm">
          <Entry baseId={base.knowledge_base_id} documentId={linked} mayWrite={mayWrite} />
        </section>
      )}
      {mayWrite && <Add baseId={base.knowledge_base_id} />}
      <Trouble error={found.error ?? remove.error} />
      {(documents.length > 0 || words) && (
        <input
          type="search"
          aria-label="Words of an entry's title"
          placeholder="Find an entry by its title"
          maxLength={200}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className={FIELD}
        />
      )}
      {found.data && documents.length === 0 && q && (
        <p role="status" className="text-sm text-quiet">
          No entry is called so.
        </p>
      )}
      {found.data && documents.length === 0 && !q && (
        <Empty title="Nothing to answer from yet">
          Write the first question with its answer, or drop a price list or manual.
        </Empty>
      )}
      <ul className="divide-y divide-line rounded-xl border border-line bg-card">
        {documents.map((one) => (
          <li
            key={one.document_id}
            ref={one.document_id === linked ? shown : undefined}
            className="px-4 py-3 text-sm"
          >
            <div className="flex flex-wrap items-center justify-end gap-x-3 gap-y-1">
              <span dir="auto" className="min-w-48 flex-1 [overflow-wrap:anywhere]">
                {one.title}
                <span className="block text-xs text-quiet">
                  {KINDS[one.kind] ?? inWords(one.kind)} · {one.passages}{" "}
                  {one.passages === 1 ? "passage" : "passages"} · <Ago at={one.updated_at} />
                </span>
              </span>
              {one.state !== "published" && <Tag tone="warn">{inWords(one.state)}</Tag>}
              <Button
                look="quiet"
                aria-label={`Open ${one.title}`}
                aria-expanded={opened === one.document_id}
                onClick={() => open(opened === one.document_id ? "" : one.document_id)}
              >
                {opened === one.document_id ? "Close" : "Open"}
              </Button>
              {mayWrite && (
                <Delete
                  title={one.title}
                  isBusy={remove.isPending}
                  onDelete={() => remove.mutate(one.document_id)}
                />
              )}
            </div>
            {opened === one.document_id && (
              <Entry
                baseId={base.knowledge_base_id}
                documentId={one.document_id}
                mayWrite={mayWrite}
                key={one.updated_at}
              />
            )}
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button
          className="self-start"
          disabled={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </div>
  );
}

const seen = new WeakSet<Element>();

/** Brings the entry that a link means into view, once. */
function shown(item: HTMLLIElement | null) {
  if (!item || seen.has(item)) return;
  seen.add(item);
  item.scrollIntoView({ block: "start" });
}

/** A second press deletes: what is deleted is gone from every version. */
function Delete({ title, isBusy, onDelete }: { title: string; isBusy: boolean; onDelete: () => void }) {
  const [isAsked, ask] = useState(false);
  return (
    <Button
      look="quiet"
      disabled={isBusy}
      className={isAsked ? "text-bad" : ""}
      aria-label={isAsked ? `Delete ${title} for good` : `Delete ${title}`}
      onClick={() => (isAsked ? onDelete() : ask(true))}
      onBlur={() => ask(false)}
    >
      {isAsked ? "Delete for good" : "Delete"}
    </Button>
  );
}
