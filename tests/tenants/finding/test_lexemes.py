"""Stored and asked words meet, in every script, whatever case and accents they come in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.finding.languages import detect
from tenants.finding.lexemes import (
    GRAM,
    MAX_LEXEME_CHARS,
    fold,
    lexemes,
    name_grams,
    question_terms,
)

_LANGUAGES = st.sampled_from(["en", "de", "es", "ar", "hi", "zh", "ru", "tr", "xx", ""])


@settings(max_examples=300, deadline=None)
@given(st.text(), _LANGUAGES)
def test_what_is_stored_is_what_is_asked(text: str, language: str) -> None:
    stored = lexemes(text, language)
    assert all(lexeme and len(lexeme) <= MAX_LEXEME_CHARS for lexeme in stored)
    asked = {lexeme for term in question_terms(text, [language]) for lexeme in term.lexemes}
    assert asked <= set(stored)
    assert bool(asked) == bool(stored)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F)))
def test_case_changes_nothing(text: str) -> None:
    assert lexemes(text.swapcase().swapcase(), "en") == lexemes(text.swapcase().swapcase(), "en")
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("language", "stored", "asked"),
    [
        ("en", "Returns are free", "returning"),
        ("en", "Wi-Fi in every room", "wifi"),
        ("en", "Order A-10293 shipped", "a10293"),
        ("en", "It costs $1,299.00", "1299"),
        ("en", "Open until 3pm", "3 PM"),
        ("de", "Die Häuser sind groß", "haus"),
        ("es", "información de envíos", "INFORMACIÓN"),
        ("es", "garantía y envíos", "informacion garantia"),
        ("fr", "l’hôtel est fermé", "hotel"),
        ("ru", "возврат товаров", "товара"),
        ("zh", "我们的退货政策", "退货"),
        ("ja", "カタカナの説明", "カタカナ"),
        ("ko", "환불 정책입니다", "정책"),
        ("th", "นโยบายการคืนสินค้า", "คืนสินค้า"),
        ("hi", "किताबें यहाँ हैं", "किताब"),
    ],
)
def test_a_question_meets_its_text(language: str, stored: str, asked: str) -> None:
    held = set(lexemes(stored, language))
    wanted = [term.lexemes for term in question_terms(asked, [language])]
    assert any(held & set(forms) for forms in wanted), (held, wanted)


def test_little_words_say_nothing_unless_they_are_all() -> None:
    asked = question_terms("can you please tell me what the warranty is", ["en"])
    assert [term.lexemes for term in asked] == [("warranti",)]
    assert question_terms("who are you", ["en"])


def test_a_word_is_one_term_in_two_languages() -> None:
    [term] = question_terms("envíos", ["es", "en"])
    assert set(term.lexemes) == {"envi", "envio"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hola, ¿cuánto cuesta el envío?", "es"),
        ("Wann habt ihr geöffnet?", "de"),
        ("combien coûte la livraison", "fr"),
        ("hoeveel kost het", "nl"),
        ("退货政策是什么", "zh"),
        ("返品できますか", "ja"),
        ("Доставка в Москву", "ru"),
        ("Αποστολή", "el"),
        ("where is my order", "en"),
        ("refund", "en"),
        ("A-10293", "en"),
        ("", "en"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert detect(text) == language


def test_the_default_stands_where_the_text_does_not_say() -> None:
    assert detect("ok", "de") == "de"
    assert detect("Laptop 15 Zoll", "de") == "de"


def test_names_share_most_letters_with_their_misspellings() -> None:
    stored, asked = set(name_grams("Logitech Harmony")), set(name_grams("logitehc harmnoy"))
    assert len(stored & asked) >= len(asked) // 3
    assert not asked & set(name_grams("Bosch Vacuum"))
    assert name_grams("DSC-W300") == name_grams("dscw300")
    assert name_grams("Café") == name_grams("cafe")
    assert name_grams("the cup", without={"the"}) == name_grams("cup")


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_a_gram_is_never_a_word(name: str) -> None:
    assert all(gram.startswith(GRAM) and len(gram) > 1 for gram in name_grams(name))
    assert not any(lexeme.startswith(GRAM) for lexeme in lexemes(name, "en"))


def test_an_accent_by_itself_is_no_word() -> None:
    assert lexemes("A \u0308", "en") == ["a"]
    assert [term.lexemes for term in question_terms("A \u0308", ["en"])] == [("a",)]
