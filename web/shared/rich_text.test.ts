import { describe, expect, test } from "vitest";
import { EventParser } from "../client/src/sse";
import { contrast, inkOn, readableOn } from "./contrast";
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

test("any accent gets ink that reads, and is readable on either page", () => {
  for (const accent of ["#1f6f5c", "#ffe600", "#000000", "#ffffff", "#808080", "#ff0055"]) {
    expect(contrast(inkOn(accent), accent)).toBeGreaterThanOrEqual(4.5);
    for (const page of ["#ffffff", "#1b1e1d"]) {
      expect(contrast(readableOn(accent, page), page)).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test("events come out whole wherever the chunks are cut", () => {
  const wire = 'event: message\r\ndata: {"a":\ndata: 1}\nid: 7\n\n: ping\n\nevent: typing\ndata: {}\n\n';
  const expected = [
    { type: "message", data: '{"a":\n1}', id: "7" },
    { type: "typing", data: "{}", id: null },
  ];
  for (let cut = 1; cut < wire.length; cut += 1) {
    const parser = new EventParser();
    expect([...parser.feed(wire.slice(0, cut)), ...parser.feed(wire.slice(cut))]).toEqual(expected);
  }
});
