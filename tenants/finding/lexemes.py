"""Lexemes: the one place where text becomes the words that full text knows, stored and asked alike.

Unicode words after NFKC and case folding, stemmed by the Snowball stemmer of the language, accents
folded after stemming; scripts without spaces as overlapping pairs of characters; numbers and codes
kept as they are written and, where that helps, in parts; names of things also as letter
trigrams, which misspellings share. No list of stop words: what is common in
a knowledge base weighs little there by its idf. Change what comes out → raise LEXEME_VERSION.
"""

import re
import threading
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import snowballstemmer

from tenants.finding.languages import little_words
from tenants.keeping.kept_texts import forgettable

LEXEME_VERSION = 2  # 2: letter trigrams of names
MAX_LEXEME_CHARS = 64
GRAM = "~"  # leads every letter trigram, so that none is ever taken for a word

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
STEMMED_LANGUAGES = tuple(_STEMMERS)

# Han, kana, hangul and the spaceless scripts of South-East Asia: no blanks between words.
_SPACELESS = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uac00-\ud7af\u1100-\u11ff\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u104f\u1780-\u17d3"
    "\U00020000-\U0003134f"
)
# Marks that belong to a word though Python's \w leaves them out (vowel signs, points).
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd"
    "\u0a3c-\u0a4d\u0abc-\u0acd\u0b3c-\u0b57\u0bbe-\u0bcd\u0c3e-\u0c56\u0cbc-\u0cd6\u0d3e-\u0d4d"
)
_RUN = re.compile(f"[{_SPACELESS}]+")
_PIECE = re.compile(
    rf"(?P<run>[{_SPACELESS}]+)"
    rf"|(?P<number>\d+(?:[.,]\d+)+)(?![^\W_])"
    rf"|(?P<word>(?:(?![{_SPACELESS}])[^\W_]|[{_MARKS}])+)"
)
# from the beginning of a word alone: else a long one would be read anew from each of its letters
_COMPOUND = re.compile(r"(?<![^\W_])[^\W_]++(?:[-./+#&][^\W_]++)+")
_COMPOUND_PARTS = re.compile(r"[^\W_]+")
_JOINT = re.compile(r"(?<=[^\W_])[-./+_](?=[^\W_])")
_AMOUNT = re.compile(r"(\d+)([^\W\d_]{1,4})")
_THOUSANDS = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*(?:[.,]\d{1,2})?")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_STEMMING = threading.Lock()  # Snowball's stemmers keep the word they work on in themselves


@dataclass(frozen=True, slots=True)
class Term:
    """One content word of a question: its lexeme in each language it may be in.

    An `extra` term is another form of a word that is there already (`wifi` beside `wi`, `fi`).
    """

    lexemes: tuple[str, ...]
    extra: bool = False


def lexemes(text: str, language: str) -> list[str]:
    """The text's lexemes in their order, repeated as often as they occur."""
    return lexemes_of_each(text, [language])


def lexemes_of_each(text: str, languages: Sequence[str]) -> list[str]:
    """The lexemes of one language after those of another; the text is cut into words once."""
    words = [word for word, _ in _words(text)]
    return [
        lexeme
        for language in languages
        for word in words
        for forms in _forms(word, language)
        for lexeme in forms
    ]


def question_terms(text: str, languages: Sequence[str]) -> list[Term]:
    """The content words of a question, each once; all of its words where none has content."""
    silent = frozenset[str]().union(*(little_words(language) for language in languages))
    words = list(dict.fromkeys(_words(text)))
    content = [word for word in words if word[0] not in silent]
    terms: dict[tuple[str, ...], Term] = {}
    for word, extra in content or words:
        by_language = [_forms(word, language) for language in languages]
        for alternatives in zip(*by_language, strict=True):
            distinct = tuple(dict.fromkeys(form for forms in alternatives for form in forms))
            terms.setdefault(distinct, Term(distinct, extra))
    return list(terms.values())


