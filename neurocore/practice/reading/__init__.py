"""Reading: from whatever a student hands in to plain data, or a refusal.

What is right is not known here. A problem's `form()` says what is asked, and can be given to
anybody; `read` gives plain data, which JSON can hold; the problem's `verdict` judges them. So a
class can be read in a process that holds no answers and judged in another.

`objects` tells what kind of object an answer is, `numbers` reads numbers and arrays, `written` the
text of a number and `units` its unit, `drawn` a drawing and `choosing` a choice. `trying` calls a
student's function, in the `sandbox`.
"""

import builtins

from numpy import errstate

from neurocore.practice.reading.choosing import choice
from neurocore.practice.reading.drawn import drawing
from neurocore.practice.reading.numbers import numbers, parts
from neurocore.practice.reading.objects import plain, unanswered
from neurocore.practice.reading.refused import Refused
from neurocore.practice.reading.trying import tried

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see objects.py


def read(form, answer):
    """Return an answer as plain data.

    Parameters
    ----------
    form : dict
        What is asked, as `Problem.form` gives it: "kind" and "name", and by the kind

        - Numeric: "parts", pairs of a name and a unit; a single number has the name "";
        - Array: "unit" and "shape";
        - Function: "arguments", "calls", "unit", "vectorised" and "seconds";
        - Plot: "units" of the x and the y axis;
        - Choice: how many "options" and "reasons" there are.
    answer : object
        Whatever the student handed in.

    Returns
    -------
    dict
        By the kind

        - Numeric: "parts", by name the "value" of each and whether it came "with_unit";
        - Array: "values", nested lists of floats;
        - Function: "records" of its calls and what it "printed", see `trying.tried`;
        - Plot: "curves" and "axes", see `drawn.drawing`;
        - Choice: "letter" and "number";

        or, for an answer that cannot be judged, the code under which it is "refused" and the
        "fields" of the reply.
    """
    answer = plain(answer)
    try:
        unanswered(answer, form["name"])
        with errstate(all="ignore"):
            return _READERS[form["kind"]](form, answer)
    except Refused as refusal:
        return {"refused": refusal.code, "fields": refusal.fields}


def _numeric(form, answer):
    return {"parts": parts(answer, form["parts"], form["name"])}


def _array(form, answer):
    return {"values": numbers(answer, form["unit"], form["name"], tuple(form["shape"])).tolist()}


def _function(form, answer):
    return tried(answer, form)


def _plot(form, answer):
    return drawing(answer, form["units"], form["name"])


def _choice(form, answer):
    letter, number = choice(answer, form["options"], form["reasons"])
    return {"letter": letter, "number": number}


_READERS = {
    "Numeric": _numeric,
    "Array": _array,
    "Function": _function,
    "Plot": _plot,
    "Choice": _choice,
}
