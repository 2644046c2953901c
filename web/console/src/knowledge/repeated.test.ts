import { expect, test } from "vitest";
import { repeated } from "./repeated";

const side = (document_id: string) => ({ document_id, title: document_id.toUpperCase() });
const pair = (match: "identical" | "near", fresh: string, earlier: string) => ({
  match,
  new: side(fresh),
  existing: side(earlier),
});

test("passages that repeat an entry are told once for the two, and as the same only if all are", () => {
  const told = repeated([pair("identical", "b", "a"), pair("near", "b", "a"), pair("identical", "c", "a")]);
  expect(told.map((one) => [one.fresh.title, one.earlier.title, one.isSame, one.passages])).toEqual([
    ["B", "A", false, 2],
    ["C", "A", true, 1],
  ]);
});

test("what a file repeats of itself is its writer's affair", () => {
  expect(repeated([pair("identical", "a", "a")])).toEqual([]);
});
