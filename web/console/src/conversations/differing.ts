/** What differs between a turn and another try at it, in words. */

import type { Explanation } from "../api/shapes";
import { inWords, reasonInWords } from "../parts/parts";

export interface PassageRead {
  id: string;
  title: string;
  cited: boolean;
}

export interface Side {
  answer: string | null;
  decision: string;
  confidence: number | null;
  passages: PassageRead[];
}

/** One side of a comparison: what a turn's explanation says of it. */
export function sideOf(told: Explanation): Side {
  const titles = new Map<string, string>();
  for (const { passage_id, then, now } of told.then_and_now?.passages ?? [])
    titles.set(passage_id, then?.title ?? now?.title ?? "");
  for (const { passage_id, title } of told.citations) titles.set(passage_id, title);
  const passages = new Map<string, PassageRead>();
  for (const { passage_id: id, cited } of told.questions.flatMap((one) => one.passages))
    passages.set(id, {
      id,
      title: titles.get(id) || "A passage",
      cited: cited || Boolean(passages.get(id)?.cited),
    });
  return {
    answer: told.answer,
    decision: [inWords(told.decision ?? told.status), told.reason && reasonInWords(told.reason)]
      .filter(Boolean)
      .join(": "),
    confidence: told.confidence,
    passages: [...passages.values()],
  };
}

/** Each difference as a line; none where both came to the same. */
export function differences(then: Side, now: Side): string[] {
  const lines: string[] = [];
  if (then.decision !== now.decision) lines.push(`${then.decision} → ${now.decision}`);
  if ((then.answer ?? "") !== (now.answer ?? "")) lines.push("Other words");
  if (percent(then.confidence) !== percent(now.confidence))
    lines.push(`Confidence ${percent(then.confidence)} → ${percent(now.confidence)}`);
  const fresh = now.passages.filter((one) => !then.passages.some((old) => old.id === one.id)).length;
  const gone = then.passages.filter((old) => !now.passages.some((one) => old.id === one.id)).length;
  if (fresh) lines.push(`${fresh} other ${fresh === 1 ? "passage" : "passages"} read`);
  if (gone) lines.push(`${gone} not read any more`);
  return lines;
}

function percent(confidence: number | null): string {
  return confidence === null ? "none" : `${Math.round(confidence * 100)} %`;
}
