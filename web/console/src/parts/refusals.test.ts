import { expect, test } from "vitest";
import { Problem } from "../../../client/src/problem";
import { isAbout, placeInWords, refusalsOf } from "./refusals";

const refused = (detail: string, errors: Problem["errors"] = []) =>
  new Problem({ title: "No", detail, code: "invalid", status: 422, retryAfterSeconds: null, errors });

test("a refusal names its fields by their labels and says what they take", () => {
  const [first, second] = refusalsOf(
    refused("body.limit_usd: Input should be greater than or equal to 0", [
      { where: "body.limit_usd", what: "Input should be greater than or equal to 0", right: "0 or more" },
      { where: "body.rules.1.name", what: "Field required", right: "give this field" },
    ]),
  );
  expect(first).toEqual({ place: "limit_usd", words: "It takes 0 or more." });
  expect(placeInWords(first?.place ?? "", new Map([["limit_usd", "Limit"]]))).toBe("Limit");
  expect(second?.words).toBe("This is needed.");
  expect(placeInWords(second?.place ?? "", new Map())).toBe("Rules › 2 › Name");
  expect(placeInWords("rules.1.name", new Map([["rules", "Rules of yours"]]))).toBe("Rules of yours");
});

test("a rule that names its field before a colon is about that field, other words are about none", () => {
  expect(refusalsOf(refused("title: of one file"))).toEqual([{ place: "title", words: "Of one file." }]);
  expect(refusalsOf(refused("The words: too many of them"))).toEqual([]);
  expect(refusalsOf(new Error("title: no"))).toEqual([]);
});

test("what is wrong in a list is about the list, a name that only begins alike is not", () => {
  expect(isAbout({ place: "events.1", words: "" }, "events")).toBe(true);
  expect(isAbout({ place: "events_more", words: "" }, "events")).toBe(false);
});
