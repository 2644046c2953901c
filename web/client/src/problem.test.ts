import { expect, test } from "vitest";
import { type Problem, problemOf, unreachable } from "./problem";

function answer(status: number, body: string, headers: Record<string, string> = {}): Promise<Problem> {
  return problemOf(new Response(body, { status, headers }));
}

test("a refusal says what, why and when to come again", async () => {
  const body = { title: "Too many requests", detail: "Wait a little.", code: "rate_limited" };
  const problem = await answer(429, JSON.stringify(body), { "retry-after": "7" });
  expect(problem).toMatchObject({ ...body, status: 429, retryAfterSeconds: 7 });
  expect(problem.message).toBe("Wait a little.");
});

test("what a proxy answers is a problem, too", async () => {
  const problem = await answer(502, "<html>Bad gateway</html>");
  expect(problem).toMatchObject({ title: "The server answered 502", detail: "", code: "unknown" });
  expect(problem.retryAfterSeconds).toBeNull();
});

test.each([
  [400, true],
  [404, true],
  [422, true],
  [408, false],
  [429, false],
  [500, false],
  [503, false],
])("after %d trying again is of no use: %s", async (status, isFinal) => {
  expect((await answer(status, "{}")).isFinal).toBe(isFinal);
});

test("a server that is away is asked again", () => {
  expect(unreachable()).toMatchObject({ code: "unreachable", status: 0, isFinal: false });
});
