"""Prompts as files: `prompts/<name>.md`, `string.Template` variables, comments dropped."""

import hashlib
import re
from functools import cache
from pathlib import Path
from string import Template

_FOLDER = Path(__file__).parent / "prompts"
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@cache
def prompt(name: str) -> Template:
    """The prompt of a node, ready for its variables."""
    text = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return Template(_COMMENT.sub("", text).strip())


@cache
def prompt_version() -> str:
    """Twelve hex digits that change with any prompt; every turn keeps them."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.glob("*.md")):
        digest.update(path.name.encode() + b"\0" + prompt(path.stem).template.encode() + b"\0")
    return digest.hexdigest()[:12]
