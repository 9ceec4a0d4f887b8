"""Problems of the chapter "The resting potential"."""

from math import exp, log

import numpy as np

from neurocore.ions import (
    FARADAY,
    MAMMALIAN,
    chord_conductance,
    chord_voltage,
    ghk_current,
    ghk_voltage,
    mullins_noda,
    ncx_reversal,
    nernst,
    thermal_voltage,
)
from neurocore.plots import COLOUR, NAME, label, level
from neurocore.practice.kinds import Tolerance, Vary

_M = MAMMALIAN
CELL = {
    "k_out": Vary(_M.outside["K"], 3, 5, 0.5),
    "k_in": Vary(_M.inside["K"], 130, 150, 5),
    "na_out": Vary(_M.outside["Na"], 135, 155, 5),
    "na_in": Vary(_M.inside["Na"], 8, 16, 1),
    "cl_out": Vary(_M.outside["Cl"], 100, 120, 5),
    "cl_in": Vary(_M.inside["Cl"], 7, 13, 1),
    "p_na": Vary(_M.permeability["Na"], 0.03, 0.07, 0.01),
    "p_cl": Vary(_M.permeability["Cl"], 0.3, 0.6, 0.05),
    "celsius": Vary(_M.celsius, 34, 39, 1),
}
"""The mammalian neuron of the chapter, and neurons like it."""

ABOUT_MV = Tolerance(absolute=0.3)


def _permeability(p):
    return {"K": 1.0, "Na": p.p_na, "Cl": p.p_cl}


def _outside(p):
    return {"K": p.k_out, "Na": p.na_out, "Cl": p.cl_out}


def _inside(p):
    return {"K": p.k_in, "Na": p.na_in, "Cl": p.cl_in}


def _rest(p, **changed):
    """Return the GHK voltage of the cell, with any of its parameters changed."""
    p = type(p)(**{**vars(p), **changed})
    return ghk_voltage(_permeability(p), _outside(p), _inside(p), p.celsius)


def _reversals(p, celsius=None):
    """Return the three Nernst potentials, mV."""
    celsius = p.celsius if celsius is None else celsius
    return {
        "K": nernst(p.k_out, p.k_in, 1, celsius),
        "Na": nernst(p.na_out, p.na_in, 1, celsius),
        "Cl": nernst(p.cl_out, p.cl_in, -1, celsius),
    }


def _weighted(p):
    """Return the mean of the Nernst potentials weighted by permeability, mV."""
    return chord_voltage(_permeability(p), _reversals(p))


def _above(p, k_out=None):
    """Return what stands above the line in GHK, mM: what would make the inside positive."""
    k_out = p.k_out if k_out is None else k_out
    return k_out + p.p_na * p.na_out + p.p_cl * p.cl_in


def _below(p):
    return p.k_in + p.p_na * p.na_in + p.p_cl * p.cl_out


def _chords(p):
    """Return the chord conductance of each ion at rest, relative units."""
    v, outside, inside = _rest(p), _outside(p), _inside(p)
    return {
        ion: chord_conductance(
            v, perm, outside[ion], inside[ion], -1 if ion == "Cl" else 1, p.celsius
        )
        for ion, perm in _permeability(p).items()
    }


def ghk_rest(p):
    above, below = _above(p), _below(p)
    return {
        "answer": _rest(p),
        "inside-out": -_rest(p),
        "mean-of-nernst": _weighted(p),
        "chloride-not-inverted": _rest(p, cl_out=p.cl_in, cl_in=p.cl_out),
        "chloride-dropped": _rest(p, p_cl=0.0),
        "room-temperature": _rest(p, celsius=20.0),
        "above": above,
        "below": below,
        "log_ratio": log(above / below),
        "rt_f": thermal_voltage(p.celsius),
    }


DOUBLED = 2.0


