"""Two servers over one database and one Redis: what is said on one is read on the other as it comes."""

from collections.abc import Iterator

import pytest

from tests import plain_http
from tests.e2e.server_process import ServerProcess, within
from tests.e2e.test_story import SHOP, Tenant
from tests.e2e.test_takeover import (
    ANSWER,
    QUESTION,
    SETTINGS,
    Frame,
    answered_once,
    at,
    say,
    streaming,
    take_until,
)
from tests.openai_loopback import Loopback, Reply, openai_loopback
from tests.redis_process import RedisProcess, redis_process

HELD = Reply(ANSWER.words, held_after=2)
ONE_IN_100_SECONDS = {"FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "0.01"}  # counts contacts' tokens


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


@pytest.fixture(scope="module")
def model() -> Iterator[Loopback]:
    with openai_loopback(HELD) as loopback:
        yield loopback
        loopback.gate.set()


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory, model: Loopback, redis: RedisProcess
) -> Iterator[ServerProcess]:
    told = {"DEEPSEEK_API_BASE": model.base_url, "FRONTDESK_REDIS_URL": redis.url}
    settings = SETTINGS | ONE_IN_100_SECONDS | told
    server = ServerProcess(tmp_path_factory.mktemp("replicas") / "data", settings).start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def second(first: ServerProcess, model: Loopback) -> Iterator[ServerProcess]:
    server = ServerProcess(first.data, first.environment).start()
    yield server
    model.gate.set()
    assert server.stop() == 0


@pytest.fixture(scope="module")
def shop(first: ServerProcess) -> Tenant:
    return Tenant(first, "Northwind Lamps", SHOP)


@pytest.fixture(autouse=True)
def both_connected(first: ServerProcess, second: ServerProcess, redis: RedisProcess) -> None:
    assert within(30, lambda: all(map(is_connected, (first, second))))


def is_connected(server: ServerProcess) -> bool:
    headers = {"Authorization": f"Bearer {server.platform_key}"}
    shown = plain_http.get(f"{server.url}/metrics", headers=headers, timeout=30).text
    return "frontdesk_redis_connected 1" in shown


def words(frames: list[Frame]) -> str:
    return "".join(f["data"]["text"] for f in frames if f["event"] == "message_delta")


def message_of(frames: list[Frame]) -> str:
    return next(f["data"]["text"] for f in frames if f["event"] == "message")


def test_words_of_a_turn_here_are_read_there_while_it_runs(
    second: ServerProcess, shop: Tenant, model: Loopback
) -> None:
    conversation = shop.converse("ada")
    there = at(shop, second)
    model.gate.clear()
    with streaming(there, conversation) as early, streaming(shop, conversation) as own:
        say(shop, conversation)
        seen = take_until(early, "message_delta")  # the message itself is not written yet
        with streaming(there, conversation) as late:
            caught_up = take_until(late, "message_delta")
            assert words(caught_up) == words(seen) != ""
            model.gate.set()
            caught_up += take_until(late, "turn_ended")
        seen += take_until(early, "turn_ended")
        here = take_until(own, "turn_ended")
    for read in (seen, caught_up):
        assert [f for f in read if "id" in f] == [f for f in here if "id" in f]
        assert message_of(read) == words(here) and words(here).startswith(words(read))
    answered_once(there, conversation)


def test_a_contact_s_limit_counts_on_both_servers(second: ServerProcess, shop: Tenant) -> None:
    asked = {"assistant_id": shop.assistant_id}
    origin = {"Origin": shop.server.url}
    opened = shop.call("POST", "/v1/widget/sessions", json=asked, headers=origin)
    token = opened.json()["token"]
    answers: list[int] = []
    for tenant in (shop, at(shop, second)):
        guest = at(tenant, tenant.server)
        guest.key = token
        conversation = guest.call("POST", "/v1/conversations", json=asked).json()
        path = f"/v1/conversations/{conversation['conversation_id']}/messages?wait=false"
        answers.append(guest.call("POST", path, json={"text": QUESTION}).status_code)
    assert answers == [202, 429]


def test_a_redis_that_dies_in_mid_stream_costs_words_but_no_event(
    first: ServerProcess,
    second: ServerProcess,
    shop: Tenant,
    model: Loopback,
    redis: RedisProcess,
) -> None:
    conversation = shop.converse("bo")
    there = at(shop, second)
    model.gate.clear()
    with streaming(there, conversation) as frames:
        say(shop, conversation)
        seen = take_until(frames, "message_delta")
        redis.kill()
        try:
            model.gate.set()
            seen += take_until(frames, "turn_ended")
        finally:
            redis.start()
    assert [int(f["id"]) for f in seen if "id" in f] == [1, 2, 3, 4]
    assert message_of(seen).startswith(words(seen)) and "3 years" in message_of(seen)
    log = answered_once(there, conversation)
    assert [f for f in seen if "id" in f] == log
    assert within(30, lambda: all(map(is_connected, (first, second))))
    model.gate.clear()
    again = shop.converse("cy")
    with streaming(there, again) as frames:
        say(shop, again)
        assert words(take_until(frames, "message_delta"))
        model.gate.set()
        take_until(frames, "turn_ended")


def test_a_turn_goes_on_being_heard_behind_a_redis_that_came_back(
    first: ServerProcess,
    second: ServerProcess,
    shop: Tenant,
    model: Loopback,
    redis: RedisProcess,
) -> None:
    conversation = shop.converse("di")
    there = at(shop, second)
    model.gate.clear()
    redis.kill()
    try:
        assert within(30, lambda: not any(map(is_connected, (first, second))))
        say(shop, conversation)
    finally:
        redis.start()
    with streaming(there, conversation) as frames:
        assert words(take_until(frames, "message_delta"))  # said while nobody could carry it
        model.gate.set()
        assert "3 years" in message_of(take_until(frames, "turn_ended"))
