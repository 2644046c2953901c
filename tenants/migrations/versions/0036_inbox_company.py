"""What operators keep among themselves: notes, answers to choose from, who looks at a handoff."""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0036"
down_revision = "0031"
branch_labels = None
depends_on = None

TENANT_TABLES = ("notes", "canned_answers", "handoff_watchers")
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table notes (
            tenant_id       uuid not null,
            note_id         uuid not null,
            conversation_id uuid not null,
            author_kind     text not null,
            author_id       text not null,
            content         bytea not null,
            created_at      timestamptz not null default now(),
            primary key (tenant_id, note_id)
        );
        create index notes_of_conversation on notes (tenant_id, conversation_id, note_id);

        create table canned_answers (
            tenant_id        uuid not null,
            canned_answer_id uuid not null,
            shortcut         text not null,
            text             text not null,
            updated_at       timestamptz not null default now(),
            primary key (tenant_id, canned_answer_id)
        );
        create unique index canned_answers_by_shortcut
            on canned_answers (tenant_id, lower(shortcut));

        create table handoff_watchers (
            tenant_id       uuid not null,
            handoff_id      uuid not null,
            operator_id     uuid not null,
            conversation_id uuid not null,
            seen_at         timestamptz not null default now(),
            typed_at        timestamptz,
            primary key (tenant_id, handoff_id, operator_id)
        );
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
