"""The labs of the chapter on the all-or-none spike."""

from functools import cache

import numpy as np

from neurocore import dynamics
from neurocore.axon import patch
from neurocore.channels import block, freeze
from neurocore.labs.description import (
    Channels,
    Curve,
    Level,
    Line,
    Plane,
    Point,
    Slider,
    Switch,
    Traces,
)
from neurocore.membrane import hodgkin_huxley, modify
from neurocore.reduced import MorrisLecar, trajectory
from neurocore.simulate import simulate
from neurocore.solvers.relaxation import relaxation
from neurocore.stimuli import pulse

__all__ = ["SPIKE", "anatomy_of_a_spike", "separatrix", "voltage_clamp"]

HOLDING, PREPULSE = -65.0, 20.0  # mV, ms
STEP_CLOCK = np.concatenate(
    [[-4, -1e-6], np.geomspace(1e-6, 0.05, 4), np.linspace(0.1, 3, 59), np.linspace(3.2, 12, 45)]
)
ONSET = np.geomspace(0.02, 1, 51)  # ms
EARLY = 0.02  # ms after the step, when the slope of the onset is read off
NOTHING = 1e-6  # mS/cm²: a logarithm's stand-in for a blocked conductance


def voltage_clamp(prepulse, test, ttx, tea):
    """Compute the squid axon's currents under voltage clamp at 6.3 °C.

    From a holding potential of −65 mV the clamp goes to the prepulse for 20 ms and then, at time
    zero, to the test potential. While the potential stands still each gate relaxes along an
    exponential, so nothing needs to be stepped through time.

    Parameters
    ----------
    prepulse, test : float
        Potentials, mV.
    ttx, tea : bool
        Whether tetrodotoxin blocks the sodium channels, and tetraethylammonium the potassium
        channels.

    Returns
    -------
    dict
        Over ``t`` (ms): the command ``v`` (mV), currents ``i_na``, ``i_k`` and with the leak
        ``i_sum`` (µA/cm², outward positive), conductances ``g_na`` and ``g_k`` (mS/cm²). Over
        ``onset`` (ms), as decimal logarithms: conductances ``early_na`` and ``early_k``, and the
        lines ``cube`` and ``fourth`` that rise as t³ and t⁴. The settings; the lowest current
        ``peak``, its time ``when`` (ms) and the last current ``late``; the slopes ``slope_na``
        and ``slope_k`` on log–log axes 20 µs after the step; ``outcome``, which drugs are there.
    """
    membrane = hodgkin_huxley()
    for name, drug in (("Na", ttx), ("K", tea)):
        membrane = modify(membrane, name, block, float(bool(drug)))
    na, k = membrane["Na"], membrane["K"]
    start = membrane.steady_state(HOLDING)
    before = _relax(membrane, start, prepulse, STEP_CLOCK + PREPULSE)
    at_zero = _relax(membrane, start, prepulse, PREPULSE)
    after = _relax(membrane, at_zero, test, np.maximum(STEP_CLOCK, 0))
    stepped = STEP_CLOCK > 0
    v = np.where(stepped, test, prepulse)
    gates = {name: np.where(stepped, after[name], before[name]) for name in after}
    currents = membrane.currents(v, gates)
    total = np.asarray(sum(currents.values()))
    early = _relax(membrane, at_zero, test, ONSET)
    g_na = na.conductance * na.open_fraction(early)
    g_k = k.conductance * k.open_fraction(early)
    least = int(np.argmin(np.where(stepped, total, np.inf)))
    return {
        "t": STEP_CLOCK,
        "v": v,
        "i_na": currents["Na"],
        "i_k": currents["K"],
        "i_sum": total,
        "g_na": na.conductance * na.open_fraction(gates),
        "g_k": k.conductance * k.open_fraction(gates),
        "onset": ONSET,
        "early_na": np.log10(np.maximum(g_na, NOTHING)),
        "early_k": np.log10(np.maximum(g_k, NOTHING)),
        "cube": 2 + 3 * np.log10(ONSET),
        "fourth": 1 + 4 * np.log10(ONSET),
        "prepulse": prepulse,
        "test": test,
        "peak": total[least],
        "when": STEP_CLOCK[least],
        "late": total[-1],
        "slope_na": _slope(na, membrane, at_zero, test),
        "slope_k": _slope(k, membrane, at_zero, test),
        "outcome": float(bool(ttx)) + 2.0 * float(bool(tea)),
    }


