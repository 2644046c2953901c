import { describe, expect, test } from "vitest";
import type { DeskEvent, Said } from "./events";
import { accepted, EMPTY, marked, reopened, type Talk, taken, typed } from "./talk";

function said(messageId: string, author: Said["author"], text: string): Said {
  return { message_id: messageId, author, text, content: [], created_at: "2026-01-01T00:00:00Z" };
}

function after(...events: [number | null, DeskEvent][]): Talk {
  return events.reduce((talk, [id, event]) => taken(talk, event, id), EMPTY);
}

const asked: [number, DeskEvent] = [1, { type: "contact_message", data: said("m1", "contact", "Hello") }];
const answered: [number, DeskEvent] = [3, { type: "message", data: said("m2", "assistant", "Good day") }];

describe("what was typed and what the log says are one line", () => {
  test("when the answer to the request comes first", () => {
    let talk = typed(EMPTY, "Hello", "c1", "sending");
    talk = accepted(talk, "c1", "m1");
    talk = taken(talk, asked[1], 1);
    expect(talk.lines.map((line) => [line.key, line.messageId, line.state])).toEqual([["c1", "m1", "sent"]]);
  });

  test("when the event comes first", () => {
    let talk = typed(EMPTY, "Hello", "c1", "sending");
    talk = taken(talk, asked[1], 1);
    talk = accepted(talk, "c1", "m1");
    expect(talk.lines.map((line) => line.messageId)).toEqual(["m1"]);
  });

  test("when the same words were typed twice each stays a line", () => {
    let talk = typed(typed(EMPTY, "Hello", "c1", "sending"), "Hello", "c2", "sending");
    talk = taken(talk, asked[1], 1);
    talk = taken(talk, { type: "contact_message", data: said("m3", "contact", "Hello") }, 2);
    talk = accepted(accepted(talk, "c1", "m1"), "c2", "m3");
    expect(talk.lines.map((line) => line.messageId)).toEqual(["m1", "m3"]);
  });

  test("what waits to be sent stands behind what was said meanwhile", () => {
    let talk = after(asked);
    talk = typed(talk, "And now?", "c9", "unsent");
    talk = taken(talk, answered[1], 3);
    talk = taken(talk, { type: "contact_message", data: said("m4", "contact", "Elsewhere") }, 4);
    expect(talk.lines.map((line) => line.text)).toEqual(["Hello", "Good day", "Elsewhere", "And now?"]);
  });
});

test("an event that comes again changes nothing", () => {
  const talk = after(asked, answered);
  expect(taken(talk, answered[1], 3)).toBe(talk);
});

test("the message replaces what was written live, also after a break", () => {
  let talk = after(asked, [null, { type: "message_delta", data: { text: "Good ", turn_id: "t" } }]);
  expect(talk.draft).toBe("Good ");
  talk = reopened(talk);
  talk = taken(talk, { type: "message_delta", data: { text: "Good day", turn_id: "t" } }, null);
  expect(talk.draft).toBe("Good day");
  talk = taken(talk, answered[1], 3);
  expect([talk.draft, talk.lines.at(-1)?.text]).toEqual(["", "Good day"]);
});

test("a handoff is told from its request to its end", () => {
  let talk = after(asked, [2, { type: "handoff_requested", data: { handoff_id: "h", reason: "x" } }]);
  expect(talk.person).toBe("waiting");
  talk = taken(talk, { type: "operator_joined", data: { handoff_id: "h", operator: { name: "Robin" } } }, 3);
  expect([talk.person, talk.personName]).toEqual(["joined", "Robin"]);
  talk = taken(talk, { type: "typing", data: { author: "operator" } }, null);
  expect(talk.personTypes).toBe(true);
  talk = taken(talk, { type: "handoff_resolved", data: { handoff_id: "h" } }, 4);
  expect([talk.person, talk.hadPerson, talk.personTypes]).toEqual(["none", true, false]);
});

test("a refusal stays with its message and a sent message cannot be refused", () => {
  let talk = marked(typed(EMPTY, "x", "c1", "sending"), "c1", "refused", "too long");
  expect(talk.lines[0]?.refusal).toBe("too long");
  talk = accepted(talk, "c1", "m1");
  expect(marked(talk, "c1", "unsent").lines[0]?.state).toBe("sent");
});
