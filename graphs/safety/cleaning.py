"""A model's words made safe before anything is done with them, whole or as they stream in.

What may stay is a subset of Markdown: bold, italic, lists, tables, code, links. Images, HTML, scripts,
headings' marks, invisible characters and link definitions go; a link stays where its host is one that
the tenant allows, and then says the host; any other address becomes `‹link›`. Pieces give the same as the
whole: what was shown while it streamed is what is stored.
"""

import html
import re
import unicodedata
from collections.abc import Collection

from graphs.safety.allowed_hosts import COUNTRIES, GENERIC, host_of, is_allowed

REMOVED = "‹link›"
MAX_CHARS = 8_000  # of one answer; what a model writes beyond is dropped
MAX_ROUNDS = 4
MAX_HELD_CHARS = 4_000  # of a construct that has not ended; then its first sign is a mere sign
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BLOCK = re.compile(
    r"<(script|style|iframe|object|svg|template|noscript|textarea|title)\b[^>]*>.*?</\1\s*>", re.I | re.S
)  # fmt: skip
_BLOCK_OPEN = re.compile(
    r"<(?:script|style|iframe|object|svg|template|noscript|textarea|title)\b", re.I
)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_COMPARES = re.compile(r"<(?:[\s\d=]|$)")
_AUTOLINK = re.compile(r"<((?:https?:|www\.)[^\s<>]*)>", re.I)
_TAG = re.compile(r"<[/!?]?[a-zA-Z!?\[][^<>]*>")
_TAG_BEGINS = re.compile(r"<[/!?]?(?:[a-zA-Z!?\[-]|$)")
_DESTINATION = r"\(\s*(?:<([^<>\n]*)>|((?:[^\s()<>]|\([^\s()<>]*\))*))(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
_LINK = re.compile(r"\[([^\[\]]{0,300})\]" + _DESTINATION)
_IMAGE = re.compile(r"!\[([^\[\]]{0,300})\](?:" + _DESTINATION + r"|\[[^\[\]]{0,300}\])")
_LINK_BEGINS = re.compile(r"!?(?:\[[^\[\]]{0,300}(?:\](?:\([^)\n]*)?|\]\[[^\[\]]{0,300})?)?$")
_NO_MARK = re.compile(r"!\[(?!\d{1,2}\])")
_BLANK = re.compile(r"\s")
_RUN = re.compile(r"\S+")
_IMAGE_BEGINS = re.compile(r"!(?=\[(?!\d{1,2}\](?!\()))")
_DEFINITION = re.compile(r"\[[^\[\]\n]{1,300}\]:[ \t]*[^\n]*\n?")
_LABELLED = re.compile(
    r"\[(?!\d{1,2}\])([^\[\]\n]{1,300})\]:"
)  # a definition, once on its own line
_WORD = re.compile(r"(?:[^\s<!\[]|!(?!\[))+")
_HEADING = re.compile(r"#{1,6}[ \t]+")
_LINE_LEAD = re.compile(r"[ \t]|>+|[-*+]|\d{1,9}[.)]")  # of quotes and lists
_REACHES_END = re.compile(r"#{1,6}[ \t]*$")
_NO_SPACE = r"[^\s\"“”«»()\[\]<>‹›]"
_ADDRESS = re.compile(
    rf"(?:\b[a-z][a-z0-9+.-]{{0,20}}:[/\\]{{2,}}|(?:https?|ftp):[/\\]+|\bhttps?:(?=[^\s/])|(?:javascript|vbscript|data|file|blob):(?=\S)|(?<![:\w/])//(?=[\w-]+\.)|\bwww\.){_NO_SPACE}+"
    rf"|(?<![\w-])(?<![\w.+-]@)(?<!\w\.)(?:[\w-]+\.)+(?:(?:{GENERIC})(?![\w-])(?!@\w)(?!\.\w)|(?P<country>{COUNTRIES})(?![\w-])(?!@\w)(?!\.\w)|[a-z]{{2,10}}(?=[/?#]\w))(?:[:/?#]{_NO_SPACE}*)?"
    rf"|(?<![\w.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::\d+)?/{_NO_SPACE}*",
    re.IGNORECASE,
)
_HAS_PATH = re.compile(r"(?:https?:)?+(?:[/\\]{2})?+[^/?#]*[/?#]", re.IGNORECASE)
_HOST_GOES_ON = re.compile(r"(?:\[\d{1,2}\])*[\"“”«»()\[\]<>‹›][^\s/?#\\]*?(?:\.\w|@)")
_MAILTO = re.compile(r"(?<![^\W_])mailto:(?://)?([^\s?]*)(?:\?\S*)?", re.IGNORECASE)
_TRAILING = re.compile(r"[.,;:!?)\]}'’*_~…。！？）]+$")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|colon|sol|period|NewLine|Tab|bsol);")