def name_grams(name: str, *, without: Collection[str] = ()) -> list[str]:
    """The letter trigrams of a thing's name, each word by itself with its two ends.

    Codes are one word however they are cut (`DSC-W300` as `dscw300`), runs without blanks have
    their pairs already. Words in `without` are left out.
    """
    plain = _JOINT.sub("", fold(unicodedata.normalize("NFKC", name).casefold()))
    grams: list[str] = []
    for word in _COMPOUND_PARTS.findall(plain):
        if word in without or _RUN.search(word):
            continue
        ends = f" {word[:MAX_LEXEME_CHARS]} "
        grams.extend(GRAM + ends[place : place + 3] for place in range(len(ends) - 2))
    return grams


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Words, runs and numbers of a text before stemming; True for a second form of a word."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    for match in _PIECE.finditer(plain):
        piece = match.group()
        if match.lastgroup == "number":
            yield _number(piece), False
            continue
        if not piece.isascii() and not any(char.isalnum() for char in piece):
            continue  # marks that stand on nothing: an accent by itself
        if len(piece) == 1 and piece.isalpha():
            around = plain[max(match.start() - 1, 0) : match.end() + 1]
            if "'" in around:
                continue  # the letter of "it's", "don't" and "l'hôtel" says nothing
        yield piece, False
        amount = _AMOUNT.fullmatch(piece) if piece[0].isdecimal() else None
        if amount:
            yield amount.group(1), True
            yield amount.group(2), True
    for joined in _compounds(plain):
        yield joined, True


def _forms(word: str, language: str) -> list[tuple[str, ...]]:
    """A word's lexeme, or the pairs of characters of a run without blanks.

    A word with accents also has the lexeme it would have without: many write `garantia`.
    """
    if not word.isascii() and _RUN.fullmatch(word):
        return [(pair,) for pair in _pairs(word)]
    lexeme = _lexeme(word, language)
    if not lexeme:
        return []
    bare = lexeme if word.isascii() else _lexeme(fold(word), language)
    return [(lexeme, bare) if bare and bare != lexeme else (lexeme,)]


def _pairs(run: str) -> list[str]:
    """Overlapping pairs of characters; a character alone stands for itself."""
    if len(run) == 1:
        return [run]
    return [run[index : index + 2] for index in range(len(run) - 1)]


def _number(written: str) -> str:
    """One spelling for a number: without separators of thousands and zero cents."""
    grouped = _THOUSANDS.fullmatch(written)
    if grouped:
        separator = grouped.group(1)
        written = written.replace(separator, "")
    plain = written.replace(",", ".")
    if plain.count(".") == 1:
        plain = plain.rstrip("0").rstrip(".")
    return plain


def _compounds(plain: str) -> Iterator[str]:
    """Joined forms beside the parts: `wi-fi` is also `wifi`, `a-10293` also `a10293`."""
    for match in _COMPOUND.finditer(plain):
        parts = _COMPOUND_PARTS.findall(match.group())
        dotted = "." in match.group() and parts[0].isdigit()
        if dotted or all(part.isdigit() for part in parts) or len(parts) > 4:
            continue
        yield "".join(parts)


@forgettable
@lru_cache(maxsize=30_000)
def _lexeme(word: str, language: str) -> str:
    """The stem of one folded word; words with digits are codes and stay whole."""
    if any(char.isdigit() for char in word):
        return fold(word)[:MAX_LEXEME_CHARS]
    word = _ARABIC_MARKS.sub("", word)
    stemmer = _stemmer(language)
    if stemmer is not None:
        with _STEMMING:
            word = stemmer.stemWord(word) or word
    return fold(word)[:MAX_LEXEME_CHARS]


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Any:
    name = _STEMMERS.get(language.split("-")[0].lower())
    return snowballstemmer.stemmer(name) if name else None


def fold(word: str) -> str:
    """The word without the accents of Latin, Greek and Cyrillic letters: `café` as `cafe`."""
    if word.isascii():
        return word
    apart = _ACCENTS.sub("", unicodedata.normalize("NFD", word))
    return unicodedata.normalize("NFC", apart).replace("ø", "o").replace("ł", "l").replace("đ", "d")
