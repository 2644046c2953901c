"""Text cut into sentences, whole or as it streams in."""

import re

_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof sr sra jr st no nr approx e.g i.e etc vs inc ltd co z.b d.h u.a bzw ca
    ca p.m a.m u.s usw p.ej ej pág tel abs art fig min max incl excl dept hr std ggf evtl""".split()
)
_MONTH = re.compile(
    r"Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"
)  # German ordinals: 3. Oktober
_END = re.compile(  # from a mark that begins a row of them: a long row would be read from each of its marks
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*(?:\s*\[\d{1,2}\])*(?=\s)"
    r"|[。！？]+[”’」』]*(?:\s*\[\d{1,2}\])*|\n+"
)

_LEANS_ON_LAST = ("it ", "they ", "this ", "these ", "that ", "he ", "she ", "however", "also ", "otherwise",
                  "es ", "sie ", "dies", "er ", "esto ", "ello ", "il ", "elle ", "ils ", "cela ")  # fmt: skip


def leans_on_last(sentence: str) -> bool:
    """Whether a sentence is hardly understood without the one before it."""
    return sentence.lower().startswith(_LEANS_ON_LAST)


def split_sentences(text: str) -> list[str]:
    """The sentences of a text in order, trimmed; line breaks end a sentence too."""
    cutter = SentenceCutter()
    return [s.strip() for s in (*cutter.feed(text), *cutter.rest()) if s.strip()]


class SentenceCutter:
    """Sentences of a text that arrives in pieces; each is given out once it surely ended."""

    def __init__(self) -> None:
        self._held = ""

    @property
    def pending(self) -> str:
        """The sentence under way, as far as it came."""
        return self._held

    def feed(self, piece: str) -> list[str]:
        """The sentences that are complete now, with the white space that follows them."""
        self._held += piece
        done: list[str] = []
        start = search = 0
        while match := _END.search(self._held, search):
            search = match.end()
            if match.end() == len(self._held) and match[0].strip() == "":
                break  # more line breaks may follow
            if self._is_abbreviation(start, match):
                continue
            end = match.end()
            while end < len(self._held) and self._held[end].isspace():
                end += 1
            if end == len(self._held) or _cites_next(self._held, end):
                break  # a citation may still follow its sentence
            done.append(self._held[start:end])
            start = search = end
        self._held = self._held[start:]
        return done

    def rest(self) -> list[str]:
        """What is left at the end, if anything."""
        done = self.feed(" \x00")
        held, self._held = self._held.replace("\x00", "").rstrip(), ""
        return [*done, held] if held.strip() else done

    def _is_abbreviation(self, start: int, match: re.Match[str]) -> bool:
        if match[0][0] != ".":
            return False
        before = self._held[start : match.start()].rsplit(None, 1)
        word = before[-1].lower().lstrip("(\"'") if before else ""
        after = self._held[match.end() :].lstrip()
        if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
            return not after[:1].isupper() or len(word) == 1 or word not in {"etc", "p.m", "a.m"}
        return (
            word.isdigit()
            and len(word) <= 2
            and (after[:1].islower() or _MONTH.match(after) is not None)
        )


def _cites_next(text: str, at: int) -> bool:
    return re.match(r"\[\d{0,2}\]?$", text[at:]) is not None or (
        re.match(r"\[\d{1,2}\]", text[at:]) is not None
    )
