"""One tenant calls operations of the published document with the other's ids."""

from typing import Any

from tenants.ids import new_id
from tests.canaries.actor import Actor


class Prying:
    """Every operation that names something, called with what another tenant has."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._operations = [
            (method.upper(), path)
            for path, methods in document["paths"].items()
            for method, found in methods.items()
            if "_id}" in path and found.get("x-scope") not in (None, "platform")
        ]

    def pry(self, actor: Actor, other: Actor) -> None:
        """One call; whatever comes back is looked at as all else is."""
        method, path = actor.draw.choice(self._operations)
        body = {} if method in ("POST", "PUT", "PATCH") else None
        address = path.format_map(_Ids(other))
        if address.endswith("/events"):
            return  # refused it ends at once, and what if it is not: the reader would wait
        answer = actor.call(method, address, body)
        assert answer.status_code >= 400, f"{method} {path} took another tenant's ids"


class _Ids(dict[str, str]):
    """An id of the other's for each name in a path; an unknown one where the other has none."""

    def __init__(self, other: Actor) -> None:
        super().__init__(
            assistant_id=other.assistant_id,
            knowledge_base_id=other.base,
            kb_id=other.base,
            provider="deepseek",
            feature="named_things",
            version="1",
            revision="1",
            other="1",
        )
        for name in ("conversation", "contact", "document", "handoff", "job", "canned_answer"):
            kind = name.removesuffix("_answer")
            if there := other.one(kind):
                self[f"{name}_id"] = str(there)
        for name, place in (("turn", 1), ("message", 1)):
            if there := other.one(name):
                self[f"{name}_id"] = str(there[place])
        if there := other.one("channel"):
            self["channel_id"] = str(there[0])

    def __missing__(self, name: str) -> str:
        return str(new_id())
