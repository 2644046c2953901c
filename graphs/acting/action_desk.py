"""The house behind actions: rules as they are now, the call over the tenant's connectors, the records."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from graphs.acting.action_state import ApprovalAsked, Way, WeighedAction
from graphs.acting.tool_guard import ToolGuard
from tenants import tenants
from tenants.configuring import assistants
from tenants.database.connection import Pool, tenant_transaction
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.outside import action_moves, action_sendings, actions
from tenants.outside.actions import Action
from tenants.people import contact_callers
from tools.calling import checked_arguments
from tools.catalog import TOOLS
from tools.connecting import Connected, TenantTools
from tools.contract import ToolContext
from tools.effect_catalog import effect_of
from tools.effects import (
    Effect,
    Missing,
    Prepared,
    Refusal,
    perform,
    prepared,
    rule_of,
    why_approval,
)
from tools.errors import ArgumentRejected, ToolUnavailable

_ASKING = frozenset({"proposed", "waiting_for_approval"})
_GOING = frozenset({"approved", "edited", "sent"})
_APPROVED = frozenset({"approved", "edited"})


class PostgresActionDesk:
    """`graphs.acting.action_state.ActionDesk`."""

    def __init__(
        self,
        pool: Pool,
        connected: TenantTools,
        *,
        guard: ToolGuard | None = None,
        hold: HoldPoints = NOWHERE,
    ) -> None:
        self._pool = pool
        self._connected = connected
        self._guard = guard or ToolGuard()
        self._hold = hold

    async def weigh(self, tenant_id: UUID, action_id: UUID) -> WeighedAction:
        """How the action goes on. Raises: NotFound."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            action = await actions.get(conn, action_id)
            assistant = await assistants.get(conn, action.assistant_id)
        if action.state in _GOING:
            return WeighedAction("act")
        if action.state not in _ASKING:
            return WeighedAction("settle")
        connected = await self._connected.of(tenant_id)
        effect = _effect(action.tool, connected)
        options = _options(assistant, action.tool)
        asks = action.needs_approval
        if effect is not None and options is not None and not asks:
            asks = bool(why_approval(rule_of(effect.tool, options), action.amount, action.currency))
        way: Way = "ask" if asks else "act"
        return WeighedAction(way, _asked(action) if asks else None)

    async def send(self, tenant_id: UUID, action_id: UUID, *, is_last: bool) -> str:
        """Have the call go out, recorded before and after. Raises: ToolUnavailable, NotFound."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            action = await actions.get(conn, action_id)
            assistant = await assistants.get(conn, action.assistant_id)
            caller = await contact_callers.of_contact(conn, action.contact_id)
            tenant = await tenants.get(conn)
        connected = await self._connected.of(tenant_id)
        effect, options = _effect(action.tool, connected), _options(assistant, action.tool)
        if effect is None or options is None:
            return await self._end_unsent(tenant_id, action)
        knows_keys = _knows_keys(effect, connected)
        async with tenant_transaction(self._pool, tenant_id) as conn:
            sent = await action_sendings.begin(conn, action_id, knows_keys=knows_keys)
        if sent.state != "sent":
            return sent.state
        context = _context(action, connected, caller, tenant, options)
        return await self._sent(effect, context, sent, knows_keys=knows_keys, is_last=is_last)

    async def edited(
        self, tenant_id: UUID, action_id: UUID, arguments: Mapping[str, Any]
    ) -> Prepared:
        """An approval's call with other arguments, weighed like any other.

        Raises: NotFound, ArgumentRejected, ToolUnavailable.
        """
        async with tenant_transaction(self._pool, tenant_id) as conn:
            action = await actions.get(conn, action_id)
            assistant = await assistants.get(conn, action.assistant_id)
            caller = await contact_callers.of_contact(conn, action.contact_id)
            tenant = await tenants.get(conn)
        connected = await self._connected.of(tenant_id)
        effect, options = _effect(action.tool, connected), _options(assistant, action.tool)
        if effect is None or options is None:
            raise ToolUnavailable("the assistant does not have this tool any more")
        checked_arguments(effect.tool, arguments)
        context = _context(action, connected, caller, tenant, options)
        weighed = await self._guard.read(
            tenant_id, effect.tool, lambda: prepared(effect, context, arguments)
        )
        if isinstance(weighed, Refusal):
            raise ArgumentRejected(weighed.text)
        if isinstance(weighed, Missing):
            raise ArgumentRejected(weighed.question)
        return weighed

    async def tell(self, tenant_id: UUID, action_id: UUID) -> str:
        """The outcome's turn. Raises: NotFound."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            return str(await action_moves.tell(conn, action_id))

    async def _sent(
        self,
        effect: Effect,
        context: ToolContext,
        action: Action,
        *,
        knows_keys: bool,
        is_last: bool,
    ) -> str:
        """The call itself, whose going out is recorded."""
        earlier = action.sendings > 1 and action.repeats == 0
        name, approved = effect.tool.name, action.decision in _APPROVED

        async def call() -> Any:
            return await perform(
                effect, context, action.call, approved=approved, is_repeat=action.sendings > 1
            )

        try:
            result = await self._guard.once(context.tenant_id, name, call)  # pyright: ignore[reportArgumentType]  # a coroutine is awaited all the same
        except ArgumentRejected as error:
            state = "unknown_outcome" if earlier else "failed"
            return await self._end(context, action, state, {"refused": error.detail})
        except ToolUnavailable as error:
            may_have_happened = error.may_have_happened or earlier
            if not error.may_have_happened:
                async with tenant_transaction(self._pool, context.tenant_id) as conn:
                    await action_sendings.unsend(conn, action.action_id)
            if not is_last and (knows_keys or not may_have_happened):
                raise
            state = "unknown_outcome" if may_have_happened else "failed"
            told = {"unavailable": error.detail} | ({"cause": error.cause} if error.cause else {})
            return await self._end(context, action, state, told)
        await self._hold.reach("after_send", action.action_id)
        self._guard.forget(context.tenant_id)
        told = {"text": result.text, "value": result.value, "for_operator": result.for_operator}
        return await self._end(context, action, "done", told)

    async def _end(
        self,
        context: ToolContext,
        action: Action,
        state: action_sendings.Ended,
        result: dict[str, Any],
    ) -> str:
        async with tenant_transaction(self._pool, context.tenant_id) as conn:
            return (await action_sendings.end(conn, action, state, result)).state

    async def _end_unsent(self, tenant_id: UUID, action: Action) -> str:
        """The tool is not the assistant's any more: nothing goes out."""
        state = "unknown_outcome" if action.state == "sent" else "failed"
        async with tenant_transaction(self._pool, tenant_id) as conn:
            ended = await action_sendings.end(conn, action, state, {"unavailable": "switched off"})
        return ended.state


