"""From "b2" to a letter and a number."""

import builtins
import re

from neurocore.practice.reading.objects import TEXT, WHOLE, is_one_of, kind_of
from neurocore.practice.reading.refused import Refused

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see objects.py


def choice(answer, options, reasons):
    """Return the choice and the reason that an answer gives.

    Parameters
    ----------
    answer : object
        What the student handed in.
    options, reasons : int
        How many there are to choose from.

    Returns
    -------
    (str, int)
        The letter, from a, and the number, from 1.

    Raises
    ------
    Refused
        With the code of the outcome, if it is anything else.
    """
    example = "a1"
    if is_one_of(answer, (tuple, list)):
        if not all(is_one_of(x, (*TEXT, *WHOLE)) for x in answer):
            raise Refused("invalid.option", given=kind_of(answer), example=example)
        answer = "".join(
            x if is_one_of(x, TEXT) else f"{x}" if x in range(10) else "?" for x in answer
        )
    if type(answer) is not str or len(answer) > 80:
        raise Refused("invalid.option", given=kind_of(answer), example=example)
    between = r"[\s,.:;()\[\]-]*"  # no sign that could deny the choice or doubt it
    match = re.fullmatch(f"{between}([A-Za-z]){between}([0-9]?){between}", answer)
    letters = [chr(ord("a") + i) for i in range(options)]
    letter = match[1].lower() if match else ""
    if not match or letter not in letters or (match[2] and not 1 <= int(match[2]) <= reasons):
        given = re.sub(r"[^\w ]", "?", answer)[:20]
        raise Refused("invalid.option", given=given, example=example)
    if not match[2]:
        raise Refused("invalid.reason", example=f"{letter}1")
    return letter, int(match[2])
