/** The server's refusals: `title` says what, `detail` says why, `code` is stable. Source: RFC 9457. */

/** One place of a request and what is wrong there; `right` says what would be right. */
export interface Wrong {
  where: string;
  what: string;
  right?: string;
}

interface ProblemFields {
  title: string;
  detail: string;
  code: string;
  status: number;
  retryAfterSeconds: number | null;
  errors?: Wrong[];
}

export class Problem extends Error implements ProblemFields {
  title!: string;
  detail!: string;
  code!: string;
  status!: number;
  retryAfterSeconds!: number | null;
  errors!: Wrong[];

  constructor(fields: ProblemFields) {
    super(fields.detail || fields.title);
    this.name = "Problem";
    Object.assign(this, { errors: [] }, fields);
  }

  /** Trying again as things stand cannot help. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429;
  }
}

/** The problem that a response describes, whatever its body looks like. */
export async function problemOf(response: Response): Promise<Problem> {
  let body: Partial<ProblemFields> = {};
  try {
    body = (await response.json()) as Partial<ProblemFields>;
  } catch {
    // not JSON: a proxy between us and the server may have answered
  }
  return new Problem({
    title: body.title || `The server answered ${response.status}`,
    detail: body.detail || "",
    code: body.code || "unknown",
    status: response.status,
    retryAfterSeconds: Number(response.headers.get("retry-after")) || null,
    errors: Array.isArray(body.errors) ? body.errors : [],
  });
}

/** The problem of a server that does not answer at all. */
export function unreachable(): Problem {
  return new Problem({
    title: "The server cannot be reached.",
    detail: "Check the connection, then try again.",
    code: "unreachable",
    status: 0,
    retryAfterSeconds: null,
  });
}
