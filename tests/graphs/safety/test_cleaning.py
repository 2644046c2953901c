"""Model output is made safe, the same whole and in pieces."""

import random
import re
import time

import pytest

from graphs.safety.allowed_hosts import is_allowed
from graphs.safety.clean_sources import clean_citation
from graphs.safety.cleaning import Cleaner, cleaned
from graphs.state import Citation

HOSTS = ("shop.example", "*.help.example")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("**Yes**, we ship *fast*.\n- one\n- two", "**Yes**, we ship *fast*.\n- one\n- two"),
        ("| a | b |\n| - | - |", "| a | b |\n| - | - |"),
        ("It costs 5 < 6 & 7 > 3 [1][2].", "It costs 5 < 6 & 7 > 3 [1][2]."),
        ("# Returns\nThirty days.", "Returns\nThirty days."),
        ("See [returns](https://shop.example/r).", "See [returns (shop.example)](https://shop.example/r)."),
        ("See [shop.example](https://shop.example/r).", "See [shop.example](https://shop.example/r)."),
        ("Go to https://www.shop.example/a?b=1.", "Go to https://www.shop.example/a?b=1."),
        ("Go to https://a.help.example/x, now.", "Go to https://a.help.example/x, now."),
        ("Write to info@evil.example.", "Write to info@evil.example."),
        ("Write to max.de@evil.example.", "Write to max.de@evil.example."),
        ("https://shop.example/a.pdf?file=b.pdf&next=/c", "https://shop.example/a.pdf?file=b.pdf&next=/c"),
        ("https://shop.example/wiki/File:X.png (https://shop.example).", "https://shop.example/wiki/File:X.png (https://shop.example)."),
        ("Open at 9.30 a.m., z.B. by install.sh [1].", "Open at 9.30 a.m., z.B. by install.sh [1]."),
        ("Great![1] Node.js, e.g. 3.50/night.", "Great![1] Node.js, e.g. 3.50/night."),
    ],
)  # fmt: skip
def test_the_subset_of_markdown_stays(written: str, kept: str) -> None:
    assert cleaned(written, HOSTS) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("See ![x](https://shop.example/a.png) here", "See x here"),
        ('<img src="https://evil.example/?q=1"> Hello', " Hello"),
        ("Hi<script>fetch('//evil.example')</script>.", "Hi."),
        ("Hi <script>never closed https://evil.example", "Hi "),
        ("<!-- hidden -->Hello <b>you</b>", "Hello you"),
        ("Pay at [our shop](https://evil.example/pay)!", "Pay at our shop!"),
        ("Pay at https://evil.example/pay.", "Pay at ‹link›."),
        ("Pay at evil.example/pay or www.evil.example.", "Pay at ‹link› or ‹link›."),
        ("[x](javascript:alert(1)) [y](//evil.example) [z](data:text/html,x)", "x y z"),
        ("https://shop.example@evil.example/ https://evil.example\\@shop.example", "‹link› ‹link›"),
        ("https://shop.example.evil.example/a http://notshop.example", "‹link› ‹link›"),
        ("[a]: https://evil.example/a\nRead [a].", "Read [a]."),
        ("&#104;ttps://evil.example/a", "‹link›"),
        ("ht\u200btps://evil.example/a \u202eabc", "‹link› abc"),
        ("(https://shop.example/a)https://evil.example", "(https://shop.example/a)‹link›"),
        ("<https://evil.example> <https://shop.example/a>", "‹link› https://shop.example/a"),
        (
            "https://shop.example).evil.de/ https://shop.example(@evil.de",
            "‹link›).‹link› ‹link›(@‹link›",
        ),
        ("https://shop.example/r?to=https://evil.de/a", "‹link›"),
        ("https://shop.example/r?to=https%3A%2F%2Fevil.de", "‹link›"),
        ("https://shop.example/r?to=%252F%252Fevil.de or ?u=evil.de", "‹link› or ?u=‹link›"),
        ("[go](https://shop.example/r?to=evil.de)", "go"),
        ("Visit evil.de, evil.co.uk or EVIL.DE.", "Visit ‹link›, ‹link› or ‹link›."),
        ("It was sent.In most cases by 10.0.0.1/a", "It was sent. In most cases by ‹link›"),
        ("Read [a]: https://shop.example/a [1]: yes", "Read a: https://shop.example/a [1]: yes"),
        ("mailto:a@evil.example?body=secret", "a@evil.example"),
        ("> [a]: https://shop.example/a\n> [a]", "> > [a]"),
        ("https://xn--shp-5cd.example http://sh\u043ep.example", "‹link› ‹link›"),
        ("https:\u2215\u2215evil.de/a http:\uff0f\uff0fevil.de", "‹link› ‹link›"),
    ],
)
def test_what_could_do_harm_goes(written: str, kept: str) -> None:
    assert cleaned(written, HOSTS) == kept


