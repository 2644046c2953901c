"""The machine's tools: the catalogue's, over the tenant's connectors, each call guarded."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from graphs.acting.effect_choice import choose_effect, read_arguments
from graphs.acting.proposing import proposed
from graphs.acting.tool_calls import OfferedTool, Question, ToolCall, ToolOutcome, refused
from graphs.acting.tool_choice import Candidate, choose
from graphs.acting.tool_guard import ToolGuard
from graphs.acting.tool_knowledge import KnowledgeForTools
from graphs.context import TurnContext
from tenants.ids import parse_id
from tenants.knowledge.ingestion import Embedder
from tools.calling import call_tool, checked_arguments, may_call
from tools.catalog import TOOLS
from tools.connecting import TenantTools
from tools.contract import IdentityLevel, Tool, ToolContext, ToolResult
from tools.effect_catalog import effect_of
from tools.effects import Effect, Weighed, prepared
from tools.errors import ArgumentRejected, ToolUnavailable
from tools.knowledge import NoKnowledge
from tools.spoken import spoken_arguments, spoken_records

NOBODY = UUID(int=0)
MAX_QUOTE_CHARS = 400
MOST_VECTORS = 4_096
SURE_OF_KNOWLEDGE = 0.6  # cosine of a question that the knowledge answers for everybody
Vector = NDArray[np.float32]


class HouseTools:
    """`graphs.acting.tool_calls.Tools`."""

    def __init__(
        self,
        tenant_tools: TenantTools,
        embedder: Embedder,
        *,
        knowledge: KnowledgeForTools | None = None,
        guard: ToolGuard | None = None,
        tools: Sequence[Tool] = TOOLS,
    ) -> None:
        self._tenant_tools = tenant_tools
        self._embedder = embedder
        self._knowledge = knowledge
        self.guard = guard or ToolGuard()
        self._tools = {tool.name: tool for tool in tools}
        self._vectors: dict[str, Vector] = {}

    async def get_ready(self) -> None:
        """Embed what the tools are for: the first contact does not wait for it."""
        for tool in self._tools.values():
            for told in (*tool.examples.values(), *tool.unlike.values()):
                for text in told:
                    await self._vector(text)

    async def offered(self, context: TurnContext) -> list[OfferedTool]:
        """The tools of the assistant's settings that something serves."""
        return [
            OfferedTool(
                name=tool.name,
                title=tool.title,
                description=tool.description,
                schema=tool.schema(),
                has_effect=tool.has_effect,
            )
            for tool in await self.usable(context)
        ]

    async def usable(self, context: TurnContext) -> list[Tool]:
        """The same, as tools with their calls and the assistant's settings for them."""
        if not context.tools:
            return []
        held = await self._tenant_tools.of(UUID(context.tenant_id))
        known = self._tools | {tool.name: tool for tool in held.own}
        found = [
            _as_set(known[str(given["name"])], given)
            for given in context.tools
            if given["name"] in known
        ]
        return [tool for tool in found if not tool.port or tool.port in held.parts]

    async def choose(self, context: TurnContext, question: Question) -> list[ToolCall]:
        """At most one call, of a tool that reads."""
        every = await self.usable(context)
        if (effect := await self._effect(context, question, every)) is not None:
            return [effect]
        usable = [t for t in every if not t.has_effect and t.examples]
        choice = await choose(question, [_candidate(tool) for tool in usable], self._near)
        if choice is None:
            return []
        tool = next(tool for tool in usable if tool.name == choice.name)
        ready = may_call(tool, await self._context(context, tool, "", {}))
        if not ready and not choice.is_named and question.known >= SURE_OF_KNOWLEDGE:
            return []  # what anybody may know is said to whoever is not known
        call_id = f"{question.index}.0.0"
        return [ToolCall(call_id=call_id, name=choice.name, arguments=choice.arguments)]

    async def call(self, context: TurnContext, call: ToolCall) -> ToolOutcome:
        """What came of a call that reads; one with an effect is refused here."""
        began = time.perf_counter()
        tool = next((t for t in await self.usable(context) if t.name == call["name"]), None)
        if tool is None or (tool.has_effect and not context.acts):
            return refused(call, "rejected", f"There is no tool called {call['name'][:60]!r}.")
        setting = next(one for one in context.tools if one["name"] == tool.name)
        given = await self._context(context, tool, call["call_id"], setting)
        if tool.has_effect:
            return await self._proposed(tool, given, call, began)
        if not may_call(tool, given):
            problem = f"{tool.name}: only for customers who have signed in; say so."
            return refused(call, "identity_needed", problem, title=tool.title)
        try:
            result, is_cached = await self._read(tool, given, call["arguments"])
        except ArgumentRejected as error:
            return refused(
                call, "rejected", error.detail, title=tool.title, milliseconds=_since(began)
            )
        except ToolUnavailable as error:
            return _unavailable(call, tool, error, began)
        return _outcome(call, tool, result, _since(began), is_cached=is_cached)

    async def _effect(
        self, context: TurnContext, question: Question, tools: Sequence[Tool]
    ) -> ToolCall | None:
        """The effect that a contact's own words ask for, with what they say of its arguments."""
        effects = [effect_of(tool) for tool in tools if tool.has_effect]
        if not effects or not context.acts:
            return None
        text = question.text or question.query
        found = await choose_effect(text, question.language, effects, self._near, question.viewed)
        if found is None:
            return None
        effect = found[0]
        return ToolCall(
            call_id=f"{question.index}.0.0",
            name=effect.tool.name,
            arguments=read_arguments(effect, question.query, question.viewed, said=text),
            asked=f"{text}\n{question.query}" if text != question.query else text,
        )

    async def _proposed(
        self, tool: Tool, given: ToolContext, call: ToolCall, began: float
    ) -> ToolOutcome:
        """What comes of proposing an effect; nothing is done here."""
        try:
            made = await proposed(
                effect_of(tool), given, call, near=self._near, weigh=self._weighed
            )
        except ArgumentRejected as error:
            return refused(
                call, "rejected", error.detail, title=tool.title, milliseconds=_since(began)
            )
        except ToolUnavailable as error:
            return _unavailable(call, tool, error, began)
        made["milliseconds"] = round(_since(began), 3)
        return made

    async def _weighed(
        self, effect: Effect, given: ToolContext, arguments: Mapping[str, Any]
    ) -> Weighed:
        """What an effect makes of a call: it only reads, so it is guarded like what only reads."""
        return await self.guard.read(
            given.tenant_id, effect.tool, lambda: prepared(effect, given, arguments)
        )

    async def _read(
        self, tool: Tool, given: ToolContext, arguments: Mapping[str, Any]
    ) -> tuple[ToolResult, bool]:
        """What a tool gives, or gave a moment ago to the same contact."""
        checked = checked_arguments(tool, arguments).model_dump(mode="json")
        key = (
            given.tenant_id,
            given.external_id if tool.identity == "verified" else "",
            tool.name,
            given.language,
            json.dumps(checked, sort_keys=True),
        )
        held = self.guard.cached(key)
        if held is not None:
            return held, True
        result = await self.guard.read(
            given.tenant_id, tool, lambda: call_tool(tool, given, arguments)
        )
        self.guard.keep(key, result, tool.cache_seconds)
        return result, False

    async def _context(
        self, context: TurnContext, tool: Tool, call_id: str, setting: Mapping[str, Any]
    ) -> ToolContext:
        held = await self._tenant_tools.of(UUID(context.tenant_id))
        caller = context.caller
        level: IdentityLevel = "verified" if caller.get("identity") == "verified" else "anonymous"
        return ToolContext(
            tenant_id=UUID(context.tenant_id),
            conversation_id=parse_id(context.conversation_id) or NOBODY,
            turn_id=parse_id(context.turn_id) or NOBODY,
            call_id=call_id,
            shop=held.shop,
            contact_id=parse_id(str(caller.get("contact_id") or "")),
            identity=level,
            external_id=str(caller.get("external_id") or "") if level == "verified" else "",
            language=context.locale or "en",
            time_zone=context.time_zone,
            now=datetime.fromisoformat(context.now) if context.now else datetime.now(UTC),
            options=setting,
            knowledge=self._knowledge.of(context) if self._knowledge else NoKnowledge(),
        )

    async def _near(self, text: str, others: Sequence[str]) -> list[float]:
        """The cosine of each text with the first; the examples are embedded once a process."""
        asked = await self._embedder.embed_query(text)
        return [float(asked @ await self._vector(other)) for other in others]

    async def _vector(self, text: str) -> Vector:
        if text not in self._vectors:
            if len(self._vectors) >= MOST_VECTORS:
                self._vectors.clear()
            self._vectors[text] = await self._embedder.embed_query(text)
        return self._vectors[text]


