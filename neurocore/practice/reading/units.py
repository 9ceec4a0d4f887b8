"""The units that answers come in: enough of them to read "-0.0666 V" where mV are wanted."""

import re

# symbol: (size in SI, exponents of volt, ampere, second, metre, mole)
_SYMBOLS = {
    "V": (1, (1, 0, 0, 0, 0)),
    "A": (1, (0, 1, 0, 0, 0)),
    "s": (1, (0, 0, 1, 0, 0)),
    "m": (1, (0, 0, 0, 1, 0)),
    "mol": (1, (0, 0, 0, 0, 1)),
    "S": (1, (-1, 1, 0, 0, 0)),
    "ohm": (1, (1, -1, 0, 0, 0)),
    "F": (1, (-1, 1, 1, 0, 0)),
    "C": (1, (0, 1, 1, 0, 0)),
    "Hz": (1, (0, 0, -1, 0, 0)),
    "M": (1e3, (0, 0, 0, -3, 1)),
    "L": (1e-3, (0, 0, 0, 3, 0)),
    "l": (1e-3, (0, 0, 0, 3, 0)),
    "min": (60, (0, 0, 1, 0, 0)),
    "1": (1, (0, 0, 0, 0, 0)),
}
_SHARES = {"": 1.0, "%": 1e-2, "‰": 1e-3}
_PREFIXES = {"f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "k": 3, "M": 6, "G": 9}
_PREFIXED = {symbol for symbol in _SYMBOLS if symbol not in ("min", "1")}
_NAMES = {
    "volt": "V", "ampere": "A", "amp": "A", "second": "s", "metre": "m", "meter": "m",
    "mole": "mol", "siemens": "S", "ohm": "ohm", "farad": "F", "coulomb": "C", "hertz": "Hz",
    "molar": "M", "litre": "L", "liter": "L", "minute": "min",
}  # fmt: skip
_PREFIX_NAMES = {
    "femto": "f", "pico": "p", "nano": "n", "micro": "u", "milli": "m", "centi": "c",
    "kilo": "k", "mega": "M", "giga": "G", "": "",
}  # fmt: skip
_NAME = re.compile(f"({'|'.join(_PREFIX_NAMES)})({'|'.join(_NAMES)})s?", re.IGNORECASE | re.ASCII)
_SPELLINGS = str.maketrans("µμ·⋅∙×−–‐‑⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "uu****-----0123456789") | {
    ord(omega): "ohm" for omega in "Ω\u2126"
}
# A power of ten is no unit, nor part of one: "10³" is not 1 to the power of 03.
_FACTOR = re.compile(r"([*/]?)(1(?=/)|[A-Za-z]+)(?:\^?(-?[1-9][0-9]?(?![0-9])))?")


def parse(text):
    """Return the size of a unit in SI and its dimensions.

    Parameters
    ----------
    text : str
        Such as "mV", "millivolts", "µA/cm²", "uA/cm**2", "Ω·cm", "%" or "" for a pure number.

    Returns
    -------
    (float, tuple of int) or None
        Size, and the exponents of volt, ampere, second, metre and mole; None where the text is
        no unit that is known here, or a product after a slash: "A/m·s" can mean two things.
    """
    text = text.translate(_SPELLINGS).replace("**", "^").strip()
    text = re.sub(r"\s+", "*", re.sub(r"\s*([*/^])\s*", r"\1", text))  # "mS cm⁻²" is a product
    if text in _SHARES:
        return _SHARES[text], (0,) * 5
    size, dimensions, end, divided = 1.0, (0,) * 5, 0, False
    while end < len(text):
        factor = _FACTOR.match(text, end)
        if not factor or (not factor[1] and end) or (factor[1] == "*" and divided):
            return None
        found = _symbol(factor[2])
        if found is None:
            return None
        power = int(factor[3] or 1)
        if abs(power) > 9:
            return None
        if factor[1] == "/":
            power, divided = -power, True
        size *= found[0] ** power
        dimensions = tuple(a + power * b for a, b in zip(dimensions, found[1], strict=True))
        end = factor.end()
    return size, dimensions


def conversion(given, wanted):
    """Return the factor from one unit to another, or None if it is no unit of that kind."""
    if given.strip() == wanted:
        return 1.0
    given, wanted = parse(given), parse(wanted)
    if given is None or wanted is None or given[1] != wanted[1]:
        return None
    return given[0] / wanted[0]


def relatives(unit):
    """Return the units that one may slip into instead of `unit`.

    Returns
    -------
    list of (str, float)
        Each other unit, and the number in it of one `unit`: ("V", 0.001) for mV.
    """
    if unit == "%":
        return [("plain fractions", 0.01)]
    symbol = next((s for s in _PREFIXED if unit == s or _prefix(unit, s) is not None), None)
    if symbol is None:
        return []
    own = _prefix(unit, symbol) or 0
    family = {"": 0} | {p: e for p, e in _PREFIXES.items() if p != "c" or symbol == "m"}
    return [
        (prefix.replace("u", "µ") + symbol, 10.0 ** (own - exponent))
        for prefix, exponent in family.items()
        if exponent != own
    ]


def _symbol(text):
    if text in _SYMBOLS:
        return _SYMBOLS[text]
    name = _NAME.fullmatch(text)
    if name:  # words, in which capitals do not matter as they do in mS and ms
        text = _PREFIX_NAMES[name[1].lower()] + _NAMES[name[2].lower()]
        return _symbol(text) if text not in _NAMES else _SYMBOLS[text]
    symbol = text[1:]
    exponent = _prefix(text, symbol) if symbol in _PREFIXED else None
    if exponent is None:
        return None
    size, dimensions = _SYMBOLS[symbol]
    return size * 10.0**exponent, dimensions


def _prefix(unit, symbol):
    """Return the power of ten by which `unit` differs from `symbol`; None if it is no prefix."""
    unit = unit.replace("µ", "u")
    return _PREFIXES.get(unit[:1]) if unit[1:] == symbol else None