_PARTS = (
    "[a b](https://evil.example/x)", "[r](https://shop.example/r)", "![p](http://evil.example/a.png)",
    "<img src=x>", "<script>alert(1)</script>", "text ", "\n", "# Head\n", "https://shop.example/a",
    "https://evil.example/?q=1.", " www.evil.example", "a < b ", "[1]", "[2] ", "evil.example ",
    "[x]: http://evil.example\n", "- item\n", "| a |\n", "&#104;ttps://evil.example", "!", "![", "[",
    "](http://evil.example)", "(", "<", "<!-- x -->", "javascript:alert(1)", "12:30", "\u200b", "#",
    "<https://evil.example>", ").evil.de/", ".", "@", "evil.de", "mailto:a@evil.de?b", "sent.In", "> ", "https://shop.example@evil.example", "[![a](http://evil.example/i)](http://evil.example)",
)  # fmt: skip
_ADDRESSES = re.compile(r"(?:https?|ftp):/+[^\s()\[\]<>‹]+|(?<!\w)www\.[^\s()\[\]<>‹]+")


def test_pieces_give_the_same_as_the_whole_and_no_foreign_address_is_left() -> None:
    draw = random.Random(7)
    for _ in range(2_000):
        written = "".join(draw.choices(_PARTS, k=draw.randint(1, 8)))
        whole = cleaned(written, HOSTS)
        cleaner, place, shown = Cleaner(HOSTS), 0, ""
        while place < len(written):
            size = draw.randint(1, 6)
            shown += cleaner.feed(written[place : place + size])
            assert whole.startswith(shown), written
            place += size
        assert shown + cleaner.rest() == whole, written
        assert not re.search(r"<[a-z!/]|!\[[^\]\[]*\]\(", whole), written
        assert all(is_allowed(url, HOSTS) for url in _ADDRESSES.findall(whole)), written


def test_a_host_is_the_one_that_browsers_look_up() -> None:
    assert is_allowed("https://stra\u00dfe.example/", ("xn--strae-oqa.example",))
    assert not is_allowed("https://stra\u00dfe.example/", ("strasse.example",))
    assert is_allowed("https://SHOP.example./a", HOSTS)


def test_a_long_hostile_text_is_cleaned_in_a_moment() -> None:
    for hostile in ("[a](", "<", "[", "![", "a.", "<a ", "https:", "[a]:\n", "=a."):
        began = time.process_time()
        cleaned(hostile * 10_000, HOSTS)
        assert time.process_time() - began < 3, hostile


def test_a_quote_loses_the_address_and_stays_the_passages_own_words() -> None:
    passage = "Pay with the form at https://evil.example/pay within ten days.\nThank you."
    citation = Citation(
        passage_id="p", document_id="d", title="Pay http://evil.example", quote=passage
    )
    clean = clean_citation(citation, HOSTS)
    assert "evil" not in clean["quote"] + clean["title"]
    assert all(line in passage for line in clean["quote"].split("\n"))
    assert clean["quote"].endswith("Thank you.")
