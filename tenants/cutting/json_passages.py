"""Any JSON becomes readable passages that keep their place: `products[3].warranty`.

Objects stay together while they are small; rows of a table, named things and question/answer pairs
are passages of their own; what is larger is split where the JSON itself is split, under the names
of the objects around it. Nothing is dropped: every scalar, empty ones included, is in the body of
a passage whose `path` leads to it (`meta["paths"]` holds each line's own place).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from tenants.cutting.drafts import MAX_TOKENS, TARGET_TOKENS, Draft, breadcrumb, count_tokens
from tenants.cutting.faq_shapes import as_question_answer
from tenants.cutting.json_lines import (
    EMPTY,
    Line,
    join_path,
    label,
    lines_of,
    member_lines,
    text_of,
    words_of,
)
from tenants.cutting.sentences import split_text

_NAME_KEYS = (
    "name", "title", "label", "product", "product_name", "productname", "heading", "subject",
    "service", "topic", "display_name", "displayname", "headline", "nombre", "nom", "nome", "naam",
    "titel", "titulo", "título", "titre", "titolo", "bezeichnung", "名称", "标题", "名前",
)  # fmt: skip
_TOGETHER_TOKENS = 80  # rows without a name of their own stay together up to this
_PART_TOKENS = 40  # a nested part above this is a passage of its own, where the whole is split


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: its path, and the words that lead there."""

    path: str
    names: tuple[str, ...]

    def key(self, key: str) -> "_Place":
        return _Place(join_path(self.path, key), (*self.names, label(key)))

    def item(self, index: int, name: str | None = None) -> "_Place":
        path = f"{self.path}[{index}]"
        return _Place(path, (*self.names, name) if name else self.names)


def json_passages(data: Any, title: str) -> list[Draft]:
    """The passages of any JSON value in its order."""
    return list(_walk(data, _Place("", (title,) if title else ())))


def _walk(value: Any, place: _Place) -> Iterator[Draft]:
    if isinstance(value, dict):
        yield from _walk_object(value, place)
    elif isinstance(value, list):
        yield from _walk_list(value, place)
    else:
        yield from _draft(place, [(place.path, words_of(value))])


def _walk_object(value: dict[str, Any], place: _Place) -> Iterator[Draft]:
    pair = as_question_answer(value)
    if pair is not None:
        rest = [
            line
            for key, member in value.items()
            if key not in pair.keys
            for line in lines_of(member, join_path(place.path, key), label(key))
        ]
        answer = text_of(value[pair.answer_key])
        yield from _answers(place, pair.question, answer, rest)
        return
    parts = sum(isinstance(member, dict | list) and bool(member) for member in value.values())
    is_outline = not place.path and parts >= 2  # the sections of a whole, not one thing
    if not is_outline and not _must_split(value) and _fits(value, TARGET_TOKENS):
        yield from _draft(place, member_lines(value, place.path))
        return
    gathered: list[Line] = []
    for key, member in value.items():
        inner = place.key(key)
        spoken = _spoken_pair(key, member)
        if spoken:
            yield from _answers(inner, spoken, text_of(member), [])
        elif _is_part(member, 0 if is_outline else _PART_TOKENS):
            yield from _flush(gathered, place)
            named = inner
            if isinstance(member, dict) and (name := name_of(member)):
                named = _Place(inner.path, (*inner.names, name))
            yield from _walk(member, named)
        elif isinstance(member, str) and count_tokens(member) > TARGET_TOKENS:
            yield from _flush(gathered, place)
            yield from _draft(inner, [(inner.path, member)])
        else:
            lines = lines_of(member, inner.path, label(key))
            if gathered and _size([*gathered, *lines]) > TARGET_TOKENS:
                yield from _flush(gathered, place)
            gathered.extend(lines)
    yield from _flush(gathered, place)


