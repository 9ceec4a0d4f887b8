"""The answers a static page carries: a lab's function over its sliders' stops.

The table is a list of outputs, each with the sliders on which it depends, as
16-bit integers between the output's least and greatest value: differences from
one to the next, low bytes before high bytes, compressed. `front_end/table.ts`
reads it.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import multiprocessing
import os
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .description import Frame, Slider, Switch
from .sources import fingerprint

__all__ = ["answer", "cached_table", "evaluate", "pack", "tabulate"]

STEPS = 65534  # of a 16-bit integer; the one left over stands for NaN
VISIBLE = 2e-3  # of an output's range: half a pixel in a panel of 250


def evaluate(
    function: Callable[..., Mapping[str, object]], settings: Mapping[str, float]
) -> dict[str, NDArray[np.float64]]:
    """Call a lab's function and return its outputs as float arrays."""
    frame = {}
    for name, value in function(**settings).items():
        array = np.asarray(value)
        if array.dtype.kind not in "biuf" or not array.size:
            raise TypeError(
                f"output {name!r} of {function.__name__}: {value!r}; a real number or an array of "
                "them, not empty"
            )
        frame[name] = array.astype(float)
    return frame


def pack(settings: dict[str, float], frame: Frame) -> dict[str, object]:
    """Write a frame in the one form in which frames travel to the front end.

    Parameters
    ----------
    settings : dict of float
        Those that the frame answers, so that a late frame is known as such.
    frame : dict of arrays

    Returns
    -------
    dict
        ``settings``; ``outputs``: a list of name and shape; ``data``: all their values in one
        row, arrays in C order, as little-endian doubles, which no JSON can spoil.
    """
    return {
        "settings": settings,
        "outputs": [[name, list(array.shape)] for name, array in frame.items()],
        "data": b"".join(array.astype("<f8").tobytes() for array in frame.values()),
    }


def answer(
    function: Callable[..., Mapping[str, object]], settings: Mapping[str, float]
) -> dict[str, object]:
    """Call a lab's function for its front end.

    Parameters
    ----------
    function : callable
    settings : dict of float

    Returns
    -------
    dict
        The packed frame; or, where the function fails, ``settings`` and ``error``, in words.
    """
    settings = {name: float(value) for name, value in settings.items()}
    try:
        return pack(settings, evaluate(function, settings))
    except Exception as error:  # said in the lab, where it is seen
        return {"settings": settings, "error": f"{type(error).__name__}: {error}"}


def _evaluate_many(function, names, grid):
    frames = [evaluate(function, dict(zip(names, point, strict=True))) for point in grid]
    return {name: np.array([frame[name] for frame in frames]) for name in frames[0]}


