"""When operators are there."""

from datetime import datetime

import pytest
from pydantic import ValidationError

from tenants.desk.business_hours import BusinessHours, opening, opening_of

OFFICE = {
    "weekly": [
        {"days": ["mon", "tue", "wed", "thu"], "opens": "09:00", "closes": "12:30"},
        {"days": ["mon", "tue", "wed", "thu"], "opens": "13:30", "closes": "17:00"},
        {"days": ["fri"], "opens": "09:00", "closes": "12:00"},
    ],
    "special_days": [
        {"date": "2026-12-25"},
        {"date": "2026-12-26", "hours": [{"opens": "10:00", "closes": "14:00"}]},
    ],
}
BERLIN = "Europe/Berlin"


def at(now: str, hours: object = OFFICE, zone: str = BERLIN) -> str:
    found = opening(
        BusinessHours.model_validate(hours), datetime.fromisoformat(now), time_zone=zone
    )
    return "open" if found.is_open else found.opens_at.isoformat() if found.opens_at else "never"


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2026-11-23T08:00:00+00:00", "open"),  # Monday 9:00 in Berlin, the first minute
        ("2026-11-23T07:59:59+00:00", "2026-11-23T09:00:00+01:00"),
        ("2026-11-23T11:30:00+00:00", "2026-11-23T13:30:00+01:00"),  # lunch begins at 12:30
        ("2026-11-23T16:00:00+00:00", "2026-11-24T09:00:00+01:00"),
        ("2026-11-27T11:00:00+00:00", "2026-11-30T09:00:00+01:00"),  # Friday noon: Monday
        (
            "2026-12-25T10:00:00+00:00",
            "2026-12-26T10:00:00+01:00",
        ),  # closed, then a special Saturday
        ("2026-12-26T12:59:00+00:00", "open"),
        ("2026-12-26T13:00:00+00:00", "2026-12-28T09:00:00+01:00"),
    ],
)
def test_the_next_opening_is_found(now: str, found: str) -> None:
    assert at(now) == found


def test_the_clocks_change_in_between() -> None:
    assert at("2026-03-27T20:00:00+00:00") == "2026-03-30T09:00:00+02:00"  # to summer time
    assert at("2026-10-23T20:00:00+00:00") == "2026-10-26T09:00:00+01:00"  # and back


def test_an_opening_that_the_clocks_skip_moves_with_them() -> None:
    night = {"weekly": [{"days": ["sun"], "opens": "02:30", "closes": "04:00"}]}
    assert at("2026-03-29T00:00:00+00:00", night) == "2026-03-29T03:30:00+02:00"
    assert at("2026-03-29T01:45:00+00:00", night) == "open"
    assert at("2026-03-29T02:00:00+00:00", night) == "2026-04-05T02:30:00+02:00"


def test_the_hour_that_comes_twice_is_open_both_times() -> None:
    night = {"weekly": [{"days": ["sun"], "opens": "02:00", "closes": "02:59"}]}
    assert at("2026-10-25T00:30:00+00:00", night) == "open"  # 2:30 summer time
    assert at("2026-10-25T01:30:00+00:00", night) == "open"  # 2:30 again


def test_a_zone_of_its_own_goes_before_the_tenants() -> None:
    hours = OFFICE | {"time_zone": "America/New_York"}
    assert at("2026-11-23T08:00:00+00:00", hours) == "2026-11-23T09:00:00-05:00"


def test_round_the_clock_and_never() -> None:
    every = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    always = {"weekly": [{"days": every, "opens": "00:00", "closes": "24:00"}]}
    for now in ("2026-11-22T23:59:59+01:00", "2026-11-23T00:00:00+01:00"):
        assert at(now, always) == "open"
    assert at("2026-11-22T23:59:59+01:00", {"weekly": []}) == "never"


def test_without_hours_or_without_a_time_nothing_is_said() -> None:
    assert opening_of({}, "2026-11-23T08:00:00+00:00", time_zone=BERLIN) is None
    assert opening_of({"hours": OFFICE}, "", time_zone=BERLIN) is None


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"weekly": [{"days": ["mon"], "opens": "22:00", "closes": "06:00"}]}, "split hours"),
        ({"weekly": [{"days": ["mon"], "opens": "9:00", "closes": "17:00"}]}, "pattern"),
        ({"weekly": [{"days": [], "opens": "09:00", "closes": "17:00"}]}, "at least 1"),
        ({"time_zone": "Europe/Atlantis"}, "no IANA time zone"),
        ({"special_days": [{"date": "2026-12-25"}, {"date": "2026-12-25"}]}, "each date once"),
        ({"special_days": [{"date": "2026-02-30"}]}, "date"),
        (
            {
                "weekly": [
                    {"days": ["mon"], "opens": "09:00", "closes": "13:00"},
                    {"days": ["sun", "mon"], "opens": "12:00", "closes": "14:00"},
                ]
            },
            "mon: the hours overlap",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused(hours: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        BusinessHours.model_validate(hours)
