"""The labs of the chapter on threshold and initiation."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from neurocore.axon import cell_with_initial_segment, patch
from neurocore.labs.description import (
    Axon,
    Channels,
    Curve,
    Level,
    Line,
    Map,
    Plane,
    Point,
    Slider,
    Switch,
    Traces,
)
from neurocore.membrane import hodgkin_huxley, modify
from neurocore.simulate import simulate
from neurocore.stimuli import pulse

__all__ = ["THRESHOLD", "current_clamp", "find_the_threshold", "where_is_the_spike_born"]

START = 1.0  # ms; when the stimulus begins
CLOCK = np.linspace(0, 25, 201)  # ms


def _scale(channel, factor):
    return replace(channel, conductance=factor * channel.conductance)


def current_clamp(amplitude, duration, celsius, na, k):
    """Inject a current step into a patch of squid axon.

    Parameters
    ----------
    amplitude : float
        µA/cm², positive currents depolarise.
    duration : float
        ms, from 1 ms on.
    celsius : float
        Temperature, °C.
    na, k : float
        The sodium and the potassium conductance, as factors on the squid's.

    Returns
    -------
    dict
        Over the time ``t`` (ms): ``v`` (mV), gates ``m``, ``h``, ``n``, currents ``i_…`` and
        ``stimulus`` (µA/cm²), the slope of V ``slope`` (mV/ms). The number of ``spikes``, the
        first's ``latency`` (ms; 0 if there is none), and the resting potential ``rest`` (mV).
    """
    membrane = hodgkin_huxley(celsius)
    for name, factor in {"Na": na, "K": k}.items():
        membrane = modify(membrane, name, _scale, factor)
    stimulus = pulse(amplitude, START, duration)
    r = simulate(patch(membrane), stimulus, CLOCK[-1], sample=0.02)
    times = r.spike_times()

    def sample(values):
        return np.interp(CLOCK, r.t, values)

    v = sample(r.v)
    gates = {name: sample(values) for name, values in r.gates.items()}
    currents = membrane.currents(v, gates)
    injected = stimulus(CLOCK)
    late = times[times >= START]
    return {
        "t": CLOCK,
        "v": np.round(v, 1),
        **{name: np.round(values, 3) for name, values in gates.items()},
        "i_na": np.round(currents["Na"], 1),
        "i_k": np.round(currents["K"], 1),
        "i_leak": np.round(currents["leak"], 1),
        "stimulus": injected,
        "slope": np.round((injected - sum(currents.values())) / membrane.capacitance, 1),
        "spikes": len(late),
        "latency": late[0] - START if len(late) else 0.0,
        "rest": v[0],
        "outcome": 3 if amplitude < 0 < len(late) else min(len(late), 2),
    }


SHORT = np.concatenate([np.arange(0, 4, 0.05), np.arange(4, 16.01, 0.1)])  # ms
SIZES = np.concatenate(
    [np.arange(2, 12) / 2, np.arange(60, 90) / 10, np.arange(36, 52) / 4, np.arange(13, 26)]
)  # nC/cm²; closest together where most thresholds lie


def _strike(size, duration, celsius):
    cell = patch(hodgkin_huxley(celsius))
    return simulate(cell, pulse(size / duration, START, duration), SHORT[-1], sample=0.01)


@lru_cache
def _peaks(duration, celsius):
    return np.array([_strike(size, duration, celsius).v.max() for size in SIZES])


def find_the_threshold(size, duration, celsius):
    """Strike a patch of squid axon with one pulse, and look how far it gets.

    Parameters
    ----------
    size : float
        Charge of the pulse, nC/cm²: by as many mV a leakless membrane would rise.
    duration : float
        How long the pulse lasts, ms.
    celsius : float
        Temperature, °C.

    Returns
    -------
    dict
        ``v`` (mV) over the time ``t`` (ms), the pulse's current ``amplitude`` (µA/cm²), the
        highest potential ``peak`` and the potential ``end`` when the pulse ends (mV), by how much
        ``more`` (mV) the peak would be for 0.1 nC/cm² more, and the peaks ``v_peak`` (mV) that
        pulses of all ``sizes`` (nC/cm²) reach.
    """
    r, larger = (_strike(charge, duration, celsius) for charge in (size, size + 0.1))
    peak = r.v.max()
    return {
        "t": SHORT,
        "v": np.round(np.interp(SHORT, r.t, r.v), 2),
        "size": size,
        "duration": duration,
        "amplitude": size / duration,
        "end": np.interp(START + duration, r.t, r.v),
        "peak": peak,
        "more": larger.v.max() - peak,
        "sizes": SIZES,
        "v_peak": _peaks(duration, celsius),
    }


PULSE = 2.0  # ms
FRAMES = np.linspace(0, 12, 101)  # ms
PLACES = np.arange(-220, 401, 20.0)  # µm from the soma's middle, the axon's side positive
FIRED = -20.0  # mV; low enough for the loaded soma's spike
NO_SPIKE, FIRST_SEGMENT, FIRST_SOMA, FIRST_AXON, RESTLESS = range(5)


@lru_cache
def _cell(density, shifted):
    """Return the cell and where it starts (mV): at rest, if it has one."""
    cell = cell_with_initial_segment(density, shifted)
    try:
        return cell, cell.rest(), True
    except ValueError:
        return cell, np.full(len(cell), -65.0), False


def where_is_the_spike_born(density, shifted, current, in_dendrite):
    """Inject a pulse of 2 ms into a cell with an initial segment, and watch every place.

    Parameters
    ----------
    density : float
        Of sodium channels in the initial segment, in units of the soma's.
    shifted : float
        By how much their activation is shifted, mV (negative: to the left).
    current : float
        nA, from 1 ms on.
    in_dendrite : bool
        Whether it enters the dendrite, 220 µm from the soma, or the soma.

    Returns
    -------
    dict
        Over the time ``t`` (ms): potentials ``v_…`` (mV) at four places, and ``v`` at all
        ``places`` (µm), shape (places, times). When soma, initial segment and axon end first
        rise through −20 mV, as delays ``after_…`` from the first compartment to do so (ms; 0 if
        they do not), where that is (``first``, µm from the soma), and the peaks ``peak_…`` (mV).
    """
    cell, start, rests = _cell(density, shifted)
    where = {name: int(cell.regions[name][-1]) for name in ("soma", "initial segment", "axon")}
    place = cell.position - cell.position[where["soma"]]
    dendrite = int(np.argmin(np.abs(place + 220)))
    stimulus = pulse(current, START, PULSE, at=dendrite if in_dendrite else where["soma"])
    r = simulate(cell, stimulus, FRAMES[-1], v0=start, step=0.05, threshold=FIRED)
    v = np.stack([np.interp(FRAMES, r.t, row) for row in r.v])
    active = np.arange(where["soma"], len(cell))
    times = np.array([row[0] if len(row) else np.inf for row in r.spike_times()])[active]
    fires = bool(np.isfinite(times).all())
    first = int(active[np.argmin(times)])
    outcome = NO_SPIKE
    if not rests:
        outcome = RESTLESS
    elif fires and first == where["soma"]:
        outcome = FIRST_SOMA
    elif fires:
        outcome = FIRST_SEGMENT if first <= where["initial segment"] else FIRST_AXON
    after = {
        name: float(times[k - active[0]] - times.min()) if fires else 0.0
        for name, k in where.items()
    }
    return {
        "t": FRAMES,
        "v_dendrite": np.round(v[dendrite], 1),
        "v_soma": np.round(v[where["soma"]], 1),
        "v_segment": np.round(v[where["initial segment"]], 1),
        "v_axon": np.round(v[where["axon"]], 1),
        "places": PLACES,
        "v": np.round([np.interp(PLACES, place, column) for column in v.T]).T,
        "bare": np.zeros(len(PLACES)),
        "time": float(times.min()) if fires else 0.0,
        "first": place[first] if fires else 0.0,
        "after_soma": after["soma"],
        "after_segment": after["initial segment"],
        "after_axon": after["axon"],
        "peak_dendrite": r.v[dendrite].max(),
        "peak_soma": r.v[where["soma"]].max(),
        "peak_segment": r.v[where["initial segment"]].max(),
        "outcome": outcome,
    }


BALANCE = (
    " At {t:.1f} ms V_m is {v:.1f} mV and changes by {slope:+.1f} mV/ms: the stimulus is "
    "{stimulus:.0f}, and the currents are Na⁺ {i_na:+.1f}, K⁺ {i_k:+.1f} and leak {i_leak:+.1f} "
    "µA/cm²."
)

THRESHOLD = {
    "current-clamp": {
        "function": current_clamp,
        "title": "Current clamp",
        "time": "t",
        "start": 3.0,
        "sliders": (
            Slider("amplitude", "Current", "µA/cm²", (-5, 2, 4, 7, 10, 20, 40), 10),
            Slider("duration", "for", "ms", (1, 5, 20), 20),
            Slider("celsius", "Temperature", "°C", (6.3, 18.5, 30), 6.3),
            Slider("na", "Na⁺ conductance", "×", (0, 0.5, 1), 1),
            Slider("k", "K⁺ conductance", "×", (0.5, 1, 2), 1),
        ),
        "panels": (
            Traces(
                "Membrane potential",
                "t",
                "time (ms)",
                "mV",
                (Line("v", "V_m", "v"),),
                (0, 25),
                (-90, 60),
                levels=(Level("rest", "rest", "v"),),
                keep=True,
            ),
            Traces(
                "Currents through the membrane: outward is up",
                "t",
                "time (ms)",
                "µA/cm²",
                (Line("i_na", "Na⁺", "na"), Line("i_k", "K⁺", "k"), Line("i_leak", "leak", "cl")),
                (0, 25),
                (-1250, 1250),
            ),
            Channels("The membrane at the time cursor", "m", "h", "n"),
            Traces(
                "Gates",
                "t",
                "time (ms)",
                "share open",
                (Line("m", "m", "na"), Line("h", "h", "na", dash=True), Line("n", "n", "k")),
                (0, 25),
                (0, 1),
            ),
            Plane(
                "The same run without its clock",
                "V_m (mV)",
                "n",
                (Curve("v", "n", "path", "v"),),
                (-90, 60),
                (0, 1),
            ),
        ),
        "summary": tuple(
            sentence + BALANCE
            for sentence in (
                "No spike.",
                "One spike, {latency:.1f} ms after the current begins.",
                "{spikes:.0f} spikes, the first {latency:.1f} ms after the current begins.",
                "It fires only after the current, {latency:.1f} ms from its beginning: a rebound.",
            )
        ),
        "attempt": "Put the time cursor just after 1 ms, where the current begins, and compare the "
        "slope with the current. Move it on to the foot of the spike. Then take the sodium "
        "conductance away; give it back and double the potassium conductance instead.",
        "notice": "At first all of the current charges the membrane: its slope is the current over "
        "the capacitance, whatever the channels. Without sodium channels the curve bends over and "
        "stays there. With them it bends up: the channels take over from you, and the spike that "
        "follows dwarfs the current that began it.",
    },
    "find-the-threshold": {
        "function": find_the_threshold,
        "title": "Find the threshold",
        "time": "t",
        "sliders": (
            Slider("size", "Charge of the pulse", "nC/cm²", tuple(SIZES), 6),
            Slider("duration", "delivered in", "ms", (0.2, 1, 3), 0.2),
            Slider("celsius", "Temperature", "°C", (6.3, 18.5, 25, 35), 6.3),
        ),
        "panels": (
            Traces(
                "Membrane potential",
                "t",
                "time (ms)",
                "mV",
                (Line("v", "V_m", "v"),),
                (0, 16),
                (-90, 60),
                keep=True,
            ),
            Traces(
                "How high each pulse gets",
                "sizes",
                "charge of the pulse (nC/cm²)",
                "peak (mV)",
                (Line("v_peak", "peak", "v"),),
                (0, 25),
                (-70, 60),
                points=(Point("size", "peak", "here", "na"),),
            ),
        ),
        "summary": (
            "{size:.1f} nC/cm² in {duration:.1f} ms, a current of {amplitude:.1f} µA/cm², take V_m "
            "to {end:.1f} mV. Its peak is {peak:.1f} mV; 0.1 nC/cm² more would change the peak by "
            "{more:+.1f} mV.",
        ),
        "attempt": "Keep the curve, then raise the charge one stop at a time and keep each. Where "
        "does the small bump become a spike? Do the same at 35 °C. Then go back to 6.3 °C and "
        "deliver the charge in 3 ms.",
        "notice": "At 6.3 °C a tenth of a nanocoulomb decides between a bump and a full spike. At "
        "35 °C there is no such place: the response grows smoothly with the pulse. And a slow "
        "pulse needs more charge, because some leaks away while it is delivered.",
    },
    "where-is-the-spike-born": {
        "function": where_is_the_spike_born,
        "title": "Where is the spike born?",
        "time": "t",
        "start": 4.4,
        "sliders": (
            Slider("density", "Na⁺ channels in the initial segment", "× soma", (1, 5, 20), 5),
            Slider("shifted", "Shift of their activation", "mV", (-10, -7, -5, -3, 0), -5),
            Slider("current", "Current, 2 ms", "nA", (0, 0.05, 0.1, 0.2, 0.4, 0.9), 0.2),
            Switch("in_dendrite", "into the dendrite", value=False),
        ),
        "panels": (
            Traces(
                "Four places",
                "t",
                "time (ms)",
                "mV",
                (
                    Line("v_segment", "initial segment", "na"),
                    Line("v_soma", "soma", "v"),
                    Line("v_axon", "axon's end", "v", dash=True),
                    Line("v_dendrite", "dendrite", "anion", dash=True),
                ),
                (0, 12),
                (-90, 60),
            ),
            Map(
                "Every place",
                "v",
                "t",
                "places",
                "time (ms)",
                "µm from the soma",
                (-80, 50),
                "mV",
            ),
            Axon("Dendrite, soma and axon at the time cursor", "v", "places", "bare", (-80, 50)),
        ),
        "summary": (
            "No spike travels: the soma gets to {peak_soma:.0f} mV and the initial segment to "
            "{peak_segment:.0f} mV.",
            "The spike is born in the initial segment, {first:.0f} µm from the soma's middle, at "
            "{time:.2f} ms. It is back in the soma {after_soma:.2f} ms later, at the axon's end "
            "{after_axon:.2f} ms after its birth. The dendrite gets to {peak_dendrite:.0f} mV.",
            "The spike is born in the soma, at {time:.2f} ms. The initial segment follows "
            "{after_segment:.2f} ms later, the axon's end {after_axon:.2f} ms after its birth. The "
            "dendrite gets to {peak_dendrite:.0f} mV.",
            "The spike is born in the axon beyond the initial segment, {first:.0f} µm from the "
            "soma's middle, at {time:.2f} ms. It is back in the soma {after_soma:.2f} ms later, "
            "at the axon's end {after_axon:.2f} ms after its birth. The dendrite gets to "
            "{peak_dendrite:.0f} mV.",
            "This cell has no rest: it fires without any current. Its spike starts {first:.0f} µm "
            "from the soma's middle and is back in the soma {after_soma:.2f} ms later.",
        ),
        "attempt": "Give the initial segment the soma's channels (density 1, shift 0) and raise "
        "the current until the cell fires. Then bring back density and shift, one after the "
        "other. Last, send the current into the dendrite.",
        "notice": "In the uniform cell soma and axon fire almost together. Five times the density "
        "gives the initial segment a lead; the shift gives it a larger one, and lowers the "
        "current that is needed. Wherever the current enters, the spike then starts in the "
        "initial segment, runs down the axon and goes back into soma and dendrite. Too much of "
        "both, and the cell fires by itself.",
    },
}