def potassium_doubled(p):
    rest, raised = _rest(p), DOUBLED * p.k_out
    change = _rest(p, k_out=raised) - rest
    e_k_change = thermal_voltage(p.celsius) * log(DOUBLED)
    return {
        "answer": {"v_m": rest + change, "change": change},
        "potassium-electrode": {"v_m": rest + e_k_change, "change": e_k_change},
        "hyperpolarised": {"v_m": rest - change, "change": -change},
        "no-change": {"v_m": rest, "change": 0.0},
        "rest": rest,
        "raised": raised,
        "e_k_change": e_k_change,
        "above": _above(p),
        "above_then": _above(p, raised),
        "below": _below(p),
        "rt_f": thermal_voltage(p.celsius),
    }


def draw_driving_forces(axes, p):
    v = _rest(p)
    for height, (ion, reversal) in enumerate(_reversals(p).items()):
        axes.plot(reversal, height, "o", color=COLOUR[ion], markersize=8)
        axes.annotate(
            "",
            (reversal, height),
            (v, height),
            arrowprops={"arrowstyle": "<|-", "color": COLOUR[ion], "linewidth": 2},
        )
        words = f"E of {NAME[ion]}: {reversal:.1f} mV".replace("-", "−")
        place = max(reversal, v) if reversal < 0 else 0.0
        label(axes, place + 4, height + 0.16, words, ion, ha="left")
    level(axes, v, "rest", "V", along="y")
    axes.set(ylim=(-0.5, 2.6), xlim=(-110, 90), xlabel="potential (mV)")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def driving_forces(p):
    rest, e, cold = _rest(p), _reversals(p), _reversals(p, 20.0)
    force = {ion: rest - reversal for ion, reversal in e.items()}
    return {
        "answer": {
            "e_k": e["K"],
            "e_na": e["Na"],
            "e_cl": e["Cl"],
            "force_k": force["K"],
            "force_na": force["Na"],
            "force_cl": force["Cl"],
        },
        "valence": {"e_cl": -e["Cl"], "force_cl": rest + e["Cl"]},
        "force-reversed": {
            "force_k": -force["K"],
            "force_na": -force["Na"],
            "force_cl": -force["Cl"],
        },
        "inside-out": {"e_k": -e["K"], "e_na": -e["Na"]},
        "room-temperature": {"e_k": cold["K"], "e_na": cold["Na"], "e_cl": cold["Cl"]},
        "rest": rest,
        "rt_f": thermal_voltage(p.celsius),
        "log_k": log(p.k_out / p.k_in),
        "log_na": log(p.na_out / p.na_in),
        "log_cl": log(p.cl_out / p.cl_in),
    }


def _moved(p):
    """Return the charge on the membrane as an amount of ions, mol/cm²."""
    return 1e-6 * p.capacitance * 1e-3 * p.depth / FARADAY


def _percent(p, area_per_volume):
    """Return the ions moved as a percentage of the K⁺ inside; area per volume in 1/cm."""
    return 100 * _moved(p) * area_per_volume / (1e-6 * p.k_in)


def _sphere(p):
    return _percent(p, 3 / (1e-4 * p.radius))


def _cylinder(p):
    return _percent(p, 4 / (1e-4 * p.diameter))


def _limit(p):
    return p.diameter * _cylinder(p) / p.share


def draw_ions_moved(axes, p):
    d = np.geomspace(0.2, 100, 50)
    for factor, role, words in ((4, "V", "axon"), (6, "Na", "sphere")):
        axes.loglog(d, _percent(p, factor / (1e-4 * d)), color=COLOUR[role], label=words)
    axes.plot(p.diameter, _cylinder(p), "o", color=COLOUR["V"])
    axes.plot(2 * p.radius, _sphere(p), "o", color=COLOUR["Na"])
    level(axes, p.share, f"{p.share:g} %")
    label(axes, 20, _cylinder(p) * p.diameter / 25, "axon", ha="right", va="top")
    label(axes, 2.3 * p.radius, 1.3 * _sphere(p), "sphere", "Na")
    axes.set(xlabel="diameter (µm)", ylabel="K⁺ that leaves (%)")
    axes.set_xticks([1, 10, 100], ["1", "10", "100"])
    axes.set_yticks([1e-3, 0.01, 0.1], ["0.001", "0.01", "0.1"])
    axes.minorticks_off()


