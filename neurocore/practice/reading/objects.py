"""What a student hands in, as an object: its kind, and whether it is an answer at all.

None of the student's code runs here. Types are compared with `is`, so that an object cannot
pretend to be what it is not.
"""

import builtins
import re
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import inf, nan
from types import FunctionType

import numpy as np
from numpy import dtype, ndarray, typecodes

from neurocore.practice.reading import written
from neurocore.practice.reading.refused import Refused

# A private copy: a reply does not change when a student rebinds abs, float or type.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_NUMPYS = [dtype(code).type for code in typecodes["Float"] + typecodes["AllInteger"]]
NUMBERS = (float, int, Decimal, Fraction, *_NUMPYS)
WHOLE = (int, *(dtype(code).type for code in typecodes["AllInteger"]))
COMPLEX = (complex, *(dtype(code).type for code in typecodes["Complex"]))
TRUTH = (bool, np.bool_)
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
        (TRUTH, "a truth value"),
        ((*NUMBERS, *COMPLEX), "a number"),
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


def as_float(value):
    """Return a number as a float: infinite if it is too large, NaN if it is none."""
    try:
        return float(value)
    except OverflowError:
        return inf
    except ValueError:  # Decimal("sNaN")
        return nan


def brief(value, depth=3):
    """Return a short text for an answer, the same for the same answer: what the record keeps."""
    value = plain(value)
    if is_one_of(value, NUMBERS):
        return f"{as_float(value):.10g}"
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
        constants = [x for x in code.co_consts if is_one_of(x, (*NUMBERS, str))]
        text = repr((code.co_names, constants)).encode()
        return "function " + sha256(code.co_code + text).hexdigest()[:12]
    return kind_of(value)
