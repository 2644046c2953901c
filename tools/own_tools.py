"""Tools of a tenant's own, made of operations that it chose: checked, bound to the contact, called, read.

What a model gives is checked by the operation's schema; what it does not give is added here: the contact's
id, a fixed value, the action's key. An effect is checked against the contact's own things first where the
tenant names the tool that shows them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, Protocol, Self

from pydantic import create_model, model_validator

from tools.calling import checked_arguments
from tools.contract import Arguments, Tool, ToolContext, ToolResult
from tools.effects import Effect, Missing, Option, Prepared, Refusal, Weighed
from tools.errors import ArgumentRejected, ToolUnavailable
from tools.own_answers import done, nothing, result_of
from tools.own_mismatches import Schema, coerced, mismatch
from tools.own_operations import ChosenOperation, has_effect
from tools.own_settings import OwnToolSetting, forms
from tools.spoken import Spoken
from tools.words import say

MAX_SHOWN_ARGUMENTS = 6
MAX_SHOWN_CHARS = 80


class OwnService(Protocol):
    """Whatever makes the calls of one connector."""

    async def call(
        self,
        chosen: ChosenOperation,
        arguments: Mapping[str, Any],
        *,
        acts: bool,
        seconds: float,
        idempotency_key: str,
    ) -> Any:
        """What it answers; None where there is no such thing.

        Raises: ArgumentRejected, ToolUnavailable.
        """
        ...


class OwnArguments(Arguments):
    """Arguments whose schema is an operation's."""

    checked: ClassVar[Schema] = {}

    @model_validator(mode="before")
    @classmethod
    def _fits(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            raise ValueError("they are no object")
        properties = cls.checked["properties"]
        needed = cls.checked.get("required", [])
        plain = {
            name: coerced(properties.get(name, {}), value)
            for name, value in given.items()
            if value is not None or name in needed
        }
        wrong = mismatch(cls.checked, plain)
        if wrong:
            raise ValueError(wrong)
        return plain


@dataclass(frozen=True, slots=True)
class OwnTool(Tool):
    """A tool with what it needs to be an effect: the words that ask for it, and how it is weighed."""

    verbs: Mapping[str, str] = field(default_factory=dict[str, str])
    nouns: Mapping[str, str] = field(default_factory=dict[str, str])
    weigh: Callable[[ToolContext, Mapping[str, Any]], Awaitable[Weighed]] | None = None
    shape: Schema = field(default_factory=dict[str, Any])

    def schema(self) -> dict[str, Any]:
        """The operation's, bounded, with the tenant's words."""
        return dict(self.shape)

    def effect(self) -> Effect:
        """The same as an effect. It is called for tools that have one."""
        assert self.weigh is not None
        return Effect(self, self.weigh, self.verbs, self.nouns)


@dataclass(frozen=True, slots=True)
class _Operation:
    """One chosen operation of a service, and how it is called for somebody."""

    chosen: ChosenOperation
    setting: OwnToolSetting
    service: OwnService
    acts: bool
    checker: Self | None = None

    async def call(self, context: ToolContext, arguments: Arguments) -> ToolResult:
        """What it gives. Raises: ArgumentRejected, ToolUnavailable."""
        given = arguments.model_dump(mode="json", exclude_none=True)
        told = await self.asked(context, given)
        if self.acts:
            return done(self.setting, context, told, self.what(given))
        return (
            nothing(self.setting, context)
            if told is None
            else result_of(self.setting, context, told)
        )

    async def asked(self, context: ToolContext, given: Mapping[str, Any]) -> Any:
        """What the service answers, the contact's own arguments added. Raises: as `call`."""
        return await self.service.call(
            self.chosen,
            {**given, **self._added(context)},
            acts=self.acts,
            seconds=self.setting.timeout_seconds,
            idempotency_key=context.idempotency_key,
        )

    async def weigh(self, context: ToolContext, given: Mapping[str, Any], tool: Tool) -> Weighed:
        """The call as it would be made; a refusal where what it is about is not the contact's.

        Raises: ArgumentRejected, ToolUnavailable.
        """
        if (missing := self._missing(context, given)) is not None:
            return missing
        checked = checked_arguments(tool, given).model_dump(mode="json", exclude_none=True)
        if self.checker is not None:
            known = self.checker.chosen["arguments"]["properties"]
            asked = {name: value for name, value in checked.items() if name in known}
            if wrong := mismatch(self.checker.chosen["arguments"], asked):
                raise ArgumentRejected(f"{self.setting.name}: {wrong}")
            told = await self.checker.asked(context, asked)
            found = told is not None and result_of(self.checker.setting, context, told).is_found
            if not found:
                return Refusal(nothing(self.checker.setting, context).text)
        amount = checked.get(self.setting.amount) if self.setting.amount else None
        return Prepared(checked, self.what(checked), _decimal(amount), self.setting.currency)

    def _missing(self, context: ToolContext, given: Mapping[str, Any]) -> Missing | None:
        """The first argument that is needed and was not said, as a question."""
        arguments = self.chosen["arguments"]
        for name in arguments.get("required", []):
            if given.get(name) is None:
                schema = arguments["properties"][name]
                asked = schema.get("description") or name.replace("_", " ")
                values = schema.get("enum", ())
                return Missing(
                    name,
                    say("own_missing", context.language, title=self.setting.title, asked=asked),
                    [Option(str(value), {name: value}) for value in values],
                    "number" if schema.get("type") in ("integer", "number") else "text",
                )
        return None

    def what(self, given: Mapping[str, Any]) -> str:
        """The call in the contact's words: its title, and what it is about."""
        told = [
            f"{name.replace('_', ' ')} {str(value)[:MAX_SHOWN_CHARS]}"
            for name, value in list(given.items())[:MAX_SHOWN_ARGUMENTS]
            if isinstance(value, str | int | float) and not isinstance(value, bool)
        ]
        return f"{self.setting.title} ({', '.join(told)})" if told else self.setting.title

    def _added(self, context: ToolContext) -> dict[str, Any]:
        """What does not come from a model. Raises: ArgumentRejected."""
        added: dict[str, Any] = {}
        for name, schema in self.chosen["given"].items():
            rule = self.setting.arguments[name]
            match rule.source:
                case "contact":
                    if not context.external_id:
                        raise ArgumentRejected(f"{self.setting.name}: only for who has signed in")
                    value = coerced(schema, context.external_id)
                    if mismatch(schema, value):
                        raise ToolUnavailable("The service takes no such customers.")
                    added[name] = value
                case "key":
                    added[name] = context.idempotency_key
                case _:
                    added[name] = rule.value
        return added


def own_tools(
    chosen: list[ChosenOperation],
    service: OwnService,
    *,
    knows_keys: bool,
    suspended: Mapping[str, Any],
) -> list[OwnTool]:
    """The tools of one connector, without those that its service changed since they were chosen."""
    settings = [OwnToolSetting.model_validate(one["setting"]) for one in chosen]
    made: dict[str, _Operation] = {}
    for one, setting in zip(chosen, settings, strict=True):
        acts = has_effect(setting, reads=one["reads"])
        if setting.operation not in suspended:
            made[setting.name] = _Operation(one, setting, service, acts)
    tools: list[OwnTool] = []
    for operation in made.values():
        checked_by = operation.setting.checked_by
        if checked_by is None:
            tools.append(_tool(operation, knows_keys=knows_keys))
        elif checked_by in made:  # without what checks it, it is not offered
            with_check = _Operation(
                operation.chosen, operation.setting, service, operation.acts, made[checked_by]
            )
            tools.append(_tool(with_check, knows_keys=knows_keys))
    return tools


def _tool(operation: _Operation, *, knows_keys: bool) -> OwnTool:
    setting, chosen = operation.setting, operation.chosen
    by_key = any(rule.source == "key" for rule in setting.arguments.values())
    tool: OwnTool | None = None

    async def weigh(context: ToolContext, given: Mapping[str, Any]) -> Weighed:
        assert tool is not None
        return await operation.weigh(context, given, tool)

    tool = OwnTool(
        name=setting.name,
        title=setting.title,
        description=setting.description,
        arguments=_arguments(chosen["arguments"], setting),
        call=operation.call,
        identity=setting.identity,
        has_effect=operation.acts,
        knows_keys=knows_keys or by_key,
        approval=setting.approval,
        timeout_seconds=setting.timeout_seconds,
        cache_seconds=0 if operation.acts else setting.cache_seconds,
        cost_microusd=setting.cost_microusd,
        examples=forms(setting.examples),
        unlike=forms(setting.unlike),
        verbs=setting.verbs,
        nouns=setting.nouns,
        weigh=weigh if operation.acts else None,
        shape=chosen["arguments"],
    )
    return tool


def _arguments(schema: Schema, setting: OwnToolSetting) -> type[OwnArguments]:
    """A class of arguments whose check is the schema's."""
    required = set(schema.get("required", []))
    fields: dict[str, Any] = {}
    for name in schema["properties"]:
        rule = setting.arguments.get(name)
        kind = Annotated[Any, Spoken(rule.spoken)] if rule and rule.spoken else Any
        fields[name] = (kind, ...) if name in required else (kind, None)
    made = create_model(f"own_{setting.name}", __base__=OwnArguments, **fields)
    made.checked = schema
    return made


def _decimal(amount: Any) -> Decimal | None:
    try:
        return Decimal(str(amount)) if amount is not None else None
    except InvalidOperation:
        return None
