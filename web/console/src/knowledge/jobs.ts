/** Long work at the server, followed to its end. */

import { Problem } from "../../../client/src/problem";
import { answered, api } from "../api/client";
import { type Pair, type Repeat, repeated } from "./repeated";

const JOB_LOOK_MS = 500;

interface Stored {
  published?: boolean;
  duplicates?: Pair[];
  more_duplicates?: number;
}

export interface Started extends Stored {
  job_id?: string | null;
}

interface Job {
  status: string;
  done: number;
  total: number;
  result?: Stored;
  errors: { where?: string; detail: string }[];
}

/** What is told of work that is done: in words, and what it brought that was there already. */
export interface Told {
  words: string;
  repeats: Repeat[];
}

/**
 * What came of a job, told on the way; a call that started none is done already.
 * Raises: Problem, with `failure` before the reasons, where nothing came of it.
 */
export async function followed(
  started: Promise<Started>,
  tell: (words: string) => void,
  failure = "Nothing was added.",
): Promise<Told> {
  const first = await started;
  if (!first.job_id) return toldOf(first, []);
  const path = { job_id: first.job_id };
  for (;;) {
    const job = await answered<Job>(api.GET("/v1/jobs/{job_id}", { params: { path } }));
    const errors = job.errors.map((one) => [one.where, one.detail].filter(Boolean).join(": "));
    if (["failed", "cancelled"].includes(job.status)) throw failed([failure, ...errors].join("\n"));
    if (!["queued", "running", "waiting"].includes(job.status)) return toldOf(job.result ?? {}, errors);
    tell(job.total ? `Reading ${job.done} of ${job.total} …` : "Reading …");
    await new Promise((resolve) => setTimeout(resolve, JOB_LOOK_MS));
  }
}

function toldOf(stored: Stored, errors: string[]): Told {
  const added =
    stored.published === false ? "Staged: publish it under Versions." : "Added. It is searchable now.";
  const left = errors.length ? [errors.length === 1 ? "One was left out:" : "Left out:", ...errors] : [];
  return { words: [added, ...left].join("\n"), repeats: repeated(stored.duplicates ?? []) };
}

function failed(detail: string): Problem {
  return new Problem({ title: "Failed", detail, code: "job_failed", status: 0, retryAfterSeconds: null });
}
