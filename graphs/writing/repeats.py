"""Answers of one message that only repeat a neighbour's: no answer to what was asked beside it."""

from collections.abc import Sequence

from graphs.live import MIN_REPEATED_CHARS
from graphs.state import Resolution
from graphs.words.concepts import concepts, told_by_amounts
from graphs.words.terms import terms


def told_once(resolutions: Sequence[Resolution], language: str) -> list[Resolution]:
    """The resolutions, where one that borrowed its words and says nothing of its own is left open.

    "How do I return it, and when do I get the money?": the second is searched with the words of
    the first, and may find the first one's answer again, which says nothing of money.
    """
    found: list[Resolution] = []
    for one in resolutions:
        earlier = [other for other in found if other["sentences"]]
        found.append(_left_open(one) if _only_repeats(one, earlier, language) else one)
    return found


def _only_repeats(one: Resolution, earlier: Sequence[Resolution], language: str) -> bool:
    said = {sentence.strip() for other in earlier for sentence in other["sentences"]}
    again = [sentence.strip() for sentence in one["sentences"]]
    if not again or not all(s in said and len(s) >= MIN_REPEATED_CHARS for s in again):
        return False  # the reply says it
    earlier_words = set[str]().union(*(terms(other["query"], language) for other in earlier))
    asked, own = set(terms(one["query"], language)), set(terms(one["text"], language))
    borrowed, own = asked - own, own - earlier_words
    if not own or not borrowed or not borrowed <= earlier_words:
        return False
    text = " ".join(one["sentences"])
    told = concepts(terms(text, language), language) | told_by_amounts(text, language, times=True)
    return not concepts(own, language) & told


def _left_open(one: Resolution) -> Resolution:
    left = one.copy()
    left["status"], left["reason"] = "unanswered", "not_in_knowledge"
    left["draft"] = one["draft"] or one["answer"]
    left["answer"], left["sentences"], left["citations"] = "", [], []
    return left