def _candidate(tool: Tool) -> Candidate:
    spoken = spoken_arguments(tool.arguments)
    required = [n for n, f in tool.arguments.model_fields.items() if f.is_required()]
    return Candidate(
        name=tool.name,
        is_personal=tool.identity == "verified",
        examples=tool.examples,
        unlike=tool.unlike,
        spoken=spoken,
        records=spoken_records(tool.arguments),
        required=frozenset(required),
        lists_things=not tool.port and "thing" in spoken.values(),
    )


def _as_set(tool: Tool, given: Mapping[str, Any]) -> Tool:
    """The tool with what the assistant's settings say of it."""
    seconds = given.get("cache_seconds")
    return tool if seconds is None or tool.has_effect else replace(tool, cache_seconds=int(seconds))


def _outcome(
    call: ToolCall, tool: Tool, result: ToolResult, milliseconds: float, *, is_cached: bool
) -> ToolOutcome:
    citation = result.citation
    cost = 0 if is_cached else tool.cost_microusd
    return ToolOutcome(
        call_id=call["call_id"],
        name=tool.name,
        title=citation.title if citation else tool.title,
        outcome="ok" if result.is_found else "not_found",
        text=result.text,
        value=result.value,
        quote=citation.quote[:MAX_QUOTE_CHARS] if citation else "",
        blocks=result.blocks,
        for_operator=result.for_operator,
        problem="",
        arguments=call["arguments"],
        milliseconds=round(milliseconds, 3),
        is_cached=is_cached,
        about=[{"kind": one.kind, "reference": one.reference} for one in result.about],
        cost_microusd=cost,
    )


def _unavailable(call: ToolCall, tool: Tool, error: ToolUnavailable, began: float) -> ToolOutcome:
    made = refused(call, "unavailable", error.detail, title=tool.title, milliseconds=_since(began))
    if error.cause:
        made["cause"] = error.cause
    return made


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1_000
