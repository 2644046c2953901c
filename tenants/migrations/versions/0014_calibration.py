"""What answers came to, and each assistant's own reading of the confidence learnt from it.

A recorded question keeps what its confidence was made of, so that a verdict given days later still
knows. `verdicts` hold those numbers and the outcome without a word; one a question, the weightiest.
`calibrations` are immutable revisions, `calibration_heads` says which one is in force (0 is the
product's own), whether verdicts may change it, and from when on they are due to be looked at.
"""

from alembic import op

from tenants.migrations.row_security import isolate, let_router_read

revision = "0014"
down_revision = "0008"
branch_labels = None
depends_on = None

TENANT_TABLES = ("verdicts", "calibrations", "calibration_heads")
ROUTING_COLUMNS = {"calibration_heads": "tenant_id, assistant_id, due_at"}


def upgrade() -> None:
    op.execute(
        """
        alter table recorded_questions add column features jsonb;
        create index recorded_questions_conversation
            on recorded_questions (tenant_id, conversation_id, turn_id);
        alter table turns add column calibration_revision int;

        create table verdicts (
            tenant_id       uuid not null,
            assistant_id    uuid not null,
            question_id     uuid not null,
            conversation_id uuid,
            source          text not null
                            check (source in ('operator', 'suggestion', 'feedback', 'asked_on', 'label')),
            is_right        boolean not null,
            weight          real not null check (weight > 0 and weight <= 1),
            features        jsonb not null,
            given_at        timestamptz not null default now(),
            primary key (tenant_id, assistant_id, question_id)
        );
        create index verdicts_given on verdicts (tenant_id, assistant_id, given_at);
        create index verdicts_conversation on verdicts (tenant_id, conversation_id)
            where conversation_id is not null;

        create table calibrations (
            tenant_id    uuid not null,
            assistant_id uuid not null,
            revision     int not null check (revision > 0),
            model        text not null,
            correction   jsonb not null,
            figures      jsonb not null,
            cause        text not null check (cause in ('command', 'verdicts')),
            actor_kind   text not null,
            actor_id     text not null,
            created_at   timestamptz not null default now(),
            primary key (tenant_id, assistant_id, revision)
        );
        create table calibration_heads (
            tenant_id    uuid not null,
            assistant_id uuid not null,
            revision     int not null default 0,
            automatic    boolean not null default true,
            due_at       timestamptz,
            primary key (tenant_id, assistant_id)
        );
        create index calibration_heads_due on calibration_heads (due_at) where due_at is not null;
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    for table, columns in ROUTING_COLUMNS.items():
        let_router_read(table, columns)
