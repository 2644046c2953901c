"""Documents over HTTP: brought in with fields, listed, read as of a version, changed, deleted."""

from typing import Any

import pytest

from tests.server.conftest import Desk, Program, problem


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Documents")


def _path(shop: Program, *more: str) -> str:
    return "/".join(("/v1/knowledge-bases", shop.knowledge_base_id, *more))


def add(shop: Program, **body: Any) -> dict[str, Any]:
    """A document stored at once."""
    stage = body.pop("stage", False)
    params = {"stage": "true"} if stage else {}
    made = shop.call("POST", _path(shop, "documents"), json=body, params=params)
    assert made.status_code == 201, made.text
    return made.json()


def get(shop: Program, *path: str, **params: str) -> Any:
    """The answer to a GET under the knowledge base."""
    answer = shop.call("GET", _path(shop, *path), params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def find(shop: Program, query: str, **more: Any) -> list[str]:
    """The texts that a search gives."""
    found = shop.call("POST", _path(shop, "search"), json={"query": query} | more)
    assert found.status_code == 200, found.text
    return [one["text"] for one in found.json()["data"]]


def test_fields_come_in_come_back_and_filter(shop: Program) -> None:
    made = add(
        shop,
        question="Do you ship to Norway?",
        answer="Yes, in five days.",
        category="shipping",
        keywords=["fjord", " fjord ", "north"],
        priority=20,
        language="en",
        valid_until="2999-01-01T00:00:00Z",
        external_id="faq-1",
    )
    add(shop, title="Returns", text="Unworn shoes go back within 30 days.", category="returns")
    shown = get(shop, "documents", made["document_id"])
    assert (shown["category"], shown["keywords"], shown["priority"]) == (
        "shipping",
        ["fjord", "north"],
        20,
    )
    assert shown["valid_until"] == "2999-01-01T00:00:00Z" and shown["active"] is True
    assert shown["content"] == {
        "question": "Do you ship to Norway?",
        "answer": "Yes, in five days.",
    }
    for asked in ({"category": "shipping"}, {"kind": "qa"}, {"q": "NORW ship"},
                  {"external_id": "faq-1"}, {"state": "published", "language": "en",
                                             "category": "shipping"}):  # fmt: skip
        listed = get(shop, "documents", **asked)["data"]
        assert [one["document_id"] for one in listed] == [made["document_id"]], asked
    assert get(shop, "documents", q="100%_")["data"] == []
    assert find(shop, "fjord", filters={"min_priority": 1}) == ["Yes, in five days."]


@pytest.mark.parametrize(
    "bad",
    [
        {"priority": 101},
        {"keywords": ["x" * 81]},
        {"keywords": ["x"] * 51},
        {"category": "x" * 201},
        {"valid_from": "2026-01-01T00:00:00"},
        {"valid_from": "2026-02-01T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"},
        {"active": "perhaps"},
        {"unheard_of": 1},
    ],
)
def test_fields_have_bounds(shop: Program, bad: dict[str, Any]) -> None:
    body = {"title": "T", "text": "Words."} | bad
    refused = shop.call("POST", _path(shop, "documents"), json=body)
    told = problem(refused, 422, "invalid")
    assert next(iter(bad)) in str(told)
    assert get(shop, "documents")["data"] == []


def test_patch_changes_fields_and_keeps_the_words(shop: Program) -> None:
    made = add(shop, question="When do you open?", answer="At nine.")
    path = _path(shop, "documents", made["document_id"])
    changed = shop.call("PATCH", path, json={"active": False, "keywords": ["hours"]})
    assert changed.status_code == 200, changed.text
    assert changed.json()["document_id"] == made["document_id"]
    assert find(shop, "When do you open?") == []
    assert find(shop, "When do you open?", filters={"include_inactive": True}) == ["At nine."]
    shop.call("PATCH", path, json={"active": True, "title": "Opening hours"})
    shown = get(shop, "documents", made["document_id"])
    assert (shown["title"], shown["keywords"]) == ("Opening hours", ["hours"])
    assert shown["content"]["answer"] == "At nine."
    assert find(shop, "When do you open?") == ["At nine."]
    problem(shop.call("PATCH", path, json={"priority": 1000}), 422, "invalid")
    gone = _path(shop, "documents", shop.assistant_id)
    problem(shop.call("PATCH", gone, json={"priority": 1}), 404, "not_found")


def test_put_replaces_and_older_versions_keep_what_they_said(shop: Program) -> None:
    made = add(shop, title="Hours", text="We open at nine.", external_id="hours")
    before = made["version"]
    path = _path(shop, "documents", made["document_id"])
    staged = shop.call(
        "PUT", path, json={"title": "Hours", "text": "We open at ten."}, params={"stage": "true"}
    )
    assert staged.status_code == 200 and staged.json()["published"] is False
    assert find(shop, "open") == ["We open at nine."]
    assert find(shop, "open", version="staged") == ["We open at ten."]
    shown = get(shop, "documents", made["document_id"])
    assert (shown["state"], shown["content"]["text"]) == ("staged", "We open at ten.")
    assert shown["external_id"] == "hours"
    older = get(shop, "documents", made["document_id"], version="live")
    assert older["content"]["text"] == "We open at nine."
    published = shop.call("POST", _path(shop, "versions"), json={"note": "later"})
    assert published.status_code == 201 and published.json()["note"] == "later"
    assert find(shop, "open") == ["We open at ten."]
    assert find(shop, "open", version=before) == ["We open at nine."]
    history = get(shop, "documents", made["document_id"], "history")["data"]
    assert [(one["version"], one["until"]) for one in history] == [
        (published.json()["version"], None),
        (before, published.json()["version"]),
    ]


def test_an_external_id_names_one_document(shop: Program) -> None:
    first = add(shop, title="A", text="First words.", external_id="a")
    add(shop, title="B", text="Second words.", external_id="b")
    path = _path(shop, "documents", first["document_id"])
    body = {"title": "A", "text": "Other words.", "external_id": "b"}
    assert "external_id" in problem(shop.call("PUT", path, json=body), 422, "invalid")["detail"]
    renamed = shop.call("PUT", path, json=body | {"external_id": "c"})
    assert renamed.status_code == 200, renamed.text
    assert get(shop, "documents", first["document_id"])["external_id"] == "c"


def test_a_page_brings_its_own_words(shop: Program) -> None:
    body = {"url": "https://www.example.com/help", "text": "Words."}
    refused = shop.call("POST", _path(shop, "documents"), json=body)
    assert "text" in problem(refused, 422, "invalid")["detail"]


def test_a_staged_deletion_is_shown_and_ends_when_published(shop: Program) -> None:
    made = add(shop, title="Hours", text="We open at nine.")
    path = _path(shop, "documents", made["document_id"])
    assert shop.call("DELETE", path, params={"stage": "true"}).status_code == 204
    [listed] = get(shop, "documents")["data"]
    assert listed["state"] == "staged_deletion"
    assert get(shop, "documents", version="staged")["data"] == []
    assert find(shop, "open") == ["We open at nine."]
    shop.call("POST", _path(shop, "versions"))
    assert find(shop, "open") == [] and get(shop, "documents")["data"] == []
    assert find(shop, "open", version=made["version"]) == ["We open at nine."]
    assert shop.call("DELETE", path).status_code == 204  # for good now
    assert find(shop, "open", version=made["version"]) == []
    problem(shop.call("GET", path), 404, "not_found")


def test_what_is_said_twice_is_pointed_out(shop: Program) -> None:
    first = add(shop, question="Do you ship to Norway?", answer="Yes, within five days.")
    assert first["duplicates"] == []
    again = add(shop, question="do you ship to norway", answer="Yes - within FIVE days!")
    [pair] = again["duplicates"]
    assert pair["match"] == "identical"
    assert pair["existing"]["document_id"] == first["document_id"]
    assert pair["new"]["document_id"] == again["document_id"]
    near = add(
        shop, question="Do you ship to Norway?", answer="Yes, we ship to Norway within five days."
    )
    assert [one["match"] for one in near["duplicates"]] == ["near"]
    other = add(shop, question="May I return worn shoes?", answer="No, only unworn ones.")
    assert other["duplicates"] == []


def test_a_neighbour_reaches_none_of_it(desk: Desk, shop: Program) -> None:
    made = add(shop, title="Secret", text="Kestrel.", stage=True)
    other = desk.tenant("Other")
    document = _path(shop, "documents", made["document_id"])
    new = {"title": "T", "text": "Mine."}
    for method, path, body in (
        ("GET", document, None),
        ("GET", f"{document}/history", None),
        ("PUT", document, new),
        ("PATCH", document, {"priority": 1}),
        ("DELETE", document, None),
        ("POST", f"{document}/accept-source", None),
        ("GET", _path(shop, "documents"), None),
        ("POST", _path(shop, "documents"), new),
        ("GET", _path(shop, "versions"), None),
        ("POST", _path(shop, "versions"), None),
        ("DELETE", _path(shop, "versions", "staged"), None),
        ("POST", _path(shop, "versions", "1", "restore"), None),
        ("GET", _path(shop, "versions", "live", "diff", "staged"), None),
    ):
        more = {} if body is None else {"json": body}
        problem(other.call(method, path, **more), 404, "not_found")
    assert get(shop, "documents", made["document_id"])["content"]["text"] == "Kestrel."
