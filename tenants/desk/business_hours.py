"""When operators are there: weekly hours in a time zone with exceptions, and when they next open.

Everything is computed from the moment it is given. Wall-clock times become instants by the zone's
own rules: an opening that the spring change skips moves with the clock, and a closing in the hour
that autumn repeats is the second one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tenants.errors import Invalid
from tenants.tenants import check_time_zone

MAX_DAYS_AHEAD = 366
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_Clock = Annotated[
    str, StringConstraints(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$", max_length=5)
]


class Hours(BaseModel):
    """From one time of a day to a later one of the same day; `24:00` is its end."""

    model_config = ConfigDict(extra="forbid")
    opens: _Clock = Field(examples=["09:00"])
    closes: _Clock = Field(examples=["17:00"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("`closes` must be later than `opens`; split hours that pass midnight")
        return self


class WeeklyHours(Hours):
    """Hours that come again on these days of every week."""

    days: list[Day] = Field(min_length=1, max_length=7)


class SpecialDay(BaseModel):
    """A date with hours of its own; without any it is closed."""

    model_config = ConfigDict(extra="forbid")
    date: date
    hours: list[Hours] = Field(default_factory=list[Hours], max_length=6)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        _check_apart(self.hours, self.date.isoformat())
        return self


class BusinessHours(BaseModel):
    """The hours of one assistant's operators; without a zone of its own in the tenant's."""

    model_config = ConfigDict(extra="forbid")
    time_zone: str = Field(default="", max_length=60)
    weekly: list[WeeklyHours] = Field(default_factory=list[WeeklyHours], max_length=28)
    special_days: list[SpecialDay] = Field(default_factory=list[SpecialDay], max_length=200)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.time_zone:
            try:
                check_time_zone(self.time_zone)
            except Invalid as error:
                raise ValueError(error.detail) from None
        for day in _DAYS:
            _check_apart([one for one in self.weekly if day in one.days], day)
        dates = [one.date for one in self.special_days]
        if len(set(dates)) != len(dates):
            raise ValueError("special_days: each date once")
        return self


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether it is open, and else when it opens next, in local time; None: not within a year."""

    is_open: bool
    opens_at: datetime | None = None


def opening(hours: BusinessHours, now: datetime, *, time_zone: str) -> Opening:
    """How things stand at `now` (aware); `time_zone` is the tenant's."""
    zone = ZoneInfo(hours.time_zone or time_zone or "UTC")
    moment = now.astimezone(UTC)
    today = now.astimezone(zone).date()
    special = {one.date: one.hours for one in hours.special_days}
    for ahead in range(MAX_DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        for start, end in _instants(_of_day(hours, special, day), day, zone):
            if start <= moment < end:
                return Opening(True)
            if start > moment:
                return Opening(False, start.astimezone(zone))
    return Opening(False)


def after_open_seconds(
    hours: BusinessHours | None, start: datetime, seconds: int, *, time_zone: str
) -> datetime | None:
    """When so many open seconds have gone by since `start` (aware); None: not within a year.

    Without hours it is always open.
    """
    if hours is None:
        return start + timedelta(seconds=seconds)
    zone = ZoneInfo(hours.time_zone or time_zone or "UTC")
    moment, left = start.astimezone(UTC), timedelta(seconds=seconds)
    today = start.astimezone(zone).date()
    special = {one.date: one.hours for one in hours.special_days}
    for ahead in range(MAX_DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        for opens, closes in _instants(_of_day(hours, special, day), day, zone):
            begins = max(opens, moment)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta())
    return None


def opening_of(settings: dict[str, Any], now: str, *, time_zone: str) -> Opening | None:
    """`opening` over the settings as a turn carries them; None where no hours or no time is known."""
    if not settings.get("hours") or not now:
        return None
    hours = BusinessHours.model_validate(settings["hours"])
    return opening(hours, datetime.fromisoformat(now), time_zone=time_zone)


def _of_day(hours: BusinessHours, special: dict[date, list[Hours]], day: date) -> Sequence[Hours]:
    if day in special:
        return special[day]
    return [one for one in hours.weekly if _DAYS[day.weekday()] in one.days]


def _instants(
    hours: Sequence[Hours], day: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    for one in sorted(hours, key=lambda h: h.opens):
        yield _instant(day, one.opens, zone, fold=0), _instant(day, one.closes, zone, fold=1)


def _instant(day: date, clock: str, zone: ZoneInfo, *, fold: int) -> datetime:
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    at = time(int(clock[:2]), int(clock[3:]), fold=fold)
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _check_apart(hours: Sequence[Hours], where: str) -> None:
    ordered = sorted(hours, key=lambda h: h.opens)
    for first, second in pairwise(ordered):
        if second.opens < first.closes:
            raise ValueError(f"{where}: the hours overlap")
