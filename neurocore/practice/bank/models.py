"""Problems of the chapter "Simpler models, noise, networks"."""

from functools import lru_cache
from math import log, log10, sqrt

import numpy as np

from neurocore.dynamics import fixed_points, growth_rates, hopf
from neurocore.experiments import rheobase, smallest
from neurocore.networks import RandomNetwork, siegert_rate
from neurocore.plots import COLOUR, label
from neurocore.practice.bank.computed import computed
from neurocore.practice.bank.squid import GATES, SQUID, patch_words, squid_patch
from neurocore.practice.kinds import Axis, Choice, Function, Mistake, Numeric, Plot, Tolerance, Vary
from neurocore.recording import crossings
from neurocore.reduced import AdEx, IntegrateAndFire, MorrisLecar, spiking, trajectory
from neurocore.simulate import simulate
from neurocore.stimuli import step
from neurocore.stochastic import SQUID_DENSITY

# --- integrate and fire ------------------------------------------------------------------------

E_L, V_TH = -65.0, -50.0  # mV


def _leaky(p):
    return IntegrateAndFire(p.tau, p.resistance, E_L, V_TH, E_L, p.refractory)


def _both(p, rate):
    return {"weak": rate(p.weak), "strong": rate(p.strong)}


def _period(p, current, logarithm=log):
    """Return the interval (ms) of the leaky neuron in a current (pA)."""
    goal = current * p.resistance / 1e3
    return p.refractory + p.tau * logarithm(goal / (goal - (V_TH - E_L)))


rate_by_hand = Numeric(
    id="rate-by-hand",
    title="A capacitor, a leak, a threshold",
    level="basic",
    name="firing",
    parameters={
        "tau": Vary(20, 10, 30, 5),
        "resistance": 100.0,
        "refractory": Vary(2, 2, 4, 1),
        "weak": 200.0,
        "strong": Vary(300, 300, 400, 20),
    },
    ask=lambda p: (
        "What is left of a neuron if the spike itself is taken out?\n"
        "A leaky integrate-and-fire neuron has a time constant of "
        f"{p.tau:g} ms, an input resistance of {p.resistance:g} MΩ and a rest of {E_L:g} mV.\n"
        f"At {V_TH:g} mV it spikes and is set back to {E_L:g} mV, where it stays for "
        f"{p.refractory:g} ms.\n\n"
        "Which current just takes it to the threshold?\n"
        f"How fast does it fire in {p.weak:g} pA and in {p.strong:g} pA?\nOne decimal is enough."
    ),
    unit={"rheobase": "pA", "weak": "Hz", "strong": "Hz"},
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: (_leaky(p).rheobase, _leaky(p).rate(p.weak), _leaky(p).rate(p.strong)),
    mistakes=(
        Mistake(
            "refractory-forgotten",
            lambda p: _both(p, lambda i: 1e3 / (_period(p, i) - p.refractory)),
            "You counted only the climb to the threshold.",
            "Which other time passes between two spikes?",
        ),
        Mistake(
            "straight-line",
            lambda p: {
                "strong": _leaky(p).rate(p.weak)
                * (p.strong - _leaky(p).rheobase)
                / (p.weak - _leaky(p).rheobase)
            },
            "You let the rate grow in proportion to the current above the rheobase.",
            "The climb takes a logarithm of time: is the curve straight just above the rheobase?",
        ),
        Mistake(
            "log10",
            lambda p: _both(p, lambda i: 1e3 / _period(p, i, log10)),
            "You took the logarithm to base 10.",
            "The potential relaxes as a power of e: which logarithm undoes that?",
        ),
        Mistake(
            "from-zero",
            lambda p: {"rheobase": -V_TH / p.resistance * 1e3},
            "You let the current carry V from the threshold to 0 mV.",
            "How many millivolts lie between rest and threshold?",
        ),
    ),
    hints=(
        "In a lasting current V heads for rest + R I. The current must take that to the threshold.",
        "From reset to threshold takes τ ln((V∞ − V_reset)/(V∞ − V_th)), with V∞ = rest + R I.",
        lambda p: (
            f"{p.resistance:g} MΩ times {p.weak:g} pA is {p.weak * p.resistance / 1e3:g} mV. "
            f"Add the {p.refractory:g} ms, and take one over the sum."
        ),
    ),
    solution=lambda p: (
        f"The threshold lies {V_TH - E_L:g} mV above rest, and {V_TH - E_L:g} mV / "
        f"{p.resistance:g} MΩ = {_leaky(p).rheobase:g} pA.\n\n"
        f"At {p.weak:g} pA the interval is {p.refractory:g} + {p.tau:g} ln("
        f"{p.weak * p.resistance / 1e3:g}/{p.weak * p.resistance / 1e3 - V_TH + E_L:g}) = "
        f"{_period(p, p.weak):.2f} ms, at {p.strong:g} pA {_period(p, p.strong):.2f} ms: "
        f"{_leaky(p).rate(p.weak):.1f} and {_leaky(p).rate(p.strong):.1f} Hz.\n\n"
        f"`nc.IntegrateAndFire(tau={p.tau:g}, refractory={p.refractory:g}).rate({p.weak:g})` "
        "computes the same."
    ),
    draw=lambda axes, p: _draw_rates(axes, p),
    alt="Firing rate against current. It is zero up to the rheobase, rises steeply there, and "
    "bends towards a straight line; without the refractory time it would run above.",
)


