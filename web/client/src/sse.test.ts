import { expect, test } from "vitest";
import { EventParser } from "./sse";

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

test("comments, fields that are unknown and events without data are none", () => {
  const parser = new EventParser();
  expect(parser.feed(": ping\n\nretry: 10\n\nid: 3\n\nevent: gone\n\n")).toEqual([]);
  expect(parser.feed("data\n\n")).toEqual([{ type: "message", data: "", id: null }]);
});
