"""Sources that knowledge is kept in step with: pages, sitemaps, crawls, named imports.

`source_pages` remembers what a page said last (ETag, hash, links), so that a page that stands still
costs one conditional request. `read` holds a page's text until the job that read it has written it.
"""

from alembic import op

from tenants.migrations.row_security import isolate, let_router_read

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TENANT_TABLES = ("sources", "source_pages")
ROUTING_COLUMNS = {"sources": "tenant_id, source_id, next_run_at"}


def upgrade() -> None:
    op.execute(
        """
        create table sources (
            tenant_id         uuid not null,
            source_id         uuid not null,
            knowledge_base_id uuid not null,
            kind              text not null check (kind in ('url', 'sitemap', 'crawl', 'import')),
            name              text not null,
            url               text not null default '',
            options           jsonb not null default '{}',
            every_hours       int check (every_hours between 1 and 8760),
            next_run_at       timestamptz,
            job_id            uuid,
            last_run_at       timestamptz,
            last_result       jsonb not null default '{}',
            created_at        timestamptz not null default now(),
            updated_at        timestamptz not null default now(),
            primary key (tenant_id, source_id)
        );
        create unique index sources_import on sources (tenant_id, knowledge_base_id, name)
            where kind = 'import';
        create index sources_of_base on sources (tenant_id, knowledge_base_id, source_id desc);
        create index sources_due on sources (next_run_at) where next_run_at is not null;

        -- state: what the last look found; run_id: the job that looked
        create table source_pages (
            tenant_id     uuid not null,
            source_id     uuid not null,
            url           text not null,
            run_id        uuid not null,
            state         text not null check (state in ('changed', 'unchanged', 'gone', 'skipped',
                                                         'failed')),
            external_id   text,
            stored        boolean not null default false,
            etag          text,
            last_modified text,
            body_hash     bytea,
            text_hash     bytea,
            links         text[] not null default '{}',
            read          bytea,
            n_bytes       bigint not null default 0,
            error         jsonb,
            checked_at    timestamptz not null default now(),
            primary key (tenant_id, source_id, url),
            foreign key (tenant_id, source_id) references sources (tenant_id, source_id)
                on delete cascade
        );
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    for table, columns in ROUTING_COLUMNS.items():
        let_router_read(table, columns)
