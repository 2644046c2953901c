/** A turn's knowledge beside today's: the passages it read, and what would be answered now. */

import type { ReactNode } from "react";
import type { PassageWords, ThenAndNow } from "../api/shapes";
import { Tag } from "../parts/parts";

const VERDICTS = {
  unchanged: ["good", "The same today"],
  changed: ["warn", "Answered otherwise today"],
  newly_answered: ["good", "Answered today"],
  no_longer_answered: ["warn", "No longer answered"],
} as const;

const FATES = {
  unchanged: ["good", "unchanged"],
  edited: ["warn", "edited since"],
  gone: ["bad", "gone"],
} as const;

export function ThenAndNowView({ compared }: { compared: ThenAndNow }) {
  const { questions, passages, left_out } = compared;
  return (
    <section aria-label="Then and now" className="mt-5 flex flex-col gap-3 border-t pt-4">
      <h3 className="font-semibold">Then and now</h3>
      {left_out && <p className="text-xs text-quiet">Not asked again: {left_out}.</p>}
      {questions.map((one, place) => {
        const [tone, words] = VERDICTS[one.verdict];
        return (
          <div key={place} className="flex flex-col gap-2">
            <p className="flex flex-wrap items-center gap-2">
              <span dir="auto" className="[overflow-wrap:anywhere]">
                {one.text}
              </span>
              <Tag tone={tone}>{words}</Tag>
            </p>
            {one.verdict !== "unchanged" && (
              <Beside
                then={one.then.answer ?? "A person is asked."}
                now={one.today.answer ?? "A person is asked."}
              />
            )}
            {one.new_passages.map((passage) => (
              <Passage key={passage.passage_id} words={passage}>
                <Tag tone="good">new</Tag>
              </Passage>
            ))}
          </div>
        );
      })}
      {passages.map((one) => {
        const [tone, words] = FATES[one.fate];
        return (
          <div key={one.passage_id} className="flex flex-col gap-2">
            <Passage words={one.then}>
              <Tag tone={tone}>{words}</Tag>
            </Passage>
            {one.fate === "edited" && <Beside then={one.then?.text ?? ""} now={one.now?.text ?? ""} />}
          </div>
        );
      })}
    </section>
  );
}

function Passage({ words, children }: { words: PassageWords | null; children: ReactNode }) {
  return (
    <p className="flex flex-wrap items-center gap-2 text-xs text-quiet">
      <span dir="auto" className="[overflow-wrap:anywhere]">
        {words?.title ?? "An erased passage"}
      </span>
      {children}
    </p>
  );
}

function Beside({ then, now }: { then: string; now: string }) {
  return (
    <dl className="grid gap-2 rounded-lg bg-raised p-3">
      {[
        ["Then", then],
        ["Now", now],
      ].map(([title, text]) => (
        <div key={title}>
          <dt className="text-xs text-quiet">{title}</dt>
          <dd dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">
            {text}
          </dd>
        </div>
      ))}
    </dl>
  );
}
