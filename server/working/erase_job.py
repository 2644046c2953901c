"""The job that erases a tenant; its own row goes with it."""

from typing import Any

from server.working.job_run import JobRun
from tenants.actors import Actor
from tenants.keeping.erasing import erase_tenant

KIND = "erase_tenant"
_PLATFORM = Actor("platform", "platform")


async def erase(run: JobRun) -> dict[str, Any]:
    """Erase every row of the tenant; after a crash it goes on where it stopped."""
    run.sealed = True  # nothing calls it back, not even that its own row is gone
    rows = await erase_tenant(run.house.pool, run.tenant_id, erasure_id=run.job_id, actor=_PLATFORM)
    return {"rows": rows}
