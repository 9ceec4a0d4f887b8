"""What is asked of what: a cell or an axon, one trace, several values, one after the other."""

from collections.abc import Iterable

from neurocore._arguments import a_function, instance, numbers
from neurocore.cable import Cable, Patch
from neurocore.stimuli import Stimulus
from neurocore.synapses import Synapse


def is_cell(cell):
    return instance("cell", cell, Patch | Cable, "a patch or a cable")


def is_axon(axon):
    return instance("axon", axon, Cable, "a Cable")


def one_trace(stimulus):
    """Return what stimulates, once it is known that no amplitude has an axis."""
    for s in stimulus if isinstance(stimulus, list | tuple) else [stimulus]:
        if isinstance(s, Stimulus | Synapse) and s.traces is not None:
            raise ValueError(f"stimulus must be one trace, got {s.traces} of them")
    return stimulus


def some(name, values, **limits):
    """Return values along one axis, at least one of them."""
    values = numbers(name, values, **limits)
    if values.ndim != 1 or not values.size:
        raise ValueError(f"{name} must be one axis of numbers, got shape {values.shape}")
    return values


def sweep(function, values, executor=None):
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
