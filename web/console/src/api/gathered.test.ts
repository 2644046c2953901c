import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { gathered } from "./gathered";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a burst of reasons is one piece of work, and a later one another", () => {
  let done = 0;
  const ask = gathered(() => done++, 50);
  for (let at = 0; at < 200; at++) ask();
  expect(done).toBe(0);
  vi.advanceTimersByTime(50);
  expect(done).toBe(1);
  ask();
  vi.advanceTimersByTime(50);
  expect(done).toBe(2);
});

test("reasons that never pause do not put the work off", () => {
  let done = 0;
  const ask = gathered(() => done++, 50);
  for (let at = 0; at < 100; at++) {
    ask();
    vi.advanceTimersByTime(10);
  }
  expect(done).toBeGreaterThan(10);
});

test("what was stopped is left", () => {
  let done = 0;
  const ask = gathered(() => done++, 50);
  ask();
  ask.stop();
  vi.advanceTimersByTime(500);
  expect(done).toBe(0);
});
