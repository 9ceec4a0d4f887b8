"""Calling a student's function on inputs that it has not seen, and noting all that happens."""

import builtins
import inspect
import linecache
import re
from math import inf, nan
from types import FunctionType, MethodType

from numpy import array, array_equal, ndarray

from neurocore.practice.reading import sandbox
from neurocore.practice.reading.numbers import number, numbers
from neurocore.practice.reading.objects import is_one_of, kind_of
from neurocore.practice.reading.refused import Refused

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see objects.py

_LONGEST = 200  # characters of an error's text that are shown


def describe(names, arguments):
    """Return words for the inputs of one call: "For `v` = -55"."""
    return "For " + " and ".join(
        f"`{name}` = " + (f"an array of {x.size} values" if type(x) is ndarray else f"{x:g}")
        for name, x in zip(names, arguments, strict=True)
    )


def tried(answer, form):
    """Try a student's function in the sandbox: on each call, the first again, and all as arrays.

    Parameters
    ----------
    answer : object
        What the student handed in.
    form : dict
        "name", "arguments", "calls", "unit", "vectorised" and "seconds" of the problem. The calls
        may be given out one by one: each is taken when the one before is done.

    Returns
    -------
    dict
        "records", what `try_out` returns, and "printed", the beginning of what it printed.

    Raises
    ------
    Refused
        If it is no function, or if it did not come back.
    """
    if not callable(answer):
        raise Refused("invalid.not-a-function", name=form["name"], kind=kind_of(answer))
    calls = _inputs(form["calls"], form["vectorised"])
    try:
        records, printed = sandbox.run(
            lambda: try_out(answer, form["name"], form["arguments"], calls, form["unit"]),
            form["seconds"],
        )
    except sandbox.Stopped:
        raise Refused("invalid.time", seconds=form["seconds"]) from None
    except sandbox.Crashed:
        raise Refused("invalid.crashed") from None
    return {"records": records, "printed": printed}


def _inputs(calls, vectorised):
    """Yield the arguments of each call, of the first again, and all as arrays."""
    places = []
    for call in calls:
        places.append(tuple(call))
        yield places[-1]
    yield places[0]
    if vectorised:
        yield tuple(array(column) for column in zip(*places, strict=True))


def try_out(function, name, names, calls, unit):
    """Call a function on each tuple of arguments and return one record a call.

    Parameters
    ----------
    function : callable
        The student's.
    name : str
        What it is to be called, for replies.
    names : sequence of str
        Names of its parameters.
    calls : iterable of tuple
        Arguments of each call, floats or arrays.
    unit : str
        Unit that its values count in.

    Returns
    -------
    list of dict
        With "values", a list of floats; or with the "code" and the "fields" of a reply. It ends
        at the first call that goes wrong. JSON can hold it.
    """
    by_name = False
    try:
        signature = inspect.signature(function)
        by_name = not _fits(signature, *names)
        if by_name and not _fits(signature, **dict.fromkeys(names)):
            wanted = f"{name}({', '.join(names)})"
            return [{"code": "invalid.signature", "fields": {"wanted": wanted}}]
    except (TypeError, ValueError):  # builtins and ufuncs need not have a signature
        pass
    except BaseException as error:  # an object whose own signature raises
        fields = {"where": "When it is looked at,", **_raised(error, function)}
        return [{"code": "invalid.raised", "fields": fields}]
    records = []
    for arguments in calls:
        records.append(_one_call(function, name, names, arguments, unit, by_name))
        if "code" in records[-1]:
            break
    return records


def _fits(signature, *arguments, **named):
    try:
        signature.bind(*arguments, **named)
    except TypeError:
        return False
    return True


def _one_call(function, name, names, arguments, unit, by_name):
    where = describe(names, arguments)
    given = [x.copy() if type(x) is ndarray else x for x in arguments]
    try:
        # By name where they stand behind a bare `*`, or are gathered by `**`.
        named = dict(zip(names, given, strict=True))
        returned = function(**named) if by_name else function(*given)
    except sandbox.AskedForInput:
        return {"code": "invalid.input", "fields": {"where": where}}
    except (SystemExit, KeyboardInterrupt):
        return {"code": "invalid.exit", "fields": {"where": where}}
    except BaseException as error:
        return {"code": "invalid.raised", "fields": {"where": where, **_raised(error, function)}}
    for before, after in zip(arguments, given, strict=True):
        if type(before) is ndarray and not array_equal(before, after):
            return {"code": "incorrect.changes-input", "fields": {}}
    shape = next((x.shape for x in arguments if type(x) is ndarray), None)
    try:
        return {"values": _values(returned, unit, f"{name}(…)", shape)}
    except Refused as refusal:
        return {"code": refusal.code, "fields": refusal.fields}


def _values(returned, unit, name, shape):
    if returned is None or returned is ...:
        raise Refused("unanswered.function", name=name)
    if shape is not None:
        return numbers(returned, unit, name, shape).tolist()
    try:
        return [number(returned, unit, name)]
    except Refused as refusal:
        if refusal.code not in ("invalid.nan", "invalid.infinite"):
            raise
        return [nan if refusal.code == "invalid.nan" else inf]


def _raised(error, function):
    """Return the words for an error: its own, and the student's line that it came from."""
    kind = type.__dict__["__name__"].__get__(type(error))
    try:
        text = str(error)
    except BaseException:  # an error whose own text raises
        text = ""
    # Functions of str itself, for the text can be of a class of the student's.
    text = re.sub(r"\s+", " ", str.replace(text, "`", "'")[:_LONGEST])
    known = is_one_of(function, (FunctionType, MethodType))
    own, line = function.__globals__ if known else None, ""
    traceback = error.__traceback__
    while traceback:
        frame = traceback.tb_frame
        if frame.f_globals is own:
            code = linecache.getline(frame.f_code.co_filename, traceback.tb_lineno)
            code = code.strip()[:_LONGEST]
            line = f", at line {traceback.tb_lineno}" + (f": `{code}`" if code else "")
        traceback = traceback.tb_next
    return {"error": f"{kind}: {text}" if text else kind, "line": line}
