"""The kinds of problem, and the verdict of each: from plain data and a variant to a reply.

What was handed in has been read before (`neurocore.practice.reading`). What all kinds share stands
in `problem`, and how values are compared in `comparing`.
"""

from neurocore.practice.kinds.array import Array
from neurocore.practice.kinds.choice import Choice
from neurocore.practice.kinds.comparing import Tolerance
from neurocore.practice.kinds.function import Function
from neurocore.practice.kinds.numeric import Numeric
from neurocore.practice.kinds.plot import Axis, Plot
from neurocore.practice.kinds.problem import Mistake, Problem, Vary

__all__ = [
    "Array",
    "Axis",
    "Choice",
    "Function",
    "Mistake",
    "Numeric",
    "Plot",
    "Problem",
    "Tolerance",
    "Vary",
]
