"""Every kind of job and every periodic work, by name: one line each."""

from server.crawling import web_job, web_schedule, web_sync
from server.importing import import_files, import_job, ingest_job, reembedding, vector_indexing
from server.learning import calibrating, learning_grouping, learning_jobs
from server.outside import approvals_expiring
from server.working import erase_job, overdue, pruning, resealing, retention, settling, wording
from server.working.job_run import JobWork, PeriodicWork

JOB_KINDS: dict[str, JobWork] = {
    ingest_job.KIND: ingest_job.ingest,
    import_job.KIND: import_job.run_import,
    import_files.KIND: import_files.run_files,
    erase_job.KIND: erase_job.erase,
    reembedding.KIND: reembedding.run_reembedding,
    web_job.KIND: web_job.fetch_url,
    web_sync.KIND: web_sync.sync_source,
    learning_jobs.IMPACT: learning_jobs.preview_impact,
}

# name → (seconds between two rounds, what to do); one process at a time does them
PERIODIC: dict[str, tuple[float, PeriodicWork]] = {
    "unanswered_questions": (learning_grouping.EVERY_SECONDS, learning_jobs.group_questions),
    "sources": (web_schedule.EVERY_SECONDS, web_schedule.start_due),
    "approvals": (approvals_expiring.EVERY_SECONDS, approvals_expiring.expire_due),
    "outcomes": (settling.EVERY_SECONDS, settling.settle_due),
    "words": (wording.EVERY_SECONDS, wording.catch_up),
    "pruning": (pruning.EVERY_SECONDS, pruning.prune_idle),
    "overdue": (overdue.EVERY_SECONDS, overdue.tell_overdue),
    "retention": (retention.EVERY_SECONDS, retention.nightly),
    "resealing": (resealing.EVERY_SECONDS, resealing.reseal_due),
    "calibration": (calibrating.EVERY_SECONDS, calibrating.look_at_verdicts),
    "vector_indexes": (vector_indexing.EVERY_SECONDS, vector_indexing.tend_indexes),
}
