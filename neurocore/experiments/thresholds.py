"""What an electrophysiologist does to a cell, a function each, on any model.

Currents are densities (µA/cm²) into a patch, and nA into the compartment `at` of a cable. A
function that repeats something for many values takes an `executor`, anything with the interface of
`concurrent.futures`: a process pool, or the executor of a Dask cluster.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from neurocore._arguments import (
    a_function,
    instance,
    number,
    numbers,
    plain,
    same_grid,
    several,
    span,
    temperature,
)
from neurocore._search import bisect, lowest
from neurocore.cable import Cable, Patch, length_constant
from neurocore.channels import block
from neurocore.ions import AVOGADRO, FARADAY
from neurocore.membrane import distinct, modify
from neurocore.simulate import simulate, spikes_by_itself
from neurocore.stimuli import Stimulus, pulse, ramp, step

NEVER = np.inf
SHORTEST = 1.0  # length constants along which a spike can be said to travel
SHORT = 2.0  # length constants: on less, a twentieth of the length would not start a spike
LIMINAL = 0.2  # length constants that do


def _is_cell(cell):
    return instance("cell", cell, Patch | Cable, "a patch or a cable")


def _is_axon(axon):
    return instance("axon", axon, Cable, "a Cable")


def _one_trace(stimulus):
    """Return what stimulates, once it is known that no amplitude has an axis."""
    for s in stimulus if isinstance(stimulus, list | tuple) else [stimulus]:
        if isinstance(s, Stimulus) and s.traces is not None:
            raise ValueError(f"stimulus must be one trace, got {s.traces} of them")
    return stimulus


def _some(name, values, **limits):
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


# --- does it fire, and from which stimulus on -------------------------------------------------


def fires(cell, stimulus, duration, *, threshold=0.0, **options):
    """Return whether the cell (of a cable: its last compartment) spikes within `duration` (ms).

    A patch that a strong current merely pushes through the threshold does not count: its channels
    must drive the rise.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    stimulus : Stimulus or list of Stimulus
        As for `simulate`.
    duration : float
        How long to wait (ms).
    threshold : float
        What counts as a spike (mV).
    **options
        Handed on to `simulate`.
    """
    options["threshold"] = threshold
    _one_trace(stimulus)
    if isinstance(_is_cell(cell), Patch):
        return spikes_by_itself(cell, stimulus, duration, **options)
    r = simulate(cell, stimulus, duration, **{"record": [-1], "stop_at_spike": True} | options)
    return len(r.spike_times()[-1]) > 0


def smallest(test, low, high, resolution=1e-4):
    """Return the smallest value between `low` and `high` for which `test(value)` holds.

    By bisection, so `test` should hold from some value on.

    Parameters
    ----------
    test : callable
        From a number to a truth value.
    low, high : float
        The range; if `test` fails at `high`, infinity is returned.
    resolution : float
        Relative precision.
    """
    a_function("test", test)
    span(low, high)
    number("resolution", resolution, above=0)
    if not test(high):
        return NEVER
    return bisect(test, low, high, relative=resolution)


def smallest_from_below(test, low, high, factor, highest, resolution=1e-4):
    """Return the smallest value for which `test` holds, looked for upwards from `low`.

    For what a larger value may undo: a pulse some 1.4 times as strong as the weakest that works may
    carry a membrane past the peak of a late, small spike, so that nothing rises by itself any more.

    Parameters
    ----------
    test : callable
        From a number to a truth value.
    low, high : float
        A value too small, and the first that is tried.
    factor : float
        From one that is tried to the next.
    highest : float
        The last; if `test` fails there, infinity is returned.
    resolution : float
        Relative precision.
    """
    while not test(high):
        if high >= highest:
            return NEVER
        low, high = high, min(factor * high, highest)
    return bisect(test, low, high, relative=resolution)


def threshold(cell, shape, duration, *, highest=1e4, resolution=1e-4, **options):
    """Return the smallest amplitude that makes the cell spike.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    shape : callable
        From an amplitude to the stimulus, such as ``lambda a: step(a, 0, 50)``.
    duration : float
        How long to wait for a spike (ms).
    highest : float
        Above which to give up.
    resolution : float
        Relative precision.
    **options
        Handed on to `fires` and `simulate`.

    Returns
    -------
    float
        µA/cm² (patch) or nA (cable); infinity if nothing up to `highest` works, and 0 if the
        cell fires unprovoked.
    """
    _is_cell(cell)
    a_function("shape", shape)
    number("duration", duration, above=0)
    number("highest", highest, above=0, most=1e6)
    number("resolution", resolution, above=0)
    if fires(cell, shape(0.0), duration, **options):
        return 0.0
    return smallest_from_below(
        lambda a: fires(cell, shape(a), duration, **options),
        0.0, min(1.0, highest), 2.0, highest, resolution,
    )  # fmt: skip


def pulse_threshold(cell, duration=0.2, *, start=0.0, wait=20.0, at=0, **options):
    """Return the smallest pulse (µA/cm² or nA) of `duration` (ms) that makes the cell spike.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    duration, start, wait : float
        How long the pulse is, when it begins, and how long after its end to wait (ms).
    at : int
        The compartment of a cable that receives it.
    **options
        Handed on to `threshold`.
    """
    number("duration", duration, above=0)
    number("start", start, least=0)
    number("wait", wait, least=0)
    return threshold(
        cell, lambda a: pulse(a, start, duration, at), start + duration + wait, **options
    )


def rheobase(cell, duration=200.0, *, at=0, **options):
    """Return the smallest lasting current (µA/cm² or nA) that makes the cell spike once.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    duration : float
        Of the step, as a stand-in for forever (ms). Close to spontaneous firing it matters: the
        longer, the less current is needed.
    at : int
        The compartment of a cable that receives it.
    **options
        Handed on to `threshold`.
    """
    return threshold(cell, lambda a: step(a, 0.0, duration, at), duration, **options)


def strength_duration(cell, durations, *, executor=None, **options):
    """Return the threshold (µA/cm² or nA) for pulses of each of the `durations` (ms)."""
    durations = _some("durations", durations, above=0)
    return np.array(sweep(partial(_threshold_of, cell, options), durations.tolist(), executor))


def _threshold_of(cell, options, duration):
    return pulse_threshold(cell, duration, **options)


def chronaxie(cell, *, rheobase_duration=200.0, resolution=1e-3, **options):
    """Return the pulse duration (ms) whose threshold is twice the rheobase, and the rheobase.

    Returns
    -------
    tuple of float
        Chronaxie (ms) and rheobase (µA/cm² or nA).
    """
    number("rheobase_duration", rheobase_duration, above=0)
    number("resolution", resolution, above=0)
    base = rheobase(cell, rheobase_duration, **options)
    if not np.isfinite(base):
        raise ValueError("the cell has no rheobase, so it has no chronaxie")
    at = options.pop("at", 0)
    wait = options.pop("wait", 20.0)

    def enough(duration):
        return fires(cell, pulse(2 * base, 0.0, duration, at), duration + wait, **options)

    return smallest(enough, 0.0, rheobase_duration, resolution), base


def lapicque(duration, rheobase, chronaxie):
    """Return Lapicque's threshold for a pulse: I_rh / (1 − 2^(−d / chronaxie)) (1907).

    A leaky capacitor charged to a fixed potential; arrays broadcast (ms, any unit of current).
    """
    duration, rheobase, chronaxie = _strength(duration, rheobase, chronaxie)
    return plain(rheobase / -np.expm1(-np.log(2) * duration / chronaxie))


def weiss(duration, rheobase, chronaxie):
    """Return Weiss's threshold for a pulse: I_rh (1 + chronaxie / d) (1901).

    Charge is a straight line in duration; arrays broadcast (ms, any unit of current).
    """
    duration, rheobase, chronaxie = _strength(duration, rheobase, chronaxie)
    return plain(rheobase * (1 + chronaxie / duration))


def _strength(duration, rheobase, chronaxie):
    return same_grid(
        duration=numbers("duration", duration, above=0),
        rheobase=numbers("rheobase", rheobase, above=0),
        chronaxie=numbers("chronaxie", chronaxie, above=0),
    )


def fit_strength_duration(durations, thresholds, law=weiss):
    """Return the rheobase and chronaxie (ms) that fit measured thresholds best.

    Parameters
    ----------
    durations : array, shape (n,)
        Of the pulses (ms).
    thresholds : array, shape (n,)
        Currents, finite.
    law : callable
        `weiss` or `lapicque`, or another law of duration, rheobase and chronaxie that is
        proportional to the rheobase.

    Returns
    -------
    tuple of float
        Rheobase (unit of `thresholds`) and chronaxie (ms), with least relative error.
    """
    durations = _some("durations", durations, above=0)
    thresholds = _some("thresholds", thresholds, above=0)
    a_function("law", law)
    if durations.shape != thresholds.shape or durations.size < 2:
        raise ValueError("durations and thresholds must be as many, and at least two")

    def fit(chronaxie):  # best rheobase for it, and what is left over
        shape = law(durations, 1.0, chronaxie) / thresholds
        base = shape.sum() / (shape @ shape)
        return np.sum((base * shape - 1) ** 2), base

    low, high = np.log(durations.min() / 100), np.log(durations.max() * 100)
    grid = np.linspace(low, high, 400)
    best = int(np.argmin([fit(np.exp(x))[0] for x in grid]))
    a, b = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    chronaxie = float(np.exp(lowest(lambda x: fit(np.exp(x))[0], a, b, 1e-10)))
    return float(fit(chronaxie)[1]), chronaxie


# --- firing ------------------------------------------------------------------------------------


def f_i_curve(cell, currents, duration=500.0, *, settle=0.5, at=0, accuracy=1e-2, executor=None):
    """Return the firing rate (Hz) for each of many lasting currents.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated, all currents side by side; of a cable, its last compartment counts.
    currents : array, shape (n,)
        µA/cm² (patch) or nA (cable).
    duration : float
        Of the step (ms).
    settle : float
        What fraction of it is left out, so that the rate is the steady one.
    at : int
        The compartment of a cable that receives the current.
    accuracy : float
        Of the spike times (ms), see `simulate`.
    executor : optional
        Splits the currents into four parts, see `sweep`.

    Returns
    -------
    array, shape (n,)
        One over the mean interval between spikes after settling; 0 with fewer than two.
    """
    _is_cell(cell)
    currents = numbers("currents", currents)
    if not currents.size:
        raise ValueError("currents must be at least one number, got none")
    number("duration", duration, above=0)
    number("settle", settle, least=0, most=1)
    parts = np.array_split(currents.ravel(), 4) if executor else [currents.ravel()]
    one = partial(_rates, cell, duration, settle, at, accuracy)
    return np.concatenate(sweep(one, [p for p in parts if p.size], executor)).reshape(
        currents.shape
    )


def _rates(cell, duration, settle, at, accuracy, currents):
    options = {"record": [-1]} if isinstance(cell, Cable) else {}
    stimulus = step(currents, 0.0, duration, at)
    r = simulate(cell, stimulus, duration, accuracy=accuracy, sample=duration, **options)
    trains = [x[-1] if options else x for x in r.spike_times()]
    late = [times[times >= settle * duration] for times in trains]
    return np.array([1e3 * (len(t) - 1) / (t[-1] - t[0]) if len(t) > 1 else 0.0 for t in late])


def latency(cell, stimulus, duration=100.0, **options):
    """Return the time (ms) from the stimulus' beginning to the first spike; infinity if none.

    On a cable: to the spike in its last compartment.
    """
    if isinstance(_is_cell(cell), Cable):
        options.setdefault("record", [-1])
    stimuli = stimulus if isinstance(stimulus, list | tuple) else [stimulus]
    several("stimulus", _one_trace(stimuli), Stimulus, "made by step, pulse, …")
    if not stimuli:
        raise ValueError("stimulus must be at least one, got none")
    r = simulate(cell, list(stimuli), duration, stop_at_spike=True, **options)
    times = r.spike_times() if isinstance(cell, Patch) else r.spike_times()[-1]
    return float(times[0] - stimuli[0].edges[0]) if len(times) else NEVER


@dataclass(frozen=True)
class Recovery:
    """How excitability returns after a spike; made by `recovery_curve`.

    Attributes
    ----------
    intervals : array, shape (n,)
        From the first pulse to the second (ms).
    ratio : array, shape (n,)
        Threshold of the second pulse over that at rest (1); infinity where none works.
    rest : float
        Threshold at rest (µA/cm² or nA).
    """

    intervals: np.ndarray
    ratio: np.ndarray
    rest: float

    @property
    def absolute(self):
        """The longest interval (ms) after which no second pulse worked; 0 if all did."""
        dead = np.flatnonzero(~np.isfinite(self.ratio))
        return float(self.intervals[dead[-1]]) if dead.size else 0.0

    @property
    def relative(self):
        """The interval (ms) at which the threshold is first back to that at rest, interpolated."""
        above = self.ratio > 1
        back = np.flatnonzero(above[:-1] & ~above[1:])
        if not back.size:
            return NEVER if above[-1] else 0.0
        k = back[0]
        if not np.isfinite(self.ratio[k]):
            return float(self.intervals[k + 1])
        share = (self.ratio[k] - 1) / (self.ratio[k] - self.ratio[k + 1])
        return float(self.intervals[k] + share * (self.intervals[k + 1] - self.intervals[k]))


def recovery_curve(
    cell,
    intervals,
    *,
    duration=0.5,
    first=2.0,
    highest=50.0,
    wait=15.0,
    at=0,
    executor=None,
    **options,
):
    """Return the threshold of a second pulse at each interval after a first one.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated; of a cable, the last compartment has to spike twice.
    intervals : array, shape (n,)
        From the start of the first pulse to that of the second (ms), longer than the pulse.
    duration : float
        Of both pulses (ms).
    first : float
        Strength of the first pulse, in units of its threshold.
    highest : float
        Strongest second pulse tried, likewise: what needs more counts as absolutely refractory.
    wait : float
        How long after its end a second spike is waited for (ms).
    at : int
        The compartment of a cable that receives the pulses.
    executor : optional
        See `sweep`.
    **options
        Handed on to `simulate`; ``resets`` only where there is a second pulse.

    Returns
    -------
    Recovery
    """
    number("duration", duration, above=0)
    intervals = _some("intervals", intervals, above=duration)
    for name, value in {"first": first, "highest": highest}.items():
        number(name, value, above=0, most=1e4)
    undisturbed = {name: value for name, value in options.items() if name != "resets"}
    rest = pulse_threshold(cell, duration, wait=wait, at=at, **undisturbed)
    one = partial(
        _second_threshold, cell, first * rest, duration, highest * rest, wait, at, options
    )
    return Recovery(intervals, np.array(sweep(one, intervals.tolist(), executor)) / rest, rest)


def _second_threshold(cell, first, duration, highest, wait, at, options, interval):
    """Return the smallest second pulse followed by a spike of its own."""

    def again(amplitude):
        both = pulse(first, 0.0, duration, at) + pulse(amplitude, interval, duration, at)
        span = interval + duration + wait
        if isinstance(cell, Cable):
            r = simulate(cell, both, span, **{"record": [-1]} | options)
            return len(r.spike_times()[-1]) > 1
        r = simulate(cell, both, span, **options)
        late = r.spike_times()[r.spike_times() > interval]
        return np.any(np.interp(late, r.t, r.ionic_current) < 0)  # driven by its channels

    return smallest_from_below(again, 0.0, highest / 64, 1.15, highest, 1e-3)


def critical_ramp(
    cell, amplitude, *, hold=50.0, slowest=1e-3, fastest=100.0, at=0, resolution=1e-3, **options
):
    """Return the slope (per ms) below which a current rising to `amplitude` never fires.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    amplitude : float
        The current reached and held (µA/cm² or nA).
    hold : float
        How long it is held at the end (ms).
    slowest, fastest : float
        Range of slopes tried (µA/cm²/ms or nA/ms).
    at : int
        The compartment of a cable that receives the current.
    resolution : float
        Relative precision.
    **options
        Handed on to `fires`.

    Returns
    -------
    float
        Infinity if even the fastest ramp does not fire; 0 if the slowest does: no accommodation.
    """
    number("amplitude", amplitude, above=0, most=1e6)
    number("hold", hold, least=0)
    span(slowest, fastest, ("slowest", "fastest"), above=0)
    number("resolution", resolution, above=0)

    def test(slope):
        rise = amplitude / slope
        return fires(cell, ramp(amplitude, 0.0, rise, hold, at), rise + hold, **options)

    return 0.0 if test(slowest) else smallest(test, slowest, fastest, resolution)


def rebound_threshold(cell, duration=20.0, *, highest=50.0, wait=50.0, at=0, **options):
    """Return the smallest hyperpolarising step (a positive number) after which the cell spikes.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    duration, wait : float
        Of the step, and how long after its end a spike is waited for (ms).
    highest : float
        Strongest step tried (µA/cm² or nA).
    at : int
        The compartment of a cable that receives the current.
    **options
        Handed on to `threshold`.
    """
    number("duration", duration, above=0)
    number("wait", wait, least=0)
    return threshold(
        cell, lambda a: step(-a, 0.0, duration, at), duration + wait, highest=highest, **options
    )


# --- propagation -------------------------------------------------------------------------------


def conduction_velocity(axon, start=0.3, stop=0.7, duration=None, threshold=-30.0, accuracy=1e-3):
    """Return how fast a spike travels along a cable, kicked off at its first end.

    Parameters
    ----------
    axon : Cable
        At least one length constant long, at rest. In less than two the ends speed the spike up,
        in a squid axon by up to 6 %; from two on by 2 % at most.
    start, stop : float
        Between which fractions of the length it is timed. In a myelinated axon, from the node
        nearest to each.
    duration : float, optional
        After which time (ms) to give up; if left out, what a speed of 0.1 m/s would need.
    threshold : float
        The potential (mV) whose crossing counts as arrival: low, for half-poisoned spikes.
    accuracy : float
        Of the arrival times (ms), see `simulate`.

    Returns
    -------
    float
        m/s; 0 if no spike arrives.

    Raises
    ------
    ValueError
        If the axon is shorter than a length constant: all of it fires at once, and nothing travels.
    """
    constants = _length_constants(axon)[-1]
    if constants < SHORTEST:
        raise ValueError(
            f"axon must be at least {SHORTEST:g} length constant long for a spike to travel along "
            f"it, but its {axon.length.sum() * 1e-3:.3g} mm are {constants:.2g} of one: all of it "
            "fires at once"
        )
    number("start", start, least=0, most=1)
    number("stop", stop, least=start, most=1)
    position = axon.position
    places = axon.regions.get("node", np.arange(len(axon)))
    wanted = np.array([start, stop]) * axon.length.sum()
    first, last = places[np.argmin(np.abs(position[places] - wanted[:, None]), axis=1)]
    if first == last:
        raise ValueError("start and stop fall into the same compartment")
    if duration is None:
        duration = position[last] * 1e-3 / 0.1
    r = kick(axon, [first, last], duration, threshold, accuracy)
    arrival = r.spike_times()
    if any(len(times) == 0 for times in arrival):
        return 0.0
    return float((position[last] - position[first]) * 1e-3 / (arrival[1][0] - arrival[0][0]))


def kick(axon, record, duration, threshold=-30.0, accuracy=1e-3, stop_at_spike=True):
    """Return a recording of a spike started at the first end, cut short once it has arrived.

    The arguments are those of `simulate`. The first twentieth of the length is set to 0 mV at the
    start, so no stimulus need be chosen; of an axon shorter than two length constants, a fifth of
    one.
    """
    constants = _length_constants(axon)
    count = np.searchsorted(axon.position, 0.05 * axon.length.sum())
    if constants[-1] < SHORT:
        count = np.searchsorted(constants, LIMINAL)
    end = np.full(len(axon), np.nan)
    end[: count + 1] = 0.0
    return simulate(
        axon,
        None,
        duration,
        resets={0.0: {"v": end}},
        record=record,
        threshold=threshold,
        accuracy=accuracy,
        stop_at_spike=stop_at_spike,
    )


def _length_constants(axon):
    """Return how many length constants, at rest, lie before the end of each compartment."""
    kinds, kind = distinct(_is_axon(axon).membranes)
    conductance = []  # mS/cm², of channels that have no time to open or close
    for m in kinds:
        rest = m.rest()
        gates = m.steady_state(rest)
        low, high = (sum(m.currents(rest + dv, gates).values()) for dv in (-0.01, 0.01))
        conductance.append(max((high - low) / 0.02, 1e-9))
    resistance = 1e3 / np.array(conductance)[kind]
    constant = length_constant(axon.diameter, resistance, axon.axial_resistivity)
    return np.cumsum(axon.length / constant)


def conducts(axon, **options):
    """Return whether a spike started at the first end of the cable passes 0.9 of its length."""
    return conduction_velocity(axon, 0.1, 0.9, **options) > 0


def safety_factor(axon, channel="Na", resolution=1e-3, **options):
    """Return by how much the density of a channel exceeds what conduction needs (1).

    One over the smallest fraction of the channel with which a spike still passes.
    """
    _is_axon(axon)
    number("resolution", resolution, above=0)
    return 1 / smallest(
        lambda share: conducts(modify(axon, channel, block, 1 - share), **options),
        0.0, 1.0, resolution,
    )  # fmt: skip


def blocking_temperature(axon, low=6.3, high=45.0, resolution=0.02, **options):
    """Return the temperature (°C) above which the cable no longer conducts.

    Parameters
    ----------
    axon : Cable
        A demyelinated one, say.
    low, high : float
        Range searched (°C). Infinity is returned if it conducts at `high`, and `low` if it is
        blocked there already.
    resolution : float
        °C.
    **options
        Handed on to `conduction_velocity`.
    """
    _is_axon(axon)
    temperature(number("low", low), "low")
    temperature(number("high", high), "high")
    span(low, high)
    number("resolution", resolution, above=0)
    if not conducts(axon.at_temperature(low), **options):
        return low
    return smallest(
        lambda celsius: not conducts(axon.at_temperature(celsius), **options),
        low, high, resolution / high,
    )  # fmt: skip


# --- what a spike costs ------------------------------------------------------------------------


@dataclass(frozen=True)
class SpikeCost:
    """Sodium that enters during one spike; made by `sodium_entry`.

    Attributes
    ----------
    entry : float
        Charge carried in by sodium beyond that at rest (nC/cm²).
    minimum : float
        The least that would do: capacitance times the height of the spike (nC/cm²).
    """

    entry: float
    minimum: float

    @property
    def excess(self):
        """Entry over minimum (1)."""
        return self.entry / self.minimum

    @property
    def ions(self):
        """Sodium ions that enter (1/µm²)."""
        return self.entry * 1e-9 / FARADAY * AVOGADRO * 1e-8

    @property
    def atp(self):
        """ATP that the pump spends on taking them out again, one for three (1/µm²)."""
        return self.ions / 3


def sodium_entry(cell, *, channels=("Na",), strength=2.0, duration=0.2, wait=40.0, accuracy=1e-4):
    """Return how much sodium one spike lets in, and how much it had to.

    Parameters
    ----------
    cell : Patch or Cable
        What fires; of a cable, the spike is started at the first end and measured in the middle
        (of a myelinated one, at the node there).
    channels : sequence of str
        The names of the channels that carry sodium.
    strength : float
        Of the pulse that starts the spike of a patch, in units of its threshold.
    duration : float
        Of that pulse (ms).
    wait : float
        Until the membrane is back at rest (ms).
    accuracy : float
        See `simulate`.

    Returns
    -------
    SpikeCost
        With the excess that Hodgkin (1975, Phil Trans R Soc Lond B 270:297–300) took to be four.
    """
    channels = several("channels", channels, str, "text")
    number("strength", strength, above=0, most=1e4)
    number("duration", duration, above=0)
    number("wait", wait, above=0)
    if isinstance(_is_cell(cell), Cable):
        places = cell.regions.get("node", np.arange(len(cell)))
        middle = int(places[len(places) // 2])
        r = kick(cell, [middle], wait, accuracy=accuracy, stop_at_spike=False)
        capacitance = cell.membranes[middle].capacitance
    else:
        amplitude = strength * pulse_threshold(cell, duration)
        if not np.isfinite(amplitude):
            raise ValueError("the patch does not fire")
        stimulus = pulse(amplitude, 0.0, duration)
        r = simulate(cell, stimulus, wait, sample=0.005, accuracy=accuracy)
        capacitance = cell.membrane.capacitance
    missing = [name for name in channels if name not in r.currents]
    if missing or not channels:
        raise ValueError(f"channels must be some of {list(r.currents)}, got {channels}")
    v, inward = np.ravel(r.v), -sum(np.ravel(r.currents[name]) for name in channels)
    entry = np.trapezoid(inward - inward[0], r.t)
    return SpikeCost(float(entry), float(capacitance * (v.max() - v[0])))
