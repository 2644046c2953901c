"""Intent labels: what a tenant wants requests to be told apart by, with examples of each.

An example keeps its vector with the model that made it, so that it is embedded once. The head of an
assistant is trained by every process from the same rows; `intent_label_heads` says by a number that
they have changed.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0012"
down_revision = "0014"
branch_labels = None
depends_on = None

TENANT_TABLES = ("intent_labels", "intent_examples", "intent_label_heads")
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table intent_labels (
            tenant_id       uuid not null,
            intent_label_id uuid not null,
            assistant_id    uuid not null,
            name            text not null,
            description     text not null default '',
            action          jsonb not null,
            created_at      timestamptz not null default now(),
            primary key (tenant_id, intent_label_id),
            unique (tenant_id, assistant_id, name)
        );
        create table intent_examples (
            tenant_id       uuid not null,
            intent_label_id uuid not null,
            place           int not null,
            content         bytea not null,
            model           text not null,
            vector          bytea not null,
            primary key (tenant_id, intent_label_id, place),
            foreign key (tenant_id, intent_label_id)
                references intent_labels (tenant_id, intent_label_id) on delete cascade
        );
        create table intent_label_heads (
            tenant_id    uuid not null,
            assistant_id uuid not null,
            revision     int not null,
            primary key (tenant_id, assistant_id)
        );
        -- beside intent_labels, which says what came of each request: the tenant's label, "" for none
        alter table turns add column labels_revision int;
        alter table turns add column request_labels text[];
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
