"""The product, as far as the suites need it: a throw-away PostgreSQL, real ingestion and search."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from evals.progress import Progress
from evals.sets import QuestionSet, Row
from graphs.deciding.confidence import Features
from graphs.deciding.other_things import weighed_features
from graphs.embedding.question_vectors import QuestionVectors
from graphs.keeping.checkpoint_schema import install_schema
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.nodes.retrieve import MAX_PASSAGES, line_before
from graphs.understanding.splitting import resolve
from graphs.words.spelling import applied
from graphs.words.words_port import PostgresWords
from tenants import tenants
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.migrate import migrate
from tenants.database.postgres import EmbeddedPostgres
from tenants.finding.embedding_models import OnlyModel
from tenants.finding.languages import detect
from tenants.finding.search import KnowledgeVersion, Passage
from tenants.ids import new_id
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import Embedder, NewDocument, add_documents

_CONTACT = frozenset(("U", "user", "contact", "customer"))
FIRST_VERSION = 1  # published as a set moves in; words of a version are remembered
FOUND = 20  # passages asked for: enough for ten different documents
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Asked:
    """One question and what the search found, best first; `ranked` are the corpus' own ids.

    `query` is the question as a turn resolves it.
    """

    row: Row
    query: str
    tenant: str
    passages: list[Passage]
    ranked: list[str]
    features: Features  # what a turn sees of them


@dataclass
class House:
    """A running database with an embedding model; sets move in and are asked once."""

    pool: Pool
    embedder: Embedder
    progress: Progress
    _asked: dict[str, list[Asked]] = field(default_factory=dict[str, list[Asked]])
    _questions: QuestionVectors = field(default_factory=QuestionVectors)

    def __post_init__(self) -> None:
        self._words = PostgresWords(self.pool)

    async def ask(self, questions: QuestionSet) -> list[Asked]:
        """Every question of the set put to its tenant, by the search that a turn uses."""
        if questions.name not in self._asked:
            self._asked[questions.name] = await self._ask(questions)
        return self._asked[questions.name]

    async def _ask(self, questions: QuestionSet) -> list[Asked]:
        homes: dict[str, Home] = {}
        wanted = set(questions.tenants.values())
        todo = [(t, rows) for t, rows in questions.by_tenant.items() if t in wanted]
        for done, (tenant, rows) in enumerate(todo):
            self.progress.show(f"{questions.name}: knowledge", done, len(todo))
            homes[tenant] = await self.move_in(tenant, rows)
        found: list[Asked] = []
        for done, row in enumerate(questions.gold):
            self.progress.show(f"{questions.name}: questions", done, len(questions.gold))
            tenant = questions.tenants[row["id"]]
            found.append(await self._put(row, tenant, homes[tenant]))
        self.progress.clear()
        return found

    async def search(
        self, home: "Home", query: str, *, limit: int, before: str = ""
    ) -> list[Passage]:
        """What a turn of that tenant finds."""
        version = KnowledgeVersion(home.knowledge_base_id, None)
        knowledge = PostgresKnowledge(self.pool, OnlyModel(self.embedder))
        return await knowledge.search(home.tenant_id, [version], query, limit=limit, before=before)

    async def move_in(self, name: str, rows: Sequence[Row]) -> "Home":
        tenant_id = new_id()
        async with tenant_transaction(self.pool, tenant_id) as conn:
            await tenants.create(conn, _company(rows) or name, f"t-{tenant_id.hex}")
            base_id = await knowledge_bases.create(
                conn,
                "Knowledge",
                embedding_model=self.embedder.model_id,
                dimension=self.embedder.dimension,
            )
        stored = await add_documents(
            self.pool,
            tenant_id,
            base_id,
            [as_document(row) for row in rows],
            embedder=self.embedder,
            actor=SYSTEM,
        )
        ids = {str(s.document_id): r["id"] for s, r in zip(stored.documents, rows, strict=True)}
        return Home(tenant_id, base_id, ids)

    async def _put(self, row: Row, tenant: str, home: "Home") -> Asked:
        lines = spoken_lines(row)
        said = [line["text"] for line in lines if line["author"] == "contact"]
        [(_, query)] = resolve([row["query"]], before=said[-1] if said else "")
        query = await self._mended(home, query)
        passages = await self.search(home, query, limit=FOUND, before=line_before(lines))
        ranked = list(dict.fromkeys(home.row_ids[p["document_id"]] for p in passages))
        knowledge = PostgresKnowledge(self.pool, OnlyModel(self.embedder), self._questions)
        version = KnowledgeVersion(home.knowledge_base_id, None)
        features = await weighed_features(
            knowledge,
            home.tenant_id,
            [version],
            query,
            passages[:MAX_PASSAGES],
            said=row["query"],
        )
        return Asked(row, query, tenant, passages, ranked, features)

    async def _mended(self, home: "Home", query: str) -> str:
        """The question without its slips of the pen, as `split` hands it on."""
        version = KnowledgeVersion(home.knowledge_base_id, FIRST_VERSION)
        language = detect(query)
        speller = await self._words.speller(home.tenant_id, [version], language)
        found = speller.corrections(query, language)
        return applied(query, [one for one in found if one.is_strong])


@dataclass(frozen=True)
class Home:
    """A tenant with one knowledge base; `row_ids` are the corpus' ids by document."""

    tenant_id: UUID
    knowledge_base_id: UUID
    row_ids: dict[str, str]


def spoken_lines(row: Row) -> list[dict[str, str]]:
    """The earlier lines of a row's conversation as a turn has them."""
    return [
        {"author": "contact" if speaker in _CONTACT else "assistant", "text": text}
        for speaker, text in row.get("history") or []
    ]


def _company(rows: Sequence[Row]) -> str:
    """The tenant's own name where its passages tell it."""
    return str(rows[0].get("entity") or "") if rows else ""


def as_document(row: Row) -> NewDocument:
    """A corpus row as a tenant would bring it: a question with its answer, a titled text, or, for
    a catalogue, a product as JSON.
    """
    if "attrs" in row:
        title = str(row["title"])
        return NewDocument(
            "json", title=title, data={"title": title, **row["attrs"]}, external_id=row["id"]
        )
    title, text = str(row.get("title") or ""), str(row["text"])
    if title.rstrip().endswith(("?", "？")):
        return NewDocument("qa", question=title, answer=text, external_id=row["id"])
    return NewDocument("text", title=title, text=text, external_id=row["id"])


@asynccontextmanager
async def open_house(embedder: Embedder, progress: Progress) -> AsyncGenerator[House]:
    """A house over a fresh PostgreSQL that is gone afterwards."""
    with (
        TemporaryDirectory(prefix="evals-", ignore_cleanup_errors=True) as data,
        EmbeddedPostgres(_reachable(Path(data)) / "data", settings=_FAST) as server,
    ):
        migrate(server.urls.owner, app_url=server.urls.app, also=[install_schema])
        pool = make_pool(server.urls.app, min_size=1, max_size=4, timeout_seconds=30)
        async with pool:
            yield House(pool, embedder, progress)


def _reachable(folder: Path) -> Path:
    """PostgreSQL runs as another user where we are root: it must be able to pass through."""
    folder.chmod(0o711)
    return folder