def _draw_rates(axes, p):
    current = np.linspace(100, 600, 501)
    axes.plot(current, _leaky(p).rate(current), label="with the refractory time")
    without = IntegrateAndFire(p.tau, p.resistance, E_L, V_TH, E_L, 0.0)
    axes.plot(current, without.rate(current), "--", label="without")
    axes.set(xlabel="Current (pA)", ylabel="Firing rate (Hz)")
    axes.legend(frameon=False)


WATCHED = 600.0  # ms
ADEX = AdEx()


@computed
def _adapting(current, a, b):
    """Return first latency and interval, last interval (ms) and number of spikes of an AdEx."""
    *_, spikes = spiking(AdEx(a=a, b=b), current, WATCHED)
    intervals = np.diff(spikes)
    return float(spikes[0]), float(intervals[0]), float(intervals[-1]), len(spikes)


def _adapts(p, a=ADEX.a, b=ADEX.b):
    return _adapting(p.current, a, b)


adapting = Numeric(
    id="adapting",
    title="The brake that each spike applies",
    level="intermediate",
    name="rates",
    parameters={"current": Vary(1000, 800, 1200, 100)},
    ask=lambda p: (
        "`nc.AdEx()` is the adaptive exponential neuron with the values of Brette and Gerstner "
        f"(2005).\nIt gets {p.current:g} pA for {WATCHED:g} ms:\n\n"
        f"```python\nt, v, w, spikes = nc.spiking(nc.AdEx(), {p.current:g}, {WATCHED:g})\n```\n\n"
        "An interval between two spikes gives a rate.\n"
        "What does the first interval give?\nWhat does the last one?\n"
        "And what would the last one give in a neuron whose spikes leave w alone, `b=0`?"
    ),
    unit={"first": "Hz", "last": "Hz", "unbraked": "Hz"},
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: (
        1e3 / _adapts(p)[1],
        1e3 / _adapts(p)[2],
        1e3 / _adapts(p, b=0.0)[2],
    ),
    mistakes=(
        Mistake(
            "intervals",
            lambda p: {
                "first": _adapts(p)[1],
                "last": _adapts(p)[2],
                "unbraked": _adapts(p, b=0.0)[2],
            },
            "You gave the interval in ms.",
            "How many such intervals fit into one second?",
        ),
        Mistake(
            "latency",
            lambda p: {"first": 1e3 / _adapts(p)[0]},
            "You took the time from the beginning to the first spike for an interval.",
            "From where does the potential start then, and from where after a spike?",
        ),
        Mistake(
            "mean-rate",
            lambda p: {"last": _adapts(p)[3] / WATCHED * 1e3},
            "You divided the number of spikes by the whole time.",
            "Which spikes does that mix with the last ones?",
        ),
        Mistake(
            "no-adaptation-at-all",
            lambda p: {"unbraked": 1e3 / _adapts(p, a=0.0, b=0.0)[2]},
            "You took away a as well as b.",
            "Which of the two makes w follow the potential even without spikes?",
        ),
        Mistake(
            "wrong-one-removed",
            lambda p: {"unbraked": 1e3 / _adapts(p, a=0.0)[2]},
            "You took away a and left b.",
            "Which parameter says by how much a spike raises w?",
        ),
    ),
    hints=(
        "`np.diff(spikes)` are the intervals, in ms. A rate in Hz is 1000 over one of them.",
        "`nc.AdEx(b=0.0)` is the same neuron, whose spikes leave w as it was.",
        "w decays with a time constant of 144 ms, far longer than the intervals: it adds up until "
        "each spike replaces just what has decayed since the last.",
    ),
    solution=lambda p: (
        f"The first interval gives {1e3 / _adapts(p)[1]:.1f} Hz, the last {1e3 / _adapts(p)[2]:.1f}"
        f" Hz: the rate falls to {100 * _adapts(p)[1] / _adapts(p)[2]:.0f} %. "
        f"Without b the last one still gives {1e3 / _adapts(p, b=0.0)[2]:.1f} Hz.\n\n"
        "So b, what each spike adds to w, is most of the brake. "
        "The rest is a, by which w follows the potential."
    ),
    draw=lambda axes, p: _draw_adapting(axes, p),
    alt="Rate of each interval against time. With b it falls steeply over the first spikes and "
    "then levels off; without b it falls by less than a fifth.",
)


def _draw_adapting(axes, p):
    for b, words in ((ADEX.b, "with b"), (0.0, "without b")):
        *_, spikes = spiking(AdEx(b=b), p.current, WATCHED)
        axes.plot(spikes[1:], 1e3 / np.diff(spikes), "o-", label=words)
    axes.set(xlabel="Time (ms)", ylabel="Rate of each interval (Hz)", ylim=(0, None))
    axes.legend(frameon=False)


# --- how firing begins --------------------------------------------------------------------------

FAR = 42.0  # µA/cm²


