"""Slips of the pen in the contact's words, mended for the search: a noisy channel.

For a word that nobody knows, each near word is weighed by how usual it is, by how likely the slip
is that leads from it to what was typed, and by its neighbours; so is leaving the word as it is.
A known word is never touched, nor is what may be a code, a number, a name, an address or a word
of another language. Source: evals/suites/spelling.py, which set the weights.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from graphs.understanding.following_words import QUESTIONS
from graphs.words.common_words import CommonEnglish
from graphs.words.informal_words import INFORMAL
from graphs.words.lexicon import Lexicon
from graphs.words.slip_costs import slip_cost

STRONG = 0.68
SURE = 0.9  # of a question's first word without its vowels
SHORT_CHARS = 2
WEAK = 0.3
MAX_WORDS = 120  # of one message; what is beyond stays as it is
MAX_LOOKED_UP = 12  # words that nobody knows: who writes more of them makes no slips of the pen
MAX_WORD_CHARS = 30
_SLIP = 3.2  # tens of times that a slip of cost 1 is rarer than the right word
_LEAVE = -8.5  # the weight of leaving an unknown word alone, as a decimal logarithm
_LEAVE_A_LETTER = 0.3  # the longer a word, the less it looks like another by chance
_LEAVE_NAME = -4.5  # the same for one written like a name, and for a compound
_OWN_WORD = -4.6  # how usual a word of the tenant's own is at least
_OWN_SHARE = (
    0.3  # of a contact's words that are drawn from the tenant's, the rest from common English
)
_HEARD = 0.9  # of the cost, where both sound the same
_AS_FAR = 3
_USUAL = -5.0
_FEW = 25  # near words; with fewer, those farther off are weighed too
_MIN_SOUND_CHARS = 4
_WEIGHED = 40  # near words weighed for one typed word
_VOWELS = re.compile(r"[aeiou]")
_TOKEN = re.compile(r"\S+")
_PLAIN = re.compile(r"^(\W*)([^\W\d_]+(?:['’][^\W\d_]+)*)(\W*)$")
_HESITATION = re.compile(r"u+m+|u+h+|h+m+|m+hm*|a+h+|o+h+|e+r+m*|uhuh")
_ENDINGS = ("'s", "’s", "s'", "s’")
_VARIANTS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"(?<=[aeiou])l(?=(?:ing|ed|er|ers|or)$)", "ll"),
        (r"ll(?=(?:ing|ed|er|ers|or)$)", "l"),
        (r"is(?=(?:e|es|ed|ing|ation|ations|er|ers)$)", "iz"),
        (r"iz(?=(?:e|es|ed|ing|ation|ations|er|ers)$)", "is"),
        (r"ys(?=(?:e|es|ed|ing)$)", "yz"),
        (r"yz(?=(?:e|es|ed|ing)$)", "ys"),
        (r"(?<=[bdlnv])our(?=(?:s|ed|ing|able|ite|ites)?$)", "or"),
        (r"(?<=[bdlnv])or(?=(?:s|ed|ing|able|ite|ites)?$)", "our"),
        (r"re$", "er"),
    )
)


@dataclass(frozen=True, slots=True)
class Correction:
    """One place of a text, what stands there, what is meant, and how sure that is (0–1)."""

    start: int
    end: int
    wrong: str
    right: str
    chance: float

    @property
    def is_strong(self) -> bool:
        """Whether it may be searched without asking."""
        return self.chance >= STRONG


class Speller:
    """Common English, with or without a tenant's own words."""

    def __init__(self, english: CommonEnglish, own: Lexicon | None = None) -> None:
        self._english = english
        self._own = own or Lexicon({})

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is right as it stands."""
        plain = word.replace("’", "'")
        stems = [plain[: -len(end)] for end in _ENDINGS if plain.endswith(end)]
        return any(
            w in self._english.lexicon or w in self._own or w in INFORMAL
            for w in (plain, *stems, *variants(plain))
        )

    def ranked(self, word: str, limit: int = 5) -> list[str]:
        """The words most likely meant by one that stands alone, likeliest first."""
        weighed = self._weighed(word.lower(), "", "")
        return [meant for meant, _ in weighed[:limit]]

    def corrections(self, text: str, language: str) -> list[Correction]:
        """Where a text is probably misspelt, in its order; those below WEAK are left out."""
        tokens = list(_TOKEN.finditer(text))[:MAX_WORDS]
        plain = [_plain(t.group()) for t in tokens]
        shouted = len(text) > 3 and text == text.upper()
        found: list[Correction] = []
        looked_up = 0
        for at, (token, parts) in enumerate(zip(tokens, plain, strict=True)):
            if parts is None or looked_up >= MAX_LOOKED_UP:
                continue
            before, word, _ = parts
            lower = word.lower().replace("’", "'")
            starts = at == 0 or tokens[at - 1].group().endswith((".", "!", "?", ":"))
            is_short = starts and language == "en" and len(lower) == SHORT_CHARS
            is_short = is_short and not self.knows(lower)
            looked_up += is_short
            if is_short and (meant := self._shortened(lower)):
                found.append(_correction(token.start() + len(before), word, meant, SURE))
                continue
            if self._is_let_be(word, lower, language, shouted=shouted):
                continue
            looked_up += 1
            like_name = word[:1].isupper() and not starts and not shouted
            left = _neighbour(plain, at - 1)
            right = _neighbour(plain, at + 1)
            best = self._best(lower, left, right, language, like_name=like_name)
            if best is not None and best[1] >= WEAK:
                found.append(_correction(token.start() + len(before), word, *best))
        return found

    def _shortened(self, word: str) -> str:
        """The word that begins a question and of which only consonants were typed: "hw mch is it"."""
        near = (w for w in self.ranked(word, _FEW) if w in QUESTIONS)
        return next((w for w in near if _VOWELS.sub("", w) == word), "")

    def _is_let_be(self, word: str, lower: str, language: str, *, shouted: bool) -> bool:
        if not 3 <= len(word) <= MAX_WORD_CHARS or self.knows(lower):
            return True
        if _HESITATION.fullmatch(lower):
            return True  # "umm" is no slip for "us"
        if not shouted and word != lower and word != word.capitalize():
            return True  # an abbreviation or a name such as iPhone
        return language == "en" and not lower.isascii()

    def _best(
        self, word: str, left: str, right: str, language: str, *, like_name: bool
    ) -> tuple[str, float] | None:
        """The likeliest word and its chance against all others and against leaving it."""
        if language != "en":
            return self._own_best(word)
        weighed = self._weighed(word, left, right)
        if parted := self._parted(word):
            weighed = sorted([*weighed, parted], key=lambda w: -w[1])
        if not weighed:
            return None
        leave = _LEAVE - _LEAVE_A_LETTER * max(len(word) - 4, 0)
        if like_name or self._is_compound(word):
            leave = _LEAVE_NAME
        top = max(weighed[0][1], leave)
        mass = sum(10 ** (w - top) for _, w in weighed) + 10 ** (leave - top)
        return weighed[0][0], 10 ** (weighed[0][1] - top) / mass

    def _weighed(self, word: str, left: str, right: str) -> list[tuple[str, float]]:
        """Near words with their weights as decimal logarithms, heaviest first."""
        common = self._english.lexicon
        places = dict(common.near(word))
        heard = set(common.alike(word)) if len(word) >= _MIN_SOUND_CHARS else set[int]()
        for at in heard:
            places.setdefault(at, _AS_FAR)
        if len(places) < _FEW and len(word) > _MIN_SOUND_CHARS:
            for at in common.far(word):
                places.setdefault(at, _AS_FAR)
        heard_words = {common.words[at] for at in heard}
        near = [(common.words[a], float(common.log_shares[a]), d) for a, d in places.items()]
        if len(self._own):
            usual = {w: (s, d) for w, s, d in near}
            for at, distance in self._own.near(word):
                own = self._own.words[at]
                share = usual.get(own, (-math.inf, 0))[0]
                here = float(self._own.log_shares[at])
                both = math.log10((1 - _OWN_SHARE) * 10**share + _OWN_SHARE * 10**here)
                usual[own] = (max(both, _OWN_WORD), distance)
            near = [(w, s, d) for w, (s, d) in usual.items()]
        near.sort(key=lambda n: n[1] - 2.2 * n[2], reverse=True)
        weighed = [
            (
                meant,
                share
                - _SLIP * slip_cost(word, meant) * (_HEARD if meant in heard_words else 1)
                + self._pull(left, meant, right),
            )
            for meant, share, _ in near[:_WEIGHED]
        ]
        return sorted(weighed, key=lambda w: -w[1])

    def _is_compound(self, word: str) -> bool:
        """Two usual words written as one, such as a new name for a new thing."""
        common = self._english.lexicon
        return any(
            min(common.log_share(word[:at]), common.log_share(word[at:])) > _USUAL
            for at in range(4, len(word) - 3)
        )

    def _pull(self, left: str, word: str, right: str) -> float:
        pull = self._english.pull
        return (pull(left, word) if left else 0.0) + (pull(word, right) if right else 0.0)

    def _parted(self, word: str) -> tuple[str, float] | None:
        """Two words run together, where they are known to stand side by side."""
        common, best = self._english.lexicon, None
        for at in range(1, len(word)):
            first, second = word[:at], word[at:]
            if first in common and second in common and (len(first) > 1 or first in "ai"):
                pull = self._english.pull(first, second)
                weight = common.log_share(first) + common.log_share(second) + pull - _SLIP * 0.3
                if pull > 0 and len(second) > 1 and (best is None or weight > best[1]):
                    best = (f"{first} {second}", weight)
        return best

    def _own_best(self, word: str) -> tuple[str, float] | None:
        """In a language without a list: a tenant's own word of which the inside was mistyped."""
        if len(word) < 6:
            return None
        near = [self._own.words[at] for at, distance in self._own.near(word) if distance == 1]
        inside = [w for w in near if w[:1] == word[:1] and w[-2:] == word[-2:]]
        cheap = [w for w in inside if slip_cost(word, w) <= 0.56]
        return (cheap[0], 0.9) if len(cheap) == 1 else None


