"""Whether a contact asks for an effect, by their own words: a verb and a noun of it, or its likeness.

Nobody's words but the contact's count. A question about an effect asks for none, nor does "do not". Where
the words alone do not say it, the contact is asked before anything is proposed.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from graphs.acting.viewed import Viewed, is_only_one, means, spelt_out
from graphs.understanding.spoken_references import STAND_IN, asks_manner, references
from tools.effects import Effect
from tools.own_tools import OwnTool
from tools.spoken import spoken_arguments, spoken_records

# cosines of the local model, set by hand on requests to the demo shop; no set measures them yet
LIKE = 0.6  # from which words that do not name it may be meant
MARGIN = 0.06  # nearer to an example than to what is not one
WORDS_MARGIN = -0.2  # where the words name it, unless something else is clearly meant
LANGUAGES = ("en", "de", "es", "fr")
Near = Callable[[str, Sequence[str]], Awaitable[list[float]]]
# what somebody else said or wrote is told, and not asked for
_REPORTS = re.compile(
    r"\b(?:wrote|writes|said|says|quote|told me|reads)\b(?: that)?\s*[:,“\"']?"
    r"|\b(?:schrieb|schreibt|sagte|sagt|geschrieben|gesagt)\b|\b(?:dijo|dice|escribió|escribe)\b"
    r"|\b(?:a (?:dit|écrit)|m'a dit|dit que|écrit que)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_ASKS = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hallo|hola|bonjour|and|but|so|please|bitte)\b[\s,!.]*)*"
    r"(?:when|where|what|which|who|why|whether|has|have|was|were|is|are|did|does|do you|will|how"
    r"|wann|wo|was|welche\w*|wer|warum|wieso|hat|habt|haben|wurde\w*|ist|sind|wie|gilt"
    r"|cuándo|dónde|qué|cuál\w*|quién|por qué|ha|han|fue|es|está|cómo|cuánto\w*"
    r"|quand|où|que|quel\w*|qui|pourquoi|a-t|est|êtes|comment|combien|est-ce que (?!vous pou))\b",
    re.IGNORECASE,
)
# asked whether it may be, of one order or invoice by its number: a wish, if not an order
_WISH = re.compile(
    r"^\W*(?:(?:hi|hello|hey|and|but|so|please)\b[\s,!.]*)*(?:can|could|may) i\b"
    r"|^\W*(?:kann|könnte|dürfte) ich\b|^\W*puedo\b|^\W*(?:puis-je|pourrais-je)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:don'?t|do not|never|not to|without|instead of|rather than|no need to|nicht|kein\w*|ohne|niemals"
    r"|no (?:cancel|anul|quier|me|lo|la)\w*|sin|nunca|ne (?:\w+ )?(?:pas|jamais)|n'\w+ pas|sans)\b",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|in case|unless|falls|wenn|sofern|si|en caso|à moins)\b.{0,80}$", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"(?:(?:€|eur|euros?|\$|usd|£|gbp|chf)\s*(?P<after>\d{1,7}(?:[.,]\d{1,2})?)"
    r"|(?P<before>\d{1,7}(?:[.,]\d{1,2})?)\s*(?:€|eur\b|euros?\b|\$|usd\b|dollars?\b|£|gbp\b|pounds?\b|chf\b))",
    re.IGNORECASE,
)
MAX_ASKED_CHARS = 1_000


async def choose_effect(
    text: str, language: str, effects: Sequence[Effect], near: Near, viewed: Sequence[Viewed] = ()
) -> tuple[Effect, bool] | None:
    """The effect that is asked for, and whether the words leave no doubt; None where none is.

    "It" is what was shown before: enough to ask whether that is meant, see `proposing`.
    """
    said = [(_with_viewed(effect, text, language, viewed), effect) for effect in effects]
    asked = [(await asked_for(effect, one, language, near), effect) for one, effect in said]
    found = [(how[1], how[0], effect) for how, effect in asked if how is not None]
    if not found:
        return None
    named, _, effect = max(found, key=lambda one: one[:2])  # what is named, before what is alike
    return effect, named


async def asked_for(
    effect: Effect, text: str, language: str, near: Near
) -> tuple[float, bool] | None:
    """How alike a contact's words are to asking for it, and whether they name it; None: not asked."""
    said = text[:MAX_ASKED_CHARS]
    wishes = bool(_WISH.match(said) and references(said))
    if not said.strip() or (is_about(said) and not wishes):
        return None
    named = names(effect, said, language)
    wishes = wishes or bool(_REPORTS.search(said))  # whose wish it is, the contact is asked
    like, unlike = await _likeness(effect, said, language, near)
    if named and like >= unlike + WORDS_MARGIN:
        return max(like, LIKE), not wishes
    if not named and like >= LIKE and like >= unlike + MARGIN:
        return like, False
    return None