@lru_cache
def _meeting():
    """Return the current at which rest and saddle of the Morris–Lecar model meet, µA/cm²."""
    return smallest(lambda i: len(fixed_points(MorrisLecar(i))) == 1, 39.0, 41.0, 1e-6)


@computed
def _slow_rate(current):
    """Return the steady rate of the Morris–Lecar model, Hz."""
    t, v, _ = trajectory(MorrisLecar(current), -20.0, 0.0, 3000.0, 0.25)
    return float(1e3 / np.diff(crossings(t, v))[-1])


def _exponent(p, origin):
    return log(_slow_rate(FAR) / _slow_rate(p.near)) / log((FAR - origin) / (p.near - origin))


slow_onset = Numeric(
    id="slow-onset",
    title="As slowly as one likes",
    level="advanced",
    name="onset",
    parameters={"near": Vary(40.5, 40.1, 40.9, 0.2)},
    ask=lambda p: (
        "`nc.MorrisLecar(current)` is the class-I model of Morris and Lecar; currents are in "
        "µA/cm².\nBelow a current I_c it has three fixed points, above it one: rest and saddle "
        "meet and vanish.\n`nc.fixed_points(model)` lists them.\n\n"
        "Find I_c.\n"
        f"Then let the model run at {p.near:g} and at {FAR:g} µA/cm², for 3000 ms from v = −20 mV "
        "and w = 0, and take the rate from the last interval between rises through 0 mV.\n"
        "Which power of I − I_c do these two rates follow?"
    ),
    unit={"critical": "µA/cm²", "near": "Hz", "far": "Hz", "power": ""},
    tolerance={
        "critical": Tolerance(absolute=0.01),
        "near": Tolerance(relative=0.01),
        "far": Tolerance(relative=0.01),
        "power": Tolerance(absolute=0.015),
    },
    answer=lambda p: (
        _meeting(),
        _slow_rate(p.near),
        _slow_rate(FAR),
        _exponent(p, _meeting()),
    ),
    mistakes=(
        Mistake(
            "straight-line",
            lambda p: {"power": 1.0},
            "You let the rate grow in proportion to I − I_c.",
            "How long does the potential linger where rest and saddle have just vanished?",
        ),
        Mistake(
            "distance-from-zero",
            lambda p: {"power": _exponent(p, 0.0)},
            "You compared the currents themselves.",
            "From which current does firing begin, so that distances count from there?",
        ),
        Mistake(
            "square-root-taken",
            lambda p: {"power": 0.5},
            "You gave the square root of theory, which holds as I comes close to I_c.",
            "What do your two rates say, and which part of an interval does not depend on I − I_c?",
        ),
        Mistake(
            "intervals",
            lambda p: {"near": 1e3 / _slow_rate(p.near), "far": 1e3 / _slow_rate(FAR)},
            "You gave the interval in ms.",
            "How many such intervals fit into one second?",
        ),
        Mistake(
            "rounded-critical",
            lambda p: {"critical": 40.0},
            "You gave a current that is already past the meeting.",
            "How many fixed points are there at 39.97 µA/cm²?",
        ),
    ),
    hints=(
        "Halve the range between a current with three fixed points and one with a single one.",
        "`t, v, w = nc.trajectory(nc.MorrisLecar(42.0), -20.0, 0.0, 3000.0)`, then "
        "`np.diff(nc.crossings(t, v))` gives the intervals in ms.",
        "If f is proportional to a power of I − I_c, the power is ln(f₂/f₁) over "
        "ln((I₂ − I_c)/(I₁ − I_c)).",
    ),
    solution=lambda p: (
        f"Rest and saddle meet at {_meeting():.2f} µA/cm². The rates are "
        f"{_slow_rate(p.near):.2f} and {_slow_rate(FAR):.2f} Hz, and the power is "
        f"{_exponent(p, _meeting()):.3f}.\n\n"
        "Where the two points have vanished the flow is still slow, and passing the place takes a "
        "time in proportion to 1/√(I − I_c). So close to I_c the rate rises from zero as a square "
        "root, with a vertical tangent. Further up the spike itself takes its share of each "
        "interval, and the power falls below one half."
    ),
    draw=lambda axes, p: _draw_onset(axes, p),
    alt="Rate against current. Simulated rates lie on a curve that leaves zero at the critical "
    "current as a square root does, straight up at first; further on they fall below it. A "
    "straight line misses them.",
)


def _draw_onset(axes, p):
    critical, slope = _meeting(), _slow_rate(p.near) / (p.near - _meeting())
    above = np.linspace(0.0, 1.8, 50) ** 2
    axes.plot(critical + above, _slow_rate(p.near) * np.sqrt(above / (p.near - critical)))
    straight = above[above * slope < 11]
    axes.plot(critical + straight, slope * straight, "--", color=COLOUR["muted"])
    simulated = [*slow_onset.parameters["near"].grid(), FAR]
    axes.plot(simulated, [_slow_rate(x) for x in simulated], "o", color=COLOUR["Na"], zorder=3)
    axes.set(xlabel="current (µA/cm²)", ylabel="rate (Hz)", ylim=(0, 12))
    label(axes, 42.4, 8.9, "square root", ha="right")
    label(axes, critical + straight[-1] + 0.08, 10.4, "straight line", "muted")
    label(axes, 42.1, 5.8, "simulated", "Na")


