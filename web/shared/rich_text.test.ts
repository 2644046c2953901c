import { describe, expect, test } from "vitest";
import { richText, safeLink, spansOf } from "./rich_text";

describe("text of others", () => {
  test("is paragraphs and lists", () => {
    expect(richText("One\nline\n\n- a\n- b\n1. c").map((part) => part.kind)).toEqual([
      "paragraph",
      "list",
      "list",
    ]);
  });

  test("keeps every character that is no mark", () => {
    const text = "<img src=x onerror=alert(1)> *not bold* a_b";
    expect(spansOf(text)).toEqual([{ kind: "text", text }]);
  });

  test("knows bold, code and links, and leaves the full stop outside", () => {
    expect(spansOf("See **this** `x` https://a.example/b.")).toEqual([
      { kind: "text", text: "See " },
      { kind: "bold", text: "this" },
      { kind: "text", text: " " },
      { kind: "code", text: "x" },
      { kind: "text", text: " " },
      { kind: "link", text: "https://a.example/b", href: "https://a.example/b" },
      { kind: "text", text: "." },
    ]);
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "https://user:pw@a.example",
    "vbscript:x",
    "//a",
    "",
  ])("never links to %s", (address) => {
    expect(safeLink(address)).toBeNull();
    expect(spansOf(`[x](${address})`).every((span) => span.kind === "text")).toBe(true);
  });
});
