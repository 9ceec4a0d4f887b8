"""Answers of slow simulations, kept beside the functions that compute them.

A check has to answer at once, in a page on a telephone too. So a function of the bank that takes
long is marked `@computed`: what it returns for the variants of the problems is kept in
`computed.json`. `python -m neurocore.practice.notebooks exercises` writes that file anew, and a
test computes all of it again.
"""

import json
from functools import wraps
from itertools import islice, product
from pathlib import Path

FILE = Path(__file__).with_name("computed.json")
_MOST = 10_000  # variants of a problem whose answers are kept

_table = {}
if FILE.exists():
    for _key, _value in json.loads(FILE.read_text(encoding="utf-8")).items():
        _table[_key] = tuple(_value) if isinstance(_value, list) else _value


def computed(function):
    """Let a function take its result from the table, where it is there.

    Parameters
    ----------
    function : callable
        Takes numbers, text, booleans or None by position; returns a number or a tuple of them.
        It must not be called through a cache of its own, which would hide its calls.
    """
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

    @wraps(function)
    def answer(*arguments):
        key = name + json.dumps(arguments)
        if key not in _table:
            _table[key] = function(*arguments)
        return _table[key]

    return answer


def recompute(problems):
    """Compute whatever any variant of some problems takes from the table, and return the table.

    Run it in a process that has not computed anything yet.

    Raises
    ------
    ValueError
        To the author, if a problem has too many variants to be computed beforehand.
    """
    _table.clear()
    for problem in problems:
        before = len(_table)
        problem.write_out(problem.printed())
        if len(_table) == before:
            continue
        sets = product(*problem.grid().values())
        for values in islice(sets, _MOST):
            problem.write_out(dict(zip(problem.grid(), values, strict=True)))
        if next(sets, None):
            raise ValueError(f"problem {problem.id!r} has more than {_MOST} variants")
    return dict(sorted(_table.items()))


def text(table):
    """Return a table as the text of `computed.json`, with nine digits of each number."""
    short = {key: _rounded(value) for key, value in table.items()}
    return json.dumps(short, ensure_ascii=False, indent=0) + "\n"


def _rounded(value):
    if isinstance(value, (tuple, list)):
        return [_rounded(x) for x in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value
