"""A tenant's own service behind its connector: one operation called, its answer read into our records."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from tenants.errors import TooLarge
from tools.connector_settings import KINDS, PLACE, ConnectorSettings, Operation
from tools.egress import GuardedClient
from tools.egress_call import Answered, Request, call_service
from tools.errors import AddressRefused, ArgumentRejected, FetchFailed, ToolUnavailable
from tools.shop_records import MAX_RECORDS, Record

MAX_ANSWER_BYTES = 500_000
MAX_SAID_CHARS = 200
ABSENT = frozenset({403, 404, 410})  # somebody else's looks like what is not there
REFUSED = frozenset({400, 404, 409, 410, 422})
One = TypeVar("One", bound=Record)


@dataclass(frozen=True, slots=True)
class Connector:
    """A service that may be called for one tenant."""

    name: str
    settings: ConnectorSettings
    secret: str
    client: GuardedClient

    async def one(self, record: type[One], operation: str, values: Mapping[str, Any]) -> One | None:
        """One record; None where there is none to be seen. Raises: ToolUnavailable."""
        answer = await self._called(operation, values)
        if answer.status in ABSENT:
            return None
        _expect_success(answer, self.name)
        found = at_place(_json(answer, self.name), self.settings.operations[operation].items)
        if isinstance(found, list):
            found = found[0] if found else None
        return None if found is None else self._read(record, operation, found, values)

    async def many(self, record: type[One], operation: str, values: Mapping[str, Any]) -> list[One]:
        """The records of a list, as far as they can be read. Raises: ToolUnavailable."""
        answer = await self._called(operation, values)
        if answer.status in ABSENT:
            return []
        _expect_success(answer, self.name)
        found = at_place(_json(answer, self.name), self.settings.operations[operation].items)
        if not isinstance(found, list):
            raise _unreadable(self.name)
        most = min(MAX_RECORDS, int(values.get("limit") or MAX_RECORDS))
        return [self._read(record, operation, one, values) for one in found[:most]]

    async def effect(
        self,
        record: type[One],
        operation: str,
        values: Mapping[str, Any],
        *,
        idempotency_key: str,
    ) -> One:
        """Have something done, once for a key where the service knows keys.

        Raises: ArgumentRejected where its rules say no; ToolUnavailable.
        """
        answer = await self._called(operation, values, idempotency_key=idempotency_key)
        if answer.status in REFUSED:
            raise ArgumentRejected(f"The service says no: {said(answer)}")
        if answer.status == 408 or answer.status == 429 or answer.status >= 500:
            raise ToolUnavailable(
                f"The service answers with {answer.status}.", may_have_happened=answer.status != 429
            )
        _expect_success(answer, self.name)
        return self._read(record, operation, _json(answer, self.name), values)

    async def _called(
        self, name: str, values: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> Answered:
        operation = self.settings.operations.get(name)
        if operation is None:
            raise ToolUnavailable("This company has not connected the system that does this.")
        headers = self.settings.signed(self.secret)
        if idempotency_key is not None and self.settings.idempotency_header:
            headers[self.settings.idempotency_header] = idempotency_key
        request = _request(self.settings.base_url, operation, values, headers)
        try:
            return await call_service(
                self.client,
                request,
                timeout_seconds=self.settings.timeout_seconds,
                max_bytes=MAX_ANSWER_BYTES,
            )
        except AddressRefused:
            raise ToolUnavailable("The service's address must not be called.") from None
        except (FetchFailed, TooLarge):
            raise ToolUnavailable(
                "The service does not answer as it should.",
                may_have_happened=KINDS[name].has_effect,
            ) from None

    def _read(self, record: type[One], name: str, found: Any, values: Mapping[str, Any]) -> One:
        """What the service tells, by our names. Raises: ToolUnavailable."""
        if not isinstance(found, dict):
            raise _unreadable(self.name)
        operation = self.settings.operations[name]
        told = _mapped(record, found, operation.fields)
        for field, inner in operation.nested.items():
            rows = told.get(field)
            if isinstance(rows, list):
                told[field] = [
                    {our: at_place(row, where) for our, where in inner.items()} for row in rows
                ]
        for field, names in operation.values.items():
            told[field] = names.get(str(told.get(field)), told.get(field))
        if operation.checks_owner and "owner" in record.model_fields:
            told["owner"] = values.get("owner")
        try:
            return record.model_validate({k: v for k, v in told.items() if v is not None})
        except ValidationError:
            raise _unreadable(self.name) from None


def _mapped(
    record: type[Record], found: dict[str, Any], fields: Mapping[str, str]
) -> dict[str, Any]:
    return {name: at_place(found, fields.get(name, name)) for name in record.model_fields}


def _request(
    base_url: str, operation: Operation, values: Mapping[str, Any], headers: dict[str, str]
) -> Request:
    path = PLACE.sub(lambda m: quote(str(values.get(m[1], "")), safe=""), operation.path)
    query = {k: _filled(v, values) for k, v in operation.query.items()}
    url = base_url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
    if operation.body is None:
        return Request(operation.method, url, headers)
    content = json.dumps(_filled(operation.body, values), default=str).encode()
    return Request(operation.method, url, headers | {"content-type": "application/json"}, content)


def _filled(told: Any, values: Mapping[str, Any]) -> Any:
    """The template with its values; a text that is one place alone becomes the value itself."""
    if isinstance(told, str):
        whole = PLACE.fullmatch(told)
        if whole:
            return values.get(whole[1])
        return PLACE.sub(lambda m: str(values.get(m[1], "")), told)
    if isinstance(told, dict):
        return {key: _filled(member, values) for key, member in told.items()}
    if isinstance(told, list):
        return [_filled(member, values) for member in told]
    return told


def at_place(found: Any, where: str | None) -> Any:
    """What stands at a dotted place; None where nothing does."""
    for step in where.split(".") if where else ():
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step[:6]) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def _json(answer: Answered, name: str) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise _unreadable(name) from None


def _expect_success(answer: Answered, name: str) -> None:
    if not 200 <= answer.status < 300:
        raise ToolUnavailable(f"{name} answers with {answer.status}.")


def _unreadable(name: str) -> ToolUnavailable:
    return ToolUnavailable(f"{name} answers with something that cannot be read.")


def said(answer: Answered) -> str:
    """Why a service refuses, in its own words, on one line."""
    try:
        told = json.loads(answer.content)
    except (ValueError, RecursionError):
        return f"status {answer.status}"
    named = told if isinstance(told, dict) else {}
    text = next((named[k] for k in ("detail", "message", "error", "title") if k in named), "")
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line[:MAX_SAID_CHARS] or f"status {answer.status}"