class Cleaner:
    """Cleans a text that arrives in pieces; `removed` counts what was taken out, by kind."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = hosts
        self._taken = 0
        self._held = ""
        self._run = ""  # what was said since the last white space: an address may go on in it
        self._at_line_start = True
        self.removed: dict[str, int] = {}
        self.addresses: list[str] = []  # that `‹link›` stands for

    def feed(self, piece: str) -> str:
        """What is surely clean now."""
        piece = piece[: max(0, MAX_CHARS - self._taken)]
        self._taken += len(piece)
        self._held += _INVISIBLE.sub("", piece)
        return self._advance(final=False)

    def rest(self) -> str:
        """What was held back, at the end."""
        return self._advance(final=True)

    def _advance(self, *, final: bool) -> str:
        out: list[str] = []
        place = 0
        while place < len(self._held):
            step = self._step(place, final=final or len(self._held) - place > MAX_HELD_CHARS)
            if step is None:
                break
            said, place = step
            if said:
                leads = self._at_line_start and _LINE_LEAD.fullmatch(said) is not None
                self._at_line_start = leads or said.endswith("\n")
                out.append(self._until_blank(said))
        self._held = self._held[place:]
        if final:
            out.append(self._without_addresses(self._run))
            self._run = ""
        return "".join(out)

    def _until_blank(self, said: str) -> str:
        """The runs of signs that end with this; addresses are looked for in whole runs."""
        self._run += said
        end = max((m.end() for m in _BLANK.finditer(self._run)), default=0)
        done, self._run = self._run[:end], self._run[end:]
        return _RUN.sub(lambda m: self._without_addresses(m[0]), done)

    def _without_addresses(self, run: str) -> str:
        run = _IMAGE_BEGINS.sub("! ", run)  # what was taken out may have stood between
        run = _MAILTO.sub(r"\1", run)
        for _ in range(MAX_ROUNDS):  # what is left beside an address may look like one
            before, run = run, _ADDRESS.sub(self._address, run)
            if run == before:
                break
        return run

    def _step(self, place: int, *, final: bool) -> tuple[str, int] | None:
        """What is said for the next construct and where it ends; None where more must come first."""
        text, sign = self._held, self._held[place]
        if self._at_line_start and sign == "#":
            return self._heading(place, final=final)
        if sign == "<":
            return self._markup(place, final=final)
        if sign == "[" or text.startswith("![", place) or (sign == "!" and place + 1 == len(text)):
            return self._bracket(place, final=final)
        word = _WORD.match(text, place)
        if word is None:
            return sign, place + 1
        if word.end() == len(text) and not final:
            return None
        return _decoded(word[0]), word.end()

    def _heading(self, place: int, *, final: bool) -> tuple[str, int] | None:
        if not final and _REACHES_END.match(self._held, place):
            return None
        found = _HEADING.match(self._held, place)
        if found is None:
            self._at_line_start = False
            return "", place
        return "", found.end()

    def _markup(self, place: int, *, final: bool) -> tuple[str, int] | None:
        text = self._held
        for pattern in (_BLOCK, _COMMENT):
            if found := pattern.match(text, place):
                return self._gone("html", found.end())
        if _BLOCK_OPEN.match(text, place) or text.startswith("<!--", place):
            return self._gone("html", len(text)) if final else None
        if found := _AUTOLINK.match(text, place):
            return found[1], found.end()
        if found := _TAG.match(text, place):
            return self._gone("html", found.end())
        if _TAG_BEGINS.match(text, place):
            if not final and ">" not in text[place:]:
                return None
            return "‹", place + 1
        return ("<" if _COMPARES.match(text, place) else "‹"), place + 1

    def _bracket(self, place: int, *, final: bool) -> tuple[str, int] | None:
        text = self._held
        if not final and _LINK_BEGINS.match(text, place):
            return None
        if self._at_line_start and (found := _DEFINITION.match(text, place)):
            if not final and not found[0].endswith("\n"):
                return None
            return self._gone("link", found.end())
        if text[place] == "!":
            if found := _IMAGE.match(text, place):
                self._count("image")
                return _decoded(found[1]).replace("<", "‹"), found.end()
            return ("! " if _NO_MARK.match(text, place) else "!"), place + 1
        if found := _LINK.match(text, place):
            return self._link(found[1], (found[2] or found[3] or "").strip()), found.end()
        if found := _LABELLED.match(text, place):
            return f"{_decoded(found[1]).replace('<', '‹')}:", found.end()
        return "[", place + 1

    def _link(self, label: str, url: str) -> str:
        url, label = html.unescape(url), _decoded(label).replace("<", "‹")
        if not is_allowed(url, self._hosts) or not url.lower().startswith(("http://", "https://")):
            self._count("link")
            return label
        host = host_of(url) or ""
        shown = label.strip() or host
        if host.removeprefix("www.") not in shown.lower():
            shown = f"{shown} ({host})"
        return f"[{shown}]({url})"

    def _address(self, found: re.Match[str]) -> str:
        url = found[0]
        ending = _TRAILING.search(url)
        tail = ending[0] if ending else ""
        url = url[: len(url) - len(tail)]
        if found["country"] and _is_a_sentences_end(found):
            return f"{found[0][: found.start('country') - found.start()]} {found['country']}{tail}"
        behind = found.string[found.end() :]
        goes_on = not _HAS_PATH.match(url) and _HOST_GOES_ON.match(behind)
        if is_allowed(url, self._hosts) and not goes_on:
            return found[0]
        self._count("link")
        self.addresses.append(url)
        return REMOVED + tail

    def _gone(self, kind: str, end: int) -> tuple[str, int]:
        self._count(kind)
        return "", end

    def _count(self, kind: str) -> None:
        self.removed[kind] = self.removed.get(kind, 0) + 1


def cleaned(text: str, hosts: Collection[str]) -> str:
    """The whole text, cleaned."""
    cleaner = Cleaner(hosts)
    return cleaner.feed(text) + cleaner.rest()


def _is_a_sentences_end(found: re.Match[str]) -> bool:
    """Whether two sentences without a blank between them ("sent.In most") look like a host."""
    country, whole = found["country"], found[0]
    return country[:1].isupper() and not whole.isupper() and whole.endswith(country)


def _decoded(word: str) -> str:
    """Without character references, which a reader's program would make signs of."""
    told = _ENTITY.sub(lambda m: html.unescape(m[0]), word)
    if told == word:
        return word
    told = _INVISIBLE.sub("", told).replace("<", "‹").replace("[", "(")
    return " ".join(told.split())


def plain_name(text: str) -> str:
    """A name for prompts and phrases: one line without markup, signs of fences or invisible signs."""
    flat = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
    return re.sub(r"[<>\[\]{}`|]", "", flat)[:200]
