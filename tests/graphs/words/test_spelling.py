"""Slips are mended, and what is right or no plain word is left alone."""

import asyncio

import pytest

from graphs.words.common_words import CommonEnglish, common_english, read_english
from graphs.words.lexicon import Lexicon, sound_of
from graphs.words.slip_costs import slip_cost
from graphs.words.spelling import WEAK, Speller, applied, variants


@pytest.fixture(scope="module")
def english() -> CommonEnglish:
    return read_english()


@pytest.fixture(scope="module")
def speller(english: CommonEnglish) -> Speller:
    return Speller(english)


def mended(speller: Speller, text: str, language: str = "en") -> str:
    return applied(text, [c for c in speller.corrections(text, language) if c.is_strong])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("where is my parcle?", "where is my parcel?"),
        ("I want to retrun the shoes", "I want to return the shoes"),
        ("Recieved the wrong colour", "Received the wrong colour"),
        ("how much is shiping to France", "how much is shipping to France"),
        ("can I chagne my adress, please", "can I change my address, please"),
        ("hw mch is it?", "how much is it?"),  # the first word of a question without its vowels
    ],
)
def test_a_slip_is_mended_in_its_place(speller: Speller, typed: str, meant: str) -> None:
    assert mended(speller, typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Where is order A-10293, the XR-77b one?",
        "write to jonas.krueger@exmaple.com or see https://shpo.example/retrun",
        "Did Mr Krzyzewski reply, or Zofia?",
        "my iPhone and the GTX4090 from IKEA",
        "dont u think thats gonna be refundable asap?",
        "travelling or traveling, cancelled or canceled, colour or color",
        "@retrun #shiping $prcie",
        "TV or PC, 3 kg, 5 cm",
        "kg of flour",
        "Dr Who, hw and cn stand within",
        "umm, hmm, do you uhh ship ahh to France? ermm",
    ],
)
def test_codes_names_addresses_and_right_words_are_left_alone(speller: Speller, text: str) -> None:
    assert mended(speller, text) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wie lange dauert der Versand nach Österreich?", "de"),
        ("¿Cuánto cuesta el envío a Canarias?", "es"),
        ("Où est ma commande ?", "fr"),
    ],
)
def test_other_languages_are_not_taken_for_english(
    speller: Speller, text: str, language: str
) -> None:
    assert speller.corrections(text, language) == []


def test_a_tenants_own_word_is_known_and_preferred(english: CommonEnglish) -> None:
    own = Speller(english, Lexicon({"zephyrix": 12, "klimarucksack": 3}))
    assert mended(own, "does the zephyrix float?") == "does the zephyrix float?"
    assert mended(own, "does the zephirix float?") == "does the zephyrix float?"
    assert mended(Speller(english), "does the zephirix float?") == "does the zephirix float?"
    assert mended(own, "Gibt es den Klimarucksakc?", "de") == "Gibt es den Klimarucksakc?"
    assert mended(own, "Gibt es den Klimaruckasck?", "de") == "Gibt es den Klimarucksack?"


def test_a_word_that_the_tenant_says_often_is_meant_sooner(english: CommonEnglish) -> None:
    typed = "is there wif in the room"
    [alone] = Speller(english).corrections(typed, "en")
    assert alone.right != "wifi"
    [own] = Speller(english, Lexicon({"wifi": 9, "room": 40, "the": 90})).corrections(typed, "en")
    assert (own.right, own.is_strong) == ("wifi", True)
    rarely = Lexicon({"wifi": 1, "room": 40_000, "the": 90_000})
    assert [one.right for one in Speller(english, rarely).corrections(typed, "en")] != ["wifi"]


def test_what_is_less_sure_is_weak(speller: Speller) -> None:
    found = speller.corrections("what about the blod?", "en")
    assert all(WEAK <= c.chance <= 1 for c in found)
    assert mended(speller, "qqqzzx vvvkk") == "qqqzzx vvvkk"


def test_bounds_hold_for_a_long_text(speller: Speller) -> None:
    assert len(speller.corrections("retrun shiping " * 4_000, "en")) <= 12
    assert speller.corrections("x" * 8_000, "en") == []


def test_who_writes_no_words_at_all_keeps_nobody_waiting(speller: Speller) -> None:
    """A word that nobody knows takes milliseconds to weigh, in the process that serves everybody."""
    gibberish = " ".join(f"qx{a}z{b}vk" for a in "bcdfgh" for b in "jklmnp")
    assert speller.corrections(f"{gibberish[:50]} retrun", "en") != []
    assert speller.corrections(f"{gibberish} retrun", "en") == []
    assert speller.corrections("qx. " * 20 + "Where is my retrun", "en") == []
    assert speller.corrections("Is it. " * 20 + "Where is my retrun", "en") != []


def test_a_lexicon_finds_words_two_edits_away() -> None:
    lexicon = Lexicon({"parcel": 5, "marvel": 3, "of": 1})
    near = {lexicon.words[at]: distance for at, distance in lexicon.near("parcle")}
    assert near == {"parcel": 1}
    assert {lexicon.words[at] for at, _ in lexicon.near("parvel")} == {"parcel", "marvel"}
    assert Lexicon({}).near("word") == []


def test_likely_slips_cost_less() -> None:
    assert slip_cost("teh", "the") < slip_cost("tqe", "the")
    assert slip_cost("adress", "address") < slip_cost("adxress", "address")
    assert slip_cost("same", "same") == 0


def test_sounds_and_variants_are_rules() -> None:
    assert sound_of("fone") == sound_of("phone")
    assert sound_of("nife") == sound_of("knife")
    assert "color" in variants("colour")
    assert "travelling" in variants("traveling")


async def test_common_english_is_read_once() -> None:
    first, again = await asyncio.gather(common_english(), common_english())
    assert again is first
    assert first.pull("thank", "you") > 1 > first.pull("you", "xyzzy")
