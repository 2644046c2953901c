"""Features that can be told apart per tenant: their values, and for which share of conversations.

`FEATURES` is the one list. A conversation keeps its value as long as the tenant's choice stands: it
is drawn from the conversation's id. The values stand on every turn (`turns.feature_variants`).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Feature:
    """What can be switched: its values, and the one that holds where a tenant says nothing."""

    name: str
    about: str
    values: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A tenant's own value, for so many per cent of its conversations."""

    feature: str
    value: str
    percent: int
    updated_at: datetime


FEATURES = (
    Feature(
        "named_things",
        "A question that names a thing is answered by what speaks of the question, its own record "
        "first.",
        ("on", "off"),
        "on",
    ),
    Feature(
        "mended_words",
        "Misspelt words are read as the knowledge and common English write them, short forms of "
        "the tenant's own as what they stand for.",
        ("on", "off"),
        "on",
    ),
)
_BY_NAME = {feature.name: feature for feature in FEATURES}


def known(name: str) -> Feature:
    """The feature of this name. Raises: NotFound."""
    feature = _BY_NAME.get(name)
    if feature is None:
        raise NotFound(f"no such feature; there are {', '.join(_BY_NAME)}")
    return feature


def variants(chosen: Iterable[Chosen], conversation_id: UUID) -> dict[str, str]:
    """The value of every feature in one conversation; what is no feature any more is left out."""
    found = {feature.name: feature.default for feature in FEATURES}
    for one in chosen:
        if one.feature in found and _place(one.feature, conversation_id) < one.percent:
            found[one.feature] = one.value
    return found


def _place(feature: str, conversation_id: UUID) -> float:
    """Where a conversation stands among a hundred, for one feature apart from the others."""
    drawn = hashlib.sha256(f"{feature} {conversation_id}".encode()).digest()
    return int.from_bytes(drawn[:8]) / 2**64 * 100


async def all_of(conn: TenantConnection) -> list[Chosen]:
    """What the tenant has chosen."""
    return await conn.rows(
        Chosen,
        """
        select feature, value, percent, updated_at
          from tenant_features
         where tenant_id = %(tenant_id)s
         order by feature
        """,
    )


async def put(conn: TenantConnection, name: str, value: str, percent: int) -> Chosen:
    """Choose a value for a share of the conversations. Raises: NotFound, Invalid."""
    feature = known(name)
    if value not in feature.values:
        raise Invalid(f"value: {name} is one of {', '.join(feature.values)}")
    chosen = await conn.row(
        Chosen,
        """
        insert into tenant_features (tenant_id, feature, value, percent)
        values (%(tenant_id)s, %(feature)s, %(value)s, %(percent)s)
            on conflict (tenant_id, feature) do update
           set value = excluded.value, percent = excluded.percent, updated_at = now()
        returning feature, value, percent, updated_at
        """,
        {"feature": name, "value": value, "percent": percent},
    )
    assert chosen is not None
    return chosen


async def delete(conn: TenantConnection, name: str) -> None:
    """Go back to the default. Raises: NotFound for what is no feature."""
    known(name)
    await conn.execute(
        """
        delete from tenant_features
         where tenant_id = %(tenant_id)s
           and feature = %(feature)s
        """,
        {"feature": name},
    )