def _relax(membrane, gates, v, t):
    """Return the gates by name at times `t` (ms) after the potential has jumped to `v`."""
    ways = {gate.name: relaxation(gate, v, membrane.celsius, t) for gate in membrane.gates}
    return {name: end + factor * (gates[name] - end) for name, (end, factor) in ways.items()}


def _slope(channel, membrane, gates, v):
    """Return d log g / d log t of a channel's conductance, 20 µs after a jump to `v`."""
    near = EARLY * np.exp([-1e-3, 1e-3])
    return np.diff(np.log(channel.open_fraction(_relax(membrane, gates, v, near))))[0] / 2e-3


SHOCK = pulse(40.0, 1.0, 0.5)  # 20 mV on 1 µF/cm²: enough at every temperature offered
SPIKE_CLOCK = np.concatenate([np.linspace(0, 5, 126), np.linspace(5.2, 20, 75)])
BACK = 0.5  # mV from rest: recovered
HELD = -40.0  # mV: a membrane above it at the end has not come back


def anatomy_of_a_spike(celsius, freeze_h, freeze_n):
    """Follow one spike of the squid axon, and name its phases.

    Parameters
    ----------
    celsius : float
        Temperature, °C.
    freeze_h, freeze_n : bool
        Whether the sodium channels' inactivation, or the potassium channels' activation, is
        held at its resting value.

    Returns
    -------
    dict
        Over ``t`` (ms): ``v`` (mV), gates ``m``, ``h`` and ``n``, conductances ``g_na`` and
        ``g_k`` (mS/cm²), currents ``i_na``, ``i_k`` and ``i_leak`` (µA/cm², outward positive) and
        the phase ``outcome``; ``top`` (mV), its time ``when`` (ms), the lowest potential
        afterwards ``low`` (mV), ``e_na`` and ``e_k`` (mV).
    """
    membrane = hodgkin_huxley(celsius)
    for name, gate, frozen in (("Na", "h", freeze_h), ("K", "n", freeze_n)):
        if frozen:
            membrane = modify(membrane, name, freeze, gate)
    r = simulate(patch(membrane), SHOCK, SPIKE_CLOCK[-1], sample=0.01)
    rest, top = r.v[0], int(np.argmax(r.v))
    shocked = np.searchsorted(r.t, SHOCK.edges)
    outward = np.flatnonzero(r.ionic_current[shocked[1] : top] >= 0)
    rising = shocked[1] + (outward[-1] + 1 if outward.size else 0)
    below = top + np.flatnonzero(r.v[top:] < rest)
    phase = np.zeros(r.t.size)
    phase[shocked[0] :] = 1
    phase[min(rising, top) :] = 2
    phase[top:] = 3
    if r.v[-1] > HELD:
        phase[top + np.flatnonzero(np.abs(r.v[top:] - r.v[-1]) < 2 * BACK)[0] :] = 6
    elif below.size:
        phase[below[0] :] = 4
        away = np.flatnonzero(r.v < rest - BACK)
        phase[away[-1] + 1 :] = 5
    else:
        phase[np.flatnonzero(np.abs(r.v - rest) > BACK)[-1] + 1 :] = 5

    def sample(values):
        return np.interp(SPIKE_CLOCK, r.t, values)

    na, k = membrane["Na"], membrane["K"]
    return {
        "t": SPIKE_CLOCK,
        "v": sample(r.v),
        "m": sample(r.gates["m"]),
        "h": sample(r.gates["h"]),
        "n": sample(r.gates["n"]),
        "g_na": sample(na.conductance * na.open_fraction(r.gates)),
        "g_k": sample(k.conductance * k.open_fraction(r.gates)),
        "i_na": sample(r.currents["Na"]),
        "i_k": sample(r.currents["K"]),
        "i_leak": sample(r.currents["leak"]),
        "outcome": phase[np.searchsorted(r.t, SPIKE_CLOCK - 1e-9)],
        "top": r.v[top],
        "when": r.t[top],
        "low": r.v[top:].min(),
        "e_na": na.reversal,
        "e_k": k.reversal,
    }


