"""A feature switched for a tenant changes its turns, and stands on them."""

import time
from typing import Any

from tests.server.conftest import Desk, Program, problem


def feature(shop: Program, name: str) -> dict[str, Any]:
    listed = shop.call("GET", "/v1/features").json()["data"]
    return next(one for one in listed if one["feature"] == name)


def read_as(shop: Program, text: str) -> str:
    """What a turn understood of a message."""
    turn = shop.say(shop.conversation(), text).json()
    steps = shop.call("GET", f"/v1/turns/{turn['turn_id']}/steps").json()["data"]
    split = next(step for step in steps if step["node"] == "split")
    return str(split["output"]["intents"][0]["query"])


def test_a_feature_is_switched_for_one_tenant_and_back(desk: Desk) -> None:
    shop, other = desk.tenant("Shop"), desk.tenant("Other")
    for tenant in (shop, other):
        tenant.teach("What is the warranty?", "The warranty is two years.")
    assert "warranty" in read_as(shop, "What is the warrenty?")
    put = shop.call("PUT", "/v1/features/mended_words", json={"value": "off"})
    assert (put.status_code, put.json()["percent"]) == (200, 100)
    time.sleep(1.1)  # a process reads settings once a second
    assert "warrenty" in read_as(shop, "What is the warrenty?")
    assert "warranty" in read_as(other, "What is the warrenty?")
    assert feature(other, "mended_words")["value"] is None
    assert shop.call("DELETE", "/v1/features/mended_words").status_code == 204
    assert feature(shop, "mended_words")["value"] is None


def test_what_cannot_be_is_said(desk: Desk) -> None:
    shop = desk.tenant("Shop")
    problem(shop.call("PUT", "/v1/features/flying", json={"value": "on"}), 404, "not_found")
    problem(shop.call("PUT", "/v1/features/named_things", json={"value": "maybe"}), 422, "invalid")
    problem(
        shop.call("PUT", "/v1/features/named_things", json={"value": "on", "percent": 101}),
        422,
        "invalid",
    )
