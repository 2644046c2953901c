"""Choosing a tool without a model: what it answers, and what stays with the knowledge."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from graphs.acting.tool_calls import Question, ToolCall
from graphs.acting.tool_port import HouseTools
from graphs.acting.viewed import Viewed
from graphs.embedding.embeddings import ModelEmbedder, open_embeddings
from graphs.understanding.following import resolve
from graphs.understanding.spoken_references import rank_of, references, speaks_of_self, thing_of
from tenants.ids import new_id
from tests.graphs.nodes.states import Turn
from tools.catalog import TOOLS
from tools.connecting import Connected
from tools.ports import NoShop

ORDER = [Viewed(kind="order", reference="1051")]


class _AllConnected:
    async def of(self, tenant_id: object) -> Connected:
        return Connected(NoShop(), frozenset(tool.port for tool in TOOLS))


@pytest.fixture(scope="module")
async def tools() -> AsyncIterator[HouseTools]:
    embedder: ModelEmbedder = open_embeddings("local:minilm", threads=1)
    yield HouseTools(_AllConnected(), embedder)
    await embedder.aclose()


def _turn(*, verified: bool) -> Turn:
    caller = {"identity": "verified", "external_id": "c-1"} if verified else {}
    names = tuple({"name": tool.name} for tool in TOOLS)
    return Turn(tools=names, caller=caller, conversation_id=str(new_id()))


async def _chosen(
    tools: HouseTools, text: str, *, verified: bool = True, language: str = "en", known: float = 0
) -> list[ToolCall]:
    question = Question(query=text, language=language, index=0, known=known)
    return await tools.choose(_turn(verified=verified).runtime.context, question)


@pytest.mark.parametrize(
    ("text", "language", "tool", "arguments"),
    [
        ("Where is my order 1042?", "en", "order_status", {"number": "1042"}),
        ("has order #1051 left your warehouse yet", "en", "order_status", {"number": "1051"}),
        ("Could you look up HC-2026-04711, where is it now?", "en", "order_status", {"number": "HC-2026-04711"}),
        ("My parcel still has not come", "en", "order_status", {}),
        ("Wo ist meine Bestellung 1042?", "de", "order_status", {"number": "1042"}),
        ("¿Cuándo llega mi pedido 1042?", "es", "order_status", {"number": "1042"}),
        ("Où est ma commande 1042 ?", "fr", "order_status", {"number": "1042"}),
        ("Is invoice INV-1042 paid?", "en", "invoice_status", {"number": "INV-1042"}),
        ("Did you receive my payment?", "en", "invoice_status", {}),
        ("Show me what I ordered lately", "en", "recent_orders", {}),
        ("When is my next appointment?", "en", "my_appointments", {}),
        ("Is the Kelp urban helmet in stock?", "en", "stock_level", {"product": "Kelp urban helmet"}),
        ("Which gravel bikes do you sell?", "en", "find_product", {"query": "gravel bikes"}),
        ("What is your cheapest bike?", "en", "find_product", {"query": "bike", "rank": "price_up"}),
        ("Was ist Ihr teuerster Helm?", "de", "find_product", {"query": "Helm", "rank": "price_down"}),
        ("What delivery address do you have for me?", "en", "my_profile", {}),
    ],
)  # fmt: skip
async def test_a_tool_answers_what_it_is_for(
    tools: HouseTools, text: str, language: str, tool: str, arguments: dict[str, Any]
) -> None:
    [call] = await _chosen(tools, text, language=language)
    assert (call["name"], call["arguments"]) == (tool, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "What is your return policy?",
        "How long does delivery take?",
        "Can I return my order?",
        "How do I cancel order 1042?",
        "My order 1042 arrived damaged, what should I do?",
        "I would like a refund for order 1042",
        "Where is my nearest shop?",
        "Do you rent bicycles?",
        "How much is the Kelp urban helmet?",
        "Which bike is best for hills?",
        "Welches Rad ist für Berge geeignet?",
        "Do you deliver 1500 litres to Norway?",
        "What happens if I miss my appointment?",
        "Which payment methods do you accept?",
        "Wie lange dauert die Lieferung?",
        "Was kostet der Versand nach Norwegen?",
        "Thank you for your help",
    ],
)
async def test_what_the_rules_are_stays_with_the_knowledge(tools: HouseTools, text: str) -> None:
    german = text.startswith(("Was ", "Welches "))
    assert await _chosen(tools, text, language="de" if german else "en") == []


async def test_slips_of_the_pen_do_not_turn_a_question_into_a_search_for_things(
    tools: HouseTools,
) -> None:
    slips, mended = "wats the waranty on teh tern bike", "what is the warranty on the tern bike"
    question = Question(query=mended, language="en", index=0, known=0.5, text=slips)
    assert await tools.choose(_turn(verified=True).runtime.context, question) == []


@pytest.mark.parametrize(
    ("text", "query", "viewed", "tool", "arguments"),
    [
        ("how much did I pay for it?", "what did I order last how much did I pay for it", ORDER, "order_status", {"number": "1051"}),
        ("when will it arrive?", "where is my order when will it arrive", ORDER, "order_status", {"number": "1051"}),
        ("and is my invoice paid?", "where's my order is my invoice paid?", ORDER, "invoice_status", {}),
        ("and my next appointment?", "where's my order my next appointment?", ORDER, "my_appointments", {}),
    ],
)  # fmt: skip
async def test_a_follow_up_is_understood_by_what_was_shown_and_by_itself(
    tools: HouseTools, text: str, query: str, viewed: list[Viewed], tool: str, arguments: dict[str, Any]
) -> None:  # fmt: skip
    question = Question(query, "en", 0, 0.5, text=text, viewed=viewed)
    [call] = await tools.choose(_turn(verified=True).runtime.context, question)
    assert (call["name"], call["arguments"]) == (tool, arguments)


async def test_what_was_shown_gives_no_rights_to_somebody_else(tools: HouseTools) -> None:
    question = Question(
        "when will it arrive", "en", 0, 0.5, text="when will it arrive", viewed=ORDER
    )
    [call] = await tools.choose(_turn(verified=False).runtime.context, question)
    outcome = await tools.call(_turn(verified=False).runtime.context, call)
    assert outcome["outcome"] == "identity_needed"


async def test_who_is_not_known_is_told_what_everybody_may_know(tools: HouseTools) -> None:
    assert await _chosen(tools, "Where is my order?", verified=False, known=0.95) == []
    assert await _chosen(tools, "Where is my order?", verified=False, known=0.2) != []
    assert await _chosen(tools, "Where is my order 1042?", verified=False, known=0.95) != []


async def test_what_the_knowledge_knows_better_is_asked_of_it(tools: HouseTools) -> None:
    text = "Is the Kelp urban helmet in stock?"
    assert await _chosen(tools, text, known=0.99) == []


async def test_tools_that_are_not_enabled_or_not_connected_are_never_chosen(
    tools: HouseTools,
) -> None:
    turn = Turn(tools=({"name": "stock_level"},), caller={}, conversation_id=str(new_id()))
    question = Question("Where is my order 1042?", "en", 0, 0.0)
    assert await tools.choose(turn.runtime.context, question) == []
    alone = HouseTools(_NothingConnected(), tools._embedder)
    assert await alone.offered(_turn(verified=True).runtime.context) == [
        one
        for one in await tools.offered(_turn(verified=True).runtime.context)
        if one["name"] in ("search_knowledge", "find_product")
    ]


class _NothingConnected:
    async def of(self, tenant_id: object) -> Connected:
        return Connected(NoShop())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("order 1042 and #17 and INV-2024-9", ["1042", "17x"]),
        ("I paid 1500 euro in 2025", []),
        ("my order no. 553 please", ["553"]),
        ("within 30 days or 1000 km", []),
        ("write to a1b2@example.com", []),
        ("it is 20.000 people", []),
        ("Bestellnummer: 778899", ["778899"]),
    ],
)
def test_numbers_name_a_thing_only_where_they_do(text: str, found: Sequence[str]) -> None:
    expected = ["1042", "INV-2024-9"] if "17x" in found else list(found)
    assert references(text) == expected


def test_words_that_ask_are_no_part_of_the_thing() -> None:
    assert thing_of("Do you have the Cleat folding lock in stock?") == "Cleat folding lock"
    assert thing_of("is it in stock?") == ""
    assert thing_of("No wait, what’s your cheapest helmet?") == "helmet"
    assert thing_of("what's the cheapest helmet and the most expensive one?") == "helmet"
    assert rank_of("the cheapest helmet, and the most expensive one?") == "price_down"
    assert speaks_of_self("Where is my parcel?") and not speaks_of_self("How do I find my parcel?")
    assert not re.search("my", thing_of("my helmet"))
    assert thing_of("which of them do you recommend?") == ""


@pytest.mark.parametrize(
    ("text", "language", "rank"),
    [
        ("how much is the cheapest one", "en", "price_up"),
        ("I'd take the cheapest", "en", "price_up"),
        ("which of them is the most expensive?", "en", "price_down"),
        ("welches davon ist das günstigste?", "de", "price_up"),
        ("¿y cuál es el más barato?", "es", "price_up"),
        ("et laquelle est la moins chère ?", "fr", "price_up"),
    ],
)
def test_the_cheapest_one_is_the_cheapest_of_what_was_asked_for(
    text: str, language: str, rank: str
) -> None:
    before = "gravel bikes"
    [(_, query), _] = resolve([text, "can I test ride it?"], before, language)
    assert (rank_of(query), thing_of(query)) == (rank, before)
    [(_, own)] = resolve(["what is your cheapest helmet?"], before, language)
    assert thing_of(own) == "helmet"