V_STARTS = (*range(-60, -30, 10), *range(-30, -5), -5, 0, 5, 10, 20, 30)
W_STARTS = (0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35)
PLANE = (-70.0, 50.0), (-0.02, 0.6)  # mV, 1
NULL_V = np.linspace(*PLANE[0], 121)
WAIT = np.linspace(0, 120, 161)  # ms
PARTING = 81  # points along the separatrix


def separatrix(v_start, w_start, current):
    """Throw an initial condition into the plane of a class-I Morris–Lecar model.

    Parameters
    ----------
    v_start, w_start : float
        Where it starts, mV and 1.
    current : float
        Lasting current, µA/cm²; below 40 there is a saddle.

    Returns
    -------
    dict
        Over ``t`` (ms): ``v`` (mV) and ``w`` (1). Over ``null_v`` (mV): the nullclines ``null_w``
        and ``v_null``. The separatrix ``part_v`` and ``part_w``, the rest ``rest_v`` and
        ``rest_w``, the saddle ``saddle_v`` and ``saddle_w``, and the start; ``edge``, where the
        separatrix is at the starting w, and how far ``apart`` the start is from it (mV); ``top``
        (mV) and ``when`` (ms); ``outcome``: 0 back to rest, 1 spike, 2 back to rest though it
        starts above the saddle's potential, 3 beyond the separatrix' end.
    """
    model, (rest, saddle, focus), part_v, part_w = _plane(current)
    t, v, w = trajectory(model, v_start, w_start, WAIT[-1], 0.25)
    top = int(np.argmax(v))
    end = int(np.argmax(part_w))  # from here on it winds towards the focus
    edge = np.interp(w_start, part_w[: end + 1], part_v[: end + 1])
    share, along = np.linspace(0, part_v.size - 1, PARTING), np.arange(part_v.size)
    if w_start > focus.w:
        outcome = 3.0
    elif v_start > edge:
        outcome = 1.0
    else:
        outcome = 2.0 if v_start > saddle.v else 0.0
    return {
        "t": WAIT,
        "v": np.interp(WAIT, t, v),
        "w": np.interp(WAIT, t, w),
        "null_v": NULL_V,
        "null_w": model.recovery_nullcline(NULL_V),
        "v_null": np.clip(model.voltage_nullcline(NULL_V), -1, 2),
        "part_v": np.interp(share, along, part_v),
        "part_w": np.interp(share, along, part_w),
        "rest_v": rest.v,
        "rest_w": rest.w,
        "saddle_v": saddle.v,
        "saddle_w": saddle.w,
        "v_start": v_start,
        "w_start": w_start,
        "edge": edge,
        "apart": abs(v_start - edge),
        "top": v[top],
        "when": t[top],
        "outcome": outcome,
    }


@cache
def _plane(current):
    """Return what does not depend on the start: the model, its fixed points, its separatrix."""
    model = MorrisLecar(current)
    return model, dynamics.fixed_points(model), *dynamics.separatrix(model)