def _effect(name: str, connected: Connected) -> Effect | None:
    tools = {tool.name: tool for tool in (*TOOLS, *connected.own)}
    tool = tools.get(name)
    if tool is None or not tool.has_effect or (tool.port and tool.port not in connected.parts):
        return None
    return effect_of(tool)


def _options(assistant: assistants.Assistant, name: str) -> Mapping[str, Any] | None:
    """The assistant's settings for the tool as they are now; None where it has it no more."""
    found = next((one for one in assistant.settings.tools if one.name == name), None)
    return found.model_dump() if found is not None else None


def _context(
    action: Action,
    connected: Connected,
    caller: Mapping[str, Any],
    tenant: tenants.Tenant,
    options: Mapping[str, Any],
) -> ToolContext:
    """For whom the call goes out, as they are known now."""
    return ToolContext(
        tenant_id=tenant.tenant_id,
        conversation_id=action.conversation_id,
        turn_id=action.turn_id,
        call_id=action.call_id,
        shop=connected.shop,
        contact_id=action.contact_id,
        identity="verified" if caller["identity"] == "verified" else "anonymous",
        external_id=str(caller.get("external_id") or ""),
        language=str(action.details.get("language") or "en"),
        time_zone=tenant.time_zone,
        options=options,
    )


def _knows_keys(effect: Effect, connected: Connected) -> bool:
    port = effect.tool.port
    return connected.shop.honours_keys(port) if port else effect.tool.knows_keys


def _asked(action: Action) -> ApprovalAsked:
    shown = action.public()
    return ApprovalAsked(
        kind="approval",
        approval_id=shown["approval_id"],
        tool=action.tool,
        title=shown["title"],
        what=shown["what"],
        arguments=action.call,
        amount=shown["amount"],
        currency=action.currency,
        reason=shown["reason"],
        asked=shown["asked"],
        passages=shown["passages"],
    )
