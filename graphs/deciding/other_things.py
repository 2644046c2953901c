"""Whether a question asks of one thing and the passage found for it speaks of another of that kind.

"Do you repair skateboards?" shares its words and most of its vector with "Do you repair unicycles?":
neither tells that the thing is another one. So the things of both are compared by themselves. A
passage speaks of another thing where the question names one that is near in meaning to no word of it,
and it names one in its own place that the question does not. What speaks of no thing of its own
("How long does delivery take?") holds for any.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

from graphs.deciding.confidence import EMBEDDED_LANGUAGES, Features, evidence_features
from graphs.deciding.unspoken_things import leaves_subject_unspoken, leaves_unspoken
from graphs.ports import Knowledge, KnowledgeVersion, Passage
from graphs.understanding.following_words import CLASSES
from graphs.words.asked_things import asking_sentence, asks
from graphs.words.concepts import concepts
from graphs.words.folding import folded
from graphs.words.terms import terms, word_terms, words
from graphs.words.thing_words import GENERAL, HOUSES, MANNERS
from graphs.words.things import SPOKEN, things
from tenants.finding.asking import plain_question
from tenants.finding.languages import detect

# Cosine of two words by themselves, set by `python -m evals near_misses`: from the higher one on they
# are taken for one thing, below the lower one for two.
ALIKE, APART = 0.58, 0.50
SAME = 0.75  # cosine of a pair from which on it asks the same, whatever single words say
MAX_COMPARED = 60  # words of a passage
MAX_SEARCHED = 160  # words of a passage that a follow-up's own are looked for in
MAX_ASKED = 4  # things of a question
MAX_STRANGE = 2  # a question with more of them is another one, or was heard wrong
_NAME = re.compile(r"(?<=[^.!?¿¡\s] )[^\W\d_a-zß-öø-ÿ][\w'’-]*")  # written large within a sentence
_SEVERAL = frozenset(
    "every daily each all any except jeden taglich todos chaque tous ogni todo".split()
)
_DOUBTFUL = frozenset("may march mai second segunda so m s l".split())  # other words too


async def weighed_features(
    knowledge: Knowledge,
    tenant_id: UUID,
    versions: Sequence[KnowledgeVersion],
    query: str,
    passages: Sequence[Passage],
    *,
    said: str = "",
) -> Features:
    """What retrieval alone says, with whether the first passage speaks of another thing.

    `said` are the contact's own words, where the query leans on a question before: "and a lion?"
    is not answered by what holds for the dog.
    """
    features = evidence_features(query, passages)
    if not passages:
        return features
    first = passages[0]
    if first["question"]:
        other = await speaks_of_another(knowledge, tenant_id, versions, query, first)
    else:
        other = await leaves_unspoken(knowledge, tenant_id, versions, query, passages)
    if said != query and set(words(said)) <= set(words(query)):  # it leans; a mended one does not
        pair = await speaks_of_another(knowledge, tenant_id, versions, said, first)
        adds = await _adds_another(knowledge, tenant_id, versions, said, first)
        subject = await leaves_subject_unspoken(
            knowledge, tenant_id, versions, query, said, passages
        )
        other = max(other, pair, adds, subject)
    return replace(features, other_thing=other)


async def speaks_of_another(
    knowledge: Knowledge,
    tenant_id: UUID,
    versions: Sequence[KnowledgeVersion],
    query: str,
    passage: Passage,
) -> float:
    """0 to 1, how surely the passage is about another thing than the question."""
    own = passage["question"]
    if not own:
        return 0.0
    query = plain_question(query)
    if not asks(query):
        return 0.0  # an order or a story names many things that no pair needs to hold
    told = _told(passage)
    if _of_another_class(query, own, told):
        return 1.0
    if passage["cosine"] >= SAME or detect(query, SPOKEN) not in EMBEDDED_LANGUAGES:
        return 0.0
    strange = _not_in(things(asking_sentence(query)), told)
    rivals = _rivals(own, query)
    asked = _content(query)
    places = [_places(word, asked, own) for word in strange]
    rivals = [r for r in rivals if any(_places(r, _content(own), query) & p for p in places)]
    if not 0 < len(strange) <= MAX_STRANGE or not rivals:
        return 0.0

    async def nearest(word: str, text: str) -> float:
        said = _content(text)[:MAX_COMPARED]
        near = await knowledge.nearness(tenant_id, versions, word, said)
        return max(near, default=0.0)

    # all but the thing is asked alike: only then is it another thing and not another question
    left = [word for word in _not_in(asked, told) if word not in GENERAL | MANNERS]
    unmet = list(dict.fromkeys([*strange, *left]))
    near = {word: await nearest(word, told) for word in unmet[: MAX_ASKED + 1]}
    if len(unmet) > MAX_ASKED or any(near[w] < ALIKE for w in unmet if w not in strange):
        return 0.0
    surely = max(_apart(near[word]) for word in strange)
    if not surely:
        return 0.0
    return min(surely, max([_apart(await nearest(word, query)) for word in rivals[:MAX_ASKED]]))


async def _adds_another(
    knowledge: Knowledge,
    tenant_id: UUID,
    versions: Sequence[KnowledgeVersion],
    said: str,
    passage: Passage,
) -> float:
    """0 to 1, how surely a passage speaks of nothing that a follow-up adds to the question before."""
    told = _told(passage)
    compared = _content(told)
    if detect(said, SPOKEN) not in EMBEDDED_LANGUAGES or len(compared) > MAX_SEARCHED:
        return 0.0
    asked = _content(plain_question(said))
    added = things(plain_question(said))
    if not added or _not_in(asked, told) != asked:
        return 0.0
    near = [
        await knowledge.nearness(tenant_id, versions, word, compared) for word in added[:MAX_ASKED]
    ]
    return min(_apart(max(found, default=0.0)) for found in near)


def _told(passage: Passage) -> str:
    return f"{passage['title']} {passage['question'] or ''} {passage['text']}"


def _rivals(own: str, query: str) -> list[str]:
    """The things of a pair's question that the question does not name; its names and
    what kind of house it speaks of are mostly the company's own.
    """
    names = {word.lower() for word in _NAME.findall(own)}
    return [word for word in _not_in(things(own), query) if word not in names | HOUSES]


def _not_in(named: Sequence[str], text: str) -> list[str]:
    """Those that the text does not hold, two of them written as one included ("master card")."""
    held = concepts(terms(text, SPOKEN), SPOKEN)
    written = {word.replace("-", "") for word in words(text)}
    joined = [a + b for a, b in pairwise(named)]
    whole = {n for n, word in enumerate(joined) if word in written}
    return [
        word
        for n, word in enumerate(named)
        if not concepts(word_terms(word, SPOKEN), SPOKEN) & held
        and not {n, n - 1} & whole
        and word.replace("-", "") not in written
    ]


def _places(word: str, said: Sequence[str], other: str) -> set[tuple[str, str]]:
    """Where a word stands: behind and before which of the words that the other text holds too."""
    held = concepts(terms(other, SPOKEN), SPOKEN)
    meant = [concepts(word_terms(one, SPOKEN), SPOKEN) & held for one in said]
    place = said.index(word) if word in said else len(said)
    behind = next((c for c in reversed(meant[:place]) if c), set[str]())
    before = next((c for c in meant[place + 1 :] if c), set[str]())
    return {("behind", one) for one in behind} | {("before", one) for one in before}


def _content(text: str) -> list[str]:
    said = dict.fromkeys(words(text.replace("’", "'")))
    return [word for word in said if word_terms(word, SPOKEN) and not word.isdecimal()]


def _apart(nearest: float) -> float:
    return min(1.0, max(0.0, (ALIKE - nearest) / (ALIKE - APART)))


def _of_another_class(query: str, own: str, told: str) -> bool:
    """A Monday for the one Sunday that is spoken of, a red one for the blue one."""
    asked, named, all_told = _of_classes(query), _of_classes(own), _of_classes(told)
    if not asked or not named or not _SEVERAL.isdisjoint(folded(told)):
        return False
    return any(
        len(all_told.get(kind, set())) == 1
        and named.get(kind) == all_told[kind]
        and not members & all_told[kind]
        for kind, members in asked.items()
        if kind in named
    )


def _of_classes(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for word in folded(text):
        if word in CLASSES and word not in _DOUBTFUL:
            found.setdefault(CLASSES[word], set()).add(word.rstrip("s"))
    return found