SPIKE = {
    "voltage-clamp": {
        "function": voltage_clamp,
        "title": "Voltage clamp",
        "sliders": (
            Slider("prepulse", "Prepulse, 20 ms", "mV", (-120, -100, -80, -65, -50), -65),
            Slider("test", "Test step", "mV", (-50, -40, -30, -20, 0, 20, 40, 50, 70), 0),
            Switch("ttx", "TTX", value=False),
            Switch("tea", "TEA", value=False),
        ),
        "time": "t",
        "panels": (
            Traces(
                "The command",
                "t",
                "time after the step (ms)",
                "mV",
                (Line("v", "V_m", "v"),),
                (-4, 12),
                (-130, 80),
            ),
            Traces(
                "Current: the sum is measured, its parts are inferred",
                "t",
                "time after the step (ms)",
                "µA/cm²",
                (
                    Line("i_sum", "sum", "v"),
                    Line("i_na", "Na⁺", "na", dash=True),
                    Line("i_k", "K⁺", "k", dash=True),
                ),
                (-4, 12),
                (-2500, 4500),
                keep=True,
            ),
            Traces(
                "Conductances",
                "t",
                "time after the step (ms)",
                "mS/cm²",
                (Line("g_na", "g_Na", "na"), Line("g_k", "g_K", "k")),
                (-4, 12),
                (0, 60),
                keep=True,
            ),
            Traces(
                "The onset, both axes logarithmic",
                "onset",
                "time after the step (ms)",
                "log₁₀ of g in mS/cm²",
                (
                    Line("early_na", "g_Na", "na"),
                    Line("early_k", "g_K", "k"),
                    Line("cube", "slope 3", "na", dash=True),
                    Line("fourth", "slope 4", "k", dash=True),
                ),
                (0.02, 1),
                (-6, 2),
                x_log=True,
                keep=True,
            ),
        ),
        "summary": (
            "From {prepulse:.0f} to {test:.0f} mV: the current is lowest {when:.1f} ms after the "
            "step, {peak:+.0f} µA/cm², and ends at {late:+.0f}. Just after the step, at 20 µs, "
            "g_Na rises as time to the power {slope_na:.2f}, g_K to the power {slope_k:.2f}.",
            "From {prepulse:.0f} to {test:.0f} mV with TTX: no Na⁺ current. K⁺ and leak end at "
            "{late:+.0f} µA/cm². At 20 µs g_K rises as time to the power {slope_k:.2f}.",
            "From {prepulse:.0f} to {test:.0f} mV with TEA: no K⁺ current. The current is lowest "
            "{when:.1f} ms after the step, {peak:+.0f} µA/cm², and ends at {late:+.0f}. At 20 µs "
            "g_Na rises as time to the power {slope_na:.2f}.",
            "From {prepulse:.0f} to {test:.0f} mV with both drugs: only the leak is left, "
            "{late:+.0f} µA/cm².",
        ),
        "attempt": "Keep the curves, switch TTX on, and read off what is missing. Find the test "
        "step at which TTX changes nothing. Then make the onset of g_Na as steep as you can.",
        "notice": "At +50 mV, which is E_Na, the Na⁺ channels open but carry nothing. From −65 mV "
        "the onset is never as steep as t³; from −120 mV it nearly is. From −50 mV little Na⁺ "
        "current is left: h has fallen before the step.",
    },
    "anatomy-of-a-spike": {
        "function": anatomy_of_a_spike,
        "title": "Anatomy of a spike",
        "sliders": (
            Slider("celsius", "Temperature", "°C", (6.3, 10, 14, 18.5, 22, 26, 30), 6.3),
            Switch("freeze_h", "freeze h", value=False),
            Switch("freeze_n", "freeze n", value=False),
        ),
        "time": "t",
        "start": 2.4,
        "panels": (
            Traces(
                "Membrane potential",
                "t",
                "time (ms)",
                "mV",
                (Line("v", "V_m", "v"),),
                (0, 20),
                (-90, 60),
                levels=(Level("e_na", "E_Na", "na"), Level("e_k", "E_K", "k")),
                keep=True,
            ),
            Traces(
                "Conductances",
                "t",
                "time (ms)",
                "mS/cm²",
                (Line("g_na", "g_Na", "na"), Line("g_k", "g_K", "k")),
                (0, 20),
                (0, 80),
            ),
            Traces(
                "Currents, outward upwards",
                "t",
                "time (ms)",
                "µA/cm²",
                (
                    Line("i_na", "Na⁺", "na"),
                    Line("i_k", "K⁺", "k"),
                    Line("i_leak", "leak", "cl"),
                ),
                (0, 20),
                (-2600, 2600),
            ),
            Channels("Channels at the cursor", "m", "h", "n"),
        ),
        "summary": (
            "{t:.1f} ms: rest, V_m {v:.1f} mV. A shock comes at 1 ms.",
            "{t:.1f} ms, before the upstroke: the shock charges the membrane; V_m {v:.1f} mV. Na⁺ "
            "brings {i_na:.0f} µA/cm² and K⁺ {i_k:+.0f}.",
            "{t:.1f} ms, upstroke: V_m {v:.1f} mV, and the net current is inward because m "
            "({m:.2f}) outruns h ({h:.2f}) and n ({n:.2f}).",
            "{t:.1f} ms, repolarisation: V_m {v:.1f} mV. h has fallen to {h:.2f} and n has risen "
            "to {n:.2f}, so that the net current is outward.",
            "{t:.1f} ms, after-hyperpolarisation: V_m {v:.1f} mV. n is {n:.2f}, still above its "
            "resting 0.32, and h is {h:.2f}, still below its resting 0.60.",
            "{t:.1f} ms: back at rest, V_m {v:.1f} mV. The spike reached {top:.0f} mV at "
            "{when:.1f} ms and dipped to {low:.0f} mV.",
            "{t:.1f} ms: stuck at {v:.1f} mV, m {m:.2f}, h {h:.2f}, n {n:.2f}. With a gate frozen "
            "the inward and the outward current balance here, and nothing brings V_m back.",
        ),
        "attempt": "Predict first: with h frozen, will V_m come back? With n frozen? Then drag "
        "the cursor through the spike and name the phase before you read it. Warm the axon.",
        "notice": "Either gate alone ends the rise, but neither brings this membrane back to "
        "rest. The dip below rest needs n. Warmth makes the spike brief, then small: h and n "
        "catch up with m while the capacitance does not change.",
    },
    "separatrix": {
        "function": separatrix,
        "title": "Separatrix",
        "sliders": (
            Slider("v_start", "V at the start", "mV", V_STARTS, -22),
            Slider("w_start", "w at the start", "", W_STARTS, 0),
            Slider("current", "Lasting current", "µA/cm²", (0, 20, 30, 36), 30),
        ),
        "time": "t",
        "panels": (
            Plane(
                "The plane: V against w",
                "V_m (mV)",
                "w",
                (
                    Curve("null_v", "v_null", "V stands still", "ca"),
                    Curve("null_v", "null_w", "w stands still", "k"),
                    Curve("part_v", "part_w", "separatrix", "anion", dash=True),
                    Curve("v", "w", "path", "v"),
                ),
                *PLANE,
                points=(
                    Point("rest_v", "rest_w", "rest", "cl"),
                    Point("saddle_v", "saddle_w", "saddle", "anion"),
                    Point("v_start", "w_start", "start", "v"),
                ),
            ),
            Traces(
                "Membrane potential",
                "t",
                "time (ms)",
                "mV",
                (Line("v", "V_m", "v"),),
                (0, WAIT[-1]),
                PLANE[0],
                levels=(Level("saddle_v", "V at the saddle", "anion"),),
                keep=True,
            ),
        ),
        "summary": (
            "No spike: from {v_start:.1f} mV V_m goes back to {rest_v:.1f} mV. At w = "
            "{w_start:.2f} the separatrix is at {edge:.2f} mV, {apart:.2f} mV further on.",
            "Spike: from {v_start:.1f} mV V_m goes to {top:.1f} mV, where it is after {when:.0f} "
            "ms. At w = {w_start:.2f} the separatrix is at {edge:.2f} mV, {apart:.2f} mV behind.",
            "No spike, although V_m starts at {v_start:.1f} mV and the saddle is at "
            "{saddle_v:.1f} mV: w is {w_start:.2f}, and there the separatrix is at {edge:.2f} mV, "
            "{apart:.2f} mV further on.",
            "No spike: at w = {w_start:.2f} so much K⁺ conductance is open that there is none from "
            "anywhere. The separatrix ends below, at the unstable fixed point.",
        ),
        "attempt": "With w = 0 find the two neighbouring starts between which the fate changes; "
        "keep both curves. Then start at −5 mV without a spike.",
        "notice": "The spike's height hardly depends on the start, its delay does: the closer to "
        "the separatrix, the longer the path lingers at the saddle. The threshold is a curve, not "
        "a voltage: the larger w, the further right it lies. More current brings it towards rest.",
    },
}