def variants(word: str) -> list[str]:
    """The same word as the other side of the Atlantic writes it, where that is a matter of rule."""
    return [other for pattern, to in _VARIANTS if (other := pattern.sub(to, word)) != word]


def _correction(start: int, typed: str, meant: str, chance: float) -> Correction:
    return Correction(start, start + len(typed), typed, _cased(meant, typed), round(chance, 3))


def applied(text: str, corrections: Sequence[Correction]) -> str:
    """The text with these corrections made."""
    for one in sorted(corrections, key=lambda c: -c.start):
        text = text[: one.start] + one.right + text[one.end :]
    return text


def _plain(token: str) -> tuple[str, str, str] | None:
    """What stands before, in and after a word; None for codes, numbers, addresses and the like."""
    match = _PLAIN.match(token)
    if match is None or (match[1].endswith(("@", "#", "/", "\\", "$", ".")) and match[1] != "..."):
        return None
    return match[1], match[2], match[3]


def _neighbour(plain: Sequence[tuple[str, str, str] | None], at: int) -> str:
    parts = plain[at] if 0 <= at < len(plain) else None
    return parts[1].lower() if parts else ""


def _cased(meant: str, typed: str) -> str:
    if typed.isupper() and len(typed) > 1:
        return meant.upper()
    return meant[:1].upper() + meant[1:] if typed[:1].isupper() else meant
