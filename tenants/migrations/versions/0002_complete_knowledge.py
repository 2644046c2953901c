"""Knowledge that is complete and current: staged versions, entry fields, uploads, embedding spaces.

Added columns have constant defaults, so no table is rewritten. A knowledge base's vectors belong to
a numbered embedding space, so that a change of model can be built beside the old one and switched
by the pointer row. `uploads` and `embedded_texts` hold work that a job has not finished; both are
emptied by the job's end.
"""

from alembic import op

from tenants.migrations.row_security import isolate, let_router_read

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT_TABLES = ("embedding_spaces", "uploads", "embedded_texts")
ROUTING_COLUMNS = {
    "knowledge_bases": "tenant_id, knowledge_base_id, n_chunks, ann, space, archived_at",
}


def upgrade() -> None:
    op.execute(
        """
        -- space: the embedding space readers search; ranking: what else counts beside nearness;
        -- conversation_id: the files a contact brought into one conversation
        alter table knowledge_bases
            add column space           smallint not null default 1,
            add column ranking         jsonb not null default '{}',
            add column conversation_id uuid;
        create unique index knowledge_bases_conversation
            on knowledge_bases (tenant_id, conversation_id) where conversation_id is not null;

        -- which model made the vectors of a space: recorded once, named by every vector's row
        create table embedding_spaces (
            tenant_id         uuid not null,
            knowledge_base_id uuid not null,
            space             smallint not null,
            model_id          text not null,
            dimension         int not null,
            created_at        timestamptz not null default now(),
            primary key (tenant_id, knowledge_base_id, space)
        );

        alter table knowledge_versions
            add column state        text not null default 'published'
                                    check (state in ('staged', 'published', 'discarded')),
            add column space        smallint not null default 1,
            add column published_at timestamptz;

        alter table documents
            add column category        text not null default '',
            add column keywords        text[] not null default '{}',
            add column priority        smallint not null default 0,
            add column valid_from      timestamptz,
            add column valid_until     timestamptz,
            add column active          boolean not null default true,
            add column source_id       uuid,
            add column edited_at       timestamptz,
            add column source_moved_at timestamptz,
            add column source_content  bytea;
        create index documents_source on documents (tenant_id, knowledge_base_id, source_id)
            where source_id is not null and v_to = 2147483647;

        create index chunks_embedded on chunks (tenant_id, embedded_hash)
            where embedded_hash is not null;

        alter table jobs
            add column knowledge_base_id   uuid,
            add column phase               text not null default '',
            add column cancel_requested_at timestamptz;
        create index jobs_recent on jobs (tenant_id, created_at desc, job_id desc);

        -- files and bulk imports as they came in, until their job has read them
        create table uploads (
            tenant_id  uuid not null,
            upload_id  uuid not null,
            job_id     uuid,
            name       text not null,
            media_type text not null,
            content    bytea not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, upload_id)
        );
        alter table uploads alter content set storage external;
        create index uploads_job on uploads (tenant_id, job_id) where job_id is not null;

        -- vectors of a job that has not written its passages yet: a repeat embeds nothing again
        create table embedded_texts (
            tenant_id     uuid not null,
            job_id        uuid not null,
            embedded_hash uuid not null,
            emb           halfvec not null,
            primary key (tenant_id, job_id, embedded_hash)
        );
        """
    )
    op.execute(  # a forced policy hides every row from the owner as well: lifted for this statement
        """
        alter table knowledge_bases no force row level security;
        insert into embedding_spaces (tenant_id, knowledge_base_id, space, model_id, dimension)
        select tenant_id, knowledge_base_id, 1, embedding_model, dimension
          from knowledge_bases;
        alter table knowledge_bases force row level security;
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    for table, columns in ROUTING_COLUMNS.items():
        let_router_read(table, columns)