def ions_moved(p):
    return {
        "answer": {"sphere": _sphere(p), "axon": _cylinder(p), "diameter": _limit(p)},
        "one-over-r": {"sphere": _sphere(p) / 3, "axon": _cylinder(p) / 4},
        "radius-for-diameter": {
            "sphere": _sphere(p) / 2,
            "axon": _cylinder(p) / 2,
            "diameter": _limit(p) / 2,
        },
        "same-for-all": {"axon": _sphere(p)},
        "half-the-ions": {"sphere": 50.0, "axon": 50.0},
        "sphere-for-axon": {"axon": 1.5 * _cylinder(p), "diameter": 1.5 * _limit(p)},
        "moved": _moved(p),
    }


def _no_chloride(p):
    return {"K": 1.0, "Na": p.p_na}


def _pumped(p, ratio):
    return mullins_noda(_no_chloride(p), _outside(p), _inside(p), ratio, p.celsius)


def _largest(p):
    return -thermal_voltage(p.celsius) * log(p.ratio)


PUMP_VOLTAGE = {k: v for k, v in CELL.items() if k not in ("cl_out", "cl_in", "p_cl")} | {
    "ratio": 1.5,
    "cl_out": _M.outside["Cl"],
    "cl_in": _M.inside["Cl"],
}


def pump_voltage(p):
    return {
        "answer": {
            "ghk": _pumped(p, 1.0),
            "with_pump": _pumped(p, p.ratio),
            "largest": _largest(p),
        },
        "ratio-upside-down": {"with_pump": _pumped(p, 1 / p.ratio)},
        "bound-added": {"with_pump": _pumped(p, 1.0) + _largest(p)},
        "pump-is-neutral": {"with_pump": _pumped(p, 1.0), "largest": 0.0},
        "pump-is-battery": {"ghk": 0.0},
        "by_pump": _pumped(p, p.ratio) - _pumped(p, 1.0),
    }


KCC2 = {k: CELL[k] for k in ("k_out", "k_in", "cl_out", "cl_in", "celsius")} | {
    "v_m": Vary(-66.6, -75, -60, 1)
}


def _cl_limit(p):
    return p.k_out * p.cl_out / p.k_in


def _cl_passive(p):
    return p.cl_out * exp(p.v_m / thermal_voltage(p.celsius))


def kcc2_limit(p):
    return {
        "answer": {"cl_in": _cl_limit(p), "e_cl": nernst(p.k_out, p.k_in, 1, p.celsius)},
        "chloride-passive": {"cl_in": _cl_passive(p), "e_cl": p.v_m},
        "nothing-moves": {"cl_in": p.cl_in, "e_cl": nernst(p.cl_out, p.cl_in, -1, p.celsius)},
        "no-limit": {"cl_in": 0.0},
        "upside-down": {"cl_in": p.k_in * p.cl_out / p.k_out},
        "valence": {"e_cl": nernst(p.cl_out, _cl_limit(p), 1, p.celsius)},
    }


def _ca_limit(e_na, v):
    """Return the largest E_Ca that 3:1 exchange can hold, mV: where E_NCX equals V."""
    return (3 * e_na - v) / 2


NCX_LIMIT = {
    "e_na": Vary(50, 40, 60, 2),
    "e_ca": Vary(120, 115, 130, 1),
    "v": Vary(-60, -75, -55, 1),
} | CELL


