import { expect, test } from "vitest";
import type { Conversation } from "../api/shapes";
import { aboutOf, titleOf } from "./row_words";

function conversation(title: string, name: string): Conversation {
  return { title, contact_name: name, channel: "email", language: "de" } as Conversation;
}

test("a conversation is called by its first words, else by whom it is with", () => {
  expect(titleOf(conversation("Is there parking?", "Ada"))).toBe("Is there parking?");
  expect(titleOf(conversation("", "Ada"))).toBe("Ada");
  expect(titleOf(conversation("", ""))).toBe("Nothing said yet");
});

test("nothing is said twice of it", () => {
  expect(aboutOf(conversation("Is there parking?", "Ada"), "Mia")).toBe("Ada · E-mail · Mia · de");
  expect(aboutOf(conversation("", "Ada"), "")).toBe("E-mail · de");
});
