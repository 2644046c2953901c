"""Plain text and Markdown are read as they are."""

import re

from tenants.readers.asked import Asked
from tenants.readers.reading import Reading
from tenants.readers.refusals import Refused
from tenants.readers.texts import decoded

_TITLE = re.compile(r"^#[ \t]+(\S.{0,198}?)[ \t]*#*[ \t]*$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---\n(.{0,20000}?)\n---\n", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*['\"]?(.{1,200}?)['\"]?[ \t]*$", re.MULTILINE)


def read(asked: Asked) -> Reading:
    """The text; Markdown's first heading or the `title` of its front matter names it."""
    text, warnings = decoded(asked.content)
    if not text.strip():
        raise Refused("the file has no text")
    title = ""
    if asked.format == "markdown":
        front = _FRONT_MATTER.match(text)
        if front:
            named = _FRONT_TITLE.search(front.group(1))
            title = named.group(1) if named else ""
            text = text[front.end() :]
        heading = _TITLE.search(text[:20_000])
        if not title and heading:
            title = heading.group(1)
    return Reading(asked.format, title=title.strip(), text=text, warnings=warnings)
