"""Every error has a status, a title and a paragraph."""

from collections.abc import Iterator

import pytest

import server.errors as server_errors
from server.problems import PROBLEMS, paragraph, problem, respond
from tenants.errors import DeskError, NotFound, RateLimited

assert server_errors


def _all_errors(kind: type[DeskError] = DeskError) -> Iterator[type[DeskError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _all_errors(below)


def test_every_error_has_a_status_and_a_paragraph() -> None:
    codes = {kind.code for kind in _all_errors()}
    assert codes == set(PROBLEMS)
    for code in codes:
        text = paragraph(code)
        assert text.startswith(f"## `{code}`") and str(PROBLEMS[code].status) in text


def test_an_unknown_code_is_not_found() -> None:
    for code in ("nope", "../secrets", "not_found\n"):
        with pytest.raises(NotFound):
            paragraph(code)


def test_extra_fields_never_replace_the_object_s_own() -> None:
    shown = problem(NotFound("gone", code="x", status=200, hint="z"), instance="/a")
    assert (shown["code"], shown["status"], shown["hint"]) == ("not_found", 404, "z")


def test_a_refusal_for_being_too_fast_says_when_to_come_back() -> None:
    refused = respond(RateLimited("too fast", retry_after_seconds=0.2))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
