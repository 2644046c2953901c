import { expect, test } from "vitest";
import type { Explanation } from "../api/shapes";
import { differences, sideOf } from "./differing";

const TOLD: Explanation = {
  status: "completed",
  answer: "Yes, in five days.",
  decision: "deliver",
  reason: null,
  confidence: 0.81,
  prompt_version: null,
  assistant_revision: 1,
  graph_version: null,
  citations: [{ passage_id: "a", title: "Shipping" }],
  questions: [
    {
      passages: [
        { passage_id: "a", cited: true },
        { passage_id: "b", cited: false },
      ],
    },
  ],
  steps: [],
  then_and_now: null,
};

test("a try that came to the same differs in nothing", () => {
  expect(differences(sideOf(TOLD), sideOf({ ...TOLD, confidence: 0.812 }))).toEqual([]);
});

test("what differs is said: the decision, the words, how sure it was, what was read", () => {
  const now = sideOf({
    ...TOLD,
    answer: null,
    decision: "hand_off",
    reason: "low_confidence",
    confidence: 0.4,
    questions: [{ passages: [{ passage_id: "c", cited: false }] }],
  });
  expect(differences(sideOf(TOLD), now)).toEqual([
    "Deliver → Hand off: Not sure enough",
    "Other words",
    "Confidence 81 % → 40 %",
    "1 other passage read",
    "2 not read any more",
  ]);
});

test("a passage is named by its title and once, cited where any question cites it", () => {
  const twice = sideOf({
    ...TOLD,
    questions: [
      { passages: [{ passage_id: "a", cited: false }] },
      { passages: [{ passage_id: "a", cited: true }] },
    ],
  });
  expect(twice.passages).toEqual([{ id: "a", title: "Shipping", cited: true }]);
});
