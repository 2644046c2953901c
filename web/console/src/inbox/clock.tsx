/** By when a handoff is due, and that it is overdue. */

import type { Handoff } from "../api/shapes";
import { ago, Tag } from "../parts/parts";

interface Due {
  what: "Reply" | "End";
  at: Date;
  isOverdue: boolean;
}

/** What is due next of a handoff: the first reply until there is one, then its end. */
export function dueOf(handoff: Handoff, now: Date): Due | null {
  const { clock } = handoff;
  if (!clock || handoff.status === "resolved") return null;
  const next =
    clock.reply_due_at && !clock.replied_at
      ? { what: "Reply" as const, at: new Date(clock.reply_due_at) }
      : clock.resolve_due_at
        ? { what: "End" as const, at: new Date(clock.resolve_due_at) }
        : null;
  return next && { ...next, isOverdue: next.at <= now };
}

export function Clock({ handoff }: { handoff: Handoff }) {
  const now = new Date();
  const due = dueOf(handoff, now);
  if (!due) return null;
  const words = due.isOverdue
    ? `${due.what} overdue by ${ago(due.at, now)}`
    : `${due.what} due in ${ago(now, due.at)}`;
  return (
    <span title={due.at.toLocaleString()}>
      <Tag tone={due.isOverdue ? "bad" : "neutral"}>{words}</Tag>
    </span>
  );
}
