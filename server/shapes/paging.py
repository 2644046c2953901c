"""Lists in pages: `?limit=&cursor=` and `{"data": […], "next_cursor": null}`."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel

from tenants.errors import Invalid
from tenants.ids import parse_id

Item = TypeVar("Item")
MAX_LIMIT = 200
MAX_NUMBER = 2**31 - 1  # no list of ours is numbered further


class Page(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last one."""

    data: list[Item]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """The page that was asked for."""

    limit: int
    cursor: str | None

    @property
    def after_id(self) -> UUID | None:
        """The id the page starts after. Raises: Invalid."""
        if self.cursor is None:
            return None
        found = parse_id(_decode(self.cursor))
        if found is None:
            raise Invalid("cursor: not one that this server gave out")
        return found

    @property
    def after_number(self) -> int:
        """The number the page starts after. Raises: Invalid."""
        if self.cursor is None:
            return 0
        text = _decode(self.cursor)
        if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= MAX_NUMBER):
            raise Invalid("cursor: not one that this server gave out")
        return int(text)

    def page(
        self,
        found: Sequence[Item],
        key: Callable[[Item], Any],
        show: Callable[[Item], Any],
    ) -> dict[str, Any]:
        """The page of `limit` items out of `limit + 1` that were read."""
        shown = found[: self.limit]
        more = len(found) > self.limit
        cursor = _encode(str(key(shown[-1]))) if more and shown else None
        return {"data": [show(item) for item in shown], "next_cursor": cursor}


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise Invalid("cursor: not one that this server gave out") from None


async def _paging(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items on a page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=200, description="From `next_cursor`.")] = None,
) -> Paging:
    return Paging(limit, cursor)


PagingDep = Annotated[Paging, Depends(_paging)]
