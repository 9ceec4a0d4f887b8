"""Reading text such as "-66.57e-3 V": one small grammar, written down in the contributors' guide.

What it does not know is refused, even where one could guess: a wrong guess would be a false pass.
"""

import ast
import builtins
import re
import warnings
from typing import NamedTuple

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see objects.py

_LONGEST = 100  # far longer texts are no answer, and would keep the patterns busy for hours
_SPELLINGS = str.maketrans("−–‐‑", "----") | dict.fromkeys(map(ord, "\u200b\u2060\ufeff"), " ")
_RAISED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789", "^*(){} ")

_TIMES = r"[×·⋅∙*]"
_WHOLE = r"[-+]?[0-9]+"
TEN = (
    rf"10(?:\s*(?:\^|\*\*)\s*(?:{_WHOLE}|\({_WHOLE}\)|\{{{_WHOLE}\}})"
    r"|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
)
"""Pattern of a power of ten: "10^8", "10⁻³"."""
_TEXT = re.compile(  # (?>…) never gives back what it has read: "2e3×10³" is not 2 of a unit e3×10³
    rf"""
    \s* (?P<sign>[-+]?) \s*
    (?>
        (?P<alone>{TEN})
        | (?P<digits>[0-9]+\.?[0-9]*|\.[0-9]+)
          (?: [eE](?P<exponent>{_WHOLE}) | \s*(?:{_TIMES}|[xX])\s*(?P<factor>{TEN}) )?
    )
    (?:
        (?: \s*{_TIMES}\s* | \s+ | (?!1) )
        (?P<unit>
            (?:1?\s*/\s*)? (?P<letter>[^\W\d_]) [^()\[\]{{}}<>_,;:=?!~±'"`]{{0,39}}?
            | [%‰]
            | °[CF]?
        )
    )?
    \s*
    """,
    re.VERBOSE,
)
_POWER_IN_UNIT = re.compile(r"10|\b[eExX]\s*[-+]?[0-9]")
_PARTED = re.compile(r"\s*[-+]?\s*[0-9]+(?:\.[0-9]+)?+(?:\.|[,'’_٫٬\s]+)[0-9]")
_BLANKS = {"todo", "tbd", "fixme", "xxx", "na", "none", "youranswer", "youranswerhere"}


class Written(NamedTuple):
    """A number, and the text of the unit behind it: "" if there is none."""

    value: float
    unit: str


def read(text):
    """Return what is written in a text, or None if it is not one number with or without a unit.

    Parameters
    ----------
    text : str
        Such as "-66.57 mV", "2.8726e8", "2.87 × 10⁸ /s" or "50 %".

    Returns
    -------
    Written or None
        The number with its power of ten; it is infinite if it is too large.
    """
    if len(text) > _LONGEST:
        return None
    match = _TEXT.fullmatch(text.translate(_SPELLINGS))
    if not match or (match["letter"] and not match["letter"].isalpha()):  # "5²"
        return None
    power = match["exponent"]
    if power is None:
        ten = match["alone"] or match["factor"]
        power = ten.removeprefix("10").translate(_RAISED).strip() if ten else "0"
    return Written(float(f"{match['sign']}{match['digits'] or '1'}e{power}"), match["unit"] or "")


def has_power(unit):
    """Return whether an unknown unit holds a power of ten, which belongs to the number."""
    return bool(_POWER_IN_UNIT.search(unit))


def is_blank(text):
    """Return whether a text stands where nothing was answered: "____", "?", "TODO"."""
    letters = "".join(x for x in text[:_LONGEST] if x.isalnum())
    return not letters or letters.casefold() in _BLANKS


def is_parted(text):
    """Return whether something else than one point stands among a number's digits."""
    return bool(_PARTED.match(text[:_LONGEST].translate(_SPELLINGS)))


def is_formula(text):
    """Return whether a text is a calculation, such as "RT/F*log(5/140)"; "12-13" is a range."""
    text = re.sub(_TIMES, "*", text[:_LONGEST].translate(_SPELLINGS)).strip()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = compile(text, "", "eval", ast.PyCF_ONLY_AST).body  # type: ignore[attr-defined]
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return False
    while type(found) is ast.UnaryOp:
        found = found.operand
    if type(found) is ast.BinOp and type(found.op) is ast.Sub:
        return type(found.left) is not ast.Constant or type(found.right) is not ast.Constant
    return type(found) in (ast.BinOp, ast.Call)
