"""Webhooks: signed, repeated until they arrive, given up visibly, driven again, to nowhere private."""

import time
from collections.abc import Iterator
from typing import get_args

import psycopg
import pytest

from server.shapes.delivery_schemas import EventName
from tenants.database.postgres import EmbeddedPostgres
from tests.databases import Database, fresh_database
from tests.receiver import Reply
from tests.server.conftest import Program, problem
from tests.server.effects import Effects, delivery, effects, endpoint, until
from tools.webhook_signing import verified


@pytest.fixture(scope="module")
def own_database(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    with fresh_database(
        postgres, f"webhooks_{tmp_path_factory.getbasetemp().name}".replace("-", "_")
    ) as made:
        yield made


@pytest.fixture(scope="module")
def world(own_database: Database) -> Iterator[Effects]:
    with effects(own_database) as made:
        yield made


@pytest.fixture(scope="module")
def shop(world: Effects) -> Program:
    made = world.desk.tenant("Hooks")
    made.teach("When are you open?", "We are open from nine to five.")
    return made


@pytest.fixture(scope="module")
def clinic(world: Effects) -> Program:
    return world.desk.tenant("Clinic")


def test_a_turns_events_arrive_signed_once_each_and_at_nobody_elses_endpoint(
    world: Effects, shop: Program, clinic: Program
) -> None:
    path, others = world.path(), world.path()
    made = endpoint(shop, world.receiver.url + path)
    endpoint(clinic, world.receiver.url + others)
    conversation = shop.conversation()
    turn = shop.say(conversation, "When are you open?").json()
    came = world.receiver.wait_for(4, path)
    assert sorted(one.json["type"] for one in came) == [
        "contact_message", "message", "turn_ended", "turn_started",
    ]  # fmt: skip
    for one in came:
        assert verified([made["secret"]], one.headers, one.body, now_seconds=time.time()) == one.id
        assert one.headers["idempotency-key"] == one.id
        assert one.json["data"]["conversation_id"] == conversation
    assert len({one.id for one in came}) == 4
    [said] = [one.json for one in came if one.json["type"] == "message"]
    assert said["data"]["text"] == turn["message"]["text"]
    ids = sorted(one.json["data"]["event_id"] for one in came)
    assert ids == [1, 2, 3, 4], "the receiver can put them in order"
    listed = shop.call(
        "GET", f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}/deliveries"
    ).json()["data"]
    assert {one["delivery_id"] for one in listed} == {one.id for one in came}
    assert world.receiver.at(others) == []
    shop.call("DELETE", f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}")


def test_only_the_events_that_are_wanted_are_sent(world: Effects, shop: Program) -> None:
    path = world.path()
    made = endpoint(shop, world.receiver.url + path, "turn_ended")
    shop.say(shop.conversation(), "When are you open?")
    place = f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}"
    pinged = shop.call("POST", f"{place}/ping").json()
    delivery(shop, pinged["delivery_id"], "sent")
    came = world.receiver.wait_for(2, path)
    assert sorted(one.json["type"] for one in came) == ["ping", "turn_ended"]
    shop.call("DELETE", place)


def test_a_failing_receiver_gets_it_again_under_the_same_id_until_it_takes_it(
    world: Effects, shop: Program
) -> None:
    path = world.path()
    world.receiver.answer = lambda one, _: (
        Reply(503, b"busy") if one.path == path and len(world.receiver.at(path)) < 3 else Reply()
    )
    made = endpoint(shop, world.receiver.url + path, "turn_ended")
    place = f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}"
    pinged = shop.call("POST", f"{place}/ping").json()
    done = delivery(shop, pinged["delivery_id"], "sent")
    came = world.receiver.at(path)
    assert len(came) == 3 and len({one.id for one in came}) == 1
    assert len({one.body for one in came}) == 1
    assert [one["status"] for one in done["tries"]] == [200, 503, 503]
    assert done["tries"][1]["reply"] == "busy" and done["attempts"] == 3
    assert shop.call("GET", place).json()["failing_since"] is None
    shop.call("DELETE", place)


