"""What the program that builds partial vector indexes keeps in mind.

One row for each knowledge base and embedding space that has outgrown the exact scan. The search
reads it with the pointer row, so an index is used from the moment it was found good and never for
another space. The index itself bears a name made from the row's key: one without a row is a
leftover and is dropped.

A knowledge base belongs to one tenant, which the planner does not know: taken for independent, the
two columns let it expect one row where there are thousands, and read every text of a base for each
passage found. Statistics over both tell it.
"""

from alembic import op

from tenants.migrations.row_security import isolate, let_router_read

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ("vector_indexes",)
ROUTING_COLUMNS: dict[str, str] = {
    "vector_indexes": "tenant_id, knowledge_base_id, space, state, checked_at",
}


def upgrade() -> None:
    op.execute(
        """
        -- n_chunks and next_chunk: as they were when the index was last built or checked;
        -- unfit: its recall stays below what is asked for, so the exact scan goes on
        create table vector_indexes (
            tenant_id         uuid not null,
            knowledge_base_id uuid not null,
            space             smallint not null,
            dimension         int not null,
            state             text not null default 'building'
                              check (state in ('building', 'ready', 'unfit')),
            ef_search         smallint,
            recall            real,
            n_chunks          int not null,
            next_chunk        int not null,
            checked_at        timestamptz not null default now(),
            primary key (tenant_id, knowledge_base_id, space)
        );
        """
    )
    for table in ("chunks", "chunk_texts", "documents", "postings"):
        op.execute(
            f"create statistics {table}_of_a_base (ndistinct, dependencies) "
            f"on tenant_id, knowledge_base_id from {table}"
        )
        # a bulk import is small beside all tenants' rows and large beside its own tenant's
        op.execute(f"alter table {table} set (autovacuum_analyze_scale_factor = 0.02)")
    for table in TENANT_TABLES:
        isolate(table)
    for table, columns in ROUTING_COLUMNS.items():
        let_router_read(table, columns)
