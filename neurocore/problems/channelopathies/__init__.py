"""Problems of the chapter "Potassium and channel disease"."""

from functools import lru_cache
from math import exp

import numpy as np

from neurocore.axon import patch
from neurocore.channels import block, leak, persistent, shift, squid_potassium, squid_sodium
from neurocore.experiments import rheobase, smallest
from neurocore.ions import nernst, thermal_voltage
from neurocore.membrane import Membrane, modify
from neurocore.plots import COLOUR, label, level
from neurocore.practice.kinds import Vary
from neurocore.problems.computed import computed
from neurocore.problems.squid import AT_REST, GATES, REST, SQUID, E, G, patch_words
from neurocore.simulate import simulate
from neurocore.stimuli import pulse

STEP = 50.0  # ms
RHEOBASE = (
    f"The rheobase is the smallest current step of {STEP:g} ms that makes V rise through 0 mV "
    "during the step."
)


def _outside(p, v, celsius=None):
    """Return K⁺ outside (mM) for which E_K is v."""
    return p.k_in * exp(v / thermal_voltage(p.celsius if celsius is None else celsius))


def _potassium(p):
    before, after = _outside(p, p.before), _outside(p, p.before + p.rise)
    return before, after, after / before


POTASSIUM_OUTSIDE = {
    "k_in": Vary(400, 340, 420, 10),
    "before": Vary(E["K"], -79, -73, 1),
    "rise": Vary(10, 5, 15, 1),
    "celsius": SQUID.celsius,
}


def potassium_outside(p):
    return {
        "answer": dict(zip(("before", "after", "factor"), _potassium(p), strict=True)),
        "body-temperature": {
            "before": _outside(p, p.before, 37.0),
            "after": _outside(p, p.before + p.rise, 37.0),
            "factor": exp(p.rise / thermal_voltage(37.0)),
        },
        "in-proportion": {
            "after": _potassium(p)[0] * p.before / (p.before + p.rise),
            "factor": p.before / (p.before + p.rise),
        },
        "wrong-way": {"after": _outside(p, p.before - p.rise), "factor": 1 / _potassium(p)[2]},
        "inside-out": {
            "before": p.k_in**2 / _potassium(p)[0],
            "after": p.k_in**2 / _potassium(p)[1],
        },
        "rt_f": thermal_voltage(p.celsius),
        "patient": 4 * _potassium(p)[2],
        "patient_shift": thermal_voltage(37.0) * np.log(_potassium(p)[2]),
    }


@lru_cache
def _with_e_k(e_k):
    """Return the squid's patch at 6.3 °C with another E_K."""
    return patch(Membrane((squid_sodium(), squid_potassium(reversal=e_k), leak()), SQUID.celsius))


@computed
def _rheobase(e_k, start=None):
    """Return the rheobase (µA/cm²) for an E_K (mV), from rest or from another start (mV)."""
    return rheobase(_with_e_k(e_k), STEP, v0=start)


@lru_cache
def _rest(e_k):
    membrane = _with_e_k(e_k).membrane
    return membrane.rest(), float(membrane.steady_state(membrane.rest())["h"])


SET_E_K = (
    "`K = nc.squid_potassium(reversal=e_k)` is the potassium channel with another E_K, and "
    "`nc.patch(nc.Membrane((nc.squid_sodium(), K, nc.leak()), 6.3))` the patch."
)

HYPERKALAEMIA = {"e_k": Vary(-67, -73, -67, 1), "celsius": SQUID.celsius}


def hyperkalaemia(p):
    return {
        "answer": dict(
            zip(("rest", "h", "rheobase"), (*_rest(p.e_k), _rheobase(p.e_k)), strict=True)
        ),
        "nothing-moves": {"rest": REST, "h": AT_REST["h"], "rheobase": _rheobase(E["K"])},
        "as-far-as-e-k": {
            "rest": REST + p.e_k - E["K"],
            "h": float(GATES["h"].steady_state(REST + p.e_k - E["K"])),
        },
        "wrong-way": {
            "rest": _rest(2 * E["K"] - p.e_k)[0],
            "h": _rest(2 * E["K"] - p.e_k)[1],
            "rheobase": _rheobase(2 * E["K"] - p.e_k),
        },
        "not-settled": {"rheobase": _rheobase(p.e_k, REST)},
        "patch": patch_words(p.celsius),
        "e_k_normal": E["K"],
        "rheobase": RHEOBASE,
        "set_e_k": SET_E_K,
        "step": STEP,
        "rest_shift": _rest(p.e_k)[0] - REST,
        "h_normal": AT_REST["h"],
        "rheobase_normal": _rheobase(E["K"]),
    }


