import { expect, test } from "vitest";
import type { Handoff } from "../api/shapes";
import { dueOf } from "./clock";

const NOW = new Date("2030-01-01T12:00:00Z");

function handoff(clock: Partial<NonNullable<Handoff["clock"]>>, status = "waiting"): Handoff {
  const none = { replied_at: null, reply_due_at: null, resolve_due_at: null };
  return { status, clock: { ...none, ...clock } } as Handoff;
}

test("the first reply is due until there is one, then the end", () => {
  const both = { reply_due_at: "2030-01-01T12:10:00Z", resolve_due_at: "2030-01-01T14:00:00Z" };
  expect(dueOf(handoff(both), NOW)).toMatchObject({ what: "Reply", isOverdue: false });
  const replied = { ...both, replied_at: "2030-01-01T12:05:00Z" };
  expect(dueOf(handoff(replied), NOW)).toMatchObject({ what: "End", isOverdue: false });
});

test("what is past is overdue, what is resolved or has no clock is not due", () => {
  const late = { reply_due_at: "2030-01-01T11:59:59Z" };
  expect(dueOf(handoff(late), NOW)?.isOverdue).toBe(true);
  expect(dueOf(handoff(late, "resolved"), NOW)).toBeNull();
  expect(dueOf(handoff({}), NOW)).toBeNull();
});
