"""From whatever a student hands in to plain floats, without running any of the student's code.

Types are compared with `is`, so that an object cannot pretend to be a number: only Python's and
numpy's own numbers, arrays, lists and tuples are read, and pint's quantities.
"""

import builtins
import re
import sys
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import inf, isfinite, isnan, nan
from types import FunctionType

import numpy as np
from numpy import argwhere, array, dtype, ndarray, typecodes
from numpy import isfinite as np_isfinite

from neurocore.practice import written
from neurocore.practice.outcomes import Refused
from neurocore.practice.units import conversion

# A private copy: the verdict does not change when a student rebinds abs, float or type.
__builtins__ = dict(vars(builtins))

_NUMPYS = [dtype(code).type for code in typecodes["Float"] + typecodes["AllInteger"]]
_NUMBERS = (float, int, Decimal, Fraction, *_NUMPYS)
WHOLE = (int, *(dtype(code).type for code in typecodes["AllInteger"]))
_COMPLEX = (complex, *(dtype(code).type for code in typecodes["Complex"]))
_TRUTH = (bool, np.bool_)
TEXT = (str, np.str_)


def is_one_of(value, types):
    """Return whether the type of `value` is among `types`; subclasses are not."""
    kind = type(value)
    return any(kind is t for t in types)


def kind_of(value):
    """Return words for the type of `value`, such as "a list" or "an object of type Widget"."""
    kind = type(value)
    for known, words in (
        ((list,), "a list"),
        ((tuple,), "a tuple"),
        ((dict,), "a dictionary"),
        ((set, frozenset), "a set"),
        (TEXT, "text"),
        ((bytes, bytearray, np.bytes_), "bytes, not text"),
        ((ndarray,), "an array"),
        (_TRUTH, "a truth value"),
        ((*_NUMBERS, *_COMPLEX), "a number"),
    ):
        if any(kind is t for t in known):
            return words
    name = type.__dict__["__name__"].__get__(kind)  # a metaclass cannot come between
    return "an object of type " + re.sub(r"[^\w.]", "?", name)[:40]


def unanswered(value, name):
    """Raise `Refused` if `value` is what stands where nothing was answered."""
    if value is ...:
        raise Refused("unanswered.placeholder", name=name)
    if value is None:
        raise Refused("unanswered.none", name=name)
    if (is_one_of(value, (list, tuple, dict, set)) and not len(value)) or (
        type(value) is ndarray and value.size == 0
    ):
        raise Refused("unanswered.empty", name=name)
    if type(value) is str:
        if not value.strip():
            raise Refused("unanswered.empty", name=name)
        if written.is_blank(value):
            given = value.strip()[:20].replace("`", "'")
            raise Refused("unanswered.blank", name=name, given=given)


def is_unanswered(value):
    """Return whether `value` is what stands where nothing was answered."""
    try:
        unanswered(value, "")
    except Refused:
        return True
    return False


def plain(value):
    """Return numpy's text, and what an array without axes holds, as Python's own."""
    if type(value) is ndarray and value.shape == () and value.dtype.kind in "OTU":
        value = value[()]
    return str(value) if type(value) is np.str_ else value


def number(value, unit, name):
    """Return an answer as a float in `unit`.

    Parameters
    ----------
    value : object
        What the student handed in.
    unit : str
        Unit that a bare number counts in, and that text or a quantity is converted to.
    name : str
        What the student calls it.

    Returns
    -------
    float
        A finite number.

    Raises
    ------
    Refused
        With the code of the outcome, if it is anything else.
    """
    value = plain(value)
    unanswered(value, name)
    value, factor = _with_unit(value, unit, name)
    if type(value) is ndarray:
        if value.shape != ():
            raise Refused("invalid.shape", name=name, shape=str(value.shape), wanted="one number")
        value = value[()]
    if is_one_of(value, _TRUTH):
        raise Refused("invalid.truth-value", name=name)
    if is_one_of(value, _COMPLEX):
        raise Refused("invalid.complex", name=name)
    if is_one_of(value, _NUMBERS):
        return finite(_as_float(value) * factor, name)
    if type(value) is tuple and len(value) == 1:
        raise Refused("invalid.comma", name=name)
    if is_one_of(value, (tuple, list, dict, set, frozenset)):
        raise Refused("invalid.sequence", name=name, kind=kind_of(value))
    if callable(value):
        raise Refused("invalid.function", name=name)
    raise Refused("invalid.type", name=name, kind=kind_of(value), wanted="a number")


