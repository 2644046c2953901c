import { expect, test } from "vitest";
import { changed } from "./changed";
import type { Assistant } from "./settings";

const SAVED = { name: "Mia", language: null, allowed_origins: ["https://a.example"] } as unknown as Assistant;

test("only what differs is a change: what is put back is none", () => {
  expect(changed(SAVED, { name: "Mia", allowed_origins: ["https://a.example"] })).toEqual({});
  expect(changed(SAVED, { name: "Max", language: null })).toEqual({ name: "Max" });
  expect(changed(SAVED, { allowed_origins: [] })).toEqual({ allowed_origins: [] });
});