LOW, HIGH, INSIDE = 12.0, 24.0, 400.0  # mM


def _at(k_out, celsius=SQUID.celsius):
    """Return E_K (mV) to the hundredth, as a key of the table."""
    return round(float(nernst(k_out, INSIDE, 1, celsius)), 2)


def draw_rheobase_drawing(axes, p):
    k_out = np.linspace(LOW, HIGH, 25)
    axes.plot(k_out, [_rheobase(_at(k)) for k in k_out], color=COLOUR["K"])
    normal = INSIDE * exp(E["K"] / thermal_voltage(SQUID.celsius))
    axes.plot(normal, _rheobase(_at(normal)), "o", color=COLOUR["V"])
    label(axes, normal + 0.3, _rheobase(_at(normal)) + 0.08, "the model's normal $E_K$")
    axes.set(xlabel="K⁺ outside (mM)", ylabel="rheobase (µA/cm²)", ylim=(0, 3.6))


RHEOBASE_DRAWING = {"celsius": SQUID.celsius}


def rheobase_drawing(p):
    return {
        "answer": lambda k: _rheobase(_at(k)),
        "body-temperature": {"": lambda k: _rheobase(_at(k, 37.0))},
        "not-settled": {"": lambda k: _rheobase(_at(k), REST)},
        "upside-down": {"": lambda k: _rheobase(_at(LOW + HIGH - k))},
        "nothing-moves": {"": lambda k: _rheobase(E["K"])},
        "patch": patch_words(p.celsius),
        "inside": INSIDE,
        "rheobase": RHEOBASE,
        "set_e_k": SET_E_K,
        "step": STEP,
        "low": LOW,
        "high": HIGH,
        "at_low": _rheobase(_at(LOW)),
        "at_high": _rheobase(_at(HIGH)),
    }


@computed
def _shifted(millivolts, gate):
    """Return the rest (mV) and the rheobase (µA/cm²) with sodium gating shifted."""
    cell = patch(modify(SQUID, "Na", shift, millivolts, gate))
    return cell.membrane.rest(), rheobase(cell, STEP)


def _gain(p, sign=-1, gate="m"):
    rest, base = _shifted(sign * p.shift, gate)
    return {"rest": rest, "rheobase": base, "ratio": base / _shifted(0.0, "m")[1]}


def _nearer(p):
    """Return the share of the way to the smallest effective shock, 6.5 mV, that is left."""
    return 1 - p.shift / 6.5


GAIN_OF_FUNCTION = {"shift": Vary(1, 0.6, 1.4, 0.2), "celsius": SQUID.celsius}


def gain_of_function(p):
    return {
        "answer": dict(zip(("rest", "rheobase", "ratio"), tuple(_gain(p).values()), strict=True)),
        "both-gates": _gain(p, gate=None),
        "to-the-right": _gain(p, sign=1),
        "distance-alone": {"rheobase": _shifted(0.0, "m")[1] * _nearer(p), "ratio": _nearer(p)},
        "old-rest": {"rest": REST},
        "patch": patch_words(p.celsius),
        "rheobase": RHEOBASE,
        "step": STEP,
        "rest_shift": _gain(p)["rest"] - REST,
        "rheobase_normal": _shifted(0.0, "m")[1],
        "percent": 100 * _gain(p)["ratio"],
    }


def _window(p, by=None, gate="h", power=3, force=True):
    """Return the steady sodium current (µA/cm²) as a function of V (mV)."""
    channel = shift(squid_sodium(), p.shift if by is None else by, gate)
    m, h = channel.gate("m"), channel.gate("h")

    def current(v):
        conductance = G["Na"] * m.steady_state(v) ** power * h.steady_state(v)
        return conductance * (v - E["Na"]) if force else conductance

    return current


def draw_window_current(axes, p):
    v = np.linspace(-80, 10, 181)
    axes.plot(v, _window(p, by=0.0)(v), color=COLOUR["muted"])
    axes.plot(v, _window(p)(v), color=COLOUR["Na"])
    low = float(_window(p)(v).min())
    label(axes, -24, 0.9 * low, f"h moved by {p.shift:g} mV", "Na")
    label(axes, -34, 0.7 * float(_window(p, by=0.0)(v).min()), "normal", "muted", ha="center")
    level(axes, 0.0)
    axes.set(xlabel="V (mV)", ylabel="steady Na⁺ current (µA/cm²)")


WINDOW_CURRENT = {"shift": Vary(8, 4, 14, 2), "celsius": SQUID.celsius}


