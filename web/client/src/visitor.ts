/** The visitor as a contact of the server: calls with a short token that renews itself. */

import { Problem, problemOf, unreachable } from "./problem";
import type { Storage } from "./storage";

const TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 120_000;
const SUBPROTOCOL = "frontdesk.v1";

interface Session {
  token: string;
  return_token: string | null;
  identity_level: string;
}

export class Visitor {
  private session: Promise<Session> | null = null;
  private identityToken: string | null = null;

  /** `desk` is the server's origin, without a slash at its end. */
  constructor(
    private readonly desk: string,
    private readonly assistantId: string,
    private readonly storage: Storage,
  ) {}

  /** Be the contact that the site's token names from now on; what an anonymous one kept is left. */
  identify(identityToken: string): void {
    this.identityToken = identityToken;
    this.session = null;
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const isForm = body instanceof FormData;
    const init = {
      method,
      signal: AbortSignal.timeout(isForm ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS),
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    };
    const response = await this.fetch(path, init, headers);
    if (!response.ok) throw await problemOf(response);
    return response.status === 204 ? (null as T) : ((await response.json()) as T);
  }

  /** A call as the contact; a token that has run out is renewed once. */
  async fetch(path: string, init: RequestInit, headers: Record<string, string> = {}): Promise<Response> {
    const type: Record<string, string> =
      typeof init.body === "string" ? { "content-type": "application/json" } : {};
    for (let attempt = 0; ; attempt += 1) {
      const { token } = await this.current();
      const all = { authorization: `Bearer ${token}`, ...type, ...headers };
      const request = fetch(this.desk + path, { cache: "no-store", ...init, headers: all });
      const response = await reached(request);
      if (response.status !== 401 || attempt > 0) return response;
      this.renew();
    }
  }

  /** A conversation's socket, which tells what came after an event. */
  async socket(path: string, after: string | null): Promise<WebSocket> {
    const { token } = await this.current();
    const address = (this.desk + path).replace(/^http/, "ws");
    return new WebSocket(address, [SUBPROTOCOL, `token.${token}`, `after.${after ?? 0}`]);
  }

  /** The token is not taken any more: the next call asks for another. */
  renew(): void {
    this.session = null;
  }

  private current(): Promise<Session> {
    this.session ??= this.begin().catch((error: unknown) => {
      this.session = null;
      throw error;
    });
    return this.session;
  }

  private async begin(): Promise<Session> {
    const known = this.identityToken ? null : this.storage.kept.returnToken;
    try {
      return this.remembered(await this.ask(known ?? null));
    } catch (error) {
      if (!known || !(error instanceof Problem) || error.status !== 401) throw error;
      const outbox = (this.storage.kept.outbox ?? []).filter((one) => !one.conversationId);
      this.storage.keep({ returnToken: null, conversationId: null, outbox });
      return this.remembered(await this.ask(null));
    }
  }

  private remembered(session: Session): Session {
    if (session.return_token) this.storage.keep({ returnToken: session.return_token });
    return session;
  }

  private async ask(returnToken: string | null): Promise<Session> {
    const body = {
      assistant_id: this.assistantId,
      ...(this.identityToken ? { identity_token: this.identityToken } : {}),
      ...(returnToken ? { return_token: returnToken } : {}),
    };
    const response = await reached(
      fetch(`${this.desk}/v1/widget/sessions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    );
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as Session;
  }
}

async function reached(request: Promise<Response>): Promise<Response> {
  try {
    return await request;
  } catch {
    throw unreachable();
  }
}