def test_what_is_given_up_is_seen_and_driven_again_one_by_one_or_all(
    world: Effects, shop: Program, clinic: Program
) -> None:
    path, broken = world.path(), True
    world.receiver.answer = lambda one, _: Reply(500 if broken and one.path == path else 200)
    made = endpoint(shop, world.receiver.url + path, "turn_ended")
    place = f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}"
    first, second = (shop.call("POST", f"{place}/ping").json()["delivery_id"] for _ in range(2))
    dead = delivery(shop, first, "dead")
    delivery(shop, second, "dead")
    assert dead["attempts"] == 4 and dead["tries"][0]["error"] == "it answered 500"
    assert shop.call("GET", place).json()["failing_since"] is not None
    listed = shop.call("GET", "/v1/deliveries?state=dead").json()["data"]
    assert {first, second} <= {one["delivery_id"] for one in listed}
    problem(clinic.call("POST", f"/v1/deliveries/{first}/redrive"), 404, "not_found")
    assert clinic.call("GET", "/v1/deliveries?state=dead").json()["data"] == []
    broken = False
    assert shop.call("POST", f"/v1/deliveries/{first}/redrive").json()["state"] == "queued"
    assert delivery(shop, first, "sent")["attempts"] == 5
    problem(shop.call("POST", f"/v1/deliveries/{first}/redrive"), 409, "conflict")
    assert shop.call("POST", f"{place}/redrive").json() == {"driven": 1}
    delivery(shop, second, "sent")
    assert len({one.id for one in world.receiver.at(path)}) == 2
    shop.call("DELETE", place)


def test_a_receiver_that_asks_for_time_is_given_it(world: Effects, shop: Program) -> None:
    path = world.path()
    world.receiver.answer = lambda one, _: Reply(429, headers={"Retry-After": "3600"})
    made = endpoint(shop, world.receiver.url + path, "turn_ended")
    place = f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}"
    pinged = shop.call("POST", f"{place}/ping").json()["delivery_id"]
    waiting = until(
        lambda: (
            found
            if (found := shop.call("GET", f"/v1/deliveries/{pinged}").json())["attempts"]
            else None
        ),
        "it was never tried",
    )
    assert waiting["state"] == "queued"
    assert waiting["next_try_at"] > time.strftime(
        "%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 3_000)
    )
    shop.call("DELETE", place)
    problem(shop.call("GET", f"/v1/deliveries/{pinged}"), 404, "not_found")


def test_an_endpoint_that_is_gone_or_fails_for_days_is_disabled_and_says_why(
    world: Effects, shop: Program, own_database: Database
) -> None:
    gone, failing = world.path(), world.path()
    world.receiver.answer = lambda one, _: Reply(410 if one.path == gone else 500)
    places = {}
    for path in (gone, failing):
        made = endpoint(shop, world.receiver.url + path, "turn_ended")
        places[path] = f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}"
    shop.call("POST", f"{places[gone]}/ping")
    first = shop.call("POST", f"{places[failing]}/ping").json()["delivery_id"]
    delivery(shop, first, "dead")
    assert shop.call("GET", places[failing]).json()["enabled"]
    with psycopg.connect(own_database.superuser, autocommit=True) as conn:
        conn.execute("update webhook_endpoints set failing_since = now() - interval '6 days'")
    second = shop.call("POST", f"{places[failing]}/ping").json()["delivery_id"]
    delivery(shop, second, "dead")
    for path, why in ((gone, "410"), (failing, "without one success")):
        shown = until(
            lambda path=path: (
                None if (found := shop.call("GET", places[path]).json())["enabled"] else found
            ),
            f"{path} stayed enabled",
        )
        assert why in shown["disabled_reason"]
    problem(shop.call("POST", f"{places[gone]}/ping"), 409, "conflict")
    world.receiver.answer = lambda _one, _before: Reply()
    back = shop.call("PATCH", places[failing], json={"enabled": True}).json()
    assert back["enabled"] and back["failing_since"] is None and back["disabled_reason"] is None
    shop.call("POST", f"/v1/deliveries/{second}/redrive")
    delivery(shop, second, "sent")
    for place in places.values():
        shop.call("DELETE", place)