LASTING, END = 1000.0, 800.0  # ms: of the step, and from when on a spike counts


@computed
def _onset(celsius):
    """Return the smallest step that keeps the squid's patch firing, µA/cm², and the rate then."""
    cell = squid_patch(celsius)

    def spikes(current):
        return simulate(cell, step(current), LASTING, sample=LASTING).spike_times()

    current = smallest(lambda i: (spikes(i) > END).any(), 3.0, 20.0, 5e-3)
    return current, float(1e3 / np.diff(spikes(current))[-1])


@computed
def _loss(celsius):
    """Return at which currents rest loses and regains stability, and the first frequency."""
    first, second = hopf(squid_patch(celsius).membrane)
    return first.current, second.current, first.frequency


@computed
def _single(celsius):
    return rheobase(squid_patch(celsius))


two_onsets = Numeric(
    id="two-onsets",
    title="Firing begins before rest ends",
    level="intermediate",
    name="limits",
    parameters={"celsius": Vary(6.3, 5, 8, 1)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\n\n"
        f"A current step of {LASTING:g} ms begins while it is at rest.\nWhich is the smallest one "
        f"in which it still fires after {END:g} ms?\nHow fast does it fire there, by the last "
        "interval?\n\n"
        "Now raise a current so slowly that the patch follows along its fixed point.\nAt which "
        "current does that lose its stability?\n`nc.hopf(nc.hodgkin_huxley("
        f"{p.celsius:g}))` finds out.\nTwo decimals for the currents, please."
    ),
    unit={"firing": "µA/cm²", "rate": "Hz", "rest": "µA/cm²"},
    tolerance={
        "firing": Tolerance(absolute=0.06),
        "rate": Tolerance(relative=0.04),
        "rest": Tolerance(absolute=0.03),
    },
    answer=lambda p: (*_onset(p.celsius), _loss(p.celsius)[0]),
    mistakes=(
        Mistake(
            "one-and-the-same",
            lambda p: {"firing": _loss(p.celsius)[0], "rest": _onset(p.celsius)[0]},
            "You took the end of rest and the beginning of firing for the same event.",
            "What does the patch do in a current between the two, if it starts at its fixed point?",
        ),
        Mistake(
            "single-spike",
            lambda p: {"firing": _single(p.celsius)},
            "You gave the current that makes one spike.",
            f"Is there still a spike after {END:g} ms?",
        ),
        Mistake(
            "slow-turn",
            lambda p: {"rate": _loss(p.celsius)[2]},
            "You gave the frequency of the small oscillation about the fixed point.",
            "How far apart are the spikes of the simulation?",
        ),
        Mistake(
            "interval",
            lambda p: {"rate": 1e3 / _onset(p.celsius)[1]},
            "You gave the interval in ms.",
            "How many such intervals fit into one second?",
        ),
        Mistake(
            "upper-end",
            lambda p: {"rest": _loss(p.celsius)[1]},
            "You gave the current above which rest is stable again.",
            "Which of the two points does a rising current meet first?",
        ),
    ),
    hints=(
        "For the first, simulate steps and halve the interval; look at the last spikes only.",
        lambda p: (
            f"`nc.simulate(patch, nc.step(6.5), {LASTING:g}).spike_times()` lists the spikes of "
            "one step."
        ),
        lambda p: (
            "`nc.hopf` returns two points, from left to right; `.current` of the first is wanted. "
            f"Firing begins some {_loss(p.celsius)[0] - _onset(p.celsius)[0]:.1f} µA/cm² below it."
        ),
    ),
    solution=lambda p: (
        f"A step of {_onset(p.celsius)[0]:.2f} µA/cm² keeps the patch firing, at "
        f"{_onset(p.celsius)[1]:.0f} Hz at once: this is class II, no slower rate lasts. Its fixed "
        f"point is stable up to {_loss(p.celsius)[0]:.2f} µA/cm², a Hopf bifurcation.\n\n"
        "Between the two both rest and firing are stable, and where the patch starts decides. "
        "A single spike needs less: "
        f"{_single(p.celsius):.2f} µA/cm² are enough."
    ),
    draw=lambda axes, p: _draw_stability(axes, p),
    alt="Steady potential against current. The curve rises; a solid line up to the Hopf point "
    "marks stable rest, a dashed line beyond it an unstable one. A shaded band left of the Hopf "
    "point shows where lasting firing is possible as well.",
)


def _draw_stability(axes, p):
    membrane = squid_patch(p.celsius).membrane
    v = np.linspace(-66, -55, 400)
    current, stable = (
        membrane.steady_current(v),
        growth_rates(membrane, v).real.max(axis=-1) < 0,
    )
    axes.plot(current, np.where(stable, v, np.nan), label="stable rest")
    axes.plot(current, np.where(stable, np.nan, v), "--", label="unstable rest")
    axes.axvspan(_onset(p.celsius)[0], _loss(p.celsius)[0], alpha=0.2, label="rest or firing")
    axes.set(xlabel="Current (µA/cm²)", ylabel="V (mV)", xlim=(0, 20))
    axes.legend(frameon=False)


