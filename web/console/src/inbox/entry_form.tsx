/** The entry that a reply becomes, to edit before it is kept; beside it what it repeats and changes. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answered, api } from "../api/client";
import type { NearEntry } from "../api/shapes";
import { Impact, type Report } from "../knowledge/impact";
import { Near } from "../knowledge/near";
import { FIELD, inWords, Tag, Trouble } from "../parts/parts";
import { useSettled } from "../parts/settled";

const PAUSE_MS = 900; // a preview searches for every question of the last days

interface Given {
  handoffId: string;
  question: string;
  answer: string;
  mayLearn: boolean;
  onQuestion: (question: string) => void;
  onAnswer: (answer: string) => void;
}

export function EntryForm({ handoffId, question, answer, mayLearn, onQuestion, onAnswer }: Given) {
  return (
    <fieldset data-entry className="@container rounded-lg bg-raised p-3">
      <legend className="sr-only">Entry for the knowledge</legend>
      <div className="grid gap-x-4 gap-y-3 @xl:grid-cols-2">
        <div className="flex flex-col gap-2">
          <label className="text-sm">
            Question
            <textarea
              rows={2}
              dir="auto"
              maxLength={4_000}
              value={question}
              onChange={(event) => onQuestion(event.target.value)}
              className={FIELD}
            />
          </label>
          <label className="text-sm">
            Answer
            <textarea
              rows={4}
              dir="auto"
              maxLength={40_000}
              value={answer}
              onChange={(event) => onAnswer(event.target.value)}
              className={FIELD}
            />
          </label>
          <p className="text-xs text-quiet">
            {mayLearn
              ? "It answers the next who asks, at once. Names and numbers of persons are taken out first."
              : "It becomes a suggestion that somebody with the right to write knowledge approves."}
          </p>
        </div>
        <Preview handoffId={handoffId} question={question.trim()} answer={answer.trim()} />
      </div>
    </fieldset>
  );
}

interface Tried {
  knowledge_base_id: string;
  knowledge_base_name: string;
  entry: { question: string; answer: string; removed: string[] };
  near: NearEntry[];
  impact: Report;
}

function Preview({ handoffId, question, answer }: { handoffId: string; question: string; answer: string }) {
  const typed = JSON.stringify({ question, answer });
  const settled = useSettled(typed, PAUSE_MS);
  const body: { question: string; answer: string } = JSON.parse(settled);
  const isWhole = Boolean(question && answer);
  const found = useQuery({
    queryKey: ["entry preview", handoffId, settled],
    enabled: Boolean(isWhole && body.question && body.answer),
    staleTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answered<Tried>(
        api.POST("/v1/handoffs/{handoff_id}/entry-preview", {
          params: { path: { handoff_id: handoffId } },
          body: body as never,
          signal,
        }),
      ),
  });
  if (!isWhole) {
    return (
      <p className="text-sm text-quiet text-pretty">
        With a question and an answer you see here what the knowledge holds already, and what the entry would
        change.
      </p>
    );
  }
  const tried = found.data;
  const isBusy = found.isFetching || settled !== typed;
  return (
    <section
      aria-label="Before it is kept"
      aria-busy={isBusy}
      className="flex min-w-0 flex-col gap-3 text-sm"
    >
      {isBusy && (
        <p role="status" className="text-quiet">
          Comparing it with the knowledge …
        </p>
      )}
      <Trouble error={found.error} />
      {tried && !found.error && (
        <div className={`flex flex-col gap-3 ${isBusy ? "opacity-60" : ""}`}>
          <p>
            {tried.near.length === 0
              ? `Nothing in “${tried.knowledge_base_name}” says something like it.`
              : tried.near.every((one) => one.match === "related")
                ? `Nothing in “${tried.knowledge_base_name}” says the same. Nearest to it:`
                : `Already in “${tried.knowledge_base_name}”:`}
          </p>
          {tried.near.length > 0 && <Near baseId={tried.knowledge_base_id} near={tried.near} />}
          {tried.entry.removed.length > 0 && <Cleaned entry={tried.entry} />}
          <Impact report={tried.impact} />
        </div>
      )}
    </section>
  );
}

function Cleaned({ entry }: { entry: Tried["entry"] }) {
  return (
    <div className="rounded-lg border border-line bg-card px-3 py-2">
      <p className="flex flex-wrap gap-2">
        Kept without:
        {entry.removed.map((kind) => (
          <Tag key={kind}>{inWords(kind)}</Tag>
        ))}
      </p>
      <p dir="auto" className="mt-1 text-quiet [overflow-wrap:anywhere]">
        {entry.question} — {entry.answer}
      </p>
    </div>
  );
}
