"""Two tenants at work on one server at DEBUG, traced; afterwards all that it let out is looked at."""

import json
import random
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import plain_http
from tests.canaries.actor import Actor
from tests.canaries.office_acts import OFFICE, prepare
from tests.canaries.prying import Prying
from tests.canaries.talking_acts import TALKING
from tests.canaries.watching import MARKS, PATIENCE_SECONDS, Watcher
from tests.e2e.server_process import ServerProcess, within
from tests.graphs.test_tracing import recorder
from tests.receiver import Receiver, receiver
from tests.tools.demo_shop import TOKEN, demo_shop_service

TELL_SECONDS = 10.0
PRIES = 0.15  # share of the operations that ask for what is the other tenant's
UNLIMITED = {
    "FRONTDESK_LOG_LEVEL": "DEBUG",
    "FRONTDESK_REQUESTS_PER_SECOND": "100000",
    "FRONTDESK_REQUESTS_PER_SECOND_PER_ADDRESS": "100000",
    "FRONTDESK_TURNS_PER_SECOND": "100000",
    "FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "100000",
}


@dataclass
class Outcome:
    """What came of it."""

    operations: Counter[str] = field(default_factory=Counter[str])
    leaks: list[str] = field(default_factory=list[str])
    bytes_seen: Counter[str] = field(default_factory=Counter[str])
    words_seen: Counter[str] = field(default_factory=Counter[str])

    def table(self) -> str:
        """For people."""
        seen = ", ".join(f"{n:,} bytes {where}" for where, n in sorted(self.bytes_seen.items()))
        return (
            f"{self.operations.total()} operations of {len(self.operations)} kinds; {seen}; "
            f"canaries seen by their own tenant: {dict(self.words_seen)}; leaks: {len(self.leaks)}"
        )


def run(operations: int, *, seed: int = 1, tell: Callable[[str], None] | None = None) -> Outcome:
    """So many operations, half by each tenant, both at once; `tell` hears now and then how far it is."""
    watcher, outcome = Watcher(), Outcome()
    with _world(watcher) as (server, hooks, traces):
        platform = {"Authorization": f"Bearer {server.platform_key}"}
        document = plain_http.get(f"{server.url}/openapi.json", timeout=PATIENCE_SECONDS).json()
        actors = [_actor(server, name, platform, watcher, seed) for name in MARKS]
        service = hooks.shop
        for actor in actors:
            prepare(actor, hooks.receiver.url, service)
        prying = Prying(document)
        threads = [
            threading.Thread(
                target=_work, args=(actor, other, operations // 2, prying, outcome, watcher)
            )
            for actor, other in zip(actors, reversed(actors), strict=True)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(TELL_SECONDS / len(threads))
            if tell is not None:
                tell(
                    f"{outcome.operations.total():,} of {operations:,}, leaks: {len(watcher.leaks)}"
                )
        _look_at_figures(server, platform, watcher)
        secrets = [secret for actor in actors for secret in actor.secrets]
        for actor in actors:
            actor.close()
        assert within(60, lambda: bool(hooks.receiver.received)), "no webhook came"
        assert server.stop() == 0
        _look_at_hooks(hooks.receiver, watcher)
        log = "".join(server.output)
        watcher.told_to_nobody("log", _without_platform_key(log, server).encode(), secrets)
        watcher.told_to_nobody("trace", b"".join(body for _, body in traces), secrets)
    outcome.leaks = watcher.leaks
    outcome.bytes_seen, outcome.words_seen = watcher.bytes_seen, watcher.words_seen
    return outcome


@dataclass
class _Outside:
    receiver: Receiver
    shop: str


@contextmanager
def _world(
    watcher: Watcher,
) -> Generator[tuple[ServerProcess, _Outside, list[tuple[str, bytes]]]]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="canaries-"))
        hooks = stack.enter_context(receiver())
        shop = stack.enter_context(demo_shop_service())
        url, traces = stack.enter_context(recorder())
        reached = {
            "FRONTDESK_EGRESS_ALLOW": f"{hooks.allowed},{shop.url.removeprefix('http://')}",
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_ENDPOINT": url,
            "LANGSMITH_API_KEY": "traced",
        }
        server = ServerProcess(Path(folder) / "data", UNLIMITED | reached).start()
        stack.callback(server.stop)
        yield server, _Outside(hooks, shop.url), traces


def _actor(
    server: ServerProcess, name: str, platform: dict[str, str], watcher: Watcher, seed: int
) -> Actor:
    made = plain_http.post(
        f"{server.url}/v1/tenants",
        json={"name": name.title()},
        headers=platform,
        timeout=PATIENCE_SECONDS,
    )
    assert made.status_code == 201, made.text
    return Actor(server.url, name, made.json(), watcher, seed=f"{seed}-{name}")


def _work(
    actor: Actor, other: Actor, count: int, prying: Prying, outcome: Outcome, watcher: Watcher
) -> None:
    acts = [*TALKING, *OFFICE]
    fresh = acts.copy()
    random.Random(actor.name).shuffle(fresh)  # each kind once before chance decides
    for _ in range(count):
        if actor.draw.random() < PRIES:
            name, act = "pry", lambda one: prying.pry(one, other)
        else:
            act = fresh.pop() if fresh else actor.draw.choice(acts)
            name = act.__name__
        try:
            act(actor)
        except Exception as error:  # a broken act is a finding as well, and the others go on
            watcher.fail(f"{actor.name} {name}: {error!r}")
        outcome.operations[name] += 1


def _look_at_figures(server: ServerProcess, platform: dict[str, str], watcher: Watcher) -> None:
    for path in ("/metrics", "/readyz", "/openapi.json"):
        answer = plain_http.get(server.url + path, headers=platform, timeout=PATIENCE_SECONDS)
        watcher.told_to_nobody("metrics", answer.content)


def _look_at_hooks(hooks: Receiver, watcher: Watcher) -> None:
    for one in hooks.received:
        tenant = one.path.strip("/")
        watcher.sent_to(tenant, "webhook", json.dumps(one.headers).encode() + one.body)


def _without_platform_key(log: str, server: ServerProcess) -> str:
    """The first start shows the platform's key to whoever started it, once."""
    return log.replace(server.platform_key, "").replace(TOKEN, "")
