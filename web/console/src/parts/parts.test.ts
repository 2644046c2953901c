import { expect, test } from "vitest";
import { ago, channelInWords, inWords, reasonInWords } from "./parts";

const NOW = new Date("2030-01-10T12:00:00Z");

test.each([
  ["2030-01-10T12:05:00Z", "now"], // a clock that is ahead
  ["2030-01-10T11:59:40Z", "now"],
  ["2030-01-10T11:57:00Z", "3 min"],
  ["2030-01-10T11:00:00Z", "1 h"],
  ["2030-01-08T13:00:00Z", "47 h"],
  ["2030-01-08T12:00:00Z", "2 d"],
])("what was at %s is %s old", (at, words) => {
  expect(ago(new Date(at), NOW)).toBe(words);
});

test("names of ours are told in words, known ones in better words", () => {
  expect(inWords("waiting_for_operator")).toBe("Waiting for operator");
  expect(inWords("api")).toBe("API");
  expect(channelInWords("whatsapp")).toBe("WhatsApp");
  expect(channelInWords("widget")).toBe("Widget");
  expect(reasonInWords("not_in_knowledge")).toBe("Not in the knowledge");
  expect(reasonInWords("some_later_reason")).toBe("Some later reason");
});
