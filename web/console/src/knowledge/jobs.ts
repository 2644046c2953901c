/** Long work at the server, followed to its end. */

import { Problem } from "../../../client/src/problem";
import { answered, api } from "../api/client";

const JOB_LOOK_MS = 500;

interface Job {
  status: string;
  done: number;
  total: number;
  errors: { detail?: string; message?: string; title?: string; name?: string }[];
}

/**
 * What came of a job, told on the way; a call that started none is done already.
 * Raises: Problem, with `failure` before the reasons, where nothing came of it.
 */
export async function followed(
  started: Promise<{ job_id?: string | null }>,
  tell: (words: string) => void,
  failure = "Nothing was added.",
): Promise<string> {
  const { job_id: jobId } = await started;
  if (!jobId) return "Added. It is searchable now.";
  for (;;) {
    const job = await answered<Job>(api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: jobId } } }));
    const errors = job.errors.map((one) =>
      [one.name ?? one.title, one.detail ?? one.message].filter(Boolean).join(": "),
    );
    if (["failed", "cancelled"].includes(job.status)) throw failed([failure, ...errors].join(" "));
    if (!["queued", "running", "waiting"].includes(job.status)) return ["Added.", ...errors].join("\n");
    tell(job.total ? `Reading ${job.done} of ${job.total} …` : "Reading …");
    await new Promise((resolve) => setTimeout(resolve, JOB_LOOK_MS));
  }
}

function failed(detail: string): Problem {
  return new Problem({ title: "Failed", detail, code: "job_failed", status: 0, retryAfterSeconds: null });
}
