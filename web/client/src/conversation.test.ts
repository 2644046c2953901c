import { afterEach, beforeEach, expect, test } from "vitest";
import { Frontdesk } from "./frontdesk";
import { FakeServer, until } from "./server.fake";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
});

afterEach(() => {
  server.close();
});

function desk(): Frontdesk {
  return new Frontdesk({ url: "https://desk.example/", assistantId: "a1", keeps: false });
}

test("the first message begins the conversation and its answer comes over a socket", async () => {
  const talk = desk().conversation().start();
  await talk.send("Hello");
  await until(() => talk.state.talk.lines.length === 2);
  expect(talk.state.talk.lines.map((line) => line.text)).toEqual(["Hello", "You said Hello"]);
  expect(talk.state.connection).toBe("connected");
  expect(server.asked).not.toContain("GET /v1/conversations/c1/events");
  talk.stop();
});

test("where no socket gets through the same comes over HTTP, and a socket is not tried again", async () => {
  server.socketsAreBlocked = true;
  const talk = desk().conversation().start();
  await talk.send("Hello");
  await until(() => talk.state.talk.lines.length === 2);
  server.cut();
  await talk.send("Again");
  await until(() => talk.state.talk.lines.length === 4);
  expect(server.sockets).toBe(1);
  talk.stop();
});

test("a cut line goes on behind the last event: nothing is lost, nothing comes twice", async () => {
  const talk = desk().conversation().start();
  await talk.send("One");
  await until(() => talk.state.talk.lines.length === 2);
  server.cut();
  server.happens({ type: "operator_message", data: server.said("operator", "Meanwhile") });
  await until(() => talk.state.talk.lines.length === 3);
  expect(talk.state.talk.lines.map((line) => line.text)).toEqual(["One", "You said One", "Meanwhile"]);
  talk.stop();
  await talk.start().send("Two");
  await until(() => talk.state.talk.lines.length === 5);
  expect(talk.state.talk.lines.at(-1)?.text).toBe("You said Two");
  talk.stop();
});

test("a message that got no answer is sent again and stands once", async () => {
  const talk = desk().conversation().start();
  await talk.send("One");
  server.losesAnswers = 1;
  await talk.send("Two");
  expect(talk.state.talk.lines.find((line) => line.text === "Two")?.state).not.toBe("refused");
  talk.retry();
  await until(() => server.stored.filter((text) => text === "Two").length === 1);
  await until(() => talk.state.talk.lines.filter((line) => line.text === "Two").length === 1);
  expect(server.stored.filter((text) => text === "Two")).toHaveLength(1);
  talk.stop();
});

test("a token that is taken no longer is renewed, over HTTP and on the socket", async () => {
  const talk = desk().conversation().start();
  await talk.send("One");
  await until(() => talk.state.connection === "connected");
  server.expire();
  await talk.send("Two");
  await until(() => talk.state.talk.lines.length === 4);
  expect(server.sessions).toBe(2);
  talk.stop();
});

test("files, feedback, a rating and the state of a handoff", async () => {
  const talk = desk().conversation().start();
  await talk.attach(new File(["Bill 17"], "bill.txt"));
  expect(talk.state.files).toEqual([{ key: "f1", name: "bill.txt", state: "ready" }]);
  await talk.attach(new File(["?"], "unreadable.bin"));
  expect(talk.state.files[1]).toMatchObject({
    name: "unreadable.bin",
    state: "refused",
    why: "Not readable",
  });
  await talk.detach("f1");
  expect(talk.state.files.map((file) => file.name)).toEqual(["unreadable.bin"]);
  await talk.judge("m9", false, "wrong");
  await talk.rate(4);
  expect(server.bodies("/feedback")).toEqual([{ helpful: false, reason: "wrong" }]);
  expect(server.bodies("/rating")).toEqual([{ score: 4 }]);
  server.happens({ type: "handoff_requested", data: { handoff_id: "h1", reason: "contact_asked" } });
  await until(() => talk.state.talk.person === "waiting");
  server.happens({ type: "operator_joined", data: { handoff_id: "h1", operator: { name: "Robin" } } });
  await until(() => talk.state.talk.personName === "Robin");
  talk.stop();
});