def test_a_secret_is_shown_once_and_replaced_with_an_overlap(world: Effects, shop: Program) -> None:
    path = world.path()
    world.receiver.answer = lambda _one, _before: Reply()
    made = endpoint(shop, world.receiver.url + path, "turn_ended")
    place = f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}"
    assert "secret" not in shop.call("GET", place).json()
    assert made["secret"] not in shop.call("GET", "/v1/webhook-endpoints").text
    new = shop.call("POST", f"{place}/rotate-secret").json()
    assert new["secret"] != made["secret"] and new["old_secret_until"] is not None
    delivery(shop, shop.call("POST", f"{place}/ping").json()["delivery_id"], "sent")
    once = shop.call("POST", f"{place}/rotate-secret", json={"overlap_hours": 0}).json()
    delivery(shop, shop.call("POST", f"{place}/ping").json()["delivery_id"], "sent")
    both, alone = world.receiver.at(path)
    for secret in (made["secret"], new["secret"]):
        assert verified([secret], both.headers, both.body, now_seconds=time.time())
    assert verified([once["secret"]], alone.headers, alone.body, now_seconds=time.time())
    assert len(alone.headers["webhook-signature"].split()) == 1
    shop.call("DELETE", place)


def test_a_wrong_name_of_an_event_is_refused_with_the_right_ones(
    shop: Program,
) -> None:
    body = {"url": "https://shop.example/hook", "events": ["message", "handoff_created"]}
    refused = problem(shop.call("POST", "/v1/webhook-endpoints", json=body), 422, "invalid")
    [error] = refused["errors"]
    assert error["where"] == "body.events.1"
    assert all(repr(name) in error["right"] for name in get_args(EventName))


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "https://10.0.0.8/hook", "https://169.254.169.254/", "http://[::1]/",
     "http://shop.example/hook", "ftp://shop.example/", "https://shop.example:8443/", "nonsense"],
)  # fmt: skip
def test_an_address_that_is_private_or_plain_is_refused(
    world: Effects, shop: Program, url: str
) -> None:
    made = shop.call("POST", "/v1/webhook-endpoints", json={"url": url})
    problem(made, 422, "address_refused")


def test_a_redirect_is_a_failure_and_is_not_followed(world: Effects, shop: Program) -> None:
    path, private = world.path(), world.path()
    world.receiver.answer = lambda one, _: (
        Reply(307, headers={"Location": world.receiver.url + private})
        if one.path == path
        else Reply()
    )
    made = endpoint(shop, world.receiver.url + path, "turn_ended")
    place = f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}"
    dead = delivery(shop, shop.call("POST", f"{place}/ping").json()["delivery_id"], "dead")
    assert dead["tries"][0]["status"] == 307
    assert world.receiver.at(private) == []
    shop.call("DELETE", place)


def test_secrets_are_sealed_in_the_database(
    shop: Program, world: Effects, own_database: Database
) -> None:
    made = endpoint(shop, world.receiver.url + world.path())
    with psycopg.connect(own_database.superuser) as conn:
        [(kept,)] = conn.execute(
            "select secret from webhook_endpoints where webhook_endpoint_id = %s",
            (made["webhook_endpoint_id"],),
        ).fetchall()
    assert made["secret"].removeprefix("whsec_").encode() not in bytes(kept)
    shop.call("DELETE", f"/v1/webhook-endpoints/{made['webhook_endpoint_id']}")
