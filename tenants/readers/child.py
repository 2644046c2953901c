"""The process that reads one file: `python -m tenants.readers.child`.

Standard input is one line of JSON (what is asked) and then the file; standard output is lines of
JSON: the reading and then its rows in pieces, or `refused` with its `code`.
"""

import gc
import json
import os
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from tenants.readers import sandbox
from tenants.readers.asked import Asked
from tenants.readers.limits import ParseLimits
from tenants.readers.reading import Reading
from tenants.readers.refusals import Refused, TooMuch
from tenants.readers.sniffing import format_of

# where each format is read: `read(asked)` of that module, imported only when it is needed
READERS = {
    "pdf": "pdf",
    "docx": "docx",
    "xlsx": "xlsx",
    "html": "html",
    "page": "page",
    "markdown": "plain_text",
    "text": "plain_text",
    "csv": "delimited",
    "json": "json_file",
    "jsonl": "json_file",
}
# what libraries load when it is there, for things that no reader does; two thirds of their start
_NOT_NEEDED = ("numpy", "PIL", "pandas", "fontTools")


def main() -> None:
    """Read the file on standard input, answer on standard output."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no answer
    given: dict[str, Any] = json.loads(sys.stdin.buffer.readline(1 << 16))
    limits = ParseLimits(**given["limits"])
    sandbox.enter(limits)
    gc.set_threshold(100_000)  # a short life with many objects and few cycles
    for name in _NOT_NEEDED:
        sys.modules[name] = None  # pyright: ignore[reportArgumentType] - None means "not there"
    said: Iterable[dict[str, Any]]
    try:
        said = _read(given, limits).wire()
    except Refused as refused:
        said = _refusal(str(refused), refused.code)
    except MemoryError:
        most = limits.memory_bytes // 1_000_000
        said = _refusal(f"reading it takes more than {most} MB", TooMuch.code)
    except RecursionError:
        said = _refusal("it is nested too deeply", Refused.code)
    except Exception as error:  # the outermost loop: whatever a broken file did to a library
        why = f"the file is damaged: reading it broke off ({type(error).__name__})"
        said = _refusal(why, Refused.code)
    with os.fdopen(answers, "wb") as out:
        for piece in said:
            out.write(json.dumps(piece, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def _refusal(reason: str, code: str) -> list[dict[str, Any]]:
    return [{"refused": reason, "code": code}]


def _read(given: dict[str, Any], limits: ParseLimits) -> Reading:
    content = sys.stdin.buffer.read(given["size"])
    if len(content) < given["size"]:
        raise Refused("the file did not arrive as a whole")
    asked = Asked(content, given["name"], given["media_type"], limits)
    kind = format_of(asked)
    asked.format = kind
    reader = READERS["page" if kind == "html" and given["main_text"] else kind]
    module = import_module(f"tenants.readers.{reader}")
    reading: Reading = module.read(asked)
    if not reading.title:
        reading.title = asked.stem
    return reading


if __name__ == "__main__":
    main()
