"""Everything a tenant owns, apart from every other tenant, from the first day.

`tenant_id` leads every primary key (one distribution key for Citus, one predicate for every
statement) and row-level security is enabled and forced on every table, so that a forgotten
predicate reads nothing. The router role may read a closed list of routing columns across
tenants (ids, hashes, times) and nothing else.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "tenants",
    "credential_hashes",
    "api_keys",
    "operators",
    "contacts",
    "contact_identities",
    "contact_consents",
    "contact_facts",
    "assistants",
    "assistant_revisions",
    "knowledge_bases",
    "knowledge_versions",
    "documents",
    "chunks",
    "chunk_texts",
    "postings",
    "knowledge_suggestions",
    "channel_routes",
    "conversations",
    "conversation_outcomes",
    "messages",
    "turns",
    "turn_queue",
    "turn_steps",
    "events",
    "handoffs",
    "usage_ledger",
    "jobs",
    "outbox",
    "outbox_queue",
    "idempotency_keys",
    "feedback",
)

ROUTING_COLUMNS = {
    "tenants": "tenant_id, slug, status, created_at",
    "credential_hashes": "tenant_id, credential_id, credential_hash, kind, expires_at, revoked_at",
    "channel_routes": "tenant_id, channel, address_hash, assistant_id",
    "turn_queue": "tenant_id, turn_id, conversation_id, seq, state, lease_expires_at, created_at",
    "outbox_queue": "tenant_id, outbox_id, state, attempts, available_at, created_at",
    "jobs": "tenant_id, job_id, status, updated_at",
}


def upgrade() -> None:
    op.execute(
        """
        create table tenants (
            tenant_id   uuid primary key,
            slug        text not null unique,
            name        text not null,
            time_zone   text not null default 'UTC',
            status      text not null default 'active'
                        check (status in ('active', 'suspended', 'erasing')),
            created_at  timestamptz not null default now()
        );

        -- routing: which tenant does this secret belong to (a hash, never the secret)
        create table credential_hashes (
            tenant_id       uuid not null,
            credential_id   uuid not null,
            credential_hash bytea not null unique,
            kind            text not null check (kind in ('api_key', 'operator_session', 'ticket')),
            expires_at      timestamptz,
            revoked_at      timestamptz,
            primary key (tenant_id, credential_id)
        );

        create table api_keys (
            tenant_id    uuid not null,
            api_key_id   uuid not null,
            name         text not null,
            prefix       text not null,
            scopes       text[] not null,
            created_at   timestamptz not null default now(),
            last_used_at timestamptz,
            revoked_at   timestamptz,
            primary key (tenant_id, api_key_id)
        );

        create table operators (
            tenant_id     uuid not null,
            operator_id   uuid not null,
            email         text not null,
            name          text not null,
            role          text not null check (role in ('owner', 'admin', 'operator', 'viewer')),
            rights        text[] not null default '{}',
            password_hash text,
            created_at    timestamptz not null default now(),
            disabled_at   timestamptz,
            primary key (tenant_id, operator_id),
            unique (tenant_id, email)
        );

        create table contacts (
            tenant_id    uuid not null,
            contact_id   uuid not null,
            profile      bytea not null,
            identity_level text not null default 'anonymous'
                         check (identity_level in ('anonymous', 'verified')),
            merged_into  uuid,
            created_at   timestamptz not null default now(),
            last_seen_at timestamptz not null default now(),
            primary key (tenant_id, contact_id)
        );
        create table contact_identities (
            tenant_id  uuid not null,
            channel    text not null,
            address    text not null,
            contact_id uuid not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, channel, address)
        );
        create index contact_identities_contact on contact_identities (tenant_id, contact_id);
        create table contact_consents (
            tenant_id  uuid not null,
            contact_id uuid not null,
            channel    text not null,
            granted    boolean not null,
            source     text not null,
            decided_at timestamptz not null default now(),
            primary key (tenant_id, contact_id, channel)
        );
        create table contact_facts (
            tenant_id  uuid not null,
            contact_id uuid not null,
            fact_id    uuid not null,
            content    bytea not null,
            turn_id    uuid,
            created_at timestamptz not null default now(),
            primary key (tenant_id, contact_id, fact_id)
        );

        create table assistants (
            tenant_id    uuid not null,
            assistant_id uuid not null,
            revision     int not null,
            created_at   timestamptz not null default now(),
            archived_at  timestamptz,
            primary key (tenant_id, assistant_id)
        );
        create table assistant_revisions (
            tenant_id    uuid not null,
            assistant_id uuid not null,
            revision     int not null,
            settings     jsonb not null,
            actor_kind   text not null,
            actor_id     text not null,
            created_at   timestamptz not null default now(),
            primary key (tenant_id, assistant_id, revision)
        );

        -- Knowledge. live: the version readers see (publish and roll back change only this);
        -- head: the newest finished version; staging: the version being written, null when none.
        create table knowledge_bases (
            tenant_id         uuid not null,
            knowledge_base_id uuid not null,
            name              text not null,
            publishing        text not null default 'auto' check (publishing in ('auto', 'manual')),
            live              int not null default 0,
            head              int not null default 0,
            staging           int,
            next_chunk        int not null default 1,
            next_segment      int not null default 1,
            n_chunks          int not null default 0,
            mean_lexemes      real not null default 40,
            ann               boolean not null default false,
            embedding_model   text not null,
            dimension         int not null,
            lexeme_version    int not null,
            language          text,
            created_at        timestamptz not null default now(),
            archived_at       timestamptz,
            primary key (tenant_id, knowledge_base_id)
        );
        create table knowledge_versions (
            tenant_id         uuid not null,
            knowledge_base_id uuid not null,
            version           int not null,
            n_chunks          int not null,
            note              text not null default '',
            actor_kind        text not null,
            actor_id          text not null,
            created_at        timestamptz not null default now(),
            primary key (tenant_id, knowledge_base_id, version)
        );
        create table documents (
            tenant_id         uuid not null,
            knowledge_base_id uuid not null,
            document_id       uuid not null,
            external_id       text,
            kind              text not null check (kind in ('text', 'json', 'qa', 'chunks', 'file', 'url')),
            title             text not null,
            source            jsonb not null default '{}',
            origin            jsonb not null default '{}',
            content_hash      bytea not null,
            content           bytea not null,
            language          text,
            n_chunks          int not null,
            v_from            int not null,
            v_to              int not null default 2147483647,
            created_at        timestamptz not null default now(),
            updated_at        timestamptz not null default now(),
            primary key (tenant_id, knowledge_base_id, document_id, v_from)
        );
        create unique index documents_external on documents (tenant_id, knowledge_base_id, external_id)
            where external_id is not null and v_to = 2147483647;
        create index documents_open on documents (tenant_id, knowledge_base_id, document_id)
            where v_to = 2147483647;

        -- hot and narrow: what distance, version and filters need. Rows are immutable but for v_to.
        -- What every search looks at stands first, at fixed places; what few ask for stands behind
        -- the vector: reaching a column there cost a scan of 10,000 rows 0.7 ms.
        -- space: the embedding space of the vector; embedded_hash: of model and embedded text, so
        -- that the same text is never embedded twice.
        create table chunks (
            tenant_id         uuid not null,
            knowledge_base_id uuid not null,
            chunk_id          int not null,
            v_from            int not null,
            v_to              int not null default 2147483647,
            space             smallint not null default 1,
            priority          smallint not null default 0,
            active            boolean not null default true,
            document_id       uuid not null,
            changed_at        timestamptz not null default now(),
            valid_from        timestamptz,
            valid_until       timestamptz,
            emb               halfvec not null,
            language          text not null,
            category          text not null default '',
            kind              text not null default '',
            keywords          text[],
            content_hash      bytea not null,
            embedded_hash     uuid,
            primary key (tenant_id, knowledge_base_id, chunk_id)
        ) with (fillfactor = 90, autovacuum_analyze_scale_factor = 0.02);
        alter table chunks alter emb set storage plain;
        -- cold: read for the final rows only
        create table chunk_texts (
            tenant_id         uuid not null,
            knowledge_base_id uuid not null,
            chunk_id          int not null,
            document_id       uuid not null,
            kind              text not null,
            title             text not null,
            question          text,
            body              text not null,
            path              text not null default '',
            meta              jsonb not null default '{}',
            primary key (tenant_id, knowledge_base_id, chunk_id)
        );
        create index chunk_texts_document on chunk_texts (tenant_id, knowledge_base_id, document_id);
        -- posting arrays, one row per lexeme and segment; impacts are BM25 weights without idf
        create table postings (
            tenant_id         uuid not null,
            knowledge_base_id uuid not null,
            lexeme            text collate "C" not null,
            segment           int not null,
            df                int not null,
            chunk_ids         int[] not null,
            impacts           real[] not null,
            primary key (tenant_id, knowledge_base_id, lexeme, segment)
        );
        create table knowledge_suggestions (
            tenant_id         uuid not null,
            suggestion_id     uuid not null,
            knowledge_base_id uuid not null,
            status            text not null default 'open' check (status in ('open', 'approved', 'dismissed')),
            content           bytea not null,
            conversation_id   uuid,
            handoff_id        uuid,
            document_id       uuid,
            actor_kind        text not null,
            actor_id          text not null,
            created_at        timestamptz not null default now(),
            decided_at        timestamptz,
            decided_by        text,
            primary key (tenant_id, suggestion_id)
        );
        create unique index knowledge_suggestions_handoff
            on knowledge_suggestions (tenant_id, handoff_id) where handoff_id is not null;

        create table channel_routes (
            tenant_id    uuid not null,
            channel      text not null,
            address_hash bytea not null,
            assistant_id uuid not null,
            primary key (tenant_id, channel, address_hash)
        );

        create table conversations (
            tenant_id       uuid not null,
            conversation_id uuid not null,
            assistant_id    uuid not null,
            contact_id      uuid not null,
            channel         text not null,
            origin          text not null default 'contact'
                            check (origin in ('contact', 'campaign', 'recommendation', 'fork', 'studio')),
            status          text not null default 'open'
                            check (status in ('open', 'waiting_for_operator', 'resolved')),
            outcome         text check (outcome in ('resolved_by_assistant', 'resolved_by_operator',
                                                    'abandoned', 'reopened')),
            language        text,
            metadata        jsonb not null default '{}',
            forked_from     uuid,
            last_event_id   bigint not null default 0,
            last_turn_seq   int not null default 0,
            last_message_seq int not null default 0,
            created_at      timestamptz not null default now(),
            last_active_at  timestamptz not null default now(),
            primary key (tenant_id, conversation_id)
        );
        create index conversations_recent on conversations (tenant_id, created_at desc, conversation_id desc);
        create table conversation_outcomes (
            tenant_id       uuid not null,
            conversation_id uuid not null,
            outcome_id      uuid not null,
            outcome         text not null,
            actor_kind      text not null,
            actor_id        text not null,
            created_at      timestamptz not null default now(),
            primary key (tenant_id, conversation_id, outcome_id)
        );

        create table messages (
            tenant_id           uuid not null,
            message_id          uuid not null,
            conversation_id     uuid not null,
            seq                 int not null,
            turn_id             uuid,
            channel             text not null,
            direction           text not null check (direction in ('in', 'out', 'internal')),
            author_kind         text not null check (author_kind in ('contact', 'assistant', 'operator', 'note', 'system')),
            author_id           text,
            content             bytea not null,
            lexeme_hashes       bigint[] not null default '{}',
            client_message_id   text,
            external_message_id text,
            delivery_state      text not null default 'sent'
                                check (delivery_state in ('queued', 'sent', 'delivered', 'read', 'failed')),
            in_reply_to         uuid,
            action_id           text,
            created_at          timestamptz not null default now(),
            primary key (tenant_id, message_id)
        );
        create unique index messages_transcript on messages (tenant_id, conversation_id, seq);
        create unique index messages_client on messages (tenant_id, conversation_id, client_message_id)
            where client_message_id is not null;
        create unique index messages_external on messages (tenant_id, channel, external_message_id)
            where external_message_id is not null;

        -- one row a turn: versions and figures, no text but the coded result
        create table turns (
            tenant_id          uuid not null,
            turn_id            uuid not null,
            conversation_id    uuid not null,
            seq                int not null,
            kind               text not null
                               check (kind in ('message', 'resume', 'action_outcome', 'fork', 'replay')),
            status             text not null default 'queued'
                               check (status in ('queued', 'running', 'completed', 'waiting_for_operator', 'failed')),
            assistant_id       uuid not null,
            assistant_revision int,
            knowledge_versions jsonb,
            graph_version      text,
            prompt_version     text,
            handoff_id         uuid,
            channel            text not null,
            block_kinds        text[] not null default '{}',
            intent_labels      text[] not null default '{}',
            language           text,
            sentiment          text,
            decision           text,
            reason             text,
            confidence         real,
            models             text[] not null default '{}',
            input_tokens       int not null default 0,
            output_tokens      int not null default 0,
            cost_usd           numeric(14, 6) not null default 0,
            first_token_ms     int,
            total_ms           int,
            knowledge_hit      boolean,
            feature_variants   jsonb not null default '{}',
            trace_run_id       uuid,
            attempts           int not null default 0,
            result             bytea,
            created_at         timestamptz not null default now(),
            started_at         timestamptz,
            ended_at           timestamptz,
            primary key (tenant_id, turn_id)
        );
        create unique index turns_order on turns (tenant_id, conversation_id, seq);
        create unique index turns_resume_once on turns (tenant_id, handoff_id)
            where kind = 'resume';

        -- routing: turns that have not ended. One running turn per conversation, kept here.
        create table turn_queue (
            tenant_id        uuid not null,
            turn_id          uuid not null,
            conversation_id  uuid not null,
            seq              int not null,
            state            text not null default 'queued' check (state in ('queued', 'running')),
            lease_owner      uuid,
            lease_expires_at timestamptz,
            fence            bigint not null default 0,
            attempts         int not null default 0,
            created_at       timestamptz not null default now(),
            primary key (tenant_id, turn_id)
        ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 200);
        create unique index turn_queue_one_running on turn_queue (tenant_id, conversation_id)
            where state = 'running';
        create index turn_queue_conversation on turn_queue (tenant_id, conversation_id, seq);

        create table turn_steps (
            tenant_id  uuid not null,
            turn_id    uuid not null,
            step       int not null,
            node       text not null,
            content    bytea not null,
            duration_ms real not null,
            input_tokens int not null default 0,
            output_tokens int not null default 0,
            cost_usd   numeric(14, 6) not null default 0,
            primary key (tenant_id, turn_id, step)
        );
        create table events (
            tenant_id       uuid not null,
            conversation_id uuid not null,
            event_id        bigint not null,
            turn_id         uuid,
            type            text not null,
            data            bytea not null,
            created_at      timestamptz not null default now(),
            primary key (tenant_id, conversation_id, event_id)
        );
        create index events_turn on events (tenant_id, turn_id) where turn_id is not null;

        create table handoffs (
            tenant_id       uuid not null,
            handoff_id      uuid not null,
            conversation_id uuid not null,
            turn_id         uuid not null,
            interrupt_id    text not null,
            reason          text not null
                            check (reason in ('contact_asked', 'not_in_knowledge', 'low_confidence',
                                'repeated_low_confidence', 'sensitive_topic', 'policy', 'tool_failed',
                                'identity_needed', 'budget', 'model_unavailable', 'deadline',
                                'unknown_version', 'unsafe_input')),
            status          text not null default 'waiting' check (status in ('waiting', 'active', 'resolved')),
            content         bytea not null,
            resolution      bytea,
            actor_kind      text,
            actor_id        text,
            created_at      timestamptz not null default now(),
            claimed_at      timestamptz,
            resolved_at     timestamptz,
            primary key (tenant_id, handoff_id)
        );
        create unique index handoffs_one_open on handoffs (tenant_id, conversation_id)
            where status <> 'resolved';
        create unique index handoffs_interrupt on handoffs (tenant_id, conversation_id, interrupt_id);
        create index handoffs_status on handoffs (tenant_id, status, created_at desc, handoff_id desc);

        -- append-only: the app may insert and read, never change
        create table usage_ledger (
            tenant_id     uuid not null,
            usage_id      uuid not null,
            turn_id       uuid,
            node          text not null,
            model         text not null,
            input_tokens  int not null,
            output_tokens int not null,
            cached_tokens int not null default 0,
            cost_usd      numeric(14, 6) not null,
            price_version text not null,
            created_at    timestamptz not null default now(),
            primary key (tenant_id, usage_id)
        );
        create index usage_ledger_day on usage_ledger (tenant_id, created_at);

        create table jobs (
            tenant_id  uuid not null,
            job_id     uuid not null,
            kind       text not null,
            status     text not null default 'queued'
                       check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
            done       int not null default 0,
            total      int not null default 0,
            errors     jsonb not null default '[]',
            input      bytea,
            result     jsonb not null default '{}',
            created_at timestamptz not null default now(),
            updated_at timestamptz not null default now(),
            primary key (tenant_id, job_id)
        );

        -- what leaves: the payload stays with the tenant, the queue row is routing only
        create table outbox (
            tenant_id  uuid not null,
            outbox_id  uuid not null,
            effect_key text not null,
            kind       text not null,
            payload    bytea not null,
            turn_id    uuid,
            created_at timestamptz not null default now(),
            primary key (tenant_id, outbox_id),
            unique (tenant_id, effect_key)
        );
        create table outbox_queue (
            tenant_id    uuid not null,
            outbox_id    uuid not null,
            state        text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'dead')),
            attempts     int not null default 0,
            available_at timestamptz not null default now(),
            created_at   timestamptz not null default now(),
            primary key (tenant_id, outbox_id)
        );

        create table idempotency_keys (
            tenant_id     uuid not null,
            caller        text not null,
            key           text not null,
            request_hash  bytea not null,
            status        int,
            response      bytea,
            created_at    timestamptz not null default now(),
            primary key (tenant_id, caller, key)
        );
        create table feedback (
            tenant_id       uuid not null,
            feedback_id     uuid not null,
            conversation_id uuid not null,
            message_id      uuid,
            helpful         boolean,
            score           int check (score between 1 and 5),
            content         bytea,
            created_at      timestamptz not null default now(),
            primary key (tenant_id, feedback_id)
        );
        """
    )
    for table in TENANT_TABLES:
        op.execute(
            f"""
            alter table {table} enable row level security;
            alter table {table} force row level security;
            create policy tenant on {table}
                using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
                with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
            grant select, insert, update, delete on {table} to frontdesk_app;
            """
        )
    op.execute("revoke update, delete on usage_ledger from frontdesk_app")
    op.execute("grant delete on usage_ledger to frontdesk_app")  # erasing a tenant; never a change
    for table, columns in ROUTING_COLUMNS.items():
        op.execute(
            f"""
            create policy router on {table} for select to frontdesk_router using (true);
            grant select ({columns}) on {table} to frontdesk_router;
            """
        )
