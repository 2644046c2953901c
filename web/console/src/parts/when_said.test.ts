import { expect, test } from "vitest";
import { whenSaid } from "./when_said";

const now = new Date(2026, 10, 29, 9, 0);
const time = new Date(2026, 10, 29, 8, 16).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

test("of today the time is enough", () => {
  expect(whenSaid(new Date(2026, 10, 29, 8, 16), now)).toBe(time);
});

test("a handoff that waited over night says the day", () => {
  const words = whenSaid(new Date(2026, 10, 28, 8, 16), now);
  expect(words).toContain("28");
  expect(words).not.toContain("2026");
  expect(words).toContain(time);
});

test("what was said a year ago says the year", () => {
  expect(whenSaid(new Date(2025, 10, 29, 8, 16), now)).toContain("2025");
});
