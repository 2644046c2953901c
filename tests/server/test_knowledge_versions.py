"""Versions over HTTP: staged, published, taken back, restored, compared, answered from."""

from typing import Any

import pytest

from tests.server.conftest import Desk, Program, problem
from tests.server.test_documents import add, find, get


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Versions")


def _path(shop: Program, *more: str) -> str:
    return "/".join(("/v1/knowledge-bases", shop.knowledge_base_id, *more))


def test_manual_publishing_stages_every_write(shop: Program) -> None:
    changed = shop.call("PATCH", _path(shop), json={"publishing": "manual", "name": "Help"})
    assert changed.status_code == 200 and changed.json()["publishing"] == "manual"
    made = add(shop, question="Do you ship to Norway?", answer="Yes.")
    assert made["published"] is False
    base = get(shop)
    assert (base["name"], base["version"], base["staged_version"]) == ("Help", 0, made["version"])
    assert find(shop, "Norway") == [] and find(shop, "Norway", version="staged") == ["Yes."]
    [listed] = get(shop, "versions")["data"]
    assert (listed["state"], listed["passages"], listed["published_at"]) == ("staged", 1, None)
    published = shop.call("POST", _path(shop, "versions"))
    assert published.status_code == 201 and published.json()["state"] == "published"
    assert find(shop, "Norway") == ["Yes."]
    assert get(shop)["staged_version"] is None


def test_published_versions_are_counted_one_by_one_for_people(desk: Desk) -> None:
    fresh = desk.tenant("Counted")
    path = f"/v1/knowledge-bases/{fresh.knowledge_base_id}"
    for at, staged in enumerate((False, True, True, False)):
        pair = {"question": f"Question {at}?", "answer": f"Answer {at}."}
        fresh.call("POST", f"{path}/documents?stage={str(staged).lower()}", json=pair)
        if staged:
            open_one = fresh.call("GET", f"{path}/versions").json()["data"][0]
            assert (open_one["state"], open_one["number"]) == ("staged", None)
            fresh.call("POST", f"{path}/versions", json={})
    data = fresh.call("GET", f"{path}/versions").json()["data"]
    assert [one["number"] for one in data] == list(range(len(data), 0, -1))
    assert data[0]["version"] > len(data)  # what the API names them by leaves numbers out


def test_nothing_staged_is_said(shop: Program) -> None:
    problem(shop.call("POST", _path(shop, "versions")), 409, "nothing_staged")
    problem(shop.call("DELETE", _path(shop, "versions", "staged")), 409, "nothing_staged")
    staged = {"query": "x", "version": "staged"}
    problem(shop.call("POST", _path(shop, "search"), json=staged), 409, "nothing_staged")
    for version, status, code in (("7", 404, "not_found"), ("newest", 422, "invalid"),
                                  ("99999999999", 404, "not_found")):  # fmt: skip
        path = _path(shop, "versions", version, "restore")
        problem(shop.call("POST", path), status, code)
    problem(shop.call("POST", _path(shop, "versions"), json={"note": "x" * 501}), 422, "invalid")


def test_discarding_takes_back_what_was_staged(shop: Program) -> None:
    kept = add(shop, title="Hours", text="We open at nine.", external_id="hours")
    add(shop, title="Hours", text="We open at noon.", external_id="hours", stage=True)
    add(shop, title="Parking", text="Parking is free.", stage=True)
    assert shop.call("DELETE", _path(shop, "versions", "staged")).status_code == 204
    [listed] = get(shop, "documents")["data"]
    assert (listed["document_id"], listed["state"]) == (kept["document_id"], "published")
    assert find(shop, "open parking") == ["We open at nine."]


def test_restore_goes_back_and_a_later_write_stands_on_it(shop: Program) -> None:
    first = add(shop, title="Hours", text="We open at nine.", external_id="hours")
    add(shop, title="Hours", text="We open at noon.", external_id="hours", stage=True)
    add(shop, title="Parking", text="Parking is free.", stage=True)
    second = shop.call("POST", _path(shop, "versions")).json()["version"]
    back = shop.call("POST", _path(shop, "versions", str(first["version"]), "restore"))
    assert back.status_code == 200 and back.json()["version"] == first["version"]
    assert find(shop, "open parking") == ["We open at nine."]
    add(shop, title="Pets", text="Dogs may come in.")
    assert set(find(shop, "open parking dogs")) == {"We open at nine.", "Dogs may come in."}
    assert set(find(shop, "open parking", version=second)) == {
        "We open at noon.",
        "Parking is free.",
    }


