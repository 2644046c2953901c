"""What a person may say about an entry beside its words: for filters, ranking and its time."""

from dataclasses import dataclass
from datetime import datetime

from tenants.errors import Invalid

MAX_KEYWORDS = 50
MAX_KEYWORD_CHARS = 80
MAX_CATEGORY_CHARS = 200
MAX_PRIORITY = 100


@dataclass(frozen=True, slots=True)
class EntryFields:
    """The fields of one document; every passage of it bears them.

    `priority` runs from −100 to 100; an entry that is not `active`, or outside its time, is kept
    but not found.
    """

    language: str | None = None
    category: str = ""
    keywords: tuple[str, ...] = ()
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    active: bool = True

    def checked(self) -> "EntryFields":
        """The same fields, tidied. Raises: Invalid."""
        keywords = tuple(dict.fromkeys(filter(None, (_line(one) for one in self.keywords))))
        if len(keywords) > MAX_KEYWORDS or any(len(one) > MAX_KEYWORD_CHARS for one in keywords):
            raise Invalid(
                f"keywords: at most {MAX_KEYWORDS}, each of at most {MAX_KEYWORD_CHARS} characters"
            )
        category = _line(self.category)
        if len(category) > MAX_CATEGORY_CHARS:
            raise Invalid(f"category: at most {MAX_CATEGORY_CHARS} characters")
        if not -MAX_PRIORITY <= self.priority <= MAX_PRIORITY:
            raise Invalid(f"priority: from -{MAX_PRIORITY} to {MAX_PRIORITY}")
        for name, moment in (("valid_from", self.valid_from), ("valid_until", self.valid_until)):
            if moment is not None and moment.tzinfo is None:
                raise Invalid(f"{name}: a time with its zone, such as 2026-12-01T00:00:00Z")
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise Invalid("valid_until: must be later than valid_from")
        return EntryFields(
            _line(self.language or "") or None,
            category,
            keywords,
            self.priority,
            self.valid_from,
            self.valid_until,
            self.active,
        )


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())
