"""What contacts have agreed to, decision by decision: what an unused table of one row a channel could
not say is for what, by whom, and what was said before. That one goes in a later release.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0050"
down_revision = "0043"
branch_labels = None
depends_on = None

TENANT_TABLES = ("consents",)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table consents (
            tenant_id  uuid not null,
            consent_id uuid not null,
            contact_id uuid not null,
            purpose    text not null check (purpose in ('remember', 'learn')),
            granted    boolean not null,
            channel    text not null,
            actor_kind text not null,
            actor_id   text not null,
            decided_at timestamptz not null default now(),
            primary key (tenant_id, consent_id)
        );
        create index consents_contact on consents (tenant_id, contact_id, purpose, decided_at desc);
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    op.execute("revoke update on consents from frontdesk_app")
    op.execute("grant update (contact_id) on consents to frontdesk_app")
