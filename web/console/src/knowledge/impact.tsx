/** What a change would change for what was asked lately: counts, and each question whose answer moves. */

import { Tag } from "../parts/parts";

interface Side {
  answer?: string | null;
  confidence?: number;
  is_answered?: boolean;
}

interface Moved {
  question: string;
  asked: number;
  before: Side;
  after: Side;
}

export interface Report {
  questions: number;
  counts: { [verdict: string]: number };
  newly_answered?: Moved[];
  no_longer_answered?: Moved[];
  changed?: Moved[];
}

const VERDICTS = {
  newly_answered: { words: "newly answered", tone: "good" },
  no_longer_answered: { words: "no longer answered", tone: "bad" },
  changed: { words: "answered otherwise", tone: "warn" },
} as const;

export function Impact({ report }: { report: Report }) {
  return (
    <section
      aria-label="What it would change"
      className="flex flex-col gap-3 rounded-lg bg-raised p-4 text-sm"
    >
      <p role="status">
        {report.questions === 0
          ? "Nothing was asked lately that it could be tried on."
          : `Tried on ${report.questions} ${report.questions === 1 ? "question" : "questions"} of the last 30 days; ${report.counts.unchanged ?? 0} stay as they are.`}
      </p>
      {(Object.keys(VERDICTS) as (keyof typeof VERDICTS)[]).map((verdict) => {
        const moved = report[verdict] ?? [];
        if (!moved.length) return null;
        return (
          <div key={verdict}>
            <Tag tone={VERDICTS[verdict].tone}>
              {report.counts[verdict] ?? moved.length} {VERDICTS[verdict].words}
            </Tag>
            <ul className="mt-2 flex flex-col gap-2">
              {moved.slice(0, 20).map((one) => (
                <li key={one.question} className="border-s-2 ps-3 [overflow-wrap:anywhere]">
                  <p dir="auto" className="font-medium">
                    {one.question}
                  </p>
                  <p dir="auto" className="text-quiet">
                    {one.before.answer || "no answer"} → {one.after.answer || "no answer"}
                  </p>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </section>
  );
}
