/** Long work at the server, followed to its end. */

import { answered, api } from "../api/client";

const JOB_LOOK_MS = 500;

interface Job {
  status: string;
  done: number;
  total: number;
  errors: { detail?: string; message?: string; title?: string; name?: string }[];
}

/** What came of a job, told on the way; a call that started none is done already. */
export async function followed(
  started: Promise<{ job_id?: string | null }>,
  tell: (words: string) => void,
): Promise<string> {
  const { job_id: jobId } = await started;
  if (!jobId) return "Added. It is searchable now.";
  for (;;) {
    const job = await answered<Job>(api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: jobId } } }));
    const errors = job.errors.map((one) =>
      [one.name ?? one.title, one.detail ?? one.message].filter(Boolean).join(": "),
    );
    if (["failed", "cancelled"].includes(job.status)) return ["Nothing was added.", ...errors].join("\n");
    if (!["queued", "running", "waiting"].includes(job.status)) return ["Added.", ...errors].join("\n");
    tell(job.total ? `Reading ${job.done} of ${job.total} …` : "Reading …");
    await new Promise((resolve) => setTimeout(resolve, JOB_LOOK_MS));
  }
}