HELD = 8.0  # µA/cm²

silenced = Choice(
    id="silenced",
    title="Can a pulse stop it?",
    level="advanced",
    name="silence",
    ask=f"A squid axon's patch by Hodgkin and Huxley (6.3 °C) gets a lasting current of {HELD:g} "
    "µA/cm², begun as a step, and fires on and on.\nThe current stays as it is.\n"
    "Now one brief pulse of 1 ms is added, once, between two spikes.\n"
    "Can it silence the patch for good, and why?",
    options=(
        "No: at most it shifts the spikes that follow.",
        "Yes, if it comes at the right moment with the right strength, of either sign.",
        "Yes, but only if it is strong and hyperpolarising.",
    ),
    reasons=(
        "A lasting current above the one at which firing begins leaves no other steady behaviour.",
        "Only hyperpolarisation can close sodium channels.",
        "Beside the firing a stable rest exists, and a pulse can carry the patch into its reach.",
        "The pulse leaves the sodium channels inactivated for good.",
    ),
    answer=("b", 3),
    mistakes=(
        Mistake(
            "firing-alone",
            (None, 1),
            "You let the current leave only firing.",
            "Is the fixed point at this current stable? What does `nc.growth_rates` say?",
        ),
        Mistake(
            "needs-force",
            ("c", 3),
            "You ask for force, but a strong pulse is itself a cause of spikes.",
            "What does the patch do on release from strong hyperpolarisation?",
        ),
        Mistake(
            "inactivated",
            (None, 4),
            "You let inactivation last, though h follows V within milliseconds.",
            "Which gate could remember a pulse for ever?",
        ),
        Mistake(
            "sodium-closed",
            (None, 2),
            "A depolarising pulse can do it too, so closing channels is not the point.",
            "What else, beside the firing, can last in this current?",
        ),
    ),
    hints=(
        "`nc.hopf(nc.hodgkin_huxley())` tells up to which current the fixed point is stable.",
        "If two steady behaviours exist, something must divide the states that lead to either.",
        "Try it: `nc.step(8.0) + nc.pulse(5.0, start, 1.0)`, with starts 6 to 10 ms after a spike.",
    ),
    solution=lambda p: (
        f"The fixed point loses its stability only at {_loss(6.3)[0]:.2f} µA/cm². At {HELD:g} "
        "µA/cm² it is stable, and so is the firing: **b3**.\n\n"
        "A pulse of +5 µA/cm² that begins 9 ms after a spike stops the firing for good, and so "
        "does one of −5 µA/cm² that begins 13.5 ms after it. Given 1.5 ms earlier or later, "
        "either of them merely shifts the spikes that follow."
    ),
)


# --- noise ---------------------------------------------------------------------------------------


def _fraction(v, power=4):
    return GATES["n"].steady_state(v) ** power


open_by_chance = Function(
    id="open-by-chance",
    title="How noisy is a handful of channels?",
    level="intermediate",
    name="fluctuation",
    parameters={"density": Vary(18, 10, 30, 2)},
    ask=lambda p: (
        f"A piece of squid axon has {p.density:g} potassium channels per µm².\nEach has four n "
        "gates that open and close independently, and conducts while all four are open.\n"
        "The membrane has been clamped at V for long.\n\n"
        "n opens at α = 0.01 (V + 55)/(1 − e^(−(V + 55)/10)) and closes at "
        "β = 0.125 e^(−(V + 65)/80) per ms, with V in mV.\n\n"
        "How many channels conduct fluctuates from moment to moment.\n"
        "Write a function that takes the area in µm² and V in mV and returns the standard "
        "deviation of this number over its mean.\n"
        "Then draw it against V: is the noise of a channel the same at every potential?"
    ),
    inputs={"area": (1, 100), "v": (-70, 0)},
    special=((10.0, -55.0),),
    unit="",
    tolerance=Tolerance(relative=0.005),
    answer=lambda p: (
        lambda area, v: np.sqrt((1 - _fraction(v)) / (p.density * area * _fraction(v)))
    ),
    mistakes=(
        Mistake(
            "variance-not-deviation",
            lambda p: lambda area, v: (1 - _fraction(v)) / (p.density * area * _fraction(v)),
            "You gave the variance over the square of the mean.",
            "By which power of the number of channels does a standard deviation grow?",
        ),
        Mistake(
            "one-gate",
            lambda p: (
                lambda area, v: np.sqrt(
                    (1 - _fraction(v, 1)) / (p.density * area * _fraction(v, 1))
                )
            ),
            "You let a channel conduct with a single open gate.",
            "How probable is it that all four gates are open?",
        ),
        Mistake(
            "same-at-every-potential",
            lambda p: lambda area, v: 1 / np.sqrt(p.density * area) + 0.0 * v,
            "You made the noise one over the root of the number of channels, whatever V is.",
            "How many of the channels conduct at rest, and how does that number vary?",
        ),
        Mistake(
            "rare-events",
            lambda p: lambda area, v: 1 / np.sqrt(p.density * area * _fraction(v)),
            "You counted open channels as rare events, variance equal to the mean.",
            "How much can the number still vary when nearly all channels are open?",
        ),
    ),
    hints=(
        "N coins, each showing heads with probability p: what are mean and variance of the heads?",
        "p = n∞⁴ with n∞ = α/(α + β), and N = density × area. Mean N p, variance N p (1 − p).",
        "At −55 mV α is 0/0. Its limit there is 0.1, and `0.1 * nc.linoid((v + 55) / 10)` gives it "
        "safely.",
    ),
    solution=lambda p: (
        "`def fluctuation(area, v):`\n"
        "`    alpha = 0.1 * nc.linoid((v + 55) / 10)`\n"
        "`    beta = 0.125 * np.exp(-(v + 65) / 80)`\n"
        "`    p = (alpha / (alpha + beta)) ** 4`\n"
        f"`    return np.sqrt((1 - p) / ({p.density:g} * area * p))`\n\n"
        f"On 10 µm² the deviation at −65 mV is {sqrt(_noise(p, -65.0)):.2f} times the mean, at "
        f"0 mV {sqrt(_noise(p, 0.0)):.3f} times. Noise comes from gates: it depends on how many "
        "are open, and no constant noise added to V can stand for it."
    ),
)


