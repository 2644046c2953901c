"""People and their sign-in: sessions that can be ended, invitations, tries that were wrong; keys that
end and follow each other; identity secrets in generations, tickets that are good once, and knowledge
for those whose identity is verified.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0033"
down_revision = "0029"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "operator_sessions",
    "operator_invitations",
    "sign_in_attempts",
    "identity_secrets",
    "spent_tickets",
)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        alter table api_keys add column expires_at timestamptz, add column replaces uuid;
        alter table operators add column password_changed_at timestamptz;

        create table operator_sessions (
            tenant_id           uuid not null,
            operator_session_id uuid not null,
            operator_id         uuid not null,
            method              text not null,
            address             text not null,
            browser             text not null,
            created_at          timestamptz not null default now(),
            last_seen_at        timestamptz not null default now(),
            expires_at          timestamptz not null,
            revoked_at          timestamptz,
            primary key (tenant_id, operator_session_id)
        );
        create index operator_sessions_operator on operator_sessions (tenant_id, operator_id);

        create table operator_invitations (
            tenant_id     uuid not null,
            invitation_id uuid not null,
            email         text not null,
            name          text not null,
            role          text not null check (role in ('owner', 'admin', 'operator', 'viewer')),
            rights        text[] not null default '{}',
            actor_kind    text not null,
            actor_id      text not null,
            created_at    timestamptz not null default now(),
            expires_at    timestamptz not null,
            accepted_at   timestamptz,
            revoked_at    timestamptz,
            primary key (tenant_id, invitation_id)
        );

        -- by a keyed hash of the address that was tried, whether anybody has it or not
        create table sign_in_attempts (
            tenant_id uuid not null,
            name_hash bytea not null,
            failures  int not null,
            last_at   timestamptz not null default now(),
            primary key (tenant_id, name_hash)
        );
        create index sign_in_attempts_age on sign_in_attempts (tenant_id, last_at);

        create table identity_secrets (
            tenant_id  uuid not null,
            generation int not null,
            created_at timestamptz not null default now(),
            retired_at timestamptz,
            primary key (tenant_id, generation)
        );

        create table spent_tickets (
            tenant_id  uuid not null,
            ticket_id  uuid not null,
            expires_at timestamptz not null,
            primary key (tenant_id, ticket_id)
        );
        create index spent_tickets_age on spent_tickets (tenant_id, expires_at);

        alter table knowledge_bases add column verified_only boolean not null default false;
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
