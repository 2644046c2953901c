import { expect, test } from "vitest";
import { windowOf } from "./window_of";

test("the rows in view are drawn with some around them, however long the list", () => {
  for (const top of [0, 4_000, 399_200]) {
    const { first, last } = windowOf(top, 800, 40, 10_000);
    expect(first * 40).toBeLessThanOrEqual(top);
    expect(last * 40).toBeGreaterThanOrEqual(Math.min(400_000, top + 800));
    expect(last - first).toBeLessThanOrEqual(40);
  }
});

test("a list that has become shorter than where it was scrolled to is drawn to its end", () => {
  expect(windowOf(50_000, 800, 40, 3)).toEqual({ first: 0, last: 3 });
  expect(windowOf(0, 800, 40, 0)).toEqual({ first: 0, last: 0 });
});