def numbers(value, unit, name, shape):
    """Return an answer as a float array of the shape that is wanted, in `unit`.

    Raises `Refused` as `number` does, naming the first element that is not finite.
    """
    wanted = f"an array of shape {shape}"
    value, factor = _with_unit(plain(value), unit, name)
    if type(value) is ndarray and value.dtype.kind in "OTU" and value.shape == shape:
        value = value.tolist()  # each element may carry a unit
    if is_one_of(value, (list, tuple)):
        value = _nested(value, unit, name, depth=len(shape))
    if type(value) is not ndarray:
        if is_one_of(value, _NUMBERS):
            raise Refused("invalid.shape", name=name, shape="of one number", wanted=wanted)
        if callable(value):
            raise Refused("invalid.function", name=name)
        raise Refused("invalid.type", name=name, kind=kind_of(value), wanted=wanted)
    kind = value.dtype.kind
    if kind == "b":
        raise Refused("invalid.truth-value", name=name)
    if kind == "c":
        raise Refused("invalid.complex", name=name)
    if value.shape != shape:
        raise Refused("invalid.shape", name=name, shape=str(value.shape), wanted=wanted)
    if kind not in "iuf":
        raise Refused("invalid.type", name=name, kind=f"an array of {value.dtype}", wanted=wanted)
    values = value.astype(float) * factor
    lost = argwhere(~np_isfinite(values))
    if len(lost):
        index = tuple(lost[0].tolist())
        finite(float(values[index]), f"{name}[{', '.join(map(str, index))}]")
    return values


def finite(value, name):
    """Return `value`, or raise `Refused` if it is NaN or infinite."""
    if isnan(value):
        raise Refused("invalid.nan", name=name)
    if not isfinite(value):
        raise Refused("invalid.infinite", name=name)
    return value


def _as_float(value):
    try:
        return float(value)
    except OverflowError:
        return inf
    except ValueError:  # Decimal("sNaN")
        return nan


def _nested(value, unit, name, depth):
    """Return nested lists as an array; their elements may carry a unit each."""
    if depth == 0:
        return number(value, unit, name)
    if not is_one_of(value, (list, tuple, ndarray)):
        return number(value, unit, name)
    rows = [_nested(x, unit, name, depth - 1) for x in value]
    try:
        return array(rows)
    except ValueError as error:
        raise Refused("invalid.sequence", name=name, kind="a ragged list") from error


def carries_unit(value):
    """Return whether an answer is text or a pint quantity, and so may bring a unit of its own."""
    quantity = getattr(sys.modules.get("pint"), "Quantity", None)
    return type(value) is str or (quantity is not None and issubclass(type(value), quantity))


def _with_unit(value, unit, name):
    """Split text such as "-0.0666 V" and a pint quantity into a number and a factor."""
    if type(value) is str:
        value, given = _from_text(value, unit, name)
    else:
        if not carries_unit(value):
            return value, 1.0
        try:
            value, given = value.magnitude, f"{value.units:~C}"
        except BaseException as error:  # a class of the student's, made from pint's
            raise Refused(
                "invalid.type", name=name, kind="a quantity that cannot be read", wanted="a number"
            ) from error
    factor = conversion(given, unit)
    if factor is None:
        instead = f"Write `{unit}`; capitals count." if unit else "Leave the unit away."
        given, unit = given or "a pure number", unit or "a pure number"
        raise Refused("invalid.unit", given=given, unit=unit, instead=instead)
    return value, factor


def _from_text(text, unit, name):
    """Return the number and the unit in a text, or raise `Refused` with what to write instead."""
    found = written.read(text)
    # A number alone may count in any unit. Where none is wanted, it says all there is to say.
    if found and (found.unit or not unit):
        if conversion(found.unit, unit) is not None or not written.has_power(found.unit):
            return found
    elif not found and written.is_parted(text):
        raise Refused("invalid.decimal", name=name)
    elif not found and written.is_formula(text):
        raise Refused("invalid.formula", name=name)
    tail = f" {unit}" if unit else ""
    words = "one number with its unit" if unit else "one number"
    raise Refused("invalid.text", name=name, words=words, example=f'"12.5{tail}" or "1.2e-3{tail}"')


def brief(value, depth=3):
    """Return a short text for an answer, the same for the same answer: what the record keeps."""
    value = plain(value)
    if is_one_of(value, _NUMBERS):
        return f"{_as_float(value):.10g}"
    if type(value) is str:
        return value[:80]
    if depth and is_one_of(value, (list, tuple)) and len(value) <= 10:
        return "(" + ", ".join(brief(x, depth - 1) for x in value) + ")"
    if depth and type(value) is dict and len(value) <= 10:
        return brief(list(value.items()), depth)
    if type(value) is ndarray and value.dtype.kind in "iuf":
        return f"array {value.shape} " + sha256(value.tobytes()).hexdigest()[:12]
    if type(value) is FunctionType:
        code = value.__code__
        constants = [x for x in code.co_consts if is_one_of(x, (*_NUMBERS, str))]
        text = repr((code.co_names, constants)).encode()
        return "function " + sha256(code.co_code + text).hexdigest()[:12]
    return kind_of(value)
