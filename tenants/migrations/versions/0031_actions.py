"""Effects that assistants propose: each an action with its call, its approval, its sending, its outcome.

`effect_key` is made from turn and call: the same proposal written again is the same row. `state` is
where an action stands, `decision` what a person (or the passing of time) said to it. `sendings` counts
how often the call went out; what was recorded before the call and not after it has an unknown outcome.
"""

from alembic import op

from tenants.migrations.row_security import isolate, let_router_read

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TENANT_TABLES = ("actions",)
ROUTING_COLUMNS = {"actions": "tenant_id, action_id, state, expires_at"}


def upgrade() -> None:
    op.execute(
        """
        create table actions (
            tenant_id          uuid not null,
            action_id          uuid not null,
            conversation_id    uuid not null,
            turn_id            uuid not null,
            call_id            text not null,
            contact_id         uuid not null,
            assistant_id       uuid not null,
            assistant_revision int not null,
            effect_key         text not null,
            tool               text not null,
            arguments          bytea not null,
            content            bytea not null,
            amount             numeric(14, 4),
            currency           text,
            needs_approval     boolean not null,
            why                text not null default '',
            approval_hours     int not null,
            state              text not null default 'proposed'
                check (state in ('proposed', 'waiting_for_approval', 'approved', 'edited', 'denied',
                                 'expired', 'sent', 'done', 'failed', 'unknown_outcome')),
            interrupt_id       text,
            decision           text
                check (decision in ('approved', 'edited', 'denied', 'expired')),
            note               bytea,
            actor_kind         text,
            actor_id           text,
            sendings           int not null default 0,
            repeats            int not null default 0,
            result             bytea,
            outcome_turn_id    uuid,
            created_at         timestamptz not null default now(),
            asked_at           timestamptz,
            expires_at         timestamptz,
            decided_at         timestamptz,
            sent_at            timestamptz,
            ended_at           timestamptz,
            changed_at         timestamptz not null default now(),
            primary key (tenant_id, action_id),
            unique (tenant_id, effect_key)
        );
        create index actions_conversation on actions (tenant_id, conversation_id, action_id);
        create index actions_state on actions (tenant_id, state, action_id desc);
        create index actions_changed on actions (tenant_id, changed_at);
        create index actions_outcome on actions (tenant_id, outcome_turn_id)
            where outcome_turn_id is not null;
        create index actions_expiring on actions (expires_at)
            where state = 'waiting_for_approval';
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    for table, columns in ROUTING_COLUMNS.items():
        let_router_read(table, columns)
