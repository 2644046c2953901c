"""Whether texts that were found speak of the thing that a question asks a company for.

"Do you repair skateboards?" shares its verb with what a shop says of its warranty, and a text names
many things, so that no place of the thing can be compared as in a pair. Two signs together say that
the thing stands nowhere: no word there is near in meaning to it, and what would be shown is no nearer
to the question than to the same question with "something" for the thing.
"""

import re
from collections.abc import Sequence
from uuid import UUID

from graphs.deciding.confidence import EMBEDDED_LANGUAGES
from graphs.ports import Knowledge, KnowledgeVersion, Passage
from graphs.understanding.following import question_before
from graphs.words.asked_things import Asked, asked_things, heads_of
from graphs.words.concepts import concepts
from graphs.words.slips import Slips
from graphs.words.terms import terms, word_terms, words
from graphs.words.thing_words import HOUSES
from graphs.words.things import SPOKEN, things
from graphs.writing.best_sentences import extract
from graphs.writing.weighing import wants_number
from tenants.finding.asking import plain_question
from tenants.finding.languages import detect

# Set by `python -m evals near_misses`, the half `dev texts`: cosine of two words by themselves from
# which on they may be one thing, and below which they are two.
ALIKE, APART = 0.56, 0.50
# How much nearer the thing brings the question to what is shown: from the higher on it is spoken of.
BRINGS, BRINGS_NOT = 0.14, 0.10
MAX_ASKED = 3  # things; who asks for more tells a story
MAX_COMPARED = 120  # words of the passages shown
_IT = frozenset("it its that this them these those one".split())
_SOMETHING = "something"

_Where = tuple[Knowledge, UUID, Sequence[KnowledgeVersion]]


async def leaves_unspoken(
    knowledge: Knowledge,
    tenant_id: UUID,
    versions: Sequence[KnowledgeVersion],
    query: str,
    passages: Sequence[Passage],
) -> float:
    """0 to 1, how surely what would be shown of the passages speaks of nothing that is asked for."""
    query = plain_question(query)
    if not passages or detect(query, SPOKEN) not in EMBEDDED_LANGUAGES:
        return 0.0
    asked = asked_things(query)
    if asked is None or len(asked.things) > MAX_ASKED:
        return 0.0
    told, shown = _told_and_shown(query, passages)
    if _speaks_beside(asked, told):
        return 0.0
    where = (knowledge, tenant_id, versions)
    return min(await _strange(where, query, asked.things, told, shown, needs_all=True), default=0.0)


async def leaves_subject_unspoken(
    knowledge: Knowledge,
    tenant_id: UUID,
    versions: Sequence[KnowledgeVersion],
    query: str,
    own: str,
    passages: Sequence[Passage],
) -> float:
    """The same for a follow-up that asks for an amount and names nothing itself: "what does it cost?"
    asks of what the question before it names.

    One thing of it is enough in the document that the question before finds too; any other must speak
    of all of them: a test ride of the bike is no repair of its tyre.
    """
    own = plain_question(own)
    if not passages or detect(query, SPOKEN) not in EMBEDDED_LANGUAGES:
        return 0.0
    if not wants_number(own) or _IT.isdisjoint(words(own)) or things(own):
        return 0.0  # "is it quiet?" is answered by what is said to be quiet, however it is called
    subject = heads_of([word for word in things(query) if word not in HOUSES], words(query))
    if not 0 < len(subject) <= MAX_ASKED:
        return 0.0
    told, shown = _told_and_shown(query, passages)
    where = (knowledge, tenant_id, versions)
    strange = await _strange(where, query, subject, told, shown)
    earlier = question_before(own, query)
    if max(strange, default=0.0) == min(strange, default=0.0) or earlier == query:
        return min(strange, default=0.0)
    before = await knowledge.search(tenant_id, versions, earlier, limit=1)
    stays = bool(before) and before[0]["document_id"] == passages[0]["document_id"]
    return min(strange) if stays else max(strange)


def _told_and_shown(query: str, passages: Sequence[Passage]) -> tuple[str, str]:
    """All that the passages say from which something would be shown, and that itself."""
    chosen = extract(query, passages) or [(0, passages[0]["text"])]
    places = dict.fromkeys([0, *(place for place, _ in chosen)])
    told = [
        f"{p['title']} {p['question'] or ''} {p['text']}" for p in map(passages.__getitem__, places)
    ]
    shown = " ".join(sentence for _, sentence in chosen)
    return " ".join(told), f"{passages[chosen[0][0]]['title']}. {shown}"


def _speaks_beside(asked: Asked, told: str) -> bool:
    """Whether what is wished of a thing is spoken of where only its being there is asked for: who
    wants "a quiet atmosphere" is answered by "the rooms are quiet".
    """
    if not asked.whether_there_is:
        return False
    held = set(terms(told, SPOKEN))
    return any(word_terms(word, SPOKEN) & held for word in asked.beside)


async def _strange(
    where: _Where,
    query: str,
    asked: Sequence[str],
    told: str,
    shown: str,
    *,
    needs_all: bool = False,
) -> list[float]:
    """For each thing, 0 to 1, how surely nothing told is it or near to it; where all must be
    strange, none is looked at further once one is met.
    """
    knowledge, tenant_id, versions = where
    held = concepts(terms(told, SPOKEN), SPOKEN)
    said = [word for word in dict.fromkeys(words(told)) if word_terms(word, SPOKEN)]
    written = Slips(said, ())
    found: list[float] = []
    met = [bool(concepts(word_terms(w, SPOKEN), SPOKEN) & held or written.meant(w)) for w in asked]
    for word, is_met in zip(asked, met, strict=True):
        if is_met or (needs_all and any(met)):
            found.append(0.0)
            continue
        without = re.sub(rf"\b{re.escape(word)}\b", _SOMETHING, query, flags=re.IGNORECASE)
        near, bare = await knowledge.nearness(tenant_id, versions, shown, [query, without])
        surely = _falls(near - bare, BRINGS_NOT, BRINGS)
        if surely:
            near = await knowledge.nearness(tenant_id, versions, word, said[:MAX_COMPARED])
            surely = min(surely, _falls(max(near, default=0.0), APART, ALIKE))
        found.append(surely)
    return found


def _falls(value: float, one: float, none: float) -> float:
    """1 up to the one value, 0 from the other on."""
    return min(1.0, max(0.0, (none - value) / (none - one)))
