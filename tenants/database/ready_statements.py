"""Statements that were made ready, asked without a cursor.

psycopg makes a cursor for every statement, with dumpers and loaders of its own, and reads the SQL
anew: a tenth of a turn's time in this process. Here all statements of a connection share one
`Transformer`, psycopg's own writer and reader of values, and what is prepared stays in psycopg's own
book, so that it forgets ours with its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

from psycopg import adapt, generators
from psycopg.abc import PQGen, Transformer
from psycopg.adapt import PyFormat
from psycopg.errors import InternalError, error_from_result
from psycopg.pq import ExecStatus, Format, PipelineStatus
from psycopg.pq.abc import PGresult

from tenants.database.listening_connection import ListeningConnection
from tenants.database.statements import Statement

Row = TypeVar("Row")
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@dataclass(frozen=True, slots=True)
class _Query:
    """What psycopg's book of prepared statements looks at."""

    query: bytes
    types: tuple[int, ...]


class ReadyStatements(ListeningConnection):
    """A connection that asks `Statement`s by itself."""

    _values: Transformer | None = None

    @property
    def is_in_pipeline(self) -> bool:
        """Whether answers come in psycopg's order, so that psycopg must be the one to ask."""
        return self.pgconn.pipeline_status != PipelineStatus.OFF

    async def ask(
        self, statement: Statement, given: Mapping[str, Any], *, prepare: bool | None = True
    ) -> "Answer":
        """Run it with its parameters by name; not within a pipeline. Raises: psycopg's errors.

        `prepare=None`: from the fifth time on, for what is asked with values of changing types.
        """
        values = self._values
        if values is None:
            values = self._values = adapt.Transformer.from_context(self)
        plain = [given[name] for name in statement.names]
        data = values.dump_sequence(plain, [PyFormat.AUTO] * len(plain))
        query = _Query(statement.text, values.types or ())
        asked = self._asked(query, data, values.formats, prepare)  # before others use `values`
        async with self.lock:
            result = await self.wait(asked)
        return Answer(values, result)

    def _asked(
        self,
        query: _Query,
        data: Sequence[Any],
        formats: Sequence[Format] | None,
        prepare: bool | None,
    ) -> PQGen[PGresult]:
        """As a cursor's own execution with `binary=True`."""
        pgconn, book, asked = self.pgconn, self._prepared, cast(Any, query)
        known, name = book.get(asked, prepare)
        if known == known.SHOULD:
            pgconn.send_prepare(name, query.query, query.types)
            self._good((yield from generators.execute(pgconn)))
        if known == known.NO:
            pgconn.send_query_params(query.query, data, query.types, formats, Format.BINARY)
        else:
            pgconn.send_query_prepared(name, data, formats, Format.BINARY)
        kept = book.maybe_add_to_cache(asked, known, name)
        results = yield from generators.execute(pgconn)
        if kept is not None:
            book.validate(kept, known, name, results)
        result = self._good(results)
        yield from book.maintain_gen(self)
        return result

    def _good(self, results: Sequence[PGresult]) -> PGresult:
        for result in results:
            if result.status not in _GOOD:
                raise error_from_result(result, encoding=self.info.encoding)
        if not results:
            raise InternalError("the statement was answered by nothing")
        return results[-1]


class Answer:
    """What a statement gave; its rows may be read again."""

    __slots__ = ("_result", "_values")

    def __init__(self, values: Transformer, result: PGresult) -> None:
        self._values = values
        self._result = result

    def rows(self, row_type: type[Row]) -> list[Row]:
        """All of them as `row_type`, whose fields are the columns."""
        result, values = self._result, self._values
        if not result.ntuples:
            return []
        values.set_pgresult(result, set_loaders=True, format=Format.BINARY)
        names = tuple([(result.fname(n) or b"").decode() for n in range(result.nfields)])
        try:
            return values.load_rows(0, result.ntuples, _maker(row_type, names))
        finally:
            values.set_pgresult(None)  # whoever has the connection next is another tenant


@cache
def _maker(row_type: type[Any], names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    def make(values: Sequence[Any]) -> Any:
        return row_type(**dict(zip(names, values, strict=True)))

    return make
