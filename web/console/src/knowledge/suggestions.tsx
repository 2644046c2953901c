/** What operators answered and what nobody could: approved with an answer, or put aside. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import type { Suggestion } from "../api/shapes";
import { Button, Empty, FIELD, Tag, Trouble } from "../parts/parts";
import { Impact, type Report } from "./impact";
import { Near } from "./near";

export function Suggestions({ baseId, mayWrite }: { baseId: string; mayWrite: boolean }) {
  const found = useQuery({
    queryKey: ["suggestions", baseId],
    queryFn: () =>
      answered<Page<Suggestion>>(
        api.GET("/v1/knowledge-suggestions", {
          params: { query: { status: "open", knowledge_base_id: baseId, sort: "asked", limit: 50 } },
        }),
      ),
  });
  const open = found.data?.data ?? [];
  return (
    <>
      <Trouble error={found.error} />
      {found.data && open.length === 0 && (
        <Empty title="Nothing waits for you">
          Questions that nobody could answer, and what operators answered, gather here.
        </Empty>
      )}
      <ul className="flex flex-col gap-4">
        {open.map((one) => (
          <Item suggestion={one} mayWrite={mayWrite} key={one.suggestion_id} />
        ))}
      </ul>
    </>
  );
}

function Item({ suggestion, mayWrite }: { suggestion: Suggestion; mayWrite: boolean }) {
  const queries = useQueryClient();
  const [question, setQuestion] = useState(suggestion.question);
  const [answer, setAnswer] = useState(suggestion.answer ?? "");
  const params = { path: { suggestion_id: suggestion.suggestion_id } };
  const fresh = () => queries.invalidateQueries();
  const approve = useMutation({
    mutationFn: () =>
      answered(
        api.POST("/v1/knowledge-suggestions/{suggestion_id}/approve", {
          params,
          body: { question: question.trim(), answer: answer.trim() },
        }),
      ),
    onSuccess: fresh,
  });
  const preview = useMutation({
    mutationFn: () =>
      answered<Report>(
        api.POST("/v1/knowledge-suggestions/{suggestion_id}/impact", {
          params,
          body: { question: question.trim(), answer: answer.trim() } as never,
        }),
      ),
  });
  const dismiss = useMutation({
    mutationFn: () =>
      answered(api.POST("/v1/knowledge-suggestions/{suggestion_id}/dismiss", { params, body: {} })),
    onSuccess: fresh,
  });
  return (
    <li className="flex flex-col gap-3 rounded-xl border border-line bg-card p-4">
      <p className="flex flex-wrap gap-2">
        <Tag>
          {suggestion.kind === "unanswered_question" ? "nobody could answer" : "an operator answered"}
        </Tag>
        {suggestion.asked > 1 && <Tag tone="warn">asked {suggestion.asked} times</Tag>}
      </p>
      <label className="text-sm">
        Question
        <input
          dir="auto"
          value={question}
          readOnly={!mayWrite}
          onChange={(e) => setQuestion(e.target.value)}
          className={FIELD}
        />
      </label>
      <label className="text-sm">
        Answer
        <textarea
          dir="auto"
          rows={3}
          value={answer}
          readOnly={!mayWrite}
          onChange={(e) => setAnswer(e.target.value)}
          className={FIELD}
        />
      </label>
      {suggestion.near.length > 0 && (
        <details className="text-sm">
          <summary className="w-fit text-quiet hover:text-accent">
            {suggestion.near.length === 1
              ? "One entry is near it"
              : `${suggestion.near.length} entries are near it`}
          </summary>
          <div className="mt-2">
            <Near baseId={suggestion.knowledge_base_id} near={suggestion.near} />
          </div>
        </details>
      )}
      <Trouble error={approve.error ?? dismiss.error ?? preview.error} />
      {mayWrite && (
        <div className="flex flex-wrap gap-2">
          <Button
            look="primary"
            disabled={approve.isPending || !answer.trim() || !question.trim()}
            onClick={() => approve.mutate()}
          >
            Approve
          </Button>
          <Button
            disabled={preview.isPending || !answer.trim() || !question.trim()}
            onClick={() => preview.mutate()}
          >
            What would it change?
          </Button>
          <Button look="quiet" disabled={dismiss.isPending} onClick={() => dismiss.mutate()}>
            Dismiss
          </Button>
        </div>
      )}
      {preview.isPending && (
        <p role="status" className="text-sm text-quiet">
          Trying it on what was asked lately …
        </p>
      )}
      {preview.data && <Impact report={preview.data} />}
    </li>
  );
}