def ncx_limit(p):
    return {
        "answer": {
            "e_ncx": ncx_reversal(p.e_na, p.e_ca),
            "limit": _ca_limit(p.e_na, p.v),
            "limit_mammal": _ca_limit(_reversals(p)["Na"], _rest(p)),
        },
        "one-sodium": {
            "e_ncx": p.e_na - 2 * p.e_ca,
            "limit": (p.e_na - p.v) / 2,
            "limit_mammal": (_reversals(p)["Na"] - _rest(p)) / 2,
        },
        "calcium-once": {
            "e_ncx": 3 * p.e_na - p.e_ca,
            "limit": 3 * p.e_na - p.v,
            "limit_mammal": 3 * _reversals(p)["Na"] - _rest(p),
        },
        "sum": {"e_ncx": 3 * p.e_na + 2 * p.e_ca, "limit": (3 * p.e_na + p.v) / 2},
        "no-limit": {"limit": p.e_ca, "limit_mammal": p.e_ca},
        "rest": _rest(p),
        "e_na_mammal": _reversals(p)["Na"],
    }


def _curve(p, **changed):
    return lambda k_out: _rest(p, k_out=k_out, **changed)


def transfer_curve(p):
    return {
        "answer": _curve(p),
        "nernst-line": lambda k_out: nernst(k_out, p.k_in, 1, p.celsius),
        "falling": lambda k_out: -_rest(p, k_out=k_out),
        "chloride-dropped": _curve(p, p_cl=0.0),
        "chloride-not-inverted": _curve(p, cl_out=p.cl_in, cl_in=p.cl_out),
        "mean-of-nernst": lambda k_out: _weighted(type(p)(**{**vars(p), "k_out": k_out})),
        "others": _above(p, 0.0),
        "below": _below(p),
        "rt_f": thermal_voltage(p.celsius),
        "at_4": _curve(p)(4.0),
        "at_10": _curve(p)(10.0),
        "at_20": _curve(p)(20.0),
        "at_40": _curve(p)(40.0),
        "share": 4000 / _above(p, 40.0),
    }


def draw_transfer_drawing(axes, p):
    k_out = np.geomspace(1.5, 40, 100)
    for curve, role, style, words in (
        (_curve(p), "V", "-", "with Cl⁻"),
        (_curve(p, p_cl=0.0), "V", "--", "without Cl⁻"),
        (lambda k: nernst(k, p.k_in, 1, p.celsius), "K", ":", "E of K⁺"),
    ):
        axes.plot(k_out, curve(k_out), style, color=COLOUR[role], label=words)
    axes.set(xscale="log", xlabel="K⁺ outside (mM)", ylabel="potential (mV)")
    axes.set_xticks([2, 4, 10, 20, 40], ["2", "4", "10", "20", "40"])
    axes.minorticks_off()
    axes.legend(frameon=False)


def transfer_drawing(p):
    return {
        "answer": {"with Cl⁻": _curve(p), "without Cl⁻": _curve(p, p_cl=0.0)},
        "nernst-line": {"without Cl⁻": lambda k: nernst(k, p.k_in, 1, p.celsius)},
        "chloride-not-inverted": {"with Cl⁻": _curve(p, cl_out=p.cl_in, cl_in=p.cl_out)},
        "room-temperature": {"with Cl⁻": _curve(p, celsius=20.0)},
        "sodium-dropped": {"without Cl⁻": _curve(p, p_na=0.0)},
        "e_cl": _reversals(p)["Cl"],
        "rise_with": _curve(p)(8.0) - _curve(p)(4.0),
        "rise_without": _curve(p, p_cl=0.0)(8.0) - _curve(p, p_cl=0.0)(4.0),
    }


DECADE = 10.0
APART = 10.0  # mV


def _slopes(p):
    """Return the mean slope over the decade, and that at its beginning, mV per decade."""
    mean = _rest(p, k_out=DECADE * p.k_out) - _rest(p)
    return mean, _k_decade(p) * p.k_out / _above(p)