def _walk_list(value: list[Any], place: _Place) -> Iterator[Draft]:
    if not value:
        yield from _draft(place, [(place.path, EMPTY["[]"])])
        return
    together = not _named_rows(value) and _fits(value, _TOGETHER_TOKENS) and not _must_split(value)
    if together:
        yield from _draft(place, lines_of(value, place.path, ""))
        return
    gathered: list[Line] = []
    for index, member in enumerate(value):
        if isinstance(member, dict):
            yield from _flush(gathered, place)
            yield from _walk(member, place.item(index, name_of(member)))
            continue
        inner = place.item(index)
        if isinstance(member, list) and not _fits(member, _PART_TOKENS):
            yield from _flush(gathered, place)
            yield from _walk(member, inner)
            continue
        lines = lines_of(member, inner.path, "")
        if gathered and _size([*gathered, *lines]) > TARGET_TOKENS:
            yield from _flush(gathered, place)
        gathered.extend(lines)
    yield from _flush(gathered, place)


def _flush(gathered: list[Line], place: _Place) -> Iterator[Draft]:
    if gathered:
        lines = list(gathered)
        gathered.clear()
        yield from _draft(place, lines)


def _draft(place: _Place, lines: list[Line]) -> Iterator[Draft]:
    """One passage of the lines; several where a single line is too long for one."""
    title = breadcrumb(*place.names)
    body = "\n".join(text for _, text in lines)
    if count_tokens(body) <= MAX_TOKENS:
        paths = [path for path, _ in lines]
        meta = {"paths": paths} if len(paths) > 1 or paths[0] != place.path else {}
        yield Draft("json", title, body, path=place.path, meta=meta)
        return
    if len(lines) > 1:
        middle = len(lines) // 2
        yield from _draft(place, lines[:middle])
        yield from _draft(place, lines[middle:])
        return
    [(path, text)] = lines
    for piece in split_text(text):
        yield Draft("json", title, piece.strip(), path=path)


def _answers(place: _Place, question: str, answer: str, rest: list[Line]) -> Iterator[Draft]:
    """A question with its answer, and with what else its object says."""
    body = "\n".join([answer, *(text for _, text in rest)])
    title = breadcrumb(*place.names[:-1] if place.names[-1:] == (question,) else place.names)
    for piece in split_text(body):
        yield Draft("qa", title, piece.strip(), question=question, path=place.path)


def name_of(value: dict[str, Any]) -> str | None:
    """What an object is called: a short text under a key that means a name."""
    for key, member in value.items():
        if key.casefold() in _NAME_KEYS and isinstance(member, str) and 0 < len(member) <= 120:
            return member
    return None


def _named_rows(value: list[Any]) -> bool:
    """Objects that have names or answers of their own; one name alone is no list of things."""
    objects = [member for member in value if isinstance(member, dict)]
    if any(as_question_answer(member) is not None for member in objects):
        return True
    return sum(name_of(member) is not None for member in objects) >= 2


def _must_split(value: Any) -> bool:
    """Whether there are things in it that are passages of their own."""
    if isinstance(value, list):
        return _named_rows(value) or any(_must_split(member) for member in value)
    if isinstance(value, dict):
        return any(
            _must_split(member)
            or _spoken_pair(key, member) is not None
            or (isinstance(member, dict) and as_question_answer(member) is not None)
            for key, member in value.items()
        )
    return False


def _spoken_pair(key: str, member: Any) -> str | None:
    """The question, where a key is itself one: `{"Do you ship abroad?": "Yes."}`."""
    asks = key.rstrip().endswith(("?", "？")) and len(key.strip()) > 1
    return key.strip() if asks and _is_text(member) else None


def _is_part(member: Any, small: int) -> bool:
    """Whether a member is a passage of its own where its object is split."""
    if not isinstance(member, dict | list) or not member:
        return False
    if isinstance(member, list) and all(not isinstance(m, dict | list) for m in member):
        return not _fits(member, _PART_TOKENS)
    return _must_split(member) or not _fits(member, small)


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())


def _fits(value: Any, budget: int) -> bool:
    return _spend(value, budget) >= 0


def _spend(value: Any, budget: int) -> int:
    """What is left of a budget of tokens after the value, below zero as soon as it is spent."""
    if isinstance(value, dict):
        for key, member in value.items():
            budget = _spend(member, budget - count_tokens(key) - 1)
            if budget < 0:
                return budget
        return budget
    if isinstance(value, list):
        for member in value:
            budget = _spend(member, budget - 1)
            if budget < 0:
                return budget
        return budget
    return budget - count_tokens(words_of(value))


def _size(lines: list[Line]) -> int:
    return sum(count_tokens(text) + 1 for _, text in lines)
