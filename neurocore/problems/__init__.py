"""The problems: a folder for each chapter, with a page of Markdown for each problem.

A chapter's Python says in which order they stand, and computes their numbers. A process that must
not know the answers is given the library without this folder.
"""

from functools import cache
from importlib import import_module
from importlib.resources import files

from neurocore.problems.page import read

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
"""Folder and title of each chapter that has problems."""


@cache
def problems():
    """Return every problem.

    Returns
    -------
    dict of str to (Problem, str)
        By its id: the problem and the chapter's folder.
    """
    found = {}
    for chapter in CHAPTERS:
        module = import_module(f"{__name__}.{chapter}")
        for problem_id in module.PROBLEMS:
            if problem_id in found:
                raise ValueError(f"two problems are called {problem_id!r}")
            found[problem_id] = read(files(module) / f"{problem_id}.md", module), chapter
    return found
