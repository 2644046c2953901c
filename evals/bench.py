"""What a suite is given: where the sets lie, and the product's parts, opened when first asked for."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.house import House, open_house
from evals.kept_vectors import KeptVectors
from evals.progress import Progress
from evals.sets import QuestionSet, question_sets
from graphs.embedding.embeddings import open_embeddings
from settings import Settings


@dataclass
class Bench:
    """One run of the suites; what two of them need is opened once."""

    data: Path
    train: Path
    results: Path
    settings: Settings
    progress: Progress
    _stack: AsyncExitStack
    # Predictions of intent labels by set, for the suites that look at them.
    labelled: dict[str, list[dict[str, Any]]] = field(
        default_factory=dict[str, list[dict[str, Any]]]
    )
    _vectors: KeptVectors | None = None
    _house: House | None = None
    _questions: list[QuestionSet] | None = field(default=None)

    def questions(self) -> list[QuestionSet]:
        """The sets that ask questions of a corpus, read once."""
        if self._questions is None:
            self._questions = list(question_sets(self.data, self.train))
            if not self._questions:
                print(f"no set that asks questions of a corpus in {self.data}")
        return self._questions

    def vectors(self) -> KeptVectors:
        """The product's embedding model; a text seen in an earlier run is not embedded again."""
        if self._vectors is None:
            model = open_embeddings(
                self.settings.embeddings, threads=self.settings.embedding_threads
            )
            self._stack.callback(model.close)
            self.results.mkdir(parents=True, exist_ok=True)
            kept = KeptVectors(model, self.results / "vectors.sqlite")
            self._vectors = self._stack.enter_context(kept)
        return self._vectors

    async def house(self) -> House:
        """The product over a fresh PostgreSQL."""
        if self._house is None:
            opened = open_house(self.vectors(), self.progress)
            self._house = await self._stack.enter_async_context(opened)
        return self._house


@asynccontextmanager
async def open_bench(data: Path, train: Path, results: Path) -> AsyncGenerator[Bench]:
    """A bench whose parts are closed at the end, in reverse order."""
    async with AsyncExitStack() as stack:
        yield Bench(data, train, results, Settings(), Progress(), stack)