def is_about(text: str) -> bool:
    """Whether the words only ask about it, forbid it, or put a condition on it."""
    return bool(asks_manner(text) or _ASKS.match(text) or _NOT.search(text) or _IF.search(text))


def names(effect: Effect, text: str, language: str) -> bool:
    """Whether a verb and a noun of the effect stand in the text."""
    words = [word.lower() for word in _WORD.findall(text)]
    for known in dict.fromkeys((language[:2].lower(), *LANGUAGES)):
        verbs = effect.verbs.get(known, "").split()
        nouns = effect.nouns.get(known, "").split()
        if begins_any(words, verbs) and begins_any(words, nouns):
            return True
    return False


def read_arguments(
    effect: Effect, text: str, viewed: Sequence[Viewed] = (), *, said: str = ""
) -> dict[str, Any]:
    """What of the tool's arguments the text says: a reference, an amount, the words themselves.

    A record that was shown alone is what "it" means in what was `said`.
    """
    found: dict[str, Any] = {}
    fields = effect.tool.arguments.model_fields
    named = references(text)
    for name, kind in spoken_arguments(effect.tool.arguments).items():
        if kind == "reference" and named:
            found[name] = named[0]
    for name, record in spoken_records(effect.tool.arguments).items():
        meant = means(said, viewed, record)
        if name not in found and meant is not None and is_only_one(viewed, record):
            found[name] = meant["reference"]
    if isinstance(effect.tool, OwnTool):
        return found  # what its other arguments mean is not known here
    if "amount" in fields and (amount := amount_in(text)) is not None:
        found["amount"] = str(amount)
    if "reason" in fields:
        found["reason"] = " ".join(text.split())[:200]
    if "text" in fields:
        found["text"] = " ".join(text.split())[:MAX_ASKED_CHARS]
    return found


def amount_in(text: str) -> Decimal | None:
    """The one amount of money that a text names; None where it names none, or several."""
    told = {(m["after"] or m["before"]).replace(",", ".") for m in _AMOUNT.finditer(text)}
    try:
        return Decimal(told.pop()) if len(told) == 1 else None
    except InvalidOperation:
        return None


async def _likeness(effect: Effect, text: str, language: str, near: Near) -> tuple[float, float]:
    keys = dict.fromkeys((language[:2].lower(), "en"))
    examples = [one for key in keys for one in effect.tool.examples.get(key, ())]
    unlike = [one for key in keys for one in effect.tool.unlike.get(key, ())]
    if not examples:
        return 0.0, 0.0
    for code in references(text):
        text = text.replace(code, STAND_IN)
    found = await near(text, [*examples, *unlike])
    return max(found[: len(examples)]), max(found[len(examples) :], default=0.0)


def _with_viewed(effect: Effect, text: str, language: str, viewed: Sequence[Viewed]) -> str:
    """The words with what "it" means in them, where the effect is on such a thing."""
    for record in spoken_records(effect.tool.arguments).values():
        if means(text, viewed, record) is not None:
            return spelt_out(text, record, language)
    return text


def begins_any(words: Sequence[str], stems: Sequence[str]) -> bool:
    """Whether one of the words begins with one of the stems."""
    return any(word.startswith(stem) for word in words for stem in stems)
