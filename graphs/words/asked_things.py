"""What a question put to a company asks it to do, to have or to charge for.

"Do you repair electric scooters?" asks of scooters, "What does a root canal cost?" of a canal: the last
of nouns in a row is the thing. Only such questions are read: "Is the hotel quiet?" asks how a thing
is, and may be answered by a text that calls it otherwise.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graphs.understanding.following_words import FIRST_PERSON, QUESTIONS
from graphs.words.folding import folded
from graphs.words.sentences import split_sentences
from graphs.words.terms import words
from graphs.words.thing_words import (
    ASKING_VERBS,
    ASKS,
    CHARGES,
    EXISTENCE,
    FOR_ME,
    HOUSES,
    LASTS,
    ONLY_TELL,
    ONLY_TELL_ME,
    PERSONS,
)
from graphs.words.things import things

MAX_LEAD = 3  # words before the verb that asks
_CLAUSE_END = re.compile(
    r"[,;.:!?]\s+|\s+(?:and|but|so)\s+(?=(?:do|does|can|could|is|are|how|what|may)\b)",
    re.IGNORECASE,
)
# Written large within a sentence; what a name stands for no single word tells.
_NAME = re.compile(r"(?<=[^.!?¿¡\s] )[^\W\d_a-zß-öø-ÿ][\w'’-]*")
_STANDS_BEFORE = frozenset("also please still ever even just always".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """The things in order, each the head of its nouns; `beside` are the other words of the clause."""

    things: tuple[str, ...]
    beside: tuple[str, ...]
    whether_there_is: bool  # such a thing, and nothing done with it


def asked_things(text: str) -> Asked | None:
    """What an English question asks of; None where it is no question of this kind, or names nothing."""
    named = things(text)
    names = {name.lower() for name in _NAME.findall(text)}
    for clause in reversed([part for part in _CLAUSE_END.split(text) if part.strip()]):
        said = words(clause.replace("’", "'"))
        found = _asked_of(said)
        if found is None:
            continue
        rest, whether = found
        own = [word for word in named if word in rest and word not in names | HOUSES]
        heads = heads_of(own, rest)
        beside = [word for word in rest if word not in own and word not in EXISTENCE]
        return Asked(tuple(heads), tuple(beside), whether) if heads else None
    return None


def asks(text: str) -> bool:
    """Whether a text is a question, marked or not."""
    said = folded(text)
    if text.rstrip().endswith("?"):
        return True
    if said[:1] and said[0] in ONLY_TELL_ME and not FOR_ME & set(said[1:2]):
        return False  # "give the album four stars"
    return bool(said) and said[0] in QUESTIONS - FIRST_PERSON


def asking_sentence(text: str) -> str:
    """The last sentence that asks; what is told before it only says why: "My card is stuck in a machine.
    What do I do?" """
    sentences = split_sentences(text)
    return next((one for one in reversed(sentences) if asks(one)), text)


def heads_of(named: Sequence[str], said: Sequence[str]) -> list[str]:
    """The last of things that stand in a row; of "gear service" none, since services are general."""
    following = {word: said[said.index(word) + 1 : said.index(word) + 2] for word in named}
    return [word for word in named if not following[word] or following[word][0] not in named]


def _asked_of(said: Sequence[str]) -> tuple[Sequence[str], bool] | None:
    """The words behind the verb that asks, and whether only for there being such a thing."""
    for place in range(min(MAX_LEAD, len(said) - 2)):
        if ASKS & set(said[:place]):
            break  # "where can I park my car?" takes for granted that one can
        if said[place] in ASKING_VERBS and said[place + 1] in PERSONS:
            rest = said[place + 2 :]
            verb = next((word for word in rest if word not in _STANDS_BEFORE), "")
            return None if verb in ONLY_TELL else (rest, verb in EXISTENCE)
        if said[place] in ("is", "are") and said[place + 1] == "there":
            return said[place + 2 :], True
    asks_amount = said[:2] == ["how", "much"] or (said[:1] == ["what"] and CHARGES & set(said))
    asks_time = said[:2] == ["how", "long"] and LASTS & set(said)
    return (said, False) if asks_amount or asks_time else None