def window_current(p):
    return {
        "answer": _window(p),
        "not-cubed": _window(p, power=1),
        "to-the-left": _window(p, by=-p.shift),
        "both-gates": _window(p, gate=None),
        "normal-channel": _window(p, by=0.0),
        "conductance": _window(p, force=False),
        "g_na": G["Na"],
        "e_na": E["Na"],
        "at_40": float(_window(p)(-40.0)),
        "peak": _peak(p),
        "peak_normal": _peak(p, 0.0),
    }


def _peak(p, by=None):
    return float(_window(p, by)(np.linspace(-80, 10, 1801)).min())


def _leaky(p, share=None, keep_h=False, power=3):
    """Return the steady current of the rest and of the leaky share at V, and what they add to."""
    share = p.share / 100 if share is None else share
    drive = p.v - E["Na"]
    m, h = (float(GATES[name].steady_state(p.v)) for name in "mh")
    normal = G["Na"] * m**power * h * drive
    leaky = share * G["Na"] * m**power * drive * (h if keep_h else 1.0)
    total = (1 - share) * normal + leaky
    return {"normal": normal, "leaky": leaky, "times": total / normal}


def _some(names, values):
    return {name: values[name] for name in names}


FEW_IN_A_HUNDRED = {
    "share": Vary(1.5, 1, 3, 0.5),
    "v": Vary(-20, -25, -15, 1),
    "celsius": SQUID.celsius,
}


def few_in_a_hundred(p):
    return {
        "answer": dict(zip(("normal", "leaky", "times"), tuple(_leaky(p).values()), strict=True)),
        "as-a-share": {"times": 1 + p.share / 100},
        "still-inactivating": _some(["leaky"], _leaky(p, keep_h=True)),
        "not-cubed": _some(["normal", "leaky"], _leaky(p, power=1)),
        "percent": _some(["leaky"], _leaky(p, share=p.share)),
        "leaky-over-normal": {"times": _leaky(p)["leaky"] / _leaky(p)["normal"]},
        "g_na": G["Na"],
        "e_na": E["Na"],
        "m": GATES["m"].steady_state(p.v),
        "h": GATES["h"].steady_state(p.v),
        "m_cubed": GATES["m"].steady_state(p.v) ** 3,
        "force": p.v - E["Na"],
        "fraction": p.share / 100,
    }


FIRST_PULSE = pulse(40.0, 5.0, 0.5)


def _mutant(share):
    """Return the squid's patch in which a share of the sodium channels lacks inactivation."""
    sodium, *others = SQUID.channels
    return patch(
        Membrane((block(sodium, share), persistent(sodium, share), *others), SQUID.celsius)
    )


def _run(share, duration=205.5, sample=0.5):
    return simulate(_mutant(share), FIRST_PULSE, duration, sample=sample)


@computed
def _left_at(share):
    """Return V and h 200 ms after the pulse."""
    r = _run(share)
    return float(r.v[-1]), float(r.gates["h"][-1])


@computed
def _smallest_share():
    return smallest(lambda share: _run(share).v[-1] > -40, 0.1, 0.3, 1e-3)


def draw_stuck(axes, p):
    for share, role, words, at in (
        (0.0, "V", "normal", (12, -42)),
        (0.02, "K", "2 % leaky", (12, -55)),
        (p.share / 100, "Na", f"{p.share:g} % leaky", (22, 14)),
    ):
        r = _run(share, 40.0, 0.05)
        axes.plot(r.t, r.v, color=COLOUR[role], linestyle="--" if share == 0.02 else "-")
        label(axes, *at, words, role)
    axes.set(xlabel="time (ms)", ylabel="V (mV)")


STUCK = {"share": Vary(20, 18, 30, 2), "celsius": SQUID.celsius}


def stuck(p):
    return {
        "answer": dict(
            zip(("v", "h", "smallest"), (*_left_at(p.share / 100), _smallest_share()), strict=True)
        ),
        "back-to-rest": {"v": REST, "h": AT_REST["h"]},
        "at-e-na": {"v": E["Na"], "h": float(GATES["h"].steady_state(E["Na"]))},
        "share-of-muscle": {"smallest": 0.02},
        "all-lack-it": {"v": _left_at(1.0)[0]},
        "fraction": p.share / 100,
    }


PROBLEMS = (
    "potassium-outside",
    "hyperkalaemia",
    "rheobase-drawing",
    "excite-then-block",
    "gain-of-function",
    "window-current",
    "few-in-a-hundred",
    "stuck",
    "loss-and-seizures",
)
"""In the order of the chapter."""
