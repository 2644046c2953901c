"""Currencies, percent and measures: how they are written, and when two of them are the same."""

import re
from collections.abc import Mapping
from functools import cache

_CURRENCIES: Mapping[str, str] = {
    "EUR": "€ eur euro euros يورو 欧元",
    "dollar": "$ dollar dollars dólar dólares دولار دولارات دولارا 美元 美金",
    "USD": "usd us$", "CAD": "cad c$", "AUD": "aud a$", "NZD": "nzd", "SGD": "sgd", "HKD": "hkd",
    "pound": "£ pound pounds pfund libra libras livre livres جنيه جنيهات 英镑",
    "GBP": "gbp quid", "EGP": "egp",
    "CHF": "chf fr franc francs franken franco francos فرنك 瑞士法郎",
    "yuan": "¥ 元 块 人民币 yuan", "CNY": "cny rmb", "JPY": "jpy yen 円 日元",
    "SAR": "sar ريال ريالا", "AED": "aed درهم دراهم درهما", "INR": "₹ inr rupee rupees rs",
    "kr": "kr kronor kroner krona krone", "SEK": "sek", "NOK": "nok", "DKK": "dkk",
    "PLN": "zł pln", "peso": "peso pesos", "MXN": "mxn", "ARS": "ars", "TRY": "₺ try",
    "cent": "cent cents ct céntimo céntimos centime centimes",
}  # fmt: skip
_MEASURES: Mapping[str, str] = {
    "%": "% percent prozent pourcent بالمئة بالمائة",
    "second": "sec secs second seconds sekunde sekunden segundo segundos seconde secondes 秒 秒钟 ثانية ثوان",
    "minute": "min mins minute minutes minuten minuto minutos 分钟 دقيقة دقائق",
    "hour": "h hr hrs hour hours std stunde stunden hora horas heure heures 小时 个小时 钟头 ساعة ساعات",
    "day": "day days tag tage tagen tages día días jour jours jornada 天 日 个工作日 工作日 يوم أيام يوما يومًا",
    "night": "night nights nacht nächte nächten noche noches nuit nuits 晚 ليلة ليال",
    "week": "week weeks woche wochen semana semanas semaine semaines 周 星期 个星期 أسبوع أسابيع أسبوعا",
    "month": "month months monat monate monaten monats mes meses mois 个月 月 شهر أشهر شهور شهرا",
    "year": "year years jahr jahre jahren jahres año años an ans année années 年 سنة سنوات عام أعوام عاما",
    "kg": "kg kilo kilos kilogram kilograms kilogramm kilogramo kilogramos kilogramme kilogrammes 公斤 千克 كيلو كيلوغرام",
    "g": "g gram grams gramm gramo gramos gramme grammes 克 غرام", "mg": "mg",
    "lb": "lb lbs", "oz": "oz ounce ounces",
    "l": "l liter liters litre litres litro litros 升 لتر", "ml": "ml",
    "m": "m meter meters metre metres metro metros mètre mètres metern 米 متر", "cm": "cm 厘米 سم",
    "mm": "mm 毫米", "km": "km kilometer kilometers kilometre kilometres kilómetro kilómetros kilomètre kilomètres 公里 千米 كم",
    "mile": "mile miles", "inch": "inch inches zoll pulgada pulgadas pouce pouces",
    "w": "w watt watts", "kwh": "kwh", "gb": "gb", "mb": "mb", "tb": "tb", "mhz": "mhz", "ghz": "ghz",
    "°c": "°c", "°f": "°f",
}  # fmt: skip
_TIMES = {
    10**3: "thousand tausend tsd mil mille k ألف آلاف 千",
    10**4: "万",
    10**6: "million millions mio millionen millón millones مليون ملايين 百万",
    10**8: "亿",
    10**9: "billion billions bn milliarde milliarden milliard milliards مليار",
}
_SAME = (
    frozenset({"dollar", "USD", "CAD", "AUD", "NZD", "SGD", "HKD"}),
    frozenset({"pound", "GBP", "EGP", "lb"}),
    frozenset({"yuan", "CNY"}), frozenset({"kr", "SEK", "NOK", "DKK"}),
    frozenset({"peso", "MXN", "ARS"}),
)  # fmt: skip
_GENERIC = frozenset({"dollar", "pound", "yuan", "kr", "peso"})
_COMPOUND_ENDS = {
    "tag": "day", "tage": "day", "tagen": "day", "tages": "day", "stunden": "hour",
    "wochen": "week", "monate": "month", "monaten": "month", "jahre": "year", "jahren": "year",
}  # fmt: skip
_PHRASES = {
    "per cent": "%", "por ciento": "%", "pour cent": "%", "في المئة": "%", "في المائة": "%",
    "us dollar": "USD", "us dollars": "USD", "us-dollar": "USD", "swiss francs": "CHF",
}  # fmt: skip
PREFIXES = re.compile(r"(us\$|[ca]\$|[€$£¥₹₺]|\b(?:eur|usd|gbp|chf|cny|rmb|jpy|cad|aud|sar|aed|inr|fr\.|百分之))\s*$", re.IGNORECASE)  # fmt: skip
_HAN = re.compile("[\u3400-\u9fff]")
CURRENCIES = frozenset(_CURRENCIES)


@cache
def _forms() -> dict[str, str]:
    return {
        form: unit
        for table in (_CURRENCIES, _MEASURES)
        for unit, forms in table.items()
        for form in forms.split()
    }


@cache
def _multipliers() -> dict[str, int]:
    return {form: n for n, forms in _TIMES.items() for form in forms.split()}


def unit_of(word: str) -> str:
    """The unit that a word or sign stands for; "" for another word."""
    plain = word.casefold().strip(".,;:!?)")
    if plain == "百分之":
        return "%"
    known = _forms().get(plain) or _PHRASES.get(plain)
    if known is None and len(plain) > 5:
        known = next((u for end, u in _COMPOUND_ENDS.items() if plain.endswith(end)), None)
    return known or ""


def times(word: str) -> int:
    """What a number before this word is multiplied by; 1 for another word."""
    return _multipliers().get(word.casefold().strip(".,;:!?)"), 1)


def leading_unit(text: str) -> tuple[str, int]:
    """The unit at the beginning of a text that follows a number, and where it ends; ("", 0)."""
    lowered = text[:40].casefold()
    start = len(lowered) - len(lowered.lstrip(" -"))
    rest = lowered[start:]
    for phrase, unit in _PHRASES.items():
        if rest.startswith(phrase):
            return unit, start + len(phrase)
    if _HAN.match(rest):
        longest = next((rest[:n] for n in (4, 3, 2, 1) if unit_of(rest[:n])), "")
        return unit_of(longest), start + len(longest) if longest else 0
    sign = re.match(r"[€$£¥₹₺%]|°[cf]", rest)
    if sign:
        return unit_of(sign[0]), start + sign.end()
    return _among_words(rest, start)


def _among_words(rest: str, start: int) -> tuple[str, int]:
    """ "working days" and "full calendar months" are days and months."""
    end = 0
    last = ("", 0)
    for found in list(re.finditer(r"[^\W\d_]+\.?", rest))[:2]:
        if found.start() > end + 1:
            break
        unit = unit_of(found[0])
        if unit:
            last = (unit, start + found.end())
            if found[0] != "an":  # "half an hour" is no year
                break
        end = found.end()
    return last


def same_unit(said: str, held: str) -> bool:
    """Whether two units may be one: a dollar sign may be any of the dollars."""
    if said == held:
        return True
    return any(
        said in group and held in group and (said in _GENERIC or held in _GENERIC)
        for group in _SAME
    )
