"""Questions as they were asked, those nobody could answer grouped into suggestions, and impact.

`recorded_questions` holds every intent of a turn for some time: the unanswered ones wait there
(`state` new) until they are grouped, and all of them are what a change of knowledge is tried on.
A suggestion's `middle` is the mean of its questions' vectors under `embedding_model`;
`checked_version` is the live version that was last found not to answer it. Impact reports hold
passages' words, so they lie apart from their job and go with any erased document.
"""

from alembic import op

from tenants.migrations.row_security import isolate, let_router_read

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TENANT_TABLES = ("recorded_questions", "impact_reports")
ROUTING_COLUMNS = {
    "recorded_questions": "tenant_id, state, asked_at",
    "knowledge_suggestions": "tenant_id, knowledge_base_id, kind, status, checked_version",
    "impact_reports": "tenant_id, created_at",
    # as in 0002, with the live version: whose suggestions were checked against an older one
    "knowledge_bases": "tenant_id, knowledge_base_id, n_chunks, ann, space, archived_at, live",
}


def upgrade() -> None:
    op.execute(
        """
        create table recorded_questions (
            tenant_id         uuid not null,
            question_id       uuid not null,
            turn_id           uuid not null,
            conversation_id   uuid not null,
            contact_id        uuid not null,
            assistant_id      uuid not null,
            knowledge_base_id uuid,
            status            text not null check (status in ('answered', 'unsure', 'unanswered')),
            reason            text,
            confidence        real not null,
            text_hash         bytea not null,
            content           bytea not null,
            state             text not null default 'settled' check (state in ('new', 'settled')),
            suggestion_id     uuid,
            asked_at          timestamptz not null default now(),
            primary key (tenant_id, question_id)
        );
        create index recorded_questions_asked
            on recorded_questions (tenant_id, assistant_id, asked_at);
        create index recorded_questions_new on recorded_questions (tenant_id, question_id)
            where state = 'new';
        create index recorded_questions_suggestion on recorded_questions (tenant_id, suggestion_id)
            where suggestion_id is not null;
        create index recorded_questions_age on recorded_questions (asked_at);

        alter table knowledge_suggestions
            add column kind            text not null default 'operator_answer'
                                       check (kind in ('operator_answer', 'unanswered_question')),
            add column asked           int not null default 0,
            add column contacts        int not null default 0,
            add column first_asked_at  timestamptz,
            add column last_asked_at   timestamptz,
            add column middle          halfvec,
            add column members         int not null default 0,
            add column embedding_model text,
            add column checked_version int not null default -1,
            drop constraint knowledge_suggestions_status_check,
            add constraint knowledge_suggestions_status_check
                check (status in ('open', 'approved', 'dismissed', 'answered'));
        create index knowledge_suggestions_base
            on knowledge_suggestions (tenant_id, knowledge_base_id, status);
        create index knowledge_suggestions_checked
            on knowledge_suggestions (tenant_id, knowledge_base_id, checked_version)
            where status = 'open' and kind = 'unanswered_question';

        create table impact_reports (
            tenant_id         uuid not null,
            report_id         uuid not null,
            knowledge_base_id uuid not null,
            content           bytea not null,
            created_at        timestamptz not null default now(),
            primary key (tenant_id, report_id)
        );
        create index impact_reports_age on impact_reports (created_at);
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    for table, columns in ROUTING_COLUMNS.items():
        if table != "knowledge_bases":  # it has its policy already
            let_router_read(table, columns)
    op.execute("grant select (live) on knowledge_bases to frontdesk_router")
