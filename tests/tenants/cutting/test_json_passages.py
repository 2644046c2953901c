"""Nothing of a JSON is lost, and everything in it can be read and found again by its place."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.cutting.chunking import MAX_JSON_DEPTH, chunk_json
from tenants.cutting.drafts import MAX_TOKENS, count_tokens
from tenants.errors import TooLarge

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_KEYS = st.one_of(
    st.sampled_from(["name", "title", "question", "answer", "price", "items", "Frage", "Antwort"]),
    st.sampled_from(["", ".", "a.b", "we ird", "[0]", '"', "Was?", "ключ", "键", "camelCase", "A"]),
    st.text(max_size=12),
)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _TEXTS,
    st.just("A long sentence that goes on. " * 60), st.just("x" * 3_000), st.just("长" * 900),
)  # fmt: skip
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(_KEYS, inner, max_size=6)),
    max_leaves=40,
)


@settings(max_examples=150, deadline=None, suppress_health_check=_SLOW)
@given(_JSON)
def test_every_leaf_is_found_under_its_path(data: Any) -> None:
    drafts = chunk_json(data, "Shop")
    for path, leaf in _leaves(data, ""):
        near = [draft for draft in drafts if path.startswith(draft.path)]
        told = _squeezed("".join(draft.body for draft in near))
        asked = _squeezed("".join(draft.question or "" for draft in near))
        found = _squeezed(_readable(leaf))
        if not (found in told or found in asked):
            pytest.fail(f"{str(leaf)[:80]!r} at {path!r} is nowhere")


@settings(max_examples=60, deadline=None, suppress_health_check=_SLOW)
@given(_JSON)
def test_passages_stay_small(data: Any) -> None:
    for draft in chunk_json(data, "Shop"):
        assert draft.body.strip()
        assert count_tokens(draft.body) <= MAX_TOKENS + 20


def test_things_with_names_are_passages_of_their_own() -> None:
    data = {"products": [{"name": "Tarn", "price": 129}, {"name": "Fell", "warranty": None}]}
    tarn, fell = chunk_json(data, "Northwind")
    assert (tarn.path, tarn.title) == ("products[0]", "Northwind › products › Tarn")
    assert tarn.body == "name: Tarn\nprice: 129"
    assert fell.body == "name: Fell\nwarranty: none"
    assert fell.meta["paths"] == ["products[1].name", "products[1].warranty"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [("question", "answer"), ("Q", "A"), ("frage", "antwort"), ("pregunta", "respuesta"),
     ("faq_question", "faq_answer"), ("Domanda", "Risposta"), ("问题", "答案"), ("title", "answer")],
)  # fmt: skip
def test_questions_and_answers_are_known_by_their_keys(question: str, answer: str) -> None:
    data = {"help": [{question: "Do you gift wrap?", answer: "Yes.", "tags": ["gift"]}]}
    [draft] = chunk_json(data, "Shop")
    assert (draft.kind, draft.question, draft.path) == ("qa", "Do you gift wrap?", "help[0]")
    assert draft.body == "Yes.\ntags: gift"


def test_a_key_may_be_the_question() -> None:
    [draft] = chunk_json({"Do you gift wrap?": "Yes, for 3 EUR."}, "Shop")
    assert (draft.kind, draft.question) == ("qa", "Do you gift wrap?")
    assert draft.path == '["Do you gift wrap?"]'


def test_sections_of_a_whole_are_apart() -> None:
    data = {"returns": {"days": 30}, "shipping": {"cost": "4 EUR", "days": 2}, "name": "Shop"}
    assert {d.path for d in chunk_json(data, "S")} == {"returns", "shipping", ""}


def test_a_huge_list_becomes_many_passages() -> None:
    drafts = chunk_json({"numbers": list(range(20_000))}, "N")
    text = "\n".join(draft.body for draft in drafts)
    assert "19999" in text
    assert all(count_tokens(draft.body) <= MAX_TOKENS for draft in drafts)


def test_a_hundred_levels_are_read_and_more_are_refused() -> None:
    assert "leaf" in chunk_json(_nested(MAX_JSON_DEPTH), "deep")[0].body
    with pytest.raises(TooLarge):
        chunk_json(_nested(10_000), "deep")


def test_what_a_database_cannot_hold_is_replaced() -> None:
    [draft] = chunk_json({"a\x00b": "c\x00d \ud800 e"}, "S")
    assert "\x00" not in draft.body + draft.path
    draft.body.encode()


def _nested(levels: int) -> Any:
    value: Any = "leaf"
    for level in range(levels):
        value = [value] if level % 2 else {"in": value}
    return value


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, member in value.items():
            key = key.replace("\x00", " ")
            if re.fullmatch(r"[^\W\d][\w-]*", key):
                below = f"{path}.{key}" if path else key
            else:
                below = f"{path}[{json.dumps(key, ensure_ascii=False)}]"
            yield from _leaves(member, below)
    elif isinstance(value, list) and value:
        for index, member in enumerate(value):
            yield from _leaves(member, f"{path}[{index}]")
    else:
        yield path, value


def _readable(leaf: Any) -> str:
    if leaf == [] and isinstance(leaf, list):
        return "(no entries)"
    if leaf is None or isinstance(leaf, bool):
        return {None: "none", True: "yes", False: "no"}[leaf]
    if isinstance(leaf, str):
        return leaf.replace("\x00", " ") if leaf.replace("\x00", " ").strip() else "(empty)"
    return "(empty)" if leaf == {} and isinstance(leaf, dict) else json.dumps(leaf)


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"weight_kg": 23.9}, "weight: 23.9 kg"),
        ({"chargingHours": 4.5}, "charging: 4.5 hours"),
        ({"price_eur": "89"}, "price: 89 EUR"),
        ({"results_working_days": "2 to 4"}, "results: 2 to 4 working days"),
        ({"frame": {"sizes_cm": [48, 52]}}, "frame › sizes: 48, 52 cm"),
        ({"warranty_years": 1}, "warranty: 1 year"),
        ({"price": {"amount": 749, "currency": "EUR"}}, "price: 749 EUR"),
        ({"days": 3}, "days: 3"),
        ({"opening_days": "Monday to Friday"}, "opening days: Monday to Friday"),
        ({"range_km": "60 to 110, by terrain"}, "range km: 60 to 110, by terrain"),
        ({"price": {"amount": 749, "currency": "EUR", "was": 800}}, "price › amount: 749"),
        ({"trailers": [{"max_load_kg": 45}]}, "trailers › max load: 45 kg"),
    ],
)
def test_a_unit_in_a_key_stands_behind_its_number(data: Any, line: str) -> None:
    [passage] = chunk_json(data, "Goods")
    assert passage.body.splitlines()[0] == line
