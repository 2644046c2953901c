"""One line of plain text: what names and labels are made of, wherever they come from."""

import re
import unicodedata

_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # turn the text around
_NO_NAME = re.compile(r"://|[<>\[\]`|]|(?:^|\s)www\.", re.IGNORECASE)


def one_line(text: str) -> str:
    """The text itself. Raises: ValueError where it holds line breaks or control characters."""
    for place, character in enumerate(text):
        if unicodedata.category(character) in _CONTROLS or character in _TURNS:
            raise ValueError(f"control character U+{ord(character):04X} at {place}: give one line")
    return text


def mere_name(text: str) -> str:
    """The text, unless contacts' programs could make a link or markup of it. Raises: ValueError."""
    if _NO_NAME.search(text):
        raise ValueError("a name, without an address and without the signs < > [ ] ` |")
    return text
