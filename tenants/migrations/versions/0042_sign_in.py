"""Operators who sign in through their company's OpenID provider, and second factors of the others:
what a tenant says of its provider, whom the provider knows as which operator, secrets of one-time
passwords (sealed), recovery codes (hashed), and whether a tenant asks everybody for one.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0042"
down_revision = "0046"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "sign_in_providers",
    "operator_identities",
    "second_factors",
    "recovery_codes",
)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table sign_in_providers (
            tenant_id           uuid not null primary key,
            sign_in_provider_id uuid not null,
            title               text not null,
            issuer              text not null,
            client_id           text not null,
            client_secret       bytea,
            email_domains       text[] not null default '{}',
            newcomer_role       text check (newcomer_role in ('admin', 'operator', 'viewer')),
            group_claim         text,
            group_roles         jsonb not null default '{}',
            trusts_addresses    boolean not null default false,
            updated_at          timestamptz not null default now()
        );

        create table operator_identities (
            tenant_id   uuid not null,
            issuer      text not null,
            subject     text not null,
            operator_id uuid not null,
            created_at  timestamptz not null default now(),
            primary key (tenant_id, issuer, subject),
            unique (tenant_id, operator_id, issuer)
        );

        create table second_factors (
            tenant_id    uuid not null,
            operator_id  uuid not null,
            sealed       bytea not null,
            last_step    bigint not null default 0,
            created_at   timestamptz not null default now(),
            confirmed_at timestamptz,
            primary key (tenant_id, operator_id)
        );

        create table recovery_codes (
            tenant_id   uuid not null,
            operator_id uuid not null,
            code_hash   bytea not null,
            used_at     timestamptz,
            primary key (tenant_id, operator_id, code_hash)
        );

        alter table tenants add column second_factor_required boolean not null default false;
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
