"""Language models by name, in a chain that always ends with `extractive`.

A name is `provider:model`, or `extractive`. A model that fails before anything of its answer was
shown gives way to the next one; after that its answer just ends. A call goes out only where its
time is within the turn's, its provider's breaker lets it, and the tenant's budget has room for it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any

from langchain_core.messages import BaseMessage

from graphs.asking.breaker import Breaker
from graphs.asking.metering import Caller, CallPlan, Meter, NoKeys, NoMeter, ProviderKeys
from graphs.asking.model_asking import (
    LEAST_SECONDS,
    Asking,
    Began,
    Called,
    Failed,
    Used,
    Writing,
    Wrote,
)
from graphs.asking.model_attempt import Attempt
from graphs.asking.model_calls import note_call
from graphs.asking.model_clients import Factory, ModelClients
from graphs.asking.prices import Prices
from graphs.asking.providers import (
    DEEPSEEK,
    EXTRACTIVE,
    Access,
    NotSetUp,
    as_json,
    full_name,
    load_packages,
    provider_of,
)
from graphs.asking.turn_clock import seconds_for_models
from graphs.context import TurnContext
from graphs.ports import NO_PACE, Pace, Task
from graphs.state import UsageEntry
from graphs.writing.extractive import ExtractiveChatModel
from tenants.cutting.drafts import count_tokens
from tenants.errors import Unavailable

__all__ = ["DEEPSEEK", "EXTRACTIVE", "Began", "Failed", "Models", "Used", "Writing", "Wrote"]
_SMALL = frozenset({"split", "score"})  # what a small model does as well


class Models:
    """The models of this process, built when first asked for, each behind its provider's breaker."""

    def __init__(
        self,
        *,
        default: str = EXTRACTIVE,
        small: str = "",
        fallbacks: Sequence[str] = (),
        timeout_seconds: float = 30,
        idle_seconds: float = 10,
        max_tokens: int = 2_000,
        deepseek_api_key: str | None = None,
        deepseek_api_base: str | None = None,
        access: Access | None = None,
        factories: Mapping[str, Factory] | None = None,
        make_breaker: Callable[[], Breaker] = Breaker,
        prices: Prices | None = None,
        meter: Meter | None = None,
        keys: ProviderKeys | None = None,
        pace: Pace = NO_PACE,
    ) -> None:
        self._access = access or _deepseek(deepseek_api_key, deepseek_api_base)
        self._default = full_name(default)
        if self._default == EXTRACTIVE and "deepseek" in self._access.keys:
            self._default = DEEPSEEK
        self._small = full_name(small)
        self._fallbacks = [full_name(name) for name in fallbacks]
        self._timeout_seconds = timeout_seconds
        self._idle_seconds = idle_seconds
        self._max_tokens = max_tokens
        self._prices = prices or Prices.read()
        self._meter = meter or NoMeter()
        self._keys = keys or NoKeys()
        self._pace = pace
        self._clients = ModelClients(
            self._access,
            {EXTRACTIVE: ExtractiveChatModel, **(factories or {})},
            make_breaker,
            timeout_seconds=timeout_seconds,
            max_tokens=max_tokens,
        )
        self._settling: set[asyncio.Task[None]] = set()
        self.on_call: Callable[[UsageEntry, str], None] = lambda _entry, _outcome: None

    def chain(
        self,
        model: str = "",
        fallbacks: Sequence[str] = (),
        *,
        task: Task = "answer",
        small: str = "",
    ) -> list[str]:
        """The names to try in turn; the platform's own where none is asked for.

        Splitting and scoring begin with the small model, the assistant's or the platform's.
        """
        first = full_name(model) if model else self._default
        if model and first == EXTRACTIVE:
            return [EXTRACTIVE]
        names = [first, *map(full_name, fallbacks), *self._fallbacks]
        if task in _SMALL:
            names.insert(0, full_name(small) or self._small)
        return [*dict.fromkeys(n for n in names if n and n != EXTRACTIVE), EXTRACTIVE]

    async def get_ready(self) -> None:
        """Load the packages of the providers that are set up, and build the platform's own chain, now:
        no contact waits for them.
        """
        await asyncio.to_thread(load_packages, self._access)
        for name in self.chain(task="split"):
            with suppress(Exception):  # of any package; whoever asks the model is told
                await self._clients.model(name, self._access.keys.get(provider_of(name)))

    def open_breakers(self) -> list[str]:
        """The providers that are being left alone now."""
        return self._clients.open_breakers()

    async def close(self) -> None:
        """Settle what was stopped, and close the connections to the providers."""
        await asyncio.gather(*self._settling, return_exceptions=True)
        await self._clients.close()

    async def write(
        self,
        names: Sequence[str],
        messages: list[BaseMessage],
        *,
        context: TurnContext,
        node: str,
        shown: Callable[[], bool],
        intent: int | None = None,
        label: str | None = None,
        tools: Sequence[Mapping[str, Any]] = (),
    ) -> AsyncIterator[Writing]:
        """An answer as it is written, by the first model that manages, or the tools that it calls."""
        asking = self._asking(names, messages, Caller.of(context, node, intent, label), context)
        while asking.queue:
            name = asking.queue.pop(0)
            attempt = await self._open(name, asking)
            if attempt is None:
                continue
            if isinstance(attempt, Failed):
                yield attempt
                continue
            yield Began(name)
            attempt.tools = () if name == EXTRACTIVE else tools
            try:
                async with aclosing(attempt.pieces(messages)) as pieces:
                    async for piece in pieces:
                        yield Wrote(piece)
            except (asyncio.CancelledError, GeneratorExit):
                self._stopped(attempt, asking)
                raise
            entry = await self._over(attempt, asking)
            if attempt.failure is not None:
                yield Failed(name, attempt.failure.kind)
            elif attempt.calls:
                yield Called(attempt.calls)
            yield Used(entry)
            if attempt.failure is None or shown():
                return
            await asking.once_more(name, attempt.failure)

    async def write_json(
        self,
        names: Sequence[str],
        messages: Sequence[BaseMessage],
        *,
        context: TurnContext,
        node: str,
        intent: int | None = None,
    ) -> tuple[str, list[UsageEntry]]:
        """The JSON object of the first language model that gives one, or "" when none does."""
        used: list[UsageEntry] = []
        asking = self._asking(names, messages, Caller.of(context, node, intent), context)
        while asking.queue and (name := asking.queue.pop(0)) != EXTRACTIVE:
            attempt = await self._open(name, asking)
            if attempt is None or isinstance(attempt, Failed):
                continue
            try:
                options = as_json(provider_of(name), self._access)
                found = await attempt.json_object(messages, options)
            except asyncio.CancelledError:
                self._stopped(attempt, asking)
                raise
            used.append(await self._over(attempt, asking))
            if attempt.failure is None:
                return found, used
            await asking.once_more(name, attempt.failure)
        return "", used

    def _asking(
        self,
        names: Sequence[str],
        messages: Sequence[BaseMessage],
        caller: Caller,
        context: TurnContext,
    ) -> Asking:
        small = full_name(context.small_model) or self._small
        priced = [(self._prices.of(n), n) for n in [*names, small] if n and n != EXTRACTIVE]
        cheapest = min(priced, key=lambda p: (p[0].output, p[0].fresh), default=(None, ""))[1]
        return Asking(caller, messages, list(names), cheapest)

    async def _open(self, name: str, asking: Asking) -> Attempt | Failed | None:
        """A call that may go out now; None where the budget has left another chain instead."""
        ours = name == EXTRACTIVE or self._clients.is_ours(name)
        seconds = self._timeout_seconds
        try:
            provider, tenant_id = provider_of(name), asking.caller.tenant_id
            own_key = None if ours else await self._keys.key(tenant_id, provider)
        except Unavailable:  # sealed under another master key: others still answer
            return Failed(name, "KeyUnreadable")
        try:
            key = own_key or self._access.keys.get(provider)
            model = await self._clients.model(name, key)
        except NotSetUp as missing:
            return Failed(name, missing.kind)
        except Exception as error:  # every package has an error tree of its own
            return Failed(name, type(error).__name__)
        breaker = self._clients.breaker(name, own_key)
        price = self._prices.of(name)
        attempt = Attempt(name, model, breaker, price, seconds, self._idle_seconds, not ours)
        attempt.pace = self._pace
        if name == EXTRACTIVE:
            return attempt
        attempt.seconds = seconds_for_models(seconds)
        if attempt.seconds < LEAST_SECONDS:
            return Failed(name, "NoTimeLeft")
        if not breaker.allows():
            return Failed(name, "CircuitOpen")
        return await self._granted(attempt, asking, own_key=own_key is not None)

    async def _granted(self, attempt: Attempt, asking: Asking, *, own_key: bool) -> Attempt | None:
        if attempt.price.is_free:
            return attempt
        most = sum(len(m.text.encode()) // 2 + 10 for m in asking.messages)
        most = max(most, sum(count_tokens(m.text) for m in asking.messages))
        plan = CallPlan(
            attempt.name,
            own_key=own_key,
            is_cheapest=attempt.name == asking.cheapest,
            most_input_tokens=most,
            most_output_tokens=self._max_tokens,
            most_microusd=attempt.price.microusd(most, self._max_tokens),
            price_version=attempt.price.version,
            seconds=attempt.seconds,
        )
        try:
            grant = await self._meter.reserve(asking.caller, plan)
        except BaseException:
            attempt.breaker.abandoned()
            raise
        if grant.stage and grant.call_id is None:
            attempt.breaker.abandoned()
            asking.degrade(grant.stage)
            return None
        attempt.call_id = grant.call_id
        asking.stage = grant.stage or asking.stage
        return attempt

    async def _over(self, attempt: Attempt, asking: Asking) -> UsageEntry:
        """The call in the books, whatever came of it."""
        entry = self._noted(attempt, asking, attempt.failure.outcome if attempt.failure else "ok")
        if attempt.call_id is not None:
            await self._meter.settle(asking.caller, attempt.call_id, entry)
        return entry

    def _stopped(self, attempt: Attempt, asking: Asking) -> None:
        """As `_over`, for a call that we gave up ourselves; whoever asked does not wait."""
        entry = self._noted(attempt, asking, "stopped")
        if attempt.call_id is not None:
            task = asyncio.create_task(self._meter.settle(asking.caller, attempt.call_id, entry))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)

    def _noted(self, attempt: Attempt, asking: Asking, outcome: str) -> UsageEntry:
        entry = note_call(attempt.entry(asking.caller, asking.messages, asking.stage))
        self.on_call(entry, outcome)
        return entry


def _deepseek(key: str | None, address: str | None) -> Access:
    """Access to the default provider alone."""
    return Access({"deepseek": key} if key else {}, {"deepseek": address} if address else {})