def _k_decade(p):
    return thermal_voltage(p.celsius) * log(10)


def _leaves(p, apart=APART):
    """Return K⁺ outside (mM) at which V_m lies so many mV above E_K."""
    ratio = exp(apart / thermal_voltage(p.celsius))
    return _above(p, 0.0) / (_below(p) / p.k_in * ratio - 1)


def draw_transfer_slope(axes, p):
    k_out = np.geomspace(1.5, 60, 100)
    v, e_k = _curve(p)(k_out), nernst(k_out, p.k_in, 1, p.celsius)
    axes.plot(k_out, e_k, color=COLOUR["K"])
    axes.plot(k_out, v, color=COLOUR["V"])
    place = _leaves(p)
    ends = [nernst(place, p.k_in, 1, p.celsius), _rest(p, k_out=place)]
    axes.plot([place, place], ends, color=COLOUR["Na"])
    label(axes, 1.05 * place, ends[0] - 1, f"{APART:g} mV at {place:.1f} mM", "Na", va="top")
    tangent = _rest(p) + _slopes(p)[1] * np.log10(k_out / p.k_out)
    near = (k_out > p.k_out / 2.2) & (k_out < 2.2 * p.k_out)
    axes.plot(k_out[near], tangent[near], "--", color=COLOUR["muted"])
    words = f"{_slopes(p)[1]:.0f} mV per decade"
    label(axes, p.k_out / 2.2, tangent[near][0] + 14, words, "muted")
    label(axes, 2.2, nernst(2.2, p.k_in, 1, p.celsius) - 4, " E of K⁺", "K", va="top")
    axes.set(xscale="log", xlabel="K⁺ outside (mM)", ylabel="potential (mV)")
    axes.set_xticks([2, 4, 10, 20, 40], ["2", "4", "10", "20", "40"])
    axes.minorticks_off()


def transfer_slope(p):
    return {
        "answer": dict(zip(("mean", "local", "leaves"), (*_slopes(p), _leaves(p)), strict=True)),
        "nernst-slope": {"mean": _k_decade(p), "local": _k_decade(p)},
        "mean-for-local": {"local": _slopes(p)[0]},
        "per-millimolar": {
            "mean": _slopes(p)[0] / (DECADE - 1) / p.k_out,
            "local": _slopes(p)[1] / log(10) / p.k_out,
        },
        "natural-logarithm": {"local": _slopes(p)[1] / log(10)},
        "where-they-meet": {"leaves": _leaves(p, 0.0)},
        "chloride-dropped": {
            "mean": _rest(p, k_out=DECADE * p.k_out, p_cl=0.0) - _rest(p, p_cl=0.0),
            "leaves": _leaves(type(p)(**{**vars(p), "p_cl": 0.0})),
        },
        "k_decade_up": DECADE * p.k_out,
        "apart": APART,
        "k_decade": _k_decade(p),
        "above": _above(p),
        "others": _above(p, 0.0),
        "below": _below(p),
        "rest": _rest(p),
        "rest_k_out": _rest(p, k_out=DECADE * p.k_out),
        "leaves": _leaves(p),
        "meets": _leaves(p, 0.0),
    }


def _currents(p):
    v, outside, inside = _rest(p), _outside(p), _inside(p)
    return {
        ion: ghk_current(v, perm, outside[ion], inside[ion], -1 if ion == "Cl" else 1, p.celsius)
        for ion, perm in _permeability(p).items()
    }


def _chord_answers(p):
    g, i = _chords(p), _currents(p)
    v = chord_voltage(g, _reversals(p))
    return g["Na"] / g["K"], g["Cl"] / g["K"], v, i["Na"] / i["K"]


