"""Which errors say that the database is away for a moment, so that the work is worth another try.

PostgreSQL sorts some of them elsewhere: a session that it ended because this process stood still
inside a transaction, or a standby that took over and only reads yet, are of class 25, which
psycopg calls internal. What libpq says without a code of PostgreSQL's is a lost connection too.
"""

from psycopg import DatabaseError, InterfaceError, OperationalError
from psycopg.errors import (
    IdleInTransactionSessionTimeout,
    InFailedSqlTransaction,
    ReadOnlySqlTransaction,
    TransactionTimeout,
)

DATABASE_AWAY = (
    OperationalError,
    InterfaceError,
    IdleInTransactionSessionTimeout,
    TransactionTimeout,
    ReadOnlySqlTransaction,
    InFailedSqlTransaction,
)


def is_away(error: BaseException) -> bool:
    """Whether nothing but an absence of the database is behind an error, or behind a group of them."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_away(one) for one in error.exceptions)
    is_nameless = isinstance(error, DatabaseError) and error.sqlstate is None
    return isinstance(error, DATABASE_AWAY) or (is_nameless and type(error) is DatabaseError)
