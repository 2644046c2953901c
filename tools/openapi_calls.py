"""One call of one operation of a tenant's own service, by its document: the request, and what came back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tenants.errors import TooLarge
from tools.connector import ABSENT, MAX_ANSWER_BYTES, REFUSED, said
from tools.egress import GuardedClient
from tools.egress_call import Answered, Request, call_service
from tools.errors import AddressRefused, ArgumentRejected, FetchFailed, ToolUnavailable
from tools.own_operations import ChosenOperation, Place
from tools.own_settings import OwnSettings

MAX_PATH_VALUE_CHARS = 300
MAX_BODY_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class OpenApiService:
    """`tools.own_tools.OwnService` of an OpenAPI document."""

    name: str
    settings: OwnSettings
    secret: str
    client: GuardedClient

    async def call(
        self,
        chosen: ChosenOperation,
        arguments: Mapping[str, Any],
        *,
        acts: bool,
        seconds: float,
        idempotency_key: str,
    ) -> Any:
        """What it answers; None where there is no such thing, "" where it says nothing.

        Raises: ArgumentRejected, ToolUnavailable.
        """
        request = self._request(chosen, arguments)
        headers = dict(request.headers)
        if acts and self.settings.idempotency_header:
            headers[self.settings.idempotency_header] = idempotency_key
        signed = Request(request.method, request.url, headers, request.content)
        try:
            answer = await call_service(
                self.client, signed, timeout_seconds=seconds, max_bytes=MAX_ANSWER_BYTES
            )
        except AddressRefused:
            raise ToolUnavailable("The service's address must not be called.") from None
        except (FetchFailed, TooLarge):
            raise ToolUnavailable(
                "The service does not answer as it should.", may_have_happened=acts
            ) from None
        return _read(answer, self.name, acts=acts)

    def _request(self, chosen: ChosenOperation, arguments: Mapping[str, Any]) -> Request:
        """Raises: ArgumentRejected."""
        path, query, body = chosen["path"], list[tuple[str, str]](), dict[str, Any]()
        headers: dict[str, str] = {}
        whole: Any = None
        for name, value in arguments.items():
            place = chosen["places"][name]
            match place["at"]:
                case "path":
                    path = path.replace("{" + place["name"] + "}", _in_path(name, place, value))
                case "query":
                    query += _in_query(place, value)
                case "header":
                    headers[place["name"]] = _in_header(name, place, value)
                case "whole_body":
                    whole = value
                case _:
                    body[place["name"]] = value
        url = self.settings.base_url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        signed = headers | self.settings.signed(self.secret)
        has_body = any(p["at"] in ("body", "whole_body") for p in chosen["places"].values())
        if not has_body:
            return Request(chosen["method"], url, signed)
        content = json.dumps(body if whole is None else whole).encode()
        if len(content) > MAX_BODY_BYTES:
            raise ArgumentRejected("The arguments are too long.")
        return Request(
            chosen["method"], url, signed | {"content-type": "application/json"}, content
        )


def _read(answer: Answered, name: str, *, acts: bool) -> Any:
    """Raises: ArgumentRejected, ToolUnavailable."""
    status = answer.status
    if not acts and status in ABSENT:
        return None
    if status in REFUSED or (acts and status == 403):
        raise ArgumentRejected(f"The service says no: {said(answer)}")
    if acts and (status in (408, 429) or status >= 500):
        raise ToolUnavailable(
            f"The service answers with {status}.", may_have_happened=status != 429
        )
    if not 200 <= status < 300:
        raise ToolUnavailable(f"{name} answers with {status}.")
    if not answer.content.strip():
        return ""
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        if acts:  # it was done, whatever is said of it
            return ""
        raise ToolUnavailable(f"{name} answers with something that cannot be read.") from None


def _in_path(name: str, place: Place, value: Any) -> str:
    """A value as one step of a path: nothing in it leads elsewhere. Raises: ArgumentRejected."""
    text = _text(value, place.get("joint", ","))
    if not text or text in (".", "..") or len(text) > MAX_PATH_VALUE_CHARS:
        raise ArgumentRejected(f"{name}: it cannot stand in an address")
    return quote(text, safe="")


def _in_header(name: str, place: Place, value: Any) -> str:
    """Raises: ArgumentRejected where it could be read as another header."""
    text = _text(value, place.get("joint", ","))
    if not text.isascii() or not text.isprintable() or len(text) > MAX_PATH_VALUE_CHARS:
        raise ArgumentRejected(f"{name}: it cannot stand in a header")
    return text


def _in_query(place: Place, value: Any) -> list[tuple[str, str]]:
    name, joint = place["name"], place.get("joint", ",")
    if isinstance(value, list) and not joint:
        return [(name, _text(one, ",")) for one in value]
    return [(name, _text(value, joint))]


def _text(value: Any, joint: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return joint.join(_text(one, joint) for one in value)
    return "" if value is None else str(value)
