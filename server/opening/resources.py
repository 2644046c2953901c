"""All resources of a process, in the order in which one needs the other."""

from functools import partial

from server.access.auditing import AuditTrail
from server.access.auth import Credentials
from server.access.open_sockets import OpenSockets
from server.access.openid import OpenIdProviders
from server.access.openid_sign_in import ProviderSignIns
from server.access.passwords import Passwords
from server.access.second_factors import SecondFactors
from server.access.sign_in_throttle import SignInThrottle
from server.admitting.admission import Admission, AdmissionLimits
from server.admitting.idempotency import KeyEnds
from server.admitting.limits import Limiter
from server.dialects.mcp import open_mcp
from server.opening.mind import Mind, open_mind
from server.opening.opening import Opening, warn
from server.opening.work import Work, open_work
from server.outside.mcp_door import McpDoor
from server.resources import Resources
from server.sharing.siblings import Siblings
from server.watching.metrics import Metrics
from tenants.keys import provider_keys
from tenants.outside import channels
from tenants.people import sign_in_providers

SIGN_IN_FAILED = "sign-in failed"  # what processes of one command tell each other, with the address


async def open_resources(opening: Opening) -> Resources:
    """Everything that routes need. Raises: IsolationBroken, WeightsMissing, what opening raises."""
    mind = await open_mind(opening)
    work = await open_work(opening, mind)
    _watch(opening.metrics, mind, work)
    held = _resources(opening, mind, work, await opening.stack.enter_async_context(open_mcp()))
    opening.stack.push_async_callback(held.trail.flush)
    opening.in_background(held.trail.work_forever(on_error=warn("audit_not_anchored")))
    opening.in_background(held.sockets.look_forever(on_error=warn("sockets_not_looked_at")))
    opening.in_background(mind.words.get_ready())
    opening.in_background(mind.models.get_ready())
    opening.drain.listen(work.hub.stop)
    return held


def _resources(opening: Opening, mind: Mind, work: Work, mcp: McpDoor) -> Resources:
    settings, secrets, pool = opening.settings, opening.secrets, mind.pool
    sign_in_sealer = opening.sealer(sign_in_providers.PURPOSE)
    return Resources(
        settings=settings,
        pool=pool,
        embedder=mind.embedders.default,
        embedders=mind.embedders,
        knowledge=mind.knowledge,
        models=mind.models,
        labels=mind.labels,
        credentials=Credentials(
            pool, platform_key=secrets.platform_key, master_key=secrets.master_key
        ),
        sockets=OpenSockets(pool),
        trail=AuditTrail(pool, master_key=secrets.master_key, folder=settings.data.absolute()),
        key_ends=KeyEnds(pool),
        hub=work.hub,
        turns=work.turns,
        hold=opening.hold,
        runs=work.runs,
        jobs=work.jobs,
        drain=opening.drain,
        metrics=opening.metrics,
        figures=work.figures,
        request_limiter=_limiter(work, settings.requests_per_second, "requests", "key"),
        address_limiter=_limiter(
            work, settings.requests_per_second_per_address, "requests", "address"
        ),
        session_limiter=_limiter(work, settings.sessions_per_second, "widget sessions", "sessions"),
        admission=_admission(opening, mind, work),
        key_sealer=opening.sealer(provider_keys.PURPOSE),
        effect_sealer=opening.sealer(channels.PURPOSE),
        sender=work.sender,
        passwords=Passwords(),
        sign_ins=_throttle(work.line),
        provider_sign_ins=ProviderSignIns(
            pool, OpenIdProviders(mind.tooling.client), sealer=sign_in_sealer
        ),
        second_factors=SecondFactors(pool, master_key=secrets.master_key, sealer=sign_in_sealer),
        tooling=mind.tooling,
        action_desk=work.action_desk,
        mcp=mcp,
    )


def _throttle(line: Siblings | None) -> SignInThrottle:
    throttle = SignInThrottle()
    if line is not None:
        throttle.on_failed = partial(line.tell, SIGN_IN_FAILED)
        line.on(SIGN_IN_FAILED, lambda _number, address: throttle.failed_elsewhere(str(address)))
    return throttle


def _limiter(work: Work, per_second: float, what: str, policy: str) -> Limiter:
    return Limiter(per_second, what=what, policy=policy, shared=work.counter)


def _admission(opening: Opening, mind: Mind, work: Work) -> Admission:
    settings = opening.settings
    return Admission(
        work.turns,
        tenants=_limiter(work, settings.turns_per_second, "turns", "tenant-turns"),
        contacts=_limiter(work, settings.turns_per_second_per_contact, "turns", "contact-turns"),
        limits=AdmissionLimits(
            waiting_of_a_tenant=settings.waiting_turns_per_tenant,
            waiting=4 * settings.waiting_turns_per_tenant,
            accepting=settings.pool_max - settings.pool_max // 4,
        ),
    )


def _watch(metrics: Metrics, mind: Mind, work: Work) -> None:
    hub, turns, models = work.hub, work.turns, mind.models
    turns.on_end = metrics.turn_ended
    metrics.watch("open_streams", "Streams and sockets that are open", lambda: hub.open_streams)
    metrics.watch("running_turns", "Turns that run in this process", lambda: turns.running)
    metrics.watch("waiting_turns", "Turns that wait here for a slot", lambda: turns.waiting)
    metrics.watch(
        "queue_lag_seconds",
        "About how long a turn that comes now waits for a slot here",
        lambda: turns.seconds_to_run(turns.waiting),
    )
    metrics.watch(
        "open_breakers", "Providers that are left alone", lambda: len(models.open_breakers())
    )
