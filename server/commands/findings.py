"""What `frontdesk doctor` found of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `mend` says what to do where it is not well.

    What is `absent` is not there and need not be.
    """

    what: str
    well: bool
    saw: str
    mend: str = ""
    absent: bool = False

    @property
    def mark(self) -> str:
        """The finding in four characters."""
        return "--  " if self.absent else "ok  " if self.well else "BAD "
