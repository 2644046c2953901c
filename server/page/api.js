/** The server's HTTP API as the page uses it: JSON in, JSON out, every failure a Problem. */

const TIMEOUT_MS = 90_000;

/** A refusal or failure in words: `title` says what, `detail` says why, `code` is stable. */
export class Problem extends Error {
  constructor({ title, detail, code, status = 0, retryAfterSeconds = null, body = {} }) {
    super(detail || title);
    this.name = "Problem";
    Object.assign(this, { title, detail, code, status, retryAfterSeconds, body });
  }

  /** The problem that a response describes, whatever its body looks like. */
  static async of(response) {
    let body = {};
    try {
      body = await response.json();
    } catch {
      // not JSON: a proxy between us and the server may have answered
    }
    return new Problem({
      title: body.title || `The server answered ${response.status}`,
      detail: body.detail || "",
      code: body.code || "unknown",
      status: response.status,
      retryAfterSeconds: Number(response.headers.get("retry-after")) || null,
      body,
    });
  }
}

/** The problem of a server that does not answer at all. */
export function unreachable() {
  return new Problem({
    title: "The server cannot be reached.",
    detail: "Check that it is running, then try again.",
    code: "unreachable",
  });
}

/** Calls with one key. A tenant's API key opens that tenant, the platform key creates tenants. */
export class Api {
  constructor(key) {
    this.key = key;
  }

  get(path) {
    return this.#send("GET", path);
  }

  post(path, body = {}) {
    return this.#send("POST", path, body);
  }

  delete(path) {
    return this.#send("DELETE", path);
  }

  /** Every item of a paged list, at most `most` of them. */
  async list(path, most = 200) {
    const items = [];
    let cursor = null;
    do {
      const address = new URL(path, location.origin);
      address.searchParams.set("limit", "100");
      if (cursor) address.searchParams.set("cursor", cursor);
      const page = await this.get(address.pathname + address.search);
      items.push(...page.data);
      cursor = page.next_cursor;
    } while (cursor && items.length < most);
    return items;
  }

  /** What a call made that may have answered 202: waits for its job. */
  async finished(answer, { onProgress = () => {} } = {}) {
    if (!answer.job_id) return answer;
    for (;;) {
      const job = await this.get(`/v1/jobs/${answer.job_id}`);
      onProgress(job);
      if (["succeeded", "completed", "done"].includes(job.status)) return answer;
      if (["failed", "cancelled", "aborted"].includes(job.status)) {
        const first = job.errors?.[0];
        throw new Problem({
          title: "The knowledge could not be loaded.",
          detail: first?.detail || first?.message || (typeof first === "string" ? first : ""),
          code: "job_failed",
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async #send(method, path, body) {
    const headers = { accept: "application/json", authorization: `Bearer ${this.key}` };
    const isForm = body instanceof FormData; // the browser names its boundary itself
    if (body !== undefined && !isForm) headers["content-type"] = "application/json";
    let response;
    try {
      response = await fetch(path, {
        method,
        headers,
        body: body === undefined || isForm ? body : JSON.stringify(body),
        cache: "no-store",
        credentials: "same-origin",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw unreachable();
    }
    if (!response.ok) throw await Problem.of(response);
    return response.status === 204 ? null : response.json();
  }
}