def draw_chord_weights(axes, p):
    ions = ("K", "Na", "Cl")
    chords = _chords(p)
    for k, ion in enumerate(ions):
        conductance = chords[ion] / chords["K"]
        axes.bar(k - 0.2, _permeability(p)[ion], 0.38, color=COLOUR[ion], alpha=0.35)
        axes.bar(k + 0.2, conductance, 0.38, color=COLOUR[ion])
        for x, height in ((k - 0.2, _permeability(p)[ion]), (k + 0.2, conductance)):
            label(axes, x, height + 0.02, f"{height:.2f}", ion, ha="center")
    axes.set(ylim=(0, 1.2), ylabel="relative to K⁺")
    axes.set_xticks(range(3), ["K⁺", "Na⁺", "Cl⁻"])
    label(axes, 1, 0.95, "pale: permeability\nfull: conductance", "muted", ha="left", va="top")


def chord_weights(p):
    return {
        "answer": dict(zip(("g_na", "g_cl", "v_chord", "i_na"), _chord_answers(p), strict=True)),
        "permeability-is-conductance": {"g_na": p.p_na, "g_cl": p.p_cl, "v_chord": _weighted(p)},
        "force-ignored": {"i_na": _chord_answers(p)[0]},
        "permeability-times-force": {
            "i_na": p.p_na * (_rest(p) - _reversals(p)["Na"]) / (_rest(p) - _reversals(p)["K"])
        },
        "plain-mean": {"v_chord": sum(_reversals(p).values()) / 3},
        "i_na": _currents(p)["Na"] / _currents(p)["K"],
        "i_cl": _currents(p)["Cl"] / _currents(p)["K"],
        "per_permeability": _chord_answers(p)[0] / p.p_na,
        "weighted": _weighted(p),
    }


def _freed(p):
    """Return K⁺ outside and Na⁺ inside that belong to the Nernst potentials given, mM."""
    rt_f = thermal_voltage(p.celsius)
    return p.k_in * exp(p.e_k / rt_f), p.na_out * exp(-p.e_na / rt_f)


def _two_ions(p, k_out, k_in, na_in):
    outside, inside = {"K": k_out, "Na": p.na_out}, {"K": k_in, "Na": na_in}
    return ghk_voltage({"K": 1.0, "Na": p.p_na}, outside, inside, p.celsius)


def _mean_of_two(p):
    return (p.e_k + p.p_na * p.e_na) / (1 + p.p_na)


MEAN_OR_GHK = {
    "e_k": Vary(-70, -80, -65, 1),
    "e_na": Vary(50, 45, 60, 1),
    "p_na": Vary(0.04, 0.03, 0.06, 0.01),
    "k_in": Vary(140, 130, 150, 5),
    "na_out": Vary(145, 135, 155, 5),
    "k_out": _M.outside["K"],
    "celsius": _M.celsius,
}


def mean_or_ghk(p):
    return {
        "answer": {
            "ghk": _two_ions(p, _freed(p)[0], p.k_in, _freed(p)[1]),
            "mean": _mean_of_two(p),
        },
        "mean-as-ghk": {"ghk": _mean_of_two(p)},
        "outside-kept": {
            "ghk": _two_ions(
                p, p.k_out, p.k_out * exp(-p.e_k / thermal_voltage(p.celsius)), _freed(p)[1]
            )
        },
        "plain-mean": {"mean": (p.e_k + p.e_na) / 2},
        "sum-without-norm": {"mean": p.e_k + p.p_na * p.e_na},
        "k_out_needed": _freed(p)[0],
        "na_in_needed": _freed(p)[1],
        "norm": 1 + p.p_na,
        "rt_f": thermal_voltage(p.celsius),
    }


PROBLEMS = (
    "ghk-rest",
    "potassium-doubled",
    "driving-forces",
    "chloride-flux",
    "ions-moved",
    "pump-voltage",
    "kcc2-limit",
    "ncx-limit",
    "ncx-direction",
    "transfer-curve",
    "transfer-drawing",
    "transfer-slope",
    "chord-weights",
    "mean-or-ghk",
)
"""In the order of the chapter."""
