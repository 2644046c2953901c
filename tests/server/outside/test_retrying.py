"""Later and later, never all at once, and never sooner than the receiver has asked for."""

from random import Random

from server.outside.retrying import MOST_ASKED_SECONDS, Backoff, retry_after_seconds

NOW = 1_700_000_000.0


def test_waits_grow_to_a_limit_and_differ() -> None:
    backoff, draw = Backoff(5, 4, 21_600), Random(1)
    for attempts, full in ((1, 5), (2, 20), (3, 80), (7, 20_480), (8, 21_600), (40, 21_600)):
        drawn = {backoff.wait_seconds(attempts, draw, None) for _ in range(50)}
        assert len(drawn) == 50
        assert full / 2 <= min(drawn) <= max(drawn) <= full


def test_the_receivers_wish_counts_where_it_is_longer() -> None:
    backoff, draw = Backoff(5, 4, 21_600), Random(1)
    assert backoff.wait_seconds(1, draw, 120) == 120
    assert backoff.wait_seconds(3, draw, 1) >= 40


def test_the_wish_is_seconds_or_a_date_up_to_a_day() -> None:
    def asked(told: str) -> float | None:
        return retry_after_seconds({"retry-after": told}, NOW)

    assert asked("120") == 120
    assert asked("9" * 30) == MOST_ASKED_SECONDS
    assert asked("Tue, 14 Nov 2023 22:15:20 GMT") == 120
    assert asked("Tue, 14 Nov 2003 22:15:20 GMT") == 0
    for nothing in ("", "soon", "-5", "1.5", "٣"):
        assert asked(nothing) is None
    assert retry_after_seconds({}, NOW) is None
