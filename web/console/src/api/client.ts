/** The server's API, typed from its own OpenAPI document; every refusal is a Problem. */

import createClient from "openapi-fetch";
import { problemOf, unreachable } from "../../../client/src/problem";
import type { paths } from "./schema";

export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  fetch: async (request) => {
    try {
      return await fetch(request);
    } catch {
      throw unreachable();
    }
  },
});

interface Answer {
  data?: unknown;
  response: Response;
  error?: unknown;
}

/**
 * The body of a call's answer as `T`, a shape of ours where the document lets more fields come.
 * Raises: Problem.
 */
export async function answered<T>(call: Promise<Answer>): Promise<T> {
  const { data, response, error } = await call;
  if (response.ok) return data as T;
  throw await problemOf(new Response(JSON.stringify(error ?? {}), { status: response.status }));
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}
