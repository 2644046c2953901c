"""One question put to a chain of models: what is heard of it, and what is left of the chain."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import BaseMessage

from graphs.asking.call_failures import Failure
from graphs.asking.metering import Caller
from graphs.asking.providers import EXTRACTIVE
from graphs.asking.turn_clock import seconds_for_models
from graphs.state import UsageEntry
from tenants.running.budgets import Stage

LEAST_SECONDS = 0.5  # a call that has less is not worth making


@dataclass(frozen=True, slots=True)
class Began:
    """A model starts to write; what an earlier one wrote and nobody saw is void."""

    model: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """The next piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Used:
    """A call's tokens, when it is over."""

    entry: UsageEntry


@dataclass(frozen=True, slots=True)
class Failed:
    """A model failed; `kind` names the error's type and never its text."""

    model: str
    kind: str


@dataclass(frozen=True, slots=True)
class Called:
    """The tools that a model wants called, with what it gives them; ids are the provider's."""

    calls: Sequence[Mapping[str, Any]]


Writing = Began | Wrote | Called | Used | Failed


@dataclass
class Asking:
    """One question put to a chain: what is left of it, and how far the budget is spent."""

    caller: Caller
    messages: Sequence[BaseMessage]
    queue: list[str]
    cheapest: str
    stage: Stage = ""
    tried_again: set[str] = field(default_factory=set[str])

    def degrade(self, stage: Stage) -> None:
        """Ask only what the budget has room for."""
        self.stage = stage
        keeps = stage == "cheaper_model" and self.cheapest
        self.queue = [self.cheapest, EXTRACTIVE] if keeps else [EXTRACTIVE]

    async def once_more(self, name: str, failure: Failure) -> None:
        """Put a model that failed for a moment before what is left, where no other one is."""
        wait = failure.again_seconds
        others = [left for left in self.queue if left != EXTRACTIVE]
        if wait is None or others or name in self.tried_again:
            return
        if seconds_for_models(wait + LEAST_SECONDS) < wait + LEAST_SECONDS:
            return
        self.tried_again.add(name)
        await asyncio.sleep(wait)
        self.queue.insert(0, name)
