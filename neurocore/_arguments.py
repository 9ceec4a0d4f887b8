"""Checks of arguments: what counts as a number here, and the error that says so if it does not."""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatOrArray: TypeAlias = float | NDArray[np.float64]
"""What comes out: a float if numbers went in, an array if any of them was one."""

T = TypeVar("T")

MOST_STEPS = 1e7  # in one run, and as many samples
LOWEST_CELSIUS, HIGHEST_CELSIUS = -5.0, 100.0


def numbers(
    name: str,
    value: object,
    *,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
) -> NDArray[np.float64]:
    """Return `value` as a float array after checking it.

    Parameters
    ----------
    name : str
        What to call the argument in an error.
    value : number or array_like of numbers
        What to check. Truth values, text and complex numbers are refused.
    above, least, most : float, optional
        Open lower, closed lower and closed upper limit of what is allowed; the upper one beside
        one of the others.

    Returns
    -------
    numpy.ndarray
        Same shape as `value`, dtype float.

    Raises
    ------
    TypeError
        If `value` is not made of real numbers.
    ValueError
        If an element is NaN, infinite or beyond a limit.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:  # ragged nesting
        raise TypeError(f"{name} must be a number or an even array; got {value!r}") from error
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} must be a real number or an array of them; got {value!r} "
            f"({type(value).__name__})"
        )
    array = array.astype(float)
    if above is not None and most is not None:
        good = (array > above) & (array <= most)
        allowed = f"must be greater than {above:g} and at most {most:g}"
    elif above is not None:
        good, allowed = array > above, f"must be greater than {above:g}"
    elif least is not None and most is not None:
        good, allowed = (array >= least) & (array <= most), f"must lie from {least:g} to {most:g}"
    elif least is not None:
        good, allowed = array >= least, f"must be {least:g} or more"
    else:
        good, allowed = np.ones(array.shape, bool), "must be a number"
    good = good & np.isfinite(array)
    if not good.all():
        bad = array[~good].flat[0]
        raise ValueError(f"{name} {allowed} and finite; got {bad:g}")
    return array


def number(name: str, value: object, **limits: float | None) -> float:
    """Return `value` as one Python float; same limits and errors as `numbers`."""
    array = numbers(name, value, **limits)
    if array.ndim:
        raise TypeError(f"{name} must be one number; got an array of shape {array.shape}")
    return float(array)


def part_of_run(name: str, value: float, duration: float) -> None:
    """Check a step, or a time between samples, against its run (ms); same errors as `numbers`."""
    number("duration", duration, above=0)
    if number(name, value, least=duration / MOST_STEPS) > duration:
        raise ValueError(f"{name} must not exceed the run's {duration:g} ms, got {value:g}")


def span(
    low: float, high: float, names: tuple[str, str] = ("low", "high"), **limits: float | None
) -> None:
    """Check that one number exceeds another; same limits and errors as `number` besides."""
    number(names[0], low, **limits)
    if number(names[1], high, **limits) <= low:
        raise ValueError(f"{names[1]} must exceed {names[0]} = {low:g}, got {high:g}")


def whole(name: str, value: object, least: int | None = None) -> int:
    """Return `value` if it is a whole number, of Python or numpy; same errors as `numbers`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        kind = TypeError if not isinstance(value, float | np.floating) else ValueError
    elif least is None or value >= least:
        return int(value)
    else:
        kind = ValueError
    limit = "" if least is None else f" from {least} on"
    raise kind(f"{name} must be a whole number{limit}, got {value!r}")


def instance(name: str, value: T, kind: type | UnionType, what: str) -> T:
    """Return `value` if it is of a kind (type or union); TypeError saying `what` it must be."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {what}, got {value!r}")
    return value


def several(name: str, value: Sequence[T], kind: type | UnionType, what: str) -> tuple[T, ...]:
    """Return a list or tuple as a tuple if all of its items are of a kind; else TypeError."""
    instance(name, value, list | tuple, f"a tuple of {what}")
    for k, item in enumerate(value):
        instance(f"{name}[{k}]", item, kind, what)
    return tuple(value)


def a_function(name: str, value: T) -> T:
    """Return `value` if it can be called; else TypeError."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {value!r}")
    return value


def temperature(celsius: object, name: str = "celsius") -> NDArray[np.float64]:
    """Return a temperature in °C as a float array, refusing what is plainly kelvin."""
    array = numbers(name, celsius)
    bad = array[(array < LOWEST_CELSIUS) | (array > HIGHEST_CELSIUS)]
    if bad.size:
        worst = bad.flat[0]
        kelvin = f" (if that is kelvin, subtract 273.15: {worst - 273.15:.4g})"
        raise ValueError(
            f"{name} must lie from {LOWEST_CELSIUS:g} to {HIGHEST_CELSIUS:g} °C; "
            f"got {worst:g}{kelvin if worst > 200 else ''}"
        )
    return array


def same_grid(**arrays: FloatOrArray) -> tuple[NDArray[np.float64], ...]:
    """Broadcast named arrays against each other; an error gives every name and shape."""
    try:
        return np.broadcast_arrays(*arrays.values())
    except ValueError as error:
        shapes = ", ".join(f"{name} {np.shape(array)}" for name, array in arrays.items())
        raise ValueError(f"these shapes do not fit together: {shapes}") from error


def plain(result: FloatOrArray) -> FloatOrArray:
    """Return a 0-d result as a Python float and any other as the array it is."""
    return float(result) if np.ndim(result) == 0 else result
