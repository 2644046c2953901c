"""Units that stand at the end of a key, written behind their number: `weight_kg: 23.9` as `weight: 23.9 kg`."""

import re
from typing import Any

_SAME = "kg g mg ml cl l km cm mm m mph ft lb lbs oz lux inches inch"
_TIMES = "seconds minutes hours days nights weeks months years"
_MONEY = "eur usd gbp chf dkk sek nok pln czk huf cad aud nzd jpy cny inr brl mxn"
_WRITTEN = {
    **{unit: unit for unit in f"{_SAME} {_TIMES}".split()},
    **{unit: unit.upper() for unit in _MONEY.split()},
    "kmh": "km/h", "wh": "Wh", "kwh": "kWh", "mah": "mAh", "watt": "W", "watts": "W", "percent": "%",
    "pct": "%", "gb": "GB", "mb": "MB", "tb": "TB", "ghz": "GHz", "mhz": "MHz", "mins": "minutes", "hrs": "hours",
    "working days": "working days", "business days": "business days",
}  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d[\d.,]*(?: ?(?:-|–|to|or|bis|oder|a|o|à|ou) ?\d[\d.,]*)?")
_AMOUNTS = ("amount", "value", "price")
_CURRENCIES = ("currency", "currency_code", "currencyCode")
_CODE = re.compile(r"[A-Z]{3}")


def without_unit(name: str, value: Any) -> tuple[str, str]:
    """The label without the unit that ends it, and the unit as people write it; "" where it is none.

    Only a number has one, two numbers with a word between, or a list of numbers: behind any other
    text it would be in the wrong place.
    """
    words = name.rsplit(" ", 2)
    for count in (2, 1):
        unit = _WRITTEN.get(" ".join(words[-count:]).lower(), "")
        rest = " ".join(words[:-count])
        if unit and rest and not rest.endswith("›") and len(words) > count and _is_number(value):
            return rest, unit[:-1] if str(value) == "1" and unit in _TIMES.split() else unit
    return name, ""


def money_in(value: dict[str, Any]) -> tuple[str, str] | None:
    """(the key of the amount, the currency) of an object that is nothing but an amount of money."""
    if len(value) != 2:
        return None
    amount = next((key for key in _AMOUNTS if _is_number(value.get(key))), None)
    code = next((value[key] for key in _CURRENCIES if isinstance(value.get(key), str)), "")
    return (amount, code) if amount and _CODE.fullmatch(code) else None


def _is_number(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_number(member) for member in value)
    if isinstance(value, str):
        return _NUMBER.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)
