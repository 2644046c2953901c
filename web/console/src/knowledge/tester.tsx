/** What a question finds, and why each passage ranks where it does. */

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import type { Found } from "../api/shapes";
import { Button, Empty, FIELD, Share, Trouble } from "../parts/parts";

export function Tester({ baseId }: { baseId: string }) {
  const [query, setQuery] = useState("");
  const search = useMutation({
    mutationFn: () =>
      answered<{ data: Found[] }>(
        api.POST("/v1/knowledge-bases/{knowledge_base_id}/search", {
          params: { path: { knowledge_base_id: baseId } },
          body: { query: query.trim(), limit: 8 },
        }),
      ),
  });
  return (
    <>
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          search.mutate();
        }}
      >
        <input
          aria-label="Question to try"
          placeholder="Ask as a contact would"
          dir="auto"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          className={FIELD}
        />
        <Button look="primary" type="submit" disabled={search.isPending || !query.trim()}>
          Search
        </Button>
      </form>
      <Trouble error={search.error} />
      {!search.data && !search.isPending && !search.error && (
        <Empty title="Try what your contacts ask">
          You see which passages come first, and whether meaning or words brought each of them up. Nothing is
          kept.
        </Empty>
      )}
      {search.data?.data.length === 0 && (
        <Empty title="Nothing comes near">The assistant would ask a person.</Empty>
      )}
      <ol className="mt-5 flex flex-col gap-3">
        {search.data?.data.map((found) => (
          <li key={found.passage_id} className="rounded-xl border border-line bg-card p-4">
            <p dir="auto" className="font-medium [overflow-wrap:anywhere]">
              {found.title}
            </p>
            <p dir="auto" className="mt-1 text-sm whitespace-pre-line text-quiet [overflow-wrap:anywhere]">
              {found.text}
            </p>
            <p className="mt-2 flex flex-wrap gap-4">
              <Share label="Meaning" value={found.cosine} />
              <Share label="Words" value={found.lexical} />
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}
