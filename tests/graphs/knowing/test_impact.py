"""One question before and after a change of knowledge, through the nodes that a turn runs."""

from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.knowing.impact import Compared, Question, RememberedQueries, ask, compare, with_version
from tenants.ids import new_id
from tests.fakes import FakeKnowledge
from tests.tenants.knowledge_made import WordEmbedder

BASE, OTHER = new_id(), new_id()
CONTEXT = TurnContext(
    tenant_id=str(new_id()),
    knowledge=((str(OTHER), 7), (str(BASE), 3)),
    model="deepseek:deepseek-chat",
)
SHIPPING = Question(
    "Do you ship parcels to Norway?", "Do you ship parcels to Norway?", "en", history=[]
)
FIVE = ("Do you ship parcels to Norway?", "Yes, parcels to Norway take five days.")
NINE = ("Do you ship parcels to Norway?", "Yes, parcels to Norway take nine days.")
WINE = ("Which wine goes with fish?", "A dry white wine goes with fish.")


async def compared(before: FakeKnowledge, after: FakeKnowledge) -> Compared:
    return await compare(
        SHIPPING,
        before=CONTEXT,
        after=CONTEXT,
        knowledge=before,
        knowledge_after=after,
        models=Models(default="deepseek:deepseek-chat"),
    )


async def test_what_was_unknown_is_newly_answered() -> None:
    found = await compared(FakeKnowledge(WINE), FakeKnowledge(WINE, FIVE))
    assert found.verdict == "newly_answered"
    assert found.before.public()["answer"] is None
    shown = found.after.public()
    assert "five days" in shown["answer"] and shown["passages"][0]["title"] == FIVE[0]
    assert found.after.confidence > found.before.confidence


async def test_another_answer_is_a_change() -> None:
    assert (await compared(FakeKnowledge(FIVE), FakeKnowledge(NINE))).verdict == "changed"


async def test_what_is_gone_is_no_longer_answered() -> None:
    found = await compared(FakeKnowledge(FIVE, WINE), FakeKnowledge(WINE))
    assert found.verdict == "no_longer_answered"


async def test_the_same_knowledge_changes_nothing() -> None:
    assert (await compared(FakeKnowledge(FIVE), FakeKnowledge(FIVE))).verdict == "unchanged"


async def test_what_neither_knows_is_unchanged() -> None:
    found = await compared(FakeKnowledge(WINE), FakeKnowledge(WINE, ("Any tea?", "Green tea.")))
    assert found.verdict == "unchanged" and not found.after.is_answered


async def test_no_provider_is_asked_whatever_the_assistants_model_is() -> None:
    asked: list[str] = []
    models = Models(factories={"deepseek:deepseek-chat": lambda: asked.append("x")})  # pyright: ignore[reportArgumentType]
    outcome = await ask(SHIPPING, CONTEXT, knowledge=FakeKnowledge(FIVE), models=models)
    assert outcome.is_answered and asked == []


def test_one_knowledge_base_is_read_at_another_version_and_the_others_stay() -> None:
    changed = with_version(CONTEXT, BASE, 9)
    assert changed.knowledge == ((str(OTHER), 7), (str(BASE), 9))


async def test_a_query_is_embedded_once_for_both_versions() -> None:
    counted = CountingEmbedder()
    remembered = RememberedQueries(counted)
    assert (await remembered.embed_query("a b") == await remembered.embed_query("a b")).all()
    assert counted.queries == ["a b"] and remembered.dimension == counted.dimension


class CountingEmbedder(WordEmbedder):
    """Keeps the queries it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[str] = []

    async def embed_query(self, text: str):
        self.queries.append(text)
        return await super().embed_query(text)
