"""What counts as a database that is away, and what does not."""

import pytest
from psycopg import DatabaseError, InternalError, OperationalError
from psycopg.errors import (
    DataError,
    DiskFull,
    IdleInTransactionSessionTimeout,
    ReadOnlySqlTransaction,
    UniqueViolation,
)
from psycopg_pool import PoolTimeout

from tenants.database.absences import is_away


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("the connection is lost"),
        PoolTimeout("nobody gave one back"),
        DiskFull("no space left"),
        IdleInTransactionSessionTimeout("the session was ended"),
        ReadOnlySqlTransaction("a standby took over"),
        DatabaseError("libpq has lost the server"),
        ExceptionGroup("both", [OperationalError("one"), PoolTimeout("other")]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_absence_is_worth_another_try(error: Exception) -> None:
    assert is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        UniqueViolation("it is there already"),
        DataError("no number"),
        InternalError("something broke"),
        KeyError("ours"),
        ExceptionGroup("mixed", [OperationalError("one"), KeyError("other")]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_fault_is_none(error: Exception) -> None:
    assert not is_away(error)
