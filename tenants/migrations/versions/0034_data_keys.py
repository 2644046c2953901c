"""Data keys of tenants and contacts, wrapped; what kept answers speak of can no longer be read in them."""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0034"
down_revision = "0037"
branch_labels = None
depends_on = None

TENANT_TABLES = ("data_keys",)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        -- contact_id is null: the tenant's own keys. A contact's keys go with the contact; the key
        -- may be written before the contact's row, which is sealed under it.
        create table data_keys (
            tenant_id  uuid not null,
            key_id     uuid not null,
            contact_id uuid,
            purpose    text not null default 'content' check (purpose in ('content', 'index')),
            version    int not null,
            master_id  text not null,
            wrapped    bytea not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, key_id),
            unique nulls not distinct (tenant_id, purpose, contact_id, version),
            foreign key (tenant_id, contact_id) references contacts (tenant_id, contact_id)
                on delete cascade deferrable initially deferred
        );
        create index data_keys_contact on data_keys (tenant_id, contact_id);

        alter table idempotency_keys add column mentions uuid[] not null default '{}';
        -- where it is not null, `address` is a keyed hash
        alter table contact_identities add column address_sealed bytea;
        alter table channel_conversations add column address_sealed bytea;
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