def test_the_difference_of_two_versions(shop: Program) -> None:
    first = add(shop, title="D", chunks=["one stays", "two goes"], external_id="d")
    gone = add(shop, title="Gone", text="This will go.")
    add(
        shop,
        title="D",
        chunks=["one stays", "three comes"],
        external_id="d",
        priority=5,
        stage=True,
    )
    add(shop, title="New", text="This is new.", stage=True)
    document = _path(shop, "documents", gone["document_id"])
    shop.call("DELETE", document, params={"stage": "true"})
    told = get(shop, "versions", "live", "diff", "staged")
    assert told["counts"] == {"added": 1, "changed": 1, "deleted": 1}
    changes = {one["title"]: one for one in told["data"]}
    assert {title: one["change"] for title, one in changes.items()} == {
        "D": "changed",
        "New": "added",
        "Gone": "deleted",
    }
    changed = changes["D"]
    assert changed["document_id"] == first["document_id"]
    assert changed["fields"] == {"priority": {"before": 0, "after": 5}}
    assert [one["text"] for one in changed["passages_removed"]] == ["two goes"]
    assert [one["text"] for one in changed["passages_added"]] == ["three comes"]
    pages: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = get(shop, "versions", "live", "diff", "staged", limit="1", **cursor)
        pages += [one["title"] for one in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(pages) == ["D", "Gone", "New"]
    assert get(shop, "versions", "live", "diff", "live")["counts"] == {
        "added": 0,
        "changed": 0,
        "deleted": 0,
    }
    problem(shop.call("GET", _path(shop, "versions", "5000", "diff", "live")), 404, "not_found")


def test_going_back_and_on_is_no_difference(shop: Program) -> None:
    first = add(shop, title="Hours", text="We open at nine.", external_id="hours")
    add(shop, title="Hours", text="We open at noon.", external_id="hours", stage=True)
    shop.call("POST", _path(shop, "versions"))
    shop.call("POST", _path(shop, "versions", str(first["version"]), "restore"))
    later = add(shop, title="Pets", text="Dogs may come in.")
    told = get(shop, "versions", str(first["version"]), "diff", str(later["version"]))
    assert told["counts"] == {"added": 1, "changed": 0, "deleted": 0}
    assert [one["title"] for one in told["data"]] == ["Pets"]


def _answer(shop: Program, **more: Any) -> Any:
    path = f"/v1/assistants/{shop.assistant_id}/answer"
    return shop.call("POST", path, json={"text": "Do you ship to Norway?"} | more)


def test_whole_answers_from_another_version(desk: Desk, shop: Program) -> None:
    first = add(shop, question="Do you ship to Norway?", answer="Yes, in five days.",
                external_id="n")  # fmt: skip
    add(shop, question="Do you ship to Norway?", answer="No, not any more.",
        external_id="n", stage=True)  # fmt: skip
    base = shop.knowledge_base_id
    assert _answer(shop).json()["text"] == "Yes, in five days."
    staged = _answer(shop, knowledge_version={base: "staged"})
    assert staged.json()["text"] == "No, not any more."
    shop.call("POST", _path(shop, "versions"))
    assert _answer(shop).json()["text"] == "No, not any more."
    older = _answer(shop, knowledge_version={base: first["version"]})
    assert older.json()["text"] == "Yes, in five days."
    problem(_answer(shop, knowledge_version={base: 5000}), 404, "not_found")
    problem(_answer(shop, knowledge_version={base: "newest"}), 422, "invalid")
    foreign = desk.tenant("Other").knowledge_base_id
    problem(_answer(shop, knowledge_version={foreign: "live"}), 422, "invalid")


def test_ranking_is_checked_and_kept(shop: Program) -> None:
    wanted = {"priority_weight": 0.1, "stale_after_days": 30, "stale_weight": 0.05}
    changed = shop.call("PATCH", _path(shop), json={"ranking": wanted})
    assert changed.status_code == 200 and changed.json()["ranking"] == wanted
    bad = shop.call("PATCH", _path(shop), json={"ranking": {"priority_weight": 7}})
    problem(bad, 422, "invalid")
    assert get(shop)["ranking"] == wanted