def _noise(p, v):
    return float((1 - _fraction(v)) / (p.density * 10.0 * _fraction(v)))


SPONTANEOUS = {10.0: 39.3, 20.0: 32.1, 50.0: 21.2, 100.0: 9.8}
"""Spontaneous rate (Hz) of patches of so many µm², measured over 40 to 100 s of patches' time.

With standard errors of 0.4, 0.4, 0.5 and 0.3 Hz. It cannot be kept in the table of computed
answers: where two versions of numpy round differently, the same seed gives other spikes.
"""
PATCHES, TIME = 30, 500.0  # of each area, and ms

spontaneous = Numeric(
    id="spontaneous",
    title="Firing without a cause",
    level="advanced",
    name="by_chance",
    parameters={
        "small": Vary(10, 10, 20, 10),
        "large": Vary(100, 50, 100, 50),
        "celsius": SQUID.celsius,
    },
    ask=lambda p: (
        f"`nc.channel_noise(nc.hodgkin_huxley({p.celsius:g}), areas, {TIME:g}, seed=1)` lets "
        f"patches of squid axon at {p.celsius:g} °C run whose channels are counted one by one: "
        f"{SQUID_DENSITY['Na']:g} sodium and {SQUID_DENSITY['K']:g} potassium channels per µm², "
        "each opening and closing by chance.\n"
        "`areas` is a list, in µm², of one area for each patch; `.spikes` then lists the spike "
        "times of each.\n\n"
        f"There is no stimulus.\nLet {PATCHES} patches of {p.small:g} µm² and {PATCHES} of "
        f"{p.large:g} µm² run for {TIME:g} ms.\nAt what mean rate does a patch of each size fire?\n"
        "Another seed gives other spikes, so the tolerance is wide.\n"
        "What would the averaged equations do?\n(The run takes some seconds, in a page up to half "
        "a minute.)"
    ),
    unit={"small": "Hz", "large": "Hz"},
    tolerance={"small": Tolerance(relative=0.15), "large": Tolerance(relative=0.25)},
    answer=lambda p: (SPONTANEOUS[p.small], SPONTANEOUS[p.large]),
    mistakes=(
        Mistake(
            "silent",
            {"small": 0.0, "large": 0.0},
            "You let the patch rest, as the averaged equations do.",
            "What can a few sodium channels do to a small patch that open together by chance?",
        ),
        Mistake(
            "not-per-second",
            lambda p: {
                "small": SPONTANEOUS[p.small] * TIME / 1e3,
                "large": SPONTANEOUS[p.large] * TIME / 1e3,
            },
            "You gave the number of spikes of a patch.",
            "How many would there be in a whole second?",
        ),
        Mistake(
            "all-patches-together",
            lambda p: {
                "small": SPONTANEOUS[p.small] * PATCHES,
                "large": SPONTANEOUS[p.large] * PATCHES,
            },
            "You counted the spikes of all patches as those of one.",
            "By how many patches do you have to divide?",
        ),
        Mistake(
            "larger-is-faster",
            lambda p: {
                "small": SPONTANEOUS[p.large],
                "large": SPONTANEOUS[p.small],
            },
            "You gave the larger patch the higher rate.",
            "Relative to their mean, how do the fluctuations of N channels change with N?",
        ),
    ),
    hints=(
        lambda p: (
            f"`areas = [{p.small:g}.0] * {PATCHES} + [{p.large:g}.0] * {PATCHES}` makes all the "
            "patches of one run."
        ),
        f"`counts = np.array([len(s) for s in run.spikes])`: the first {PATCHES} belong to the "
        "small patches.",
        "A rate is the mean count over the time in seconds.",
    ),
    solution=lambda p: (
        f"Patches of {p.small:g} µm² fire at about {SPONTANEOUS[p.small]:.0f} Hz, those of "
        f"{p.large:g} µm² at about {SPONTANEOUS[p.large]:.0f} Hz, though nothing drives them. The "
        "averaged equations would rest at −65 mV for ever.\n\n"
        "Relative fluctuations fall as one over the root of the number of channels. Reaching the "
        "threshold takes a rare large one, and it grows rarer far faster than that: on 10, 100, "
        "200 and 400 µm² the rates are about 39, 10, 2 and 0.1 Hz. A squid's giant axon has far "
        "too many channels to fire this way."
    ),
)

