"""Checkable facts: the same however they are written, and never one that no passage states."""

import pytest

from graphs.words.facts import facts_of, unheld

SHOP = (
    "Shipping to Switzerland costs 9.90 EUR and takes 3 to 5 days. Orders over 1,234.50 € ship free "
    "until 3 October 2026. We are open Monday to Friday 9:00-18:00. Call +49 30 1234567 or Anna Berg. "
    "See https://www.shop.example/returns. Use code SAVE10 for 20 % off. Write to help@shop.example."
)
CHINESE = "运费为9.90欧元，三天内送达。营业时间为周一至周五上午9点到下午6点。请联系王芳女士。"
GERMAN = "Die Gebühr beträgt 1.234,56 Euro, zahlbar binnen vierzehn Tagen bis 24.12. um 18 Uhr."
ARABIC = "تكلفة الشحن ١٢٫٥٠ يورو حتى ٣ أكتوبر. اتصل بالسيد أحمد خلال ثلاثة أيام."

SAME = [
    ("en", "It costs €9.90.", SHOP),
    ("en", "Orders over 1.234,50 euros ship free.", SHOP),
    ("en", "Free until Oct 3rd, 2026.", SHOP),
    ("en", "Free until 10/03/2026.", SHOP),
    ("en", "We are open until 6 pm, on Wednesday too.", SHOP),
    ("en", "It takes three to five days.", SHOP),
    ("en", "Call 030 1234567 or see shop.example/returns.", SHOP),
    ("en", "With SAVE-10 you get twenty percent off.", SHOP),
    ("en", "The fee of 1,234.56 EUR is due within 14 days, until December 24 at 6 pm.", GERMAN),
    ("de", "Der Versand kostet 9,90 Euro.", SHOP),
    ("de", "Bis zum 3.10.2026, montags bis 18 Uhr.", SHOP),
    ("de", "Zwanzig Prozent Rabatt, Lieferung in drei bis fünf Tagen.", SHOP),
    ("es", "Tarda de tres a cinco días y cuesta 9,90 €.", SHOP),
    ("es", "Hasta el 3 de octubre de 2026, de lunes a viernes.", SHOP),
    ("fr", "La livraison coûte 9,90 euros, de 9h à 18h, 20 pour cent.", SHOP),
    ("zh", "到2026年10月3日，周三营业到下午6点，百分之二十。", SHOP),
    ("zh", "运费9.90欧元，3天内送达，王芳女士。", CHINESE),
    ("en", "Delivery takes 3 days, Monday to Friday until 6 pm.", CHINESE),
    ("ar", "يستغرق من ٣ إلى ٥ أيام، حتى ٣ أكتوبر ٢٠٢٦", SHOP),
    ("en", "It costs 12.50 EUR until 3 October, within three days.", ARABIC),
    ("en", "It weighs 17.8.", "weight kg: 17.8"),
    ("de", "Es wiegt 10.1.", "Gewicht kg: 10.1"),
]
INVENTED = [
    ("en", "It costs 8.90 EUR.", SHOP, "number"),
    ("en", "It costs $9.90.", SHOP, "number"),
    ("en", "In total it takes 8 days.", SHOP, "number"),
    ("en", "It takes 3 to 5 weeks.", SHOP, "number"),
    ("en", "It takes thirty days.", SHOP, "number"),
    ("en", "Within one day.", SHOP, "number"),
    ("en", "Free until 4 October.", SHOP, "date"),
    ("en", "Free until 3 October 2027.", SHOP, "date"),
    ("en", "We are open until 7 pm.", SHOP, "time"),
    ("en", "We are open on Sunday.", SHOP, "weekday"),
    ("en", "Call 030 1234568.", SHOP, "phone"),
    ("en", "See shop.example/return.", SHOP, "link"),
    ("en", "Write to sales@shop.example.", SHOP, "email"),
    ("en", "Use SAVE20.", SHOP, "code"),
    ("en", "Ask Otto Zander.", SHOP, "name"),
    ("en", "Zander will call you.", SHOP, "name"),
    ("en", "You can pay by PayPal.", SHOP, "name"),
    ("de", "Bitte wenden Sie sich an Herrn Müller.", SHOP, "name"),
    ("de", "Die Zahlung per Klarna ist möglich.", SHOP, "name"),
    ("de", "Es kostet neun Euro.", GERMAN, "number"),
    ("de", "Es kostet 1.234,65 Euro.", GERMAN, "number"),
    ("es", "Abierto hasta las 9 de la noche.", SHOP, "time"),
    ("es", "Llame a Carlos Ruiz.", SHOP, "name"),
    ("fr", "Cela coûte quatre-vingt-dix euros.", SHOP, "number"),
    ("zh", "八天内送达。", CHINESE, "number"),
    ("zh", "营业到下午7点。", CHINESE, "time"),
    ("zh", "支持PayPal付款。", CHINESE, "name"),
    ("ar", "تكلفة الشحن ١٣٫٥٠ يورو", ARABIC, "number"),
    ("ar", "اتصل بالسيد خالد", ARABIC, "name"),
]


@pytest.mark.parametrize(("language", "sentence", "body"), SAME)
def test_a_fact_is_the_same_however_it_is_written(language: str, sentence: str, body: str) -> None:
    spoken = {CHINESE: "zh", GERMAN: "de", ARABIC: "ar"}.get(body, "en")
    assert facts_of(sentence, language)
    assert unheld(sentence, [(body, spoken)], language) == []


@pytest.mark.parametrize(("language", "sentence", "body", "kind"), INVENTED)
def test_a_fact_that_no_passage_states_is_found(
    language: str, sentence: str, body: str, kind: str
) -> None:
    spoken = {CHINESE: "zh", GERMAN: "de", ARABIC: "ar"}.get(body, "en")
    assert kind in {fact.kind for fact in unheld(sentence, [(body, spoken)], language)}


def test_plain_sentences_hold_no_fact() -> None:
    for language, sentence in [
        ("en", "Yes, you may return it, and we'll refund you."),
        ("de", "Ja, die Rückgabe Ihrer Bestellung ist kostenlos möglich."),
        ("es", "Sí, puede devolver el producto sin gastos."),
        ("fr", "Oui, vous pouvez retourner l'article gratuitement."),
        ("zh", "可以免费退货。"),
    ]:
        assert facts_of(sentence, language) == (), sentence


def test_names_of_our_own_need_no_source() -> None:
    assert unheld("Mia of Shoely is glad to help.", [(SHOP, "en")], "en", known="Shoely Mia") == []


def test_the_host_behind_a_link_s_user_is_no_e_mail() -> None:
    told = facts_of("Write to //shop.example@evil.example/ or sales@shop.example.", "en")
    assert [one.values for one in told if one.kind == "email"] == [{"sales@shop.example"}]
