"""From whatever a student hands in to plain floats, without running any of the student's code.

Only Python's and numpy's own numbers, arrays, lists and tuples are read, text by the grammar in
`written.py`, and pint's quantities.
"""

import builtins
import sys
from math import isfinite, isnan

from numpy import argwhere, array, ndarray
from numpy import isfinite as np_isfinite

from neurocore.practice.reading import written
from neurocore.practice.reading.objects import (
    COMPLEX,
    NUMBERS,
    TEXT,
    TRUTH,
    as_float,
    is_one_of,
    is_unanswered,
    kind_of,
    plain,
    unanswered,
)
from neurocore.practice.reading.refused import Refused
from neurocore.practice.reading.units import conversion

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see objects.py


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
    if is_one_of(value, TRUTH):
        raise Refused("invalid.truth-value", name=name)
    if is_one_of(value, COMPLEX):
        raise Refused("invalid.complex", name=name)
    if is_one_of(value, NUMBERS):
        return finite(as_float(value) * factor, name)
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
        if is_one_of(value, NUMBERS):
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


def parts(answer, named, name):
    """Return the numbers of an answer, each with whether it may have brought a unit of its own.

    Parameters
    ----------
    answer : object
        What the student handed in: one number, or all parts in order, or a dictionary of them.
    named : sequence of (str, str)
        Name and unit of each part; a single number is a part without a name.
    name : str
        What the student calls it.

    Returns
    -------
    dict of str to dict
        For each part its "value" and "with_unit".

    Raises
    ------
    Refused
        With the code of the outcome, if it is anything else.
    """
    objects = _parted(answer, named, name)
    found = {}
    for part, unit in named:
        value = number(objects[part], unit, part or name)
        found[part] = {"value": value, "with_unit": carries_unit(objects[part])}
    return found


def _parted(answer, named, name):
    """Return the objects that stand for the parts, none of them missing."""
    names = [part for part, _ in named]
    if names == [""]:
        return {"": answer}
    wanted = ", ".join(names)
    if is_one_of(answer, (tuple, list)) or (type(answer) is ndarray and answer.ndim == 1):
        if len(answer) != len(names):
            shape = f"{len(answer)} value{'s' * (len(answer) != 1)}"
            raise Refused("invalid.parts", name=name, shape=shape, wanted=wanted)
        answer = dict(zip(names, answer, strict=True))
    elif type(answer) is dict:
        keys = [k for k in answer if is_one_of(k, TEXT)]
        if len(keys) < len(answer) or not all(k in names for k in keys):
            shape = "a dictionary with other names"
            raise Refused("invalid.parts", name=name, shape=shape, wanted=wanted)
    else:
        number(answer, named[0][1], name)
        raise Refused("invalid.parts", name=name, shape="one value", wanted=wanted)
    answer = {part: plain(answer.get(part)) for part in names}
    missing = [part for part, x in answer.items() if is_unanswered(x)]
    if len(missing) == len(names):
        unanswered(answer[names[0]], name)
    if missing:
        raise Refused("invalid.missing", missing=", ".join(f"`{part}`" for part in missing))
    return answer


def finite(value, name):
    """Return `value`, or raise `Refused` if it is NaN or infinite."""
    if isnan(value):
        raise Refused("invalid.nan", name=name)
    if not isfinite(value):
        raise Refused("invalid.infinite", name=name)
    return value


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
