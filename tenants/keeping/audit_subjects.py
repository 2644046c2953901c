"""What an act is about, before and after: rows as they stand, without secrets and personal text."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import sql

from tenants.actors import Actor
from tenants.database.connection import TenantConnection

# by the name of its id in addresses; where two tables hold a thing, the one that tells more
TABLES = {
    "tenant_id": "tenants",
    "api_key_id": "api_keys",
    "operator_id": "operators",
    "invitation_id": "operator_invitations",
    "operator_session_id": "operator_sessions",
    "sign_in_provider_id": "sign_in_providers",
    "assistant_id": "assistant_revisions",
    "knowledge_base_id": "knowledge_bases",
    "document_id": "documents",
    "source_id": "sources",
    "suggestion_id": "knowledge_suggestions",
    "intent_label_id": "intent_labels",
    "webhook_endpoint_id": "webhook_endpoints",
    "channel_id": "channels",
    "handoff_id": "handoffs",
    "team_id": "teams",
    "contact_id": "contacts",
    "consent_id": "consents",
    "conversation_id": "conversations",
}
_ALIASES = {"kb_id": "knowledge_base_id"}
_NEWEST = {"assistant_revisions": "revision", "documents": "v_from"}
# few rows a tenant: what an act made among them is found without an index
_MADE = {
    "create_api_key": "api_key_id",
    "rotate_api_key": "api_key_id",
    "create_operator": "operator_id",
    "create_invitation": "invitation_id",
    "sign_in": "operator_session_id",
    "finish_provider_sign_in": "operator_session_id",
    "put_sign_in_provider": "sign_in_provider_id",
    "accept_invitation": "operator_id",
    "create_assistant": "assistant_id",
    "create_knowledge_base": "knowledge_base_id",
    "create_webhook_endpoint": "webhook_endpoint_id",
    "create_channel": "channel_id",
    "create_team": "team_id",
    "record_consent": "consent_id",
    "decide_consent": "consent_id",
    "create_tenant": "tenant_id",
    "create_source": "source_id",
    "create_intent_label": "intent_label_id",
}
_MADE_OF_MANY = {
    "create_contact": "contact_id",
    "create_conversation": "conversation_id",
    "add_document": "document_id",
}
_FIRST = UUID(int=0)
_LATELY_SECONDS = 300  # longer than any request works
_OF_TENANT = {"put_retention", "put_sign_in_rules"}
_OF_SELF = {
    "set_password",
    "begin_second_factor",
    "confirm_second_factor",
    "renew_recovery_codes",
    "remove_second_factor",
}
_HIDDEN = [
    "tenant_id",
    "password_hash",
    "profile",
    "content",
    "metadata",
    "last_seen_at",
    "last_used_at",
    "last_active_at",
    "examples",
]
# what goes with a document when it is deleted, and so must not stay in the log either
_HIDDEN_OF = {"documents": ["title", "source", "origin", "external_id"]}
_MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing: the name of its id, and the id."""

    noun: str
    id: UUID

    def __str__(self) -> str:
        return f"{self.noun.removesuffix('_id')}:{self.id}"


def of_path(ids: dict[str, UUID]) -> Subject | None:
    """The innermost thing that an address names."""
    for name in reversed(ids):
        noun = _ALIASES.get(name, name)
        if noun in TABLES:
            return Subject(noun, ids[name])
    return None


def of_caller(action: str, actor: Actor, tenant_id: UUID | None) -> Subject | None:
    """What an act without an address is about: the caller's company, or the operator themselves."""
    if action in _OF_TENANT and tenant_id is not None:
        return Subject("tenant_id", tenant_id)
    if action in _OF_SELF and actor.kind == "operator":
        return Subject("operator_id", UUID(actor.id))
    return None


async def row_of(conn: TenantConnection, subject: Subject) -> dict[str, Any] | None:
    """The thing's row without what is secret or somebody's words; None where there is none."""
    table = TABLES[subject.noun]
    newest = _NEWEST.get(table, subject.noun)
    cursor = await conn.raw.execute(
        sql.SQL(
            """
            select to_jsonb(t) - %(hidden)s::text[]
              from {table} t
             where t.tenant_id = %(tenant_id)s
               and t.{id} = %(id)s
             order by t.{newest} desc
             limit 1
            """
        ).format(
            table=sql.Identifier(table),
            id=sql.Identifier(subject.noun),
            newest=sql.Identifier(newest),
        ),
        {
            "hidden": _HIDDEN + _HIDDEN_OF.get(table, []),
            "tenant_id": conn.tenant_id,
            "id": subject.id,
        },
    )
    row = await cursor.fetchone()
    return _plain(row[0]) if row else None


async def made_by(conn: TenantConnection, action: str) -> Subject | None:
    """The thing that this transaction made, where the action makes one."""
    noun = _MADE.get(action)
    return await _made(conn, noun, _FIRST) if noun else None


async def made_lately(conn: TenantConnection, action: str) -> Subject | None:
    """As `made_by`, also among the many: of ids that begin with the time only the latest are looked at."""
    noun = _MADE_OF_MANY.get(action) or _MADE.get(action)
    since = UUID(int=max(0, int(1_000 * (time.time() - _LATELY_SECONDS))) << 80)
    return await _made(conn, noun, since) if noun else None


async def _made(conn: TenantConnection, noun: str, since: UUID) -> Subject | None:
    cursor = await conn.raw.execute(
        sql.SQL(
            """
            select t.{id}
              from {table} t
             where t.tenant_id = %(tenant_id)s
               and t.{id} > %(since)s
               and t.xmin::text::bigint
                   = mod(pg_current_xact_id()::text::numeric, 4294967296)::bigint
             order by t.{id} desc
             limit 1
            """
        ).format(table=sql.Identifier(TABLES[noun]), id=sql.Identifier(noun)),
        {"tenant_id": conn.tenant_id, "since": since},
    )
    row = await cursor.fetchone()
    return Subject(noun, row[0]) if row else None


async def wrote(conn: TenantConnection) -> bool:
    """Whether the transaction changed anything until now."""
    cursor = await conn.execute("select pg_current_xact_id_if_assigned() is not null")
    row = await cursor.fetchone()
    return bool(row and row[0])


def changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    """What an act changed: `before` and `after` with what differs alone."""
    if before is None or after is None:
        return {"before": before, "after": after}
    was: dict[str, Any] = {}
    now: dict[str, Any] = {}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            inner = changes(old, new)
            old, new = inner["before"], inner["after"]
        was[name], now[name] = old, new
    return {"before": was, "after": now}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Without binary columns (ciphertexts, hashes), long texts cut."""
    kept = {k: v for k, v in row.items() if not (isinstance(v, str) and v.startswith("\\x"))}
    return {k: v[:_MAX_TEXT] if isinstance(v, str) else v for k, v in kept.items()}
