"""Quantities as the API server writes them (apimachinery `api/resource`): `1024Mi` is `1Gi`, `0.5` is `500m`. Pure."""

import re
from decimal import ROUND_CEILING, Context, Decimal
from typing import Any

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([eE][-+]?[0-9]+)|([KMGTPE]i)|([numkMGTPE]?))")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_POWERS = {unit: power for power, unit in _DECIMAL.items()}
_EXACT = Context(prec=60)
_NANO = Decimal("1e-9")


def canonical(value: Any) -> str | None:
    """The canonical text of a quantity given as text or number; None when it is none."""
    found = _QUANTITY.fullmatch(str(value))
    if found is None or isinstance(value, bool):
        return None
    number, exponent, binary, unit = Decimal(found[1]), found[2], found[3], found[4]
    if binary:
        return _binary(_EXACT.multiply(number, Decimal(1024) ** _BINARY.index(binary)))
    power = int(exponent[1:]) if exponent else _POWERS[unit]
    return _decimal(_EXACT.scaleb(number, power), exponential=bool(exponent))


def _binary(value: Decimal) -> str:
    if abs(value) < 1024 or value != value.to_integral_value():
        return _decimal(value, exponential=False)
    whole, unit = int(value), 0
    while whole % 1024 == 0 and unit + 1 < len(_BINARY):
        whole, unit = whole // 1024, unit + 1
    return f"{whole}{_BINARY[unit]}"


def _decimal(value: Decimal, *, exponential: bool) -> str:
    value = value.quantize(_NANO, rounding=ROUND_CEILING, context=_EXACT)
    if not value:
        return "0"
    power = max(power for power in _DECIMAL if _is_whole(_EXACT.scaleb(value, -power)))
    mantissa = int(_EXACT.scaleb(value, -power))
    return f"{mantissa}{(f'e{power}' if power else '') if exponential else _DECIMAL[power]}"


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()
