"""Alembic's environment: one connection of the owner, one transaction for all revisions."""

import psycopg
from alembic import context
from sqlalchemy import create_engine, pool, text

owner_url: str = context.config.attributes["owner_url"]
engine = create_engine(
    "postgresql+psycopg://",
    creator=lambda: psycopg.connect(owner_url, connect_timeout=10),
    poolclass=pool.NullPool,
)
with engine.connect() as connection:
    connection.execute(text("set lock_timeout = '10s'"))  # never queue behind a busy server
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()
