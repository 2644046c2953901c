"""Tenants' own keys for providers, sealed; budgets, and the calls that are granted under them.

`spending` holds what a month has cost so far, `open_calls` what was granted and is not yet in the
ledger: a call that died with its process is found there. `budgets` are set by the platform for what
its keys pay, or by the tenant for all it spends. The ledger says for which intent of which assistant
a call was made, who paid, and whether its cost is an estimate.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0018"
down_revision = "0021"
branch_labels = None
depends_on = None

TENANT_TABLES = ("provider_keys", "budgets", "spending", "open_calls")
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table provider_keys (
            tenant_id  uuid not null,
            provider   text not null,
            sealed     bytea not null,
            prefix     text not null,
            actor_kind text not null,
            actor_id   text not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, provider)
        );

        create table budgets (
            tenant_id      uuid not null,
            set_by         text not null check (set_by in ('platform', 'tenant')),
            limit_microusd bigint not null check (limit_microusd >= 0),
            cheaper_at     real not null check (cheaper_at between 0 and 1),
            extractive_at  real not null check (extractive_at between 0 and 1),
            updated_at     timestamptz not null default now(),
            primary key (tenant_id, set_by)
        );

        create table spending (
            tenant_id         uuid not null,
            month             date not null,
            platform_microusd bigint not null default 0,
            own_microusd      bigint not null default 0,
            primary key (tenant_id, month)
        );

        create table open_calls (
            tenant_id     uuid not null,
            call_id       uuid not null,
            month         date not null,
            turn_id       uuid,
            assistant_id  uuid,
            node          text not null,
            intent_index  int,
            intent_label  text,
            model         text not null,
            own_key       boolean not null,
            input_tokens  int not null,
            output_tokens int not null,
            cached_tokens int not null default 0,
            microusd      bigint not null,
            price_version text not null,
            is_estimated  boolean not null default true,
            expires_at    timestamptz not null,
            settled_at    timestamptz,
            primary key (tenant_id, call_id)
        );
        create index open_calls_turn on open_calls (tenant_id, turn_id);

        alter table usage_ledger add column assistant_id uuid;
        alter table usage_ledger add column intent_index int;
        alter table usage_ledger add column intent_label text;
        alter table usage_ledger add column own_key boolean not null default false;
        alter table usage_ledger add column is_estimated boolean not null default false;
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
