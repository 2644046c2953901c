"""What leaves, sent: webhook endpoints, channels of the tenant's own, and an outbox with its tries.

An outbox row is one delivery. Its queue row is there while it is to be sent; `seq` is the order in
which rows were written, which is the order of a conversation's messages, since they are written under
the conversation's lock. `fence` grows with every claim. A message that came in on a channel is known
by the channel and the sender's own id, so that the old index, which did not know channels apart, goes.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TENANT_TABLES = ("webhook_endpoints", "channels", "channel_conversations")
ROUTING_COLUMNS = {
    "outbox_queue": "tenant_id, outbox_id, state, attempts, available_at, created_at, seq, "
    "target_id, ordering_key, lease_expires_at"
}


def upgrade() -> None:
    op.execute(
        """
        create table webhook_endpoints (
            tenant_id           uuid not null,
            webhook_endpoint_id uuid not null,
            url                 text not null,
            description         text not null default '',
            events              text[] not null default '{}',
            secret              bytea not null,
            old_secret          bytea,
            old_secret_until    timestamptz,
            failing_since       timestamptz,
            disabled_at         timestamptz,
            disabled_reason     text,
            actor_kind          text not null,
            actor_id            text not null,
            created_at          timestamptz not null default now(),
            primary key (tenant_id, webhook_endpoint_id)
        );

        create table channels (
            tenant_id        uuid not null,
            channel_id       uuid not null,
            kind             text not null check (kind in ('custom', 'whatsapp')),
            name             text not null,
            assistant_id     uuid not null,
            url              text not null,
            settings         jsonb not null default '{}',
            quiet_hours      int not null default 72 check (quiet_hours between 1 and 8760),
            secret           bytea not null,
            old_secret       bytea,
            old_secret_until timestamptz,
            disabled_at      timestamptz,
            actor_kind       text not null,
            actor_id         text not null,
            created_at       timestamptz not null default now(),
            primary key (tenant_id, channel_id)
        );
        create table channel_conversations (
            tenant_id       uuid not null,
            conversation_id uuid not null,
            channel_id      uuid not null,
            address         text not null,
            primary key (tenant_id, conversation_id)
        );
        create index channel_conversations_address
            on channel_conversations (tenant_id, channel_id, address, conversation_id desc);

        alter table messages add column channel_id uuid;
        create unique index messages_channel_external
            on messages (tenant_id, channel_id, external_message_id)
            where channel_id is not null and external_message_id is not null;
        drop index messages_external;

        create index idempotency_keys_age on idempotency_keys (tenant_id, created_at);

        alter table outbox
            add column event text not null default '',
            add column target_id uuid,
            add column conversation_id uuid,
            add column message_id uuid,
            add column state text not null default 'queued'
                check (state in ('queued', 'sent', 'dead')),
            add column attempts int not null default 0,
            add column tries bytea,
            add column finished_at timestamptz;
        create index outbox_target on outbox (tenant_id, target_id, outbox_id desc);
        create index outbox_dead on outbox (tenant_id, outbox_id desc) where state = 'dead';
        create index outbox_conversation on outbox (tenant_id, conversation_id);
        create index outbox_finished on outbox (tenant_id, finished_at)
            where finished_at is not null;

        alter table outbox_queue
            add column seq bigint generated always as identity,
            add column target_id uuid,
            add column conversation_id uuid,
            add column ordering_key uuid,
            add column lease_expires_at timestamptz,
            add column fence bigint not null default 0;
        alter table outbox_queue set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0,
                                      autovacuum_vacuum_threshold = 200);
        create index outbox_queue_due on outbox_queue (available_at);
        create index outbox_queue_order on outbox_queue (tenant_id, ordering_key, seq)
            where ordering_key is not null;
        create index outbox_queue_conversation on outbox_queue (tenant_id, conversation_id);
        grant select (seq, target_id, ordering_key, lease_expires_at)
            on outbox_queue to frontdesk_router;
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