CALM = 1.0  # mV
BRUNEL = RandomNetwork()


def _noisy(deviation, refractory=BRUNEL.refractory):
    """Return the rate (Hz) as a function of the mean input (mV)."""
    return lambda mean: siegert_rate(
        mean, deviation, BRUNEL.tau, BRUNEL.threshold, BRUNEL.reset, refractory
    )


def _named(p, calm=None, rough=None):
    """Return curves by the names that the drawing gives them."""
    curves = {f"σ = {CALM:g} mV": calm, f"σ = {p.sigma:g} mV": rough}
    return {name: curve for name, curve in curves.items() if curve}


def _sharp(mean):
    """Return the rate (Hz) without any noise."""
    cell = IntegrateAndFire(BRUNEL.tau, 1e3, 0.0, BRUNEL.threshold, BRUNEL.reset, BRUNEL.refractory)
    return cell.rate(mean)  # 1 GΩ: as many pA as mV


noisy_threshold = Plot(
    id="noisy-threshold",
    title="What noise does to a threshold",
    level="intermediate",
    name="ax",
    parameters={"sigma": Vary(6, 5, 8, 1)},
    ask=lambda p: (
        "A leaky integrate-and-fire neuron gets noisy input: without a threshold V would "
        "fluctuate about a mean μ, measured from rest.\n"
        f"Its time constant is {BRUNEL.tau:g} ms, its threshold {BRUNEL.threshold:g} mV, its reset "
        f"{BRUNEL.reset:g} mV above rest, and it is refractory for {BRUNEL.refractory:g} ms.\n"
        "`nc.siegert_rate(mean, deviation)` returns its rate for one μ and one σ, both in mV.\n"
        "The σ of this formula is √2 times the standard deviation of V.\n\n"
        f"Draw the rate against μ twice: for σ = {CALM:g} mV and for σ = {p.sigma:g} mV.\n"
        "Before you draw: how fast does the neuron fire when μ is 5 mV below the threshold?"
    ),
    x=Axis("mean input", "mV"),
    y=Axis("firing rate", "Hz"),
    low=10.0,
    high=30.0,
    points=41,
    tolerance=Tolerance(absolute=1.0),
    answer=lambda p: _named(p, _noisy(CALM), _noisy(p.sigma)),
    mistakes=(
        Mistake(
            "no-noise",
            lambda p: _named(p, calm=_sharp, rough=_sharp),
            "One of your curves has no noise at all: it leaves zero only at the threshold.",
            "What do fluctuations do while the mean lies just below the threshold?",
        ),
        Mistake(
            "deviation-of-v",
            lambda p: _named(p, rough=_noisy(p.sigma * sqrt(2))),
            "You took σ for the standard deviation of V and multiplied by √2.",
            "Which of the two does `nc.siegert_rate` ask for, and which was given?",
        ),
        Mistake(
            "variance",
            lambda p: _named(p, rough=_noisy(p.sigma**2)),
            "You handed in σ² where σ belongs.",
            "Which unit has the second argument?",
        ),
        Mistake(
            "never-refractory",
            lambda p: _named(p, _noisy(CALM, 0.0), _noisy(p.sigma, 0.0)),
            "One of your curves has no refractory time.",
            "What is the highest rate that a neuron refractory for 2 ms can reach?",
        ),
    ),
    hints=(
        "`nc.siegert_rate` takes single numbers: call it in a list, once for each μ.",
        "`mean = np.linspace(10, 30, 81)`, then `[nc.siegert_rate(m, 1.0) for m in mean]`.",
        '`ax.set(xlabel="mean input (mV)", ylabel="firing rate (Hz)")` labels both axes.',
    ),
    solution=lambda p: (
        f"At μ = 15 mV, 5 mV below the threshold, the calm neuron all but never fires, and the "
        f"noisy one fires at {_noisy(p.sigma)(15.0):.1f} Hz. Far above the threshold noise "
        f"matters little: at 30 mV the rates are {_noisy(CALM)(30.0):.1f} and "
        f"{_noisy(p.sigma)(30.0):.1f} Hz.\n\nSo noise turns a threshold into a slope. "
        "A neuron whose mean input stays below the threshold fires on fluctuations, and "
        "therefore at irregular times."
    ),
    draw=lambda axes, p: _draw_noisy(axes, p),
    alt="Firing rate against mean input. With little noise it is zero up to the threshold of 20 mV "
    "and then rises steeply; with more noise it rises gently from far below the threshold.",
)


def _draw_noisy(axes, p):
    mean = np.linspace(10, 30, 81)
    for name, curve in _named(p, _noisy(CALM), _noisy(p.sigma)).items():
        axes.plot(mean, [curve(m) for m in mean], label=name)
    axes.set(xlabel="Mean input (mV)", ylabel="Firing rate (Hz)")
    axes.legend(frameon=False)


# --- networks ----------------------------------------------------------------------------------


@computed
def _mean_field(g):
    return RandomNetwork(g=g).mean_field_rate()


