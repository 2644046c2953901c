"""What a turn leaves in the database: `python benchmarks/bytes_per_turn.py`.

One conversation of 200 turns; the bytes of all rows (columns as stored, with row headers, without
indexes) before and after five turns around turn 5, 50 and 200, by table. Flat means that a
conversation may go on for ever at the same price.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from desk import Api, Refused, Server, open_client
from passages import passages
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tenants.database.postgres import EmbeddedPostgres

WINDOW = 5
POINTS = (5, 50, 200)
ROW_HEADER_BYTES = 28  # 24 of the tuple and 4 of its line pointer
KNOWN = 200


@dataclass
class Sizes:
    """The bytes of every table's rows."""

    url: str

    def read(self) -> dict[str, int]:
        """By table, in the schema public."""
        with psycopg.connect(self.url) as conn:
            columns: dict[str, list[str]] = {}
            for table, column in conn.execute(
                """
                select c.table_name, c.column_name
                  from information_schema.columns c
                  join information_schema.tables t using (table_schema, table_name)
                 where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
                """
            ):
                columns.setdefault(table, []).append(column)
            return {table: self._bytes(conn, table, names) for table, names in columns.items()}

    @staticmethod
    def _bytes(conn: psycopg.Connection, table: str, columns: list[str]) -> int:
        row = sql.SQL(" + ").join(
            sql.SQL("coalesce(pg_column_size({}), 0)").format(sql.Identifier(name))
            for name in columns
        )
        found = conn.execute(
            sql.SQL("select coalesce(sum({} + {}), 0)::bigint from {}").format(
                sql.Literal(ROW_HEADER_BYTES), row, sql.Identifier(table)
            )
        ).fetchone()
        return int(found[0]) if found else 0


async def talk(server: Server, sizes: Sizes) -> dict[int, dict[str, float]]:
    """Bytes a turn, by table, around each point."""
    known = list(passages(KNOWN))
    found: dict[int, dict[str, float]] = {}
    async with open_client(server.url) as client:
        made = await Api(client, server.platform_key).post("/v1/tenants", {"name": "Benchmark"})
        api = Api(client, made["api_key"])
        path = f"/v1/knowledge-bases/{made['knowledge_base_id']}/documents"
        await api.post(path, {"title": "Products", "chunks": [text for _, text in known]})
        opened = await api.post("/v1/conversations", {"assistant_id": made["assistant_id"]})
        before: Mapping[str, int] = {}
        for number in range(1, max(POINTS) + 1):
            if number + WINDOW - 1 in POINTS:
                before = sizes.read()
            question = known[number % len(known)][0]
            turn = await api.turn(opened["conversation_id"], question)
            if turn.status != "completed":
                raise Refused(f"turn {number} ended {turn.status!r}: {question}")
            if number in POINTS:
                after = sizes.read()
                found[number] = {t: (after[t] - before.get(t, 0)) / WINDOW for t in after}
    return found


def print_table(found: Mapping[int, Mapping[str, float]]) -> None:
    """Markdown, the largest tables first."""
    last = max(found)
    tables = sorted((t for t in found[last] if any(f[t] for f in found.values())),
                    key=lambda t: -found[last][t])  # fmt: skip
    print("\n| bytes a turn | " + " | ".join(f"turn {n}" for n in found) + " |")
    print("| --- |" + " --- |" * len(found))
    for table in tables:
        print(f"| {table} | " + " | ".join(f"{found[n][table]:,.0f}" for n in found) + " |")
    totals = {n: sum(f.values()) for n, f in found.items()}
    print("| **all** | " + " | ".join(f"**{v:,.0f}**" for v in totals.values()) + " |")
    first = next(iter(totals.values()))
    print("| to the first | " + " | ".join(f"{v / first:.2f}" for v in totals.values()) + " |")


def main() -> None:
    """Start a server, talk, print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="bytes-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user where we are root
        data = Path(folder) / "data"
        with Server(data) as server, EmbeddedPostgres(data) as postgres:
            sizes = Sizes(make_conninfo(postgres.superuser_url, dbname="frontdesk"))
            print_table(asyncio.run(talk(server, sizes)))


if __name__ == "__main__":
    main()
