"""The problems, one module a chapter."""

from functools import cache
from importlib import import_module

CHAPTERS = {
    "resting_potential": "The resting potential",
    "threshold": "Threshold and initiation",
    "spike": "The all-or-none spike",
    "aftermath": "The aftermath",
    "propagation": "Propagation",
    "drugs": "Drugs on channels",
    "channelopathies": "Potassium and channel disease",
    "temperature": "Temperature, myelin and size",
    "energy": "The price of a spike, and stimulation",
    "models": "Simpler models, noise, networks",
}
"""Module and title of each chapter that has problems."""


@cache
def problems():
    """Return every problem.

    Returns
    -------
    dict of str to (Problem, str)
        By its id: the problem and the chapter's module.
    """
    found = {}
    for chapter in CHAPTERS:
        for problem in import_module(f"{__name__}.{chapter}").PROBLEMS:
            if problem.id in found:
                raise ValueError(f"two problems are called {problem.id!r}")
            found[problem.id] = problem, chapter
    return found
