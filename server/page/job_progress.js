/** A long job on the page: how far it is, what it refused, and a button that stops it. */

import { h } from "./dom.js";
import { unreachable } from "./api.js";

const PHASES = { reading: "Reading", embedding: "Understanding", writing: "Storing", fetching: "Fetching" };
const OVER = ["succeeded", "failed", "cancelled"];
const LOOK_MS = 400;

/** Follow a job in `place` until it is over; the job as it ended. */
export async function followJob(api, jobId, place) {
  const bar = h("progress", { class: "job-bar", "aria-label": "Progress" });
  const words = h("span", { class: "job-words", role: "status" }, "Waiting to begin");
  const stop = h("button", { type: "button", class: "link" }, "Stop");
  stop.addEventListener("click", async () => {
    stop.disabled = true;
    try {
      await api.post(`/v1/jobs/${jobId}/cancel`);
    } catch {
      stop.disabled = false; // it may be over already: the next look tells
    }
  });
  place.replaceChildren(h("div", { class: "job" }, bar, h("p", { class: "job-line" }, words, stop)));
  place.hidden = false;
  let missed = 0;
  for (;;) {
    let job;
    try {
      job = await api.get(`/v1/jobs/${jobId}`);
      missed = 0;
    } catch (error) {
      missed += 1;
      if (error.status !== 0 || missed > 30) throw error.status === 0 ? unreachable() : error;
    }
    if (job) {
      show(job, bar, words);
      if (OVER.includes(job.status)) {
        stop.remove();
        place.replaceChildren(...refusals(job));
        place.hidden = !job.errors?.length;
        return job;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function show(job, bar, words) {
  if (job.total > 0) {
    bar.max = job.total;
    bar.value = Math.min(job.done, job.total);
  }
  const phase = PHASES[job.phase] ?? (job.status === "queued" ? "Waiting to begin" : "Working");
  words.textContent = job.total > 1 ? `${phase}: ${job.done} of ${job.total}` : phase;
}

function refusals(job) {
  if (!job.errors?.length) return [];
  const lines = job.errors.slice(0, 20).map((error) => {
    const where = error.where ?? error.name ?? (error.row ? `row ${error.row}` : null);
    return h("li", {}, where ? h("strong", {}, `${where}: `) : null, error.detail ?? error.code);
  });
  const more = job.errors.length - lines.length;
  return [
    h("p", { class: "job-refused" }, "Not taken:"),
    h("ul", { class: "job-errors" }, ...lines, more > 0 ? h("li", {}, `and ${more} more`) : null),
  ];
}
