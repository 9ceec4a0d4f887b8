"""What is asked of what: a cell or an axon, one trace, several values, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypedDict, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurocore._arguments import a_function, instance, numbers
from neurocore.cable import Cable, Chosen, Patch
from neurocore.simulate import Resets
from neurocore.stimuli import Stimulus
from neurocore.synapses import Synapse

if TYPE_CHECKING:
    from concurrent.futures import Executor

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


class ForFires(TypedDict, total=False):
    """What `fires` hands on to `simulate`; on a patch only the first three."""

    v0: ArrayLike | None
    resets: Resets | None
    accuracy: float
    record: Chosen
    sample: float
    step: float


class ForSimulate(ForFires, total=False):
    """What other experiments hand on."""

    threshold: float


class ForThreshold(ForSimulate, total=False):
    """What is handed on to `threshold`."""

    highest: float
    resolution: float


class ForPulse(ForThreshold, total=False):
    """What is handed on to `pulse_threshold`."""

    start: float
    wait: float
    at: int


def is_cell(cell: T) -> T:
    return instance("cell", cell, Patch | Cable, "a patch or a cable")


def is_axon(axon: Cable, name: str = "axon") -> Cable:
    if instance(name, axon, Cable, "a Cable").branches:
        raise ValueError(
            f"{name} must not branch: it would have several ends; "
            "compare the spike times of compartments that `simulate` records"
        )
    return axon


def one_trace(stimulus: T) -> T:
    """Return what stimulates, once it is known that no amplitude has an axis."""
    for s in stimulus if isinstance(stimulus, list | tuple) else [stimulus]:
        if isinstance(s, Stimulus | Synapse) and s.traces is not None:
            raise ValueError(f"stimulus must be one trace, got {s.traces} of them")
    return stimulus


def some(name: str, values: object, **limits: float | None) -> NDArray[np.float64]:
    """Return values along one axis, at least one of them."""
    values = numbers(name, values, **limits)
    if values.ndim != 1 or not values.size:
        raise ValueError(f"{name} must be one axis of numbers, got shape {values.shape}")
    return values


def sweep(
    function: Callable[[A], B], values: Iterable[A], executor: Executor | None = None
) -> list[B]:
    """Return ``function(value)`` for each of the values, as a list.

    Parameters
    ----------
    function : callable
        Of one value; one that can be pickled if the executor needs that.
    values : iterable
        What to go through.
    executor : concurrent.futures.Executor or alike, optional
        Where the work is done; here and now if left out.
    """
    a_function("function", function)
    if not isinstance(values, Iterable):
        raise TypeError(f"values must be something to go through, got {values!r}")
    return list((executor.map if executor else map)(function, list(values)))
