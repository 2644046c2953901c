"""The figures of this process, and with them those of the others of its command, each under its number."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from server.sharing.siblings import Siblings
from server.watching.metrics import Metrics

PATIENCE_SECONDS = 1.0  # for others; who is late is left out, and comes with the next look


class Figures:
    """What `/metrics` shows, whichever process is asked."""

    def __init__(self, metrics: Metrics, line: Siblings | None) -> None:
        self._metrics = metrics
        self._line = line
        self._asked = 0
        self._told: dict[int, dict[int, str]] = {}  # by question: what each process answered
        self._wake = asyncio.Event()
        if line is not None:
            line.on("figures?", self._somebody_asks)
            line.on("figures", self._somebody_tells)

    async def render(self) -> bytes:
        """The exposition text; with several processes every figure is labelled with its own."""
        if self._line is None:
            return self._metrics.render()
        told = await self._of_others(self._line)
        told[self._line.sibling.number] = self._metrics.render().decode()
        registry = CollectorRegistry()
        registry.register(_Labelled(told))
        return generate_latest(registry)

    async def _of_others(self, line: Siblings) -> dict[int, str]:
        self._asked += 1
        asked = self._asked
        told = self._told[asked] = {}
        line.tell("figures?", asked)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(told) < line.sibling.of - 1:
                    self._wake.clear()
                    await self._wake.wait()
        return self._told.pop(asked)

    def _somebody_asks(self, number: int, asked: int) -> None:
        assert self._line is not None
        text = self._metrics.render().decode()
        self._line.tell("figures", {"to": number, "asked": asked, "text": text})

    def _somebody_tells(self, number: int, body: Mapping[str, Any]) -> None:
        assert self._line is not None
        if body["to"] == self._line.sibling.number and body["asked"] in self._told:
            self._told[body["asked"]][number] = body["text"]
            self._wake.set()


class _Labelled(Collector):
    """The figures of several processes in one list of families."""

    def __init__(self, told: Mapping[int, str]) -> None:
        self._told = told

    def collect(self) -> Iterator[Metric]:
        """Every family once, with the samples of all."""
        families: dict[str, Metric] = {}
        for number, text in sorted(self._told.items()):
            for family in text_string_to_metric_families(text):
                whole = families.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    labels = {"process": str(number), **sample.labels}
                    whole.add_sample(sample.name, labels, sample.value)
        yield from families.values()
