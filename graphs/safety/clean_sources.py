"""Citations as contacts may see them: no address that the tenant does not allow."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from graphs.safety.cleaning import REMOVED, cleaned
from graphs.state import Citation


def clean_citation(citation: Mapping[str, Any], hosts: Collection[str]) -> Citation:
    """The citation with a clean title; of its quote, the lines and what stands around addresses.

    Every line of the quote still stands in the passage word for word.
    """
    lines: list[str] = []
    for line in str(citation["quote"]).split("\n"):
        if cleaned(line, hosts) == line:
            lines.append(line)
            continue
        lines += [part for part in _without(line, hosts) if part.strip()]
    clean = dict(citation) | {
        "title": cleaned(str(citation["title"]), hosts),
        "quote": "\n".join(lines),
    }
    return cast(Citation, clean)


def showing_clean(
    show: Callable[[dict[str, Any]], None], hosts: Collection[str]
) -> Callable[[dict[str, Any]], None]:
    """A stream writer whose sentences name clean sources."""

    def write(event: dict[str, Any]) -> None:
        source = event.get("source")
        show(event | {"source": clean_citation(source, hosts)} if source else event)

    return write


def _without(line: str, hosts: Collection[str]) -> list[str]:
    """The runs of whole words of a line that cleaning leaves as they are, each long enough to say something."""
    parts: list[str] = []
    words = line.split(" ")
    start = 0
    for place, word in enumerate(words):
        if _is_clean(word, hosts):
            continue
        parts.append(" ".join(words[start:place]))
        start = place + 1
    parts.append(" ".join(words[start:]))
    return [p for p in parts if p == cleaned(p, hosts) and REMOVED not in p]


def _is_clean(word: str, hosts: Collection[str]) -> bool:
    return cleaned(word, hosts) == word and not any(sign in word for sign in ("](", "![", "<", ">"))