def _over_grid(function, names, axes):
    """Evaluate at every combination: arrays of shape (stops…, output's own…)."""
    grid = list(itertools.product(*axes))
    start = time.perf_counter()
    first = _evaluate_many(function, names, grid[:1])
    seconds = (time.perf_counter() - start) * len(grid)
    workers = os.cpu_count() or 1
    if seconds > 2 and workers > 1:
        from concurrent.futures import ProcessPoolExecutor  # a browser has no processes

        size = -(-len(grid) // (8 * workers))
        parts = [grid[i : i + size] for i in range(0, len(grid), size)]
        # Spawned: a notebook's kernel runs threads, and a forked child may inherit their locks.
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
            results = list(
                pool.map(
                    _evaluate_many,
                    itertools.repeat(function),
                    itertools.repeat(names),
                    parts,
                )
            )
    else:
        results = [_evaluate_many(function, names, grid)]
    shape = [len(axis) for axis in axes]
    return {
        name: np.concatenate([part[name] for part in results]).reshape(
            shape + list(first[name].shape[1:])
        )
        for name in first
    }


def _check_between(function, sliders, values):
    """Refuse to interpolate where the reader would see the difference."""
    names = [slider.name for slider in sliders]
    random = np.random.default_rng(0)
    for axis, slider in enumerate(sliders):
        if not slider.between:
            continue
        for _ in range(40):
            index = [random.integers(len(other.stops)) for other in sliders]
            index[axis] = low = random.integers(len(slider.stops) - 1)
            point = [other.stops[i] for other, i in zip(sliders, index, strict=True)]
            share = random.uniform(0.3, 0.7)
            point[axis] = slider.stops[low] * (1 - share) + slider.stops[low + 1] * share
            exact = evaluate(function, dict(zip(names, point, strict=True)))
            above = [*index[:axis], low + 1, *index[axis + 1 :]]
            for name, array in values.items():
                guess = array[tuple(index)] * (1 - share) + array[tuple(above)] * share
                error = np.nanmax(np.abs(guess - exact[name]))
                if error > VISIBLE * (np.nanmax(array) - np.nanmin(array)):
                    raise ValueError(
                        f"slider {slider.name!r} may not be interpolated: {name!r} would be off "
                        f"by {error:.3g} at {dict(zip(names, point, strict=True))}; "
                        "take more stops or between=False"
                    )


def _constant(array, axis):
    """Whether an output ignores a slider, but for rounding."""
    if (np.isnan(array) != np.isnan(array.take([0], axis))).any():
        return False
    spread = np.nanmax(np.ptp(np.nan_to_num(array), axis), initial=0)
    return spread <= 1e-9 * np.nanmax(np.abs(array), initial=0)


def tabulate(
    function: Callable[..., Mapping[str, object]], sliders: Sequence[Slider | Switch]
) -> dict[str, object]:
    """Evaluate a lab's function over its sliders' stops, compactly.

    Parameters
    ----------
    function : callable
        Pure; keyword arguments as the sliders name them; returns a dict of
        numbers and 1-d arrays whose lengths do not depend on the settings.
    sliders : sequence of Slider or Switch

    Returns
    -------
    dict
        ``outputs``: for each its name, the indices of the sliders it depends
        on, the shape, the least value and the step; ``data``: base64 of the
        compressed integers.

    Raises
    ------
    ValueError
        If a slider is to be interpolated where that would be seen.
    """
    names = [slider.name for slider in sliders]
    values = _over_grid(function, names, [slider.stops for slider in sliders])
    _check_between(function, sliders, values)
    outputs, chunks = [], []
    for name, array in values.items():
        axes = []
        for axis in range(len(sliders)):
            if _constant(array, axis):
                array = array.take([0], axis)
            else:
                axes.append(axis)
        own = array.shape[len(sliders) :]
        if axes and not own:
            # Neighbours along the longest axis are the most alike.
            longest = max(axes, key=lambda axis: array.shape[axis])
            array = np.moveaxis(array, longest, -1)
            axes = [axis for axis in axes if axis != longest] + [longest]
        low = float(np.nanmin(array)) if np.isfinite(array).any() else 0.0
        high = float(np.nanmax(array)) if np.isfinite(array).any() else 0.0
        step = (high - low) / STEPS or 1.0
        steps = np.nan_to_num(np.rint((array - low) / step), nan=STEPS + 1).astype("<u2")
        # Differences compress better than values, and bytes of a kind better than mixed.
        changes = np.diff(steps.ravel(), prepend=np.uint16(0)).astype("<u2")
        chunks.append(changes.view("u1").reshape(-1, 2).T.tobytes())
        outputs.append(
            {
                "name": name,
                "axes": axes,
                "stops": [len(sliders[axis].stops) for axis in axes],
                "length": int(np.prod(own)) if own else 0,
                "low": low,
                "step": step,
            }
        )
    data = base64.b64encode(zlib.compress(b"".join(chunks), 9)).decode()
    return {"outputs": outputs, "data": data}


def cached_table(
    function: Callable[..., Mapping[str, object]],
    sliders: Sequence[Slider | Switch],
    folder: str | Path,
) -> dict[str, object]:
    """`tabulate`, kept in a folder until the sliders change or what the function rests on."""
    roots = (function.__module__, function.__qualname__), (__name__, "tabulate")
    key = json.dumps([roots, fingerprint(*roots), [slider.describe() for slider in sliders]])
    path = Path(folder) / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(tabulate(function, sliders))
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(text)
        part.replace(path)
    return json.loads(path.read_text())