def _lift(rate, inputs):
    """Return by how much (mV) inputs of weight J, each at a rate (Hz), lift V on average."""
    return BRUNEL.weight * BRUNEL.tau * inputs * rate / 1e3


def _excitation(p):
    return _lift(_mean_field(p.g) + BRUNEL.outside_rate, BRUNEL.inputs[0])


def _inhibition(p, g=None, inputs=BRUNEL.inputs[1]):
    return -(p.g if g is None else g) * _lift(_mean_field(p.g), inputs)


balance = Numeric(
    id="balance",
    title="Two large numbers and a small one",
    level="advanced",
    name="terms",
    parameters={"g": Vary(5, 5, 8, 1)},
    ask=lambda p: (
        f"`nc.RandomNetwork(g={p.g:g}.0)` is a network after Brunel (2000): "
        f"{BRUNEL.excitatory} excitatory and {BRUNEL.inhibitory} inhibitory integrate-and-fire "
        f"neurons, time constant {BRUNEL.tau:g} ms, threshold {BRUNEL.threshold:g} mV above rest.\n"
        f"Each neuron hears {BRUNEL.inputs[0]} excitatory and {BRUNEL.inputs[1]} inhibitory ones "
        f"of the network, and {BRUNEL.inputs[0]} excitatory ones from outside, which fire at "
        f"{BRUNEL.outside_rate:g} Hz each.\n"
        f"An excitatory spike lifts V by {BRUNEL.weight:g} mV, an inhibitory one lowers it by "
        f"{p.g:g} times that.\n\n"
        "`.mean_field_rate()` is the rate at which all neurons of the network would fire if their "
        "input were independent noise.\nWhich is it?\n"
        "At this rate, by how much does all excitation together lift V on average?\nBy how much "
        "does inhibition lower it (a negative number)?\nWhere does that leave the mean, if there "
        "were no threshold, measured from rest?"
    ),
    unit={"rate": "Hz", "excitation": "mV", "inhibition": "mV", "mean": "mV"},
    tolerance={
        "rate": Tolerance(relative=0.01),
        "excitation": Tolerance(relative=0.01),
        "inhibition": Tolerance(relative=0.01),
        "mean": Tolerance(absolute=0.3),
    },
    answer=lambda p: (
        _mean_field(p.g),
        _excitation(p),
        _inhibition(p),
        _excitation(p) + _inhibition(p),
    ),
    mistakes=(
        Mistake(
            "outside-forgotten",
            lambda p: {
                "excitation": _lift(_mean_field(p.g), BRUNEL.inputs[0]),
                "mean": _lift(_mean_field(p.g), BRUNEL.inputs[0]) + _inhibition(p),
            },
            "You left out what comes from outside.",
            "How many neurons outside does each one hear, and how fast do they fire?",
        ),
        Mistake(
            "as-many-inhibitory",
            lambda p: {"inhibition": _inhibition(p, inputs=BRUNEL.inputs[0])},
            "You let each neuron hear as many inhibitory neurons as excitatory ones.",
            "How many of its inputs within the network are inhibitory?",
        ),
        Mistake(
            "equal-weights",
            lambda p: {"inhibition": _inhibition(p, g=1.0)},
            "You gave inhibitory spikes the weight of excitatory ones.",
            "How much stronger is an inhibitory spike here?",
        ),
        Mistake(
            "mean-at-threshold",
            {"mean": BRUNEL.threshold},
            "You put the mean at the threshold, since the network does fire.",
            "What, other than the mean, can carry V across a threshold?",
        ),
    ),
    hints=(
        "A spike train of rate r, each spike worth J, lifts V on average by J τ r, with τ and 1/r "
        "in the same unit.",
        lambda p: (
            f"Excitation: {BRUNEL.weight:g} mV × {BRUNEL.tau / 1e3:g} s × {BRUNEL.inputs[0]} × "
            f"(rate + {BRUNEL.outside_rate:g} Hz)."
        ),
        lambda p: (
            f"Inhibition: −{p.g:g} × {BRUNEL.weight:g} mV × {BRUNEL.tau / 1e3:g} s × "
            f"{BRUNEL.inputs[1]} × rate. The mean is the sum of the two."
        ),
    ),
    solution=lambda p: (
        f"The rate is {_mean_field(p.g):.1f} Hz. Excitation lifts V by {_excitation(p):.1f} mV, "
        f"inhibition lowers it by {-_inhibition(p):.1f} mV. The mean is "
        f"{_excitation(p) + _inhibition(p):.1f} mV, {BRUNEL.threshold:g} mV being the threshold."
        "\n\nEach of the two alone is several times the threshold. They cancel so nearly that the "
        "mean stays below it, and what makes neurons fire is the fluctuations. That is why they "
        "fire irregularly, as in the cortex. Draw it: `times, neurons = "
        f"nc.RandomNetwork(g={p.g:g}.0).run(500, seed=1)`."
    ),
)

PROBLEMS = (
    rate_by_hand,
    adapting,
    slow_onset,
    two_onsets,
    silenced,
    open_by_chance,
    spontaneous,
    noisy_threshold,
    balance,
)
"""In the order of the chapter."""
