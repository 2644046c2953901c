"""Tools with an effect: what of a call is weighed before it is proposed, and before it goes out.

A call is prepared against the service's own records: it must be complete, about something of the
contact's own, and possible. Whether a person must agree is the tenant's rule over its amount. Both are
looked at again when it goes out, whatever the words were that led to it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from pydantic import TypeAdapter

from tools.calling import breaking_as_unavailable, call_tool, check_given, checked_arguments
from tools.contract import AmountLimit, Approval, Tool, ToolContext, ToolResult
from tools.effect_words import told
from tools.errors import ArgumentRejected

Why = Literal["", "always", "over_limit", "no_amount", "other_currency"]
MAX_REASON_CHARS = 200
APPROVAL_HOURS = 72
_APPROVAL: TypeAdapter[Approval] = TypeAdapter(Approval)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call that can be made: all its arguments, and what it is in the contact's words."""

    arguments: dict[str, Any]
    what: str
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One way to fill in what is missing: what it is called, and what it sets."""

    label: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Missing:
    """What must be known first, as a question; `options` are the only answers, where there are any.

    `kind` says how an answer is read where the argument's name does not.
    """

    name: str
    question: str
    options: Sequence[Option] = ()
    kind: Literal["", "number", "text"] = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """It cannot be done; the words are for the contact and name nothing that is not theirs."""

    text: str


Weighed = Prepared | Missing | Refusal
Prepare = Callable[[ToolContext, Mapping[str, Any]], Awaitable[Weighed]]


@dataclass(frozen=True, slots=True)
class Effect:
    """A tool with an effect, and how its calls are prepared.

    `verbs` and `nouns` are the beginnings of words, by language, that ask for it: a verb and a noun.
    """

    tool: Tool
    prepare: Prepare
    verbs: Mapping[str, str] = field(default_factory=dict[str, str])
    nouns: Mapping[str, str] = field(default_factory=dict[str, str])


async def prepared(effect: Effect, context: ToolContext, given: Mapping[str, Any]) -> Weighed:
    """What an effect makes of a call. Raises: ArgumentRejected, ToolUnavailable."""
    check_given(effect.tool, given)
    with breaking_as_unavailable(effect.tool.name):
        return await effect.prepare(context, given)


async def _as_given(context: ToolContext, given: Mapping[str, Any], tool: Tool) -> Weighed:
    checked = checked_arguments(tool, given).model_dump(mode="json", exclude_none=True)
    return Prepared(checked, tool.title)


def plain_effect(tool: Tool) -> Effect:
    """A tenant's own tool as an effect: its schema is all that is known of it."""

    async def prepare(context: ToolContext, given: Mapping[str, Any]) -> Weighed:
        return await _as_given(context, given, tool)

    return Effect(tool, prepare)


def rule_of(tool: Tool, options: Mapping[str, Any]) -> Approval:
    """The assistant's rule for this tool, or the tool's own."""
    given = options.get("approval")
    return tool.approval if given is None else _APPROVAL.validate_python(given)


def why_approval(rule: Approval, amount: Decimal | None, currency: str | None) -> Why:
    """Why a person must agree to a call of this amount; "" where nobody must."""
    if rule == "never":
        return ""
    if not isinstance(rule, AmountLimit):
        return "always"
    if amount is None or currency is None:
        return "no_amount"
    if currency != rule.currency:
        return "other_currency"
    return "over_limit" if amount > rule.up_to else ""


async def perform(
    effect: Effect,
    context: ToolContext,
    arguments: Mapping[str, Any],
    *,
    approved: bool,
    is_repeat: bool,
) -> ToolResult:
    """Have it done. Raises: ArgumentRejected, also where a person must agree and none did;
    ToolUnavailable.

    A repeat is not weighed anew: what it is about may have been changed by the first sending.
    """
    if not is_repeat:
        weighed = await prepared(effect, context, arguments)
        if isinstance(weighed, Refusal):
            raise ArgumentRejected(weighed.text)
        if isinstance(weighed, Missing):
            raise ArgumentRejected(weighed.question)
        why = why_approval(rule_of(effect.tool, context.options), weighed.amount, weighed.currency)
        if why and not approved:
            raise ArgumentRejected(told("not_approved", context.language))
        arguments = weighed.arguments
    return await call_tool(effect.tool, context, arguments)
