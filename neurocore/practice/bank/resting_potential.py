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
from neurocore.practice.kinds import (
    Axis,
    Choice,
    Function,
    Mistake,
    Numeric,
    Plot,
    Tolerance,
    Vary,
)

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


def _table(p):
    return (
        "| ion | outside (mM) | inside (mM) | permeability, relative to K⁺ |\n"
        "|---|---|---|---|\n"
        f"| K⁺ | {p.k_out:g} | {p.k_in:g} | 1 |\n"
        f"| Na⁺ | {p.na_out:g} | {p.na_in:g} | {p.p_na:g} |\n"
        f"| Cl⁻ | {p.cl_out:g} | {p.cl_in:g} | {p.p_cl:g} |"
    )


def _rt_f(p):
    return f"RT/F = {thermal_voltage(p.celsius):.2f} mV"


ghk_rest = Numeric(
    id="ghk-rest",
    title="Three ions, one potential",
    level="basic",
    name="v_m",
    parameters=CELL,
    ask=lambda p: (
        f"A mammalian neuron rests at {p.celsius:g} °C.\nIts membrane lets three ions through:\n\n"
        f"{_table(p)}\n\n"
        "Which membrane potential does the Goldman–Hodgkin–Katz voltage equation give, inside "
        "against outside?\nOne decimal is enough."
    ),
    unit="mV",
    tolerance=ABOUT_MV,
    answer=_rest,
    mistakes=(
        Mistake(
            "inside-out",
            lambda p: -_rest(p),
            "Inside and outside have changed places.",
            "If only K⁺ could pass, would your formula put the inside below zero?",
        ),
        Mistake(
            "mean-of-nernst",
            _weighted,
            "You averaged the three Nernst potentials with the permeabilities as weights.",
            "What does GHK add up before it takes one logarithm: potentials or concentrations?",
        ),
        Mistake(
            "chloride-not-inverted",
            lambda p: _rest(p, cl_out=p.cl_in, cl_in=p.cl_out),
            "Chloride stands on the cations' side of the fraction.",
            "A chloride ion that leaves makes the inside more positive: which of its two "
            "concentrations belongs beside K⁺ outside?",
        ),
        Mistake(
            "chloride-dropped",
            lambda p: _rest(p, p_cl=0.0),
            "The chloride terms are missing.",
            "Why does leaving chloride out change so little here: where does E_Cl lie?",
        ),
        Mistake(
            "room-temperature",
            lambda p: _rest(p, celsius=20.0),
            "Your number belongs to 20 °C.",
            "How many mV is RT/F at the temperature of this cell?",
        ),
    ),
    hints=(
        "Begin with the limit: what would V_m be if K⁺ alone could pass? The full answer lies "
        "between that and E_Na.",
        lambda p: (
            "Put above the line all that would make the inside positive: cations outside, anions "
            f"inside. That sum is {_above(p):.2f} mM, the one below the line {_below(p):.1f} mM."
        ),
        lambda p: (
            f"{_rt_f(p)}, and ln({_above(p):.2f}/{_below(p):.1f}) = "
            f"{log(_above(p) / _below(p)):.3f}."
        ),
    ),
    solution=lambda p: (
        f"Above the line: {p.k_out:g} + {p.p_na:g} × {p.na_out:g} + {p.p_cl:g} × {p.cl_in:g} = "
        f"{_above(p):.2f} mM. Chloride enters with its inside concentration, because its charge is "
        "negative.\n\n"
        f"Below the line: {p.k_in:g} + {p.p_na:g} × {p.na_in:g} + {p.p_cl:g} × {p.cl_out:g} = "
        f"{_below(p):.2f} mM.\n\n"
        f"With {_rt_f(p)}: V_m = {thermal_voltage(p.celsius):.2f} × "
        f"ln({_above(p):.2f}/{_below(p):.2f}) = {_rest(p):.2f} mV."
    ),
)

DOUBLED = 2.0


def _shift(p):
    return _rest(p, k_out=DOUBLED * p.k_out) - _rest(p)


def _k_shift(p):
    return thermal_voltage(p.celsius) * log(DOUBLED)


potassium_doubled = Numeric(
    id="potassium-doubled",
    title="Twice the potassium",
    level="basic",
    name="doubled",
    parameters=CELL,
    ask=lambda p: (
        f"The same kind of neuron at {p.celsius:g} °C:\n\n{_table(p)}\n\n"
        f"Now K⁺ outside rises to {DOUBLED * p.k_out:g} mM and all else stays, chloride inside "
        "included.\nTo which V_m does the membrane go by the GHK equation, and by how much does it "
        "change?\nCount a change to less negative values as positive."
    ),
    unit={"v_m": "mV", "change": "mV"},
    tolerance=ABOUT_MV,
    answer=lambda p: (_rest(p, k_out=DOUBLED * p.k_out), _shift(p)),
    mistakes=(
        Mistake(
            "potassium-electrode",
            lambda p: {"v_m": _rest(p) + _k_shift(p), "change": _k_shift(p)},
            "You moved V_m as far as E_K moves, as if K⁺ alone could pass.",
            "Which share of the sum above the line has doubled?",
        ),
        Mistake(
            "hyperpolarised",
            lambda p: {"v_m": _rest(p) - _shift(p), "change": -_shift(p)},
            "Your membrane becomes more negative.",
            "With more K⁺ outside, does more or less of it leave the cell, and what does that do "
            "to the charge inside?",
        ),
        Mistake(
            "no-change",
            lambda p: {"v_m": _rest(p), "change": 0.0},
            "You left the potential where it was.",
            "The pump needs minutes to change the gradients; which current changes at once?",
        ),
    ),
    hints=(
        "Only one of the six terms in the GHK fraction changes. Which?",
        lambda p: (
            f"The sum above the line goes from {_above(p):.2f} to "
            f"{_above(p, DOUBLED * p.k_out):.2f} mM; the sum below stays."
        ),
        lambda p: (
            f"The change is RT/F × ln({_above(p, DOUBLED * p.k_out):.2f}/{_above(p):.2f}), "
            f"with {_rt_f(p)}."
        ),
    ),
    solution=lambda p: (
        f"Above the line only K⁺ outside changes: {_above(p):.2f} mM becomes "
        f"{_above(p, DOUBLED * p.k_out):.2f} mM. Below the line stays {_below(p):.2f} mM.\n\n"
        f"The change is {thermal_voltage(p.celsius):.2f} × "
        f"ln({_above(p, DOUBLED * p.k_out):.2f}/{_above(p):.2f}) = {_shift(p):+.2f} mV, so that "
        f"V_m = {_rest(p):.2f} + {_shift(p):.2f} = {_rest(p) + _shift(p):.2f} mV.\n\n"
        f"E_K itself moves by {_k_shift(p):.1f} mV: the other terms of the sum hold V_m back."
    ),
)


def _forces(p):
    reversals = _reversals(p)
    return (*reversals.values(), *(_rest(p) - reversal for reversal in reversals.values()))


def _draw_forces(axes, p):
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


driving_forces = Numeric(
    id="driving-forces",
    title="What pulls each ion",
    level="basic",
    name="forces",
    parameters=CELL,
    ask=lambda p: (
        f"A mammalian neuron at {p.celsius:g} °C rests at V_m = {_rest(p):.2f} mV.\n"
        f"Outside it has {p.k_out:g} mM K⁺, {p.na_out:g} mM Na⁺ and {p.cl_out:g} mM Cl⁻, inside "
        f"{p.k_in:g}, {p.na_in:g} and {p.cl_in:g} mM.\n\n"
        "What are the Nernst potentials E of K⁺, Na⁺ and Cl⁻, and the driving forces V_m − E?"
    ),
    unit=dict.fromkeys(("e_k", "e_na", "e_cl", "force_k", "force_na", "force_cl"), "mV"),
    tolerance=ABOUT_MV,
    answer=_forces,
    mistakes=(
        Mistake(
            "valence",
            lambda p: {"e_cl": -_reversals(p)["Cl"], "force_cl": _rest(p) + _reversals(p)["Cl"]},
            "Chloride was given the charge of a cation.",
            "What does z = −1 in front of the logarithm do to the sign?",
        ),
        Mistake(
            "force-reversed",
            lambda p: dict(
                zip(("force_k", "force_na", "force_cl"), (-f for f in _forces(p)[3:]), strict=True)
            ),
            "You took E − V_m.",
            "Outward current is positive and I = g (V_m − E): which sign must the force on K⁺ "
            "have if K⁺ leaves?",
        ),
        Mistake(
            "inside-out",
            lambda p: {"e_k": -_reversals(p)["K"], "e_na": -_reversals(p)["Na"]},
            "The concentration inside stands on top.",
            "Which way does K⁺ diffuse, and which potential inside would hold it back?",
        ),
        Mistake(
            "room-temperature",
            lambda p: dict(zip(("e_k", "e_na", "e_cl"), _reversals(p, 20.0).values(), strict=True)),
            "Your number belongs to 20 °C.",
            "How many mV is RT/F at the temperature of this cell?",
        ),
    ),
    hints=(
        "E = RT/(zF) ln(outside/inside). Write down the three ratios first: which are above 1?",
        lambda p: f"{_rt_f(p)}. For chloride z = −1, which turns its ratio upside down.",
        lambda p: (
            f"ln of the ratios: K⁺ {log(p.k_out / p.k_in):.3f}, Na⁺ "
            f"{log(p.na_out / p.na_in):.3f}, Cl⁻ {log(p.cl_out / p.cl_in):.3f}. The force is V_m "
            "minus E, not the other way round."
        ),
    ),
    solution=lambda p: (
        f"With {_rt_f(p)}: "
        + ", ".join(f"E_{ion} = {x:.2f} mV" for ion, x in _reversals(p).items())
        + ".\n\nV_m − E: "
        + ", ".join(f"{ion} {_rest(p) - x:+.2f} mV" for ion, x in _reversals(p).items())
        + ".\n\nA positive force drives positive charge out: K⁺ leaves. Sodium's is negative and "
        "large: Na⁺ enters. Chloride's is the smallest of the three: it is closest to equilibrium."
    ),
    draw=_draw_forces,
    alt="The three Nernst potentials on a scale of potentials, each with an arrow to the resting "
    "potential: sodium's is the longest by far, chloride's the shortest.",
)

chloride_flux = Choice(
    id="chloride-flux",
    title="Which way does chloride go?",
    level="basic",
    name="flux",
    ask="In the mammalian neuron of this chapter (37 °C) V_m is −66.6 mV and E_Cl is −64.1 mV.\n"
    "Some chloride channels open.\nWhat is the net movement of Cl⁻, and why?",
    options=("Cl⁻ enters the cell.", "Cl⁻ leaves the cell.", "Cl⁻ does not move on balance."),
    reasons=(
        "There is more chloride outside, and diffusion alone decides.",
        "V_m lies below E_Cl: the inside repels the anion more than its gradient pushes it in.",
        "V_m − E_Cl is negative, and a negative force means that the ion itself enters.",
        "Channels are open, so chloride is at equilibrium by definition.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "gradient-only",
            ("a", 1),
            "You let the concentrations decide alone.",
            "What does the negative inside do to an anion, and at which potential do the two "
            "balance?",
        ),
        Mistake(
            "sign-of-anion",
            (None, 3),
            "V_m − E gives the sign of the current, not the direction of an anion.",
            "If negative charge leaves, is the current inward or outward?",
        ),
        Mistake(
            "always-at-equilibrium",
            (None, 4),
            "An open channel lets an ion flow; it does not make it balanced.",
            "How far is V_m from E_Cl here?",
        ),
    ),
    hints=(
        "Compare V_m with E_Cl. Which of them is more negative?",
        "At V_m = E_Cl nothing moves on balance. Make the inside a little more negative than "
        "that: is an anion pushed in or out?",
        "V_m − E_Cl = −2.5 mV: the current is inward, a small negative number. Which movement of "
        "negative charge is an inward current?",
    ),
    solution="At E_Cl = −64.1 mV the pull of the gradient inward and the push of the potential "
    "outward cancel. At −66.6 mV the potential is the stronger of the two, so Cl⁻ leaves: **b2**."
    "\n\nNegative charge that leaves is an inward current, and I = g (V_m − E_Cl) is indeed "
    "negative.",
)


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


def _draw_ions(axes, p):
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
    axes.set_yticks([0.001, 0.01, 0.1], ["0.001", "0.01", "0.1"])
    axes.minorticks_off()


ions_moved = Numeric(
    id="ions-moved",
    title="How many ions does it take?",
    level="basic",
    name="moved",
    parameters={
        "capacitance": 1.0,
        "depth": Vary(70, 50, 90, 5),
        "k_in": Vary(140, 120, 160, 5),
        "radius": Vary(10, 6, 14, 1),
        "diameter": Vary(1, 0.4, 1.8, 0.2),
        "share": 0.01,
    },
    ask=lambda p: (
        f"A membrane of {p.capacitance:g} µF/cm² is charged from 0 to −{p.depth:g} mV by K⁺ that "
        f"leaves the cell.\nInside there are {p.k_in:g} mM K⁺.\n\n"
        f"What percentage of the cell's K⁺ leaves, for a sphere of {p.radius:g} µm radius and for "
        f"a long axon of {p.diameter:g} µm diameter?\nAnd below which diameter does an axon lose "
        f"more than {p.share:g} % of its K⁺?\nLeave out the axon's ends, and give three digits."
    ),
    unit={"sphere": "%", "axon": "%", "diameter": "µm"},
    tolerance=Tolerance(relative=0.03),
    answer=lambda p: (_sphere(p), _cylinder(p), _limit(p)),
    mistakes=(
        Mistake(
            "one-over-r",
            lambda p: {"sphere": _sphere(p) / 3, "axon": _cylinder(p) / 4},
            "The area per volume lacks its factor.",
            "A sphere has 4πr² of membrane around 4πr³/3: what is the quotient?",
        ),
        Mistake(
            "radius-for-diameter",
            lambda p: {
                "sphere": _sphere(p) / 2,
                "axon": _cylinder(p) / 2,
                "diameter": _limit(p) / 2,
            },
            "Radius and diameter have changed places.",
            "A cylinder has 2/r of area per volume: what is that in its diameter?",
        ),
        Mistake(
            "same-for-all",
            lambda p: {"axon": _sphere(p)},
            "You gave the axon the sphere's share.",
            "The charge per area is the same for both; what about the volume behind each area?",
        ),
        Mistake(
            "half-the-ions",
            lambda p: {"sphere": 50.0, "axon": 50.0},
            "You took it that half of the ions must move.",
            "How many ions per µm² does C V make, and how many K⁺ are there per µm³?",
        ),
        Mistake(
            "sphere-for-axon",
            lambda p: {"axon": 1.5 * _cylinder(p), "diameter": 1.5 * _limit(p)},
            "You used the area per volume of a sphere for the axon.",
            "What is the area of a cylinder's wall, and what is its volume?",
        ),
    ),
    hints=(
        "Charge per area is Q = C V. How many moles of K⁺ is that per cm²?",
        lambda p: (
            f"C V/F = {_moved(p):.3g} mol/cm². Times area per volume this is the "
            "concentration lost."
        ),
        "Area per volume is 3/r for a sphere and 4/d for a long cylinder. Put r and d in cm; "
        "1 mM is 10⁻⁶ mol/cm³.",
    ),
    solution=lambda p: (
        f"C V/F = {p.capacitance:g} µF/cm² × {p.depth:g} mV / F = {_moved(p):.3g} mol/cm².\n\n"
        f"Sphere: times 3/r, divided by {p.k_in:g} mM, gives {_sphere(p):.3g} %.\n\n"
        f"Axon: times 4/d, divided by {p.k_in:g} mM, gives {_cylinder(p):.3g} %.\n\n"
        f"The axon's share grows as 1/d, so it passes {p.share:g} % below d = {p.diameter:g} µm × "
        f"{_cylinder(p):.3g}/{p.share:g} = {_limit(p):.3g} µm. That fewer than {p.share:g} % "
        "of the ions move is true of this sphere and not of thin axons."
    ),
    draw=_draw_ions,
    alt="Share of the K⁺ that leaves against diameter, both axes logarithmic: two falling straight "
    "lines. Thin axons lie above the level that is often quoted.",
)


def _no_chloride(p):
    return {"K": 1.0, "Na": p.p_na}


def _pumped(p, ratio):
    return mullins_noda(_no_chloride(p), _outside(p), _inside(p), ratio, p.celsius)


def _largest(p):
    return -thermal_voltage(p.celsius) * log(p.ratio)


pump_voltage = Numeric(
    id="pump-voltage",
    title="What the pump adds by itself",
    level="intermediate",
    name="pump",
    parameters={k: v for k, v in CELL.items() if k not in ("cl_out", "cl_in", "p_cl")}
    | {"ratio": 1.5, "cl_out": _M.outside["Cl"], "cl_in": _M.inside["Cl"]},
    ask=lambda p: (
        f"A mammalian neuron at {p.celsius:g} °C has {p.k_out:g} mM K⁺ and {p.na_out:g} mM Na⁺ "
        f"outside, {p.k_in:g} and {p.na_in:g} mM inside; P_Na is {p.p_na:g} of P_K.\nLeave "
        "chloride out.\n\n"
        "What is V_m by GHK, without the pump's own current?\nWhat is it in the steady state of "
        "Mullins and Noda, with a pump that carries 3 Na⁺ out for 2 K⁺ in?\nAnd how far could such "
        "a pump lower V_m at most, whatever the permeabilities: write that change as a negative "
        "number."
    ),
    unit={"ghk": "mV", "with_pump": "mV", "largest": "mV"},
    tolerance=ABOUT_MV,
    answer=lambda p: (_pumped(p, 1.0), _pumped(p, p.ratio), _largest(p)),
    mistakes=(
        Mistake(
            "ratio-upside-down",
            lambda p: {"with_pump": _pumped(p, 1 / p.ratio)},
            "The ratio multiplies the Na⁺ terms.",
            "The pump's current makes V_m more negative, closer to E_K: which ion's terms must "
            "weigh more for that?",
        ),
        Mistake(
            "bound-added",
            lambda p: {"with_pump": _pumped(p, 1.0) + _largest(p)},
            "You added the largest possible contribution to the GHK voltage.",
            "Under which permeabilities would the bound be reached, and are they met here?",
        ),
        Mistake(
            "pump-is-neutral",
            lambda p: {"with_pump": _pumped(p, 1.0), "largest": 0.0},
            "You let the pump carry no net charge.",
            "How many charges leave the cell in one turn of 3 Na⁺ against 2 K⁺?",
        ),
        Mistake(
            "pump-is-battery",
            lambda p: {"ghk": 0.0},
            "You let the potential vanish without the pump's current.",
            "Stop the pump: do the gradients go at once, or over many minutes?",
        ),
    ),
    hints=(
        "The pump's ratio r enters the GHK fraction in one kind of term only. Which ion does the "
        "pump carry less of in a turn?",
        "V_m = RT/F ln[(r P_K K_out + P_Na Na_out)/(r P_K K_in + P_Na Na_in)] with r = 1.5.",
        "The shift is largest where Na⁺ rules above the line and K⁺ below it. Then r stays in "
        "the denominator alone, and the shift is −RT/F ln r.",
    ),
    solution=lambda p: (
        f"GHK with K⁺ and Na⁺ alone: {_pumped(p, 1.0):.2f} mV.\n\n"
        "In the steady state 3 Na⁺ leak in for every 2 K⁺ that leak out, so the K⁺ terms count "
        f"r = {p.ratio:g} times: {_pumped(p, p.ratio):.2f} mV, or "
        f"{_pumped(p, p.ratio) - _pumped(p, 1.0):.2f} mV from the pump's current.\n\n"
        f"No permeabilities can make it more than −RT/F ln {p.ratio:g} = {_largest(p):.2f} mV. "
        "The pump makes the gradients; its own current adds a few millivolts."
    ),
)

KCC2 = {k: CELL[k] for k in ("k_out", "k_in", "cl_out", "cl_in", "celsius")} | {
    "v_m": Vary(-66.6, -75, -60, 1)
}


def _cl_limit(p):
    return p.k_out * p.cl_out / p.k_in


def _cl_passive(p):
    return p.cl_out * exp(p.v_m / thermal_voltage(p.celsius))


kcc2_limit = Numeric(
    id="kcc2-limit",
    title="How far can KCC2 go?",
    level="intermediate",
    name="chloride",
    parameters=KCC2,
    ask=lambda p: (
        "KCC2 carries one K⁺ and one Cl⁻ together out of the neuron and uses no other energy than "
        f"their gradients.\nThe neuron, mammalian and at {p.celsius:g} °C, rests at {p.v_m:g} mV.\n"
        f"It has {p.k_out:g} mM K⁺ and {p.cl_out:g} mM Cl⁻ outside, {p.k_in:g} mM K⁺ inside, and "
        f"now {p.cl_in:g} mM Cl⁻ inside.\n\n"
        "Suppose that nothing but KCC2 moves chloride and that K⁺ is held where it is.\nAt which "
        "Cl⁻ concentration inside does KCC2 stop, and what is E_Cl then?"
    ),
    unit={"cl_in": "mM", "e_cl": "mV"},
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: (_cl_limit(p), nernst(p.k_out, p.k_in, 1, p.celsius)),
    mistakes=(
        Mistake(
            "chloride-passive",
            lambda p: {"cl_in": _cl_passive(p), "e_cl": p.v_m},
            "You let chloride come to equilibrium with the membrane potential.",
            "How much net charge does one K⁺ with one Cl⁻ carry, and can V_m then act on it?",
        ),
        Mistake(
            "nothing-moves",
            lambda p: {"cl_in": p.cl_in, "e_cl": nernst(p.cl_out, p.cl_in, -1, p.celsius)},
            "You kept the chloride that the cell has now.",
            "Is K_in × Cl_in equal to K_out × Cl_out at present?",
        ),
        Mistake(
            "no-limit",
            {"cl_in": 0.0},
            "You let KCC2 empty the cell of chloride.",
            "As chloride inside falls, what pushes it back in, and when does that balance K⁺?",
        ),
        Mistake(
            "upside-down",
            lambda p: {"cl_in": p.k_in * p.cl_out / p.k_out},
            "The ratio of potassium stands upside down.",
            "K⁺ leaves down its gradient: which way does it drag chloride?",
        ),
        Mistake(
            "valence",
            lambda p: {"e_cl": nernst(p.cl_out, _cl_limit(p), 1, p.celsius)},
            "E_Cl was worked out for a cation.",
            "What is the z of chloride?",
        ),
    ),
    hints=(
        "Does one turn of KCC2 move any net charge? Then V_m does not matter to it.",
        "It stops where what drives K⁺ out equals what drives Cl⁻ in: K_in Cl_in = K_out Cl_out.",
        "Put that chloride into the Nernst equation: which other ion's potential do you get?",
    ),
    solution=lambda p: (
        "The transport carries no net charge, so it stops where the products are equal: K_in × "
        f"Cl_in = K_out × Cl_out. Cl_in = {p.k_out:g} × {p.cl_out:g}/{p.k_in:g} = "
        f"{_cl_limit(p):.3g} mM.\n\n"
        "Then Cl_out/Cl_in = K_in/K_out, so that E_Cl = E_K = "
        f"{nernst(p.k_out, p.k_in, 1, p.celsius):.1f} mV. KCC2 cannot bring E_Cl below E_K."
    ),
)


def _ca_limit(e_na, v):
    """Return the largest E_Ca that 3:1 exchange can hold, mV: where E_NCX equals V."""
    return (3 * e_na - v) / 2


ncx_limit = Numeric(
    id="ncx-limit",
    title="Can the exchanger hold +120 mV?",
    level="advanced",
    name="exchanger",
    parameters={
        "e_na": Vary(50, 40, 60, 2),
        "e_ca": Vary(120, 115, 130, 1),
        "v": Vary(-60, -75, -55, 1),
    }
    | CELL,
    ask=lambda p: (
        "The Na⁺/Ca²⁺ exchanger carries 3 Na⁺ in for 1 Ca²⁺ out, or the reverse.\n\n"
        f"A neuron has E_Na = {p.e_na:+g} mV and E_Ca = {p.e_ca:+g} mV.\nAt which potential does "
        "the exchanger turn round?\nWhich is the largest E_Ca that it can hold by itself at "
        f"V_m = {p.v:g} mV?\nAnd which in a mammalian neuron at {p.celsius:g} °C that rests at "
        f"{_rest(p):.2f} mV with {p.na_out:g} mM Na⁺ outside and {p.na_in:g} mM inside?"
    ),
    unit={"e_ncx": "mV", "limit": "mV", "limit_mammal": "mV"},
    tolerance=Tolerance(absolute=0.5),
    answer=lambda p: (
        ncx_reversal(p.e_na, p.e_ca),
        _ca_limit(p.e_na, p.v),
        _ca_limit(_reversals(p)["Na"], _rest(p)),
    ),
    mistakes=(
        Mistake(
            "one-sodium",
            lambda p: {
                "e_ncx": p.e_na - 2 * p.e_ca,
                "limit": (p.e_na - p.v) / 2,
                "limit_mammal": (_reversals(p)["Na"] - _rest(p)) / 2,
            },
            "Only one of the three Na⁺ is counted.",
            "How many elementary charges does sodium carry in one turn?",
        ),
        Mistake(
            "calcium-once",
            lambda p: {
                "e_ncx": 3 * p.e_na - p.e_ca,
                "limit": 3 * p.e_na - p.v,
                "limit_mammal": 3 * _reversals(p)["Na"] - _rest(p),
            },
            "Calcium is counted with one charge.",
            "What is the valence of Ca²⁺, and with which weight does E_Ca come in?",
        ),
        Mistake(
            "sum",
            lambda p: {"e_ncx": 3 * p.e_na + 2 * p.e_ca, "limit": (3 * p.e_na + p.v) / 2},
            "A sign is lost between the two sides of the balance.",
            "Na⁺ and Ca²⁺ go in opposite directions: what sign does that give one of them?",
        ),
        Mistake(
            "no-limit",
            lambda p: {"limit": p.e_ca, "limit_mammal": p.e_ca},
            "You let the exchanger hold the gradient that is there.",
            "What happens at V_m when E_NCX lies below it?",
        ),
    ),
    hints=(
        "How much net charge does one turn carry, and in which direction?",
        "E_NCX = (3 E_Na − 2 E_Ca)/(3 − 2).",
        "It can do no more once E_NCX has come to V_m. Set them equal and solve for E_Ca.",
    ),
    solution=lambda p: (
        "One turn moves three charges one way and two the other, one in all. It costs nothing at "
        f"E_NCX = 3 E_Na − 2 E_Ca = {ncx_reversal(p.e_na, p.e_ca):.0f} mV.\n\n"
        f"It holds calcium until E_NCX = V_m, so E_Ca = (3 E_Na − V_m)/2 = "
        f"{_ca_limit(p.e_na, p.v):.1f} mV.\n\n"
        f"With E_Na = {_reversals(p)['Na']:.2f} mV and V_m = {_rest(p):.2f} mV it is "
        f"{_ca_limit(_reversals(p)['Na'], _rest(p)):.1f} mV. Which gradient can be held depends on "
        "the Na⁺ inside; beyond it, a Ca²⁺ pump must help."
    ),
)

ncx_direction = Choice(
    id="ncx-direction",
    title="Which way does the exchanger turn?",
    level="intermediate",
    name="direction",
    ask="A neuron has E_Na = +50 mV and E_Ca = +120 mV.\nIts Na⁺/Ca²⁺ exchanger (3 Na⁺ for 1 Ca²⁺) "
    "turns round at E_NCX = −90 mV.\nWhich way does it run at V_m = −60 mV, and why?",
    options=("Ca²⁺ out, Na⁺ in (forward).", "Ca²⁺ in, Na⁺ out (reverse).", "It stands still."),
    reasons=(
        "It is there to remove calcium, so it always does.",
        "V_m lies above E_NCX, so positive charge is drawn in: three as Na⁺.",
        "V_m lies above E_NCX, so its current is outward: three charges leave as Na⁺ for two that "
        "enter as Ca²⁺.",
        "It swaps ion for ion, so V_m has no hold on it.",
    ),
    answer=("b", 3),
    mistakes=(
        Mistake(
            "name-is-direction",
            (None, 1),
            "You let its usual task decide its direction.",
            "What decides which way a carrier runs that uses no ATP?",
        ),
        Mistake(
            "current-direction",
            (None, 2),
            "Above its reversal potential a current is outward.",
            "I = g (V_m − E_NCX): which sign does it have here?",
        ),
        Mistake(
            "electroneutral",
            (None, 4),
            "You counted ions and not charges.",
            "How many charges cross in one turn, each way?",
        ),
    ),
    hints=(
        "Treat it like a channel with the reversal potential −90 mV.",
        "V_m − E_NCX = +30 mV: is the current inward or outward?",
        "An outward current of one charge a turn: is it the three of sodium that leave, or the two "
        "of calcium?",
    ),
    solution="V_m lies 30 mV above E_NCX, so the exchanger's current is outward. One turn moves "
    "one net charge in the direction of its Na⁺: sodium leaves and calcium enters, **b3**.\n\nWith "
    "these gradients the exchanger would load the cell with calcium. The neuron needs a steeper "
    "Na⁺ gradient, or a Ca²⁺ pump.",
)


def _curve(p, **changed):
    return lambda k_out: _rest(p, k_out=k_out, **changed)


transfer_curve = Function(
    id="transfer-curve",
    title="The potential against potassium outside",
    level="intermediate",
    name="ghk_v",
    parameters=CELL,
    ask=lambda p: (
        f"Take the mammalian neuron at {p.celsius:g} °C again:\n\n{_table(p)}\n\n"
        "Write a function that takes K⁺ outside in mM and returns V_m by the GHK equation.\nThen "
        "draw it from 1.5 to 40 mM on a logarithmic axis, with E_K beside it.\nWhere is V_m "
        "steepest, and why is it never as steep as E_K?"
    ),
    inputs={"k_out": (1.5, 40)},
    unit="mV",
    tolerance=ABOUT_MV,
    answer=_curve,
    mistakes=(
        Mistake(
            "nernst-line",
            lambda p: lambda k_out: nernst(k_out, p.k_in, 1, p.celsius),
            "Your curve is E_K, a straight line on a logarithmic axis.",
            "Which terms are left in the fraction when K⁺ outside goes to zero?",
        ),
        Mistake(
            "falling",
            lambda p: lambda k_out: -_rest(p, k_out=k_out),
            "Your curve falls where it should rise.",
            "With equal K⁺ on both sides and no other ion, V_m is 0: on which side of that is "
            "a neuron?",
        ),
        Mistake(
            "chloride-dropped",
            lambda p: _curve(p, p_cl=0.0),
            "Chloride is missing.",
            "What does chloride, held where it is, do to V_m at high K⁺ outside?",
        ),
        Mistake(
            "chloride-not-inverted",
            lambda p: _curve(p, cl_out=p.cl_in, cl_in=p.cl_out),
            "Chloride stands on the cations' side of the fraction.",
            "Which of its two concentrations belongs beside K⁺ outside?",
        ),
        Mistake(
            "mean-of-nernst",
            lambda p: lambda k_out: _weighted(type(p)(**{**vars(p), "k_out": k_out})),
            "You averaged the three Nernst potentials with the permeabilities as weights.",
            "What does GHK add up before it takes one logarithm?",
        ),
    ),
    hints=(
        "Your solution to the first problem is the body of the function: only one number in it "
        "becomes the argument.",
        lambda p: (
            f"Above the line stands `k_out + {_above(p, 0.0):.2f}`, below it "
            f"{_below(p):.2f}, both in mM."
        ),
        "Use `np.log` and not `math.log`: it takes single numbers and arrays.",
    ),
    solution=lambda p: (
        f"`def ghk_v(k_out): return {thermal_voltage(p.celsius):.2f} * "
        f"np.log((k_out + {_above(p, 0.0):.2f}) / {_below(p):.2f})`\n\n"
        "At 4, 10, 20 and 40 mM it gives "
        + ", ".join(f"{v:.1f}" for v in _curve(p)(np.array([4.0, 10, 20, 40])))
        + " mV. At low K⁺ the terms of sodium and chloride rule and the curve flattens. It is "
        f"steepest at high K⁺, but even at 40 mM K⁺ supplies only {4000 / _above(p, 40.0):.0f} % "
        "of the sum above the line, and the curve has that share of the slope of E_K."
    ),
)


def _draw_transfer(axes, p):
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


transfer_drawing = Plot(
    id="transfer-drawing",
    title="What chloride does to the curve",
    level="intermediate",
    name="ax",
    parameters=CELL,
    ask=lambda p: (
        f"The mammalian neuron at {p.celsius:g} °C:\n\n{_table(p)}\n\n"
        "Draw V_m by the GHK equation against K⁺ outside, on a logarithmic axis, twice: with the "
        "permeability to Cl⁻ of the table, and with none.\nCl⁻ keeps its concentrations.\n"
        "Before you draw: which curve will be the steeper one near 4 mM?"
    ),
    x=Axis("K⁺ outside", "mM", "log"),
    y=Axis("V_m", "mV"),
    low=1.5,
    high=40.0,
    tolerance=ABOUT_MV,
    points=51,
    answer=lambda p: {"with Cl⁻": _curve(p), "without Cl⁻": _curve(p, p_cl=0.0)},
    mistakes=(
        Mistake(
            "nernst-line",
            lambda p: {"without Cl⁻": lambda k: nernst(k, p.k_in, 1, p.celsius)},
            "One of your curves is E_K: with chloride you have taken sodium away too.",
            "What does a small permeability to Na⁺ do where K⁺ outside is low?",
        ),
        Mistake(
            "chloride-not-inverted",
            lambda p: {"with Cl⁻": _curve(p, cl_out=p.cl_in, cl_in=p.cl_out)},
            "In one of your curves chloride stands on the cations' side of the fraction.",
            "Which of its two concentrations belongs beside K⁺ outside?",
        ),
        Mistake(
            "room-temperature",
            lambda p: {"with Cl⁻": _curve(p, celsius=20.0)},
            "One of your curves is drawn for 20 °C.",
            "How large is RT/F at the temperature of this neuron?",
        ),
        Mistake(
            "sodium-dropped",
            lambda p: {"without Cl⁻": _curve(p, p_na=0.0)},
            "You took sodium's permeability away and left chloride's.",
            "Which of the two ions is negative?",
        ),
    ),
    hints=(
        "Write a function of K⁺ outside and of the permeability to Cl⁻, and call it twice with an "
        "array.",
        "`k_out = np.geomspace(1.5, 40, 100)` is spread evenly on a logarithmic axis; "
        '`ax.set_xscale("log")` makes it one.',
        '`ax.set(xlabel="K⁺ outside (mM)", ylabel="V_m (mV)")` labels both axes.',
    ),
    solution=lambda p: (
        f"The two curves meet where V_m is E_Cl, {_reversals(p)['Cl']:.1f} mV: there chloride "
        "makes no difference. Everywhere else it draws V_m towards E_Cl, so that the curve with "
        "chloride is the flatter one: from 4 to 8 mM it rises by "
        f"{_curve(p)(8.0) - _curve(p)(4.0):.1f} mV, without chloride by "
        f"{_curve(p, p_cl=0.0)(8.0) - _curve(p, p_cl=0.0)(4.0):.1f} mV.\n\n"
        "In a real cell chloride would follow in time, and the difference would shrink."
    ),
    draw=_draw_transfer,
    alt="Membrane potential against potassium outside on a logarithmic axis. With chloride the "
    "curve is flatter than without; both leave the straight line of E_K at low potassium.",
)


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


def _draw_leaving(axes, p):
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


transfer_slope = Numeric(
    id="transfer-slope",
    title="Which slope do you mean?",
    level="intermediate",
    name="steep",
    parameters=CELL,
    ask=lambda p: (
        f"The mammalian neuron at {p.celsius:g} °C:\n\n{_table(p)}\n\n"
        "K⁺ outside rises and all else stays.\nBy how many mV does the GHK voltage rise from "
        f"{p.k_out:g} to {DECADE * p.k_out:g} mM, a decade?\n"
        f"How steep is its curve at {p.k_out:g} mM itself, in mV per decade?\n"
        f"And below which K⁺ outside does V_m lie more than {APART:g} mV above E_K?"
    ),
    unit={"mean": "mV", "local": "mV", "leaves": "mM"},
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: (*_slopes(p), _leaves(p)),
    mistakes=(
        Mistake(
            "nernst-slope",
            lambda p: {"mean": _k_decade(p), "local": _k_decade(p)},
            "This is the slope of E_K, as if K⁺ alone could pass.",
            "Which share of the sum above the line does K⁺ supply?",
        ),
        Mistake(
            "mean-for-local",
            lambda p: {"local": _slopes(p)[0]},
            "You took the mean over the decade for the slope at its beginning.",
            "Where on that way is the curve steep, and where flat?",
        ),
        Mistake(
            "per-millimolar",
            lambda p: {
                "mean": _slopes(p)[0] / (DECADE - 1) / p.k_out,
                "local": _slopes(p)[1] / log(10) / p.k_out,
            },
            "You took the slope for each mM.",
            "On a logarithmic axis, how long is the way from the one to the other?",
        ),
        Mistake(
            "natural-logarithm",
            lambda p: {"local": _slopes(p)[1] / log(10)},
            "You took the slope against ln K⁺.",
            "By how much does ln K⁺ grow over a decade?",
        ),
        Mistake(
            "where-they-meet",
            lambda p: {"leaves": _leaves(p, 0.0)},
            "You gave the concentration at which V_m meets E_K.",
            f"How far apart should the two be there: 0 or {APART:g} mV?",
        ),
        Mistake(
            "chloride-dropped",
            lambda p: {
                "mean": _rest(p, k_out=DECADE * p.k_out, p_cl=0.0) - _rest(p, p_cl=0.0),
                "leaves": _leaves(type(p)(**{**vars(p), "p_cl": 0.0})),
            },
            "The chloride terms are missing.",
            "Towards which potential does chloride draw V_m when K⁺ outside is high?",
        ),
    ),
    hints=(
        "The mean slope needs two voltages. The slope at a point needs a derivative, or two "
        "voltages that lie very close.",
        lambda p: (
            f"At a point the slope is that of E_K, {_k_decade(p):.1f} mV per decade, times the "
            f"share of K⁺ in the sum above the line: {p.k_out:g} of {_above(p):.2f} mM."
        ),
        lambda p: (
            f"V_m − E_K = RT/F ln[(K_out + {_above(p, 0.0):.2f}) {p.k_in:g}/({_below(p):.1f} "
            f"K_out)]. Set it to {APART:g} mV and solve for K_out."
        ),
    ),
    solution=lambda p: (
        f"From {_rest(p):.2f} to {_rest(p, k_out=DECADE * p.k_out):.2f} mV, V_m rises by "
        f"{_slopes(p)[0]:.2f} mV over the decade; E_K rises by {_k_decade(p):.1f} mV.\n\n"
        f"At {p.k_out:g} mM K⁺ supplies {p.k_out:g}/{_above(p):.2f} of the sum above the line, and "
        f"the slope is that share of {_k_decade(p):.1f}: {_slopes(p)[1]:.2f} mV per decade. Where "
        "a neuron lives the curve is far flatter than its mean.\n\n"
        f"V_m lies more than {APART:g} mV above E_K below {_leaves(p):.2f} mM. Higher up it comes "
        f"close to E_K and meets it at {_leaves(p, 0.0):.1f} mM, because chloride has been held "
        "where it was."
    ),
    draw=_draw_leaving,
    alt="Membrane potential and the straight line of E_K against K⁺ outside on a logarithmic axis. "
    "At low K⁺ the curve is nearly flat and far above the line; at high K⁺ the two meet.",
)


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


def _draw_weights(axes, p):
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


chord_weights = Numeric(
    id="chord-weights",
    title="The weights that do work",
    level="advanced",
    name="weights",
    parameters=CELL,
    ask=lambda p: (
        f"The mammalian neuron at {p.celsius:g} °C rests at the GHK voltage:\n\n{_table(p)}\n\n"
        "Find the current of each ion there by the GHK current equation, and its chord "
        "conductance g = I/(V_m − E).\nWhat are g_Na/g_K and g_Cl/g_K?\nWhich mean of the Nernst "
        "potentials do these conductances give as weights?\nAnd what is I_Na/I_K?"
    ),
    unit={"g_na": "", "g_cl": "", "v_chord": "mV", "i_na": ""},
    tolerance=Tolerance(relative=0.01),
    answer=_chord_answers,
    mistakes=(
        Mistake(
            "permeability-is-conductance",
            lambda p: {"g_na": p.p_na, "g_cl": p.p_cl, "v_chord": _weighted(p)},
            "You took the permeabilities for conductances.",
            "How many ions must be there to carry the current, as well as a way through?",
        ),
        Mistake(
            "force-ignored",
            lambda p: {"i_na": _chord_answers(p)[0]},
            "You compared conductances, not currents.",
            "How much larger is the driving force on Na⁺ than that on K⁺, and in which direction?",
        ),
        Mistake(
            "permeability-times-force",
            lambda p: {
                "i_na": p.p_na * (_rest(p) - _reversals(p)["Na"]) / (_rest(p) - _reversals(p)["K"])
            },
            "You multiplied the driving force by a permeability.",
            "Which quantity does I = g (V_m − E) ask for?",
        ),
        Mistake(
            "plain-mean",
            lambda p: {"v_chord": sum(_reversals(p).values()) / 3},
            "You took the mean without weights.",
            "Does an ion to which the membrane is hardly open pull as hard as K⁺?",
        ),
    ),
    hints=(
        "With u = zFV/RT an ion's GHK current is P z² (F²/RT) V (c_in − c_out e^−u)/(1 − e^−u). "
        "All factors that the ions share cancel in the ratios.",
        "Divide each current by its own driving force V_m − E. The Nernst potentials are those of "
        "an earlier problem.",
        "The three currents must sum to zero at V_m. If so, the mean weighted by conductance gives "
        "V_m back.",
    ),
    solution=lambda p: (
        "GHK currents at rest, relative: "
        + ", ".join(f"{ion} {x / _currents(p)['K']:+.4f}" for ion, x in _currents(p).items())
        + ". Their sum is zero.\n\nDivided by V_m − E, conductances relative to K⁺: "
        f"Na {_chord_answers(p)[0]:.4f}, Cl {_chord_answers(p)[1]:.4f}. Sodium weighs "
        f"{_chord_answers(p)[0] / p.p_na:.1f} times its permeability.\n\n"
        f"Weighted with these, the Nernst potentials give {_chord_answers(p)[2]:.2f} mV, the GHK "
        f"voltage itself; weighted with permeabilities, {_weighted(p):.2f} mV."
    ),
    draw=_draw_weights,
    alt="Bars of permeability and conductance of three ions, relative to potassium. Sodium's "
    "conductance is several times its permeability; chloride's is a little larger.",
)


def _freed(p):
    """Return K⁺ outside and Na⁺ inside that belong to the Nernst potentials given, mM."""
    rt_f = thermal_voltage(p.celsius)
    return p.k_in * exp(p.e_k / rt_f), p.na_out * exp(-p.e_na / rt_f)


def _two_ions(p, k_out, k_in, na_in):
    outside, inside = {"K": k_out, "Na": p.na_out}, {"K": k_in, "Na": na_in}
    return ghk_voltage({"K": 1.0, "Na": p.p_na}, outside, inside, p.celsius)


def _mean_of_two(p):
    return (p.e_k + p.p_na * p.e_na) / (1 + p.p_na)


mean_or_ghk = Numeric(
    id="mean-or-ghk",
    title="A weighted mean, or GHK?",
    level="intermediate",
    name="two_ways",
    parameters={
        "e_k": Vary(-70, -80, -65, 1),
        "e_na": Vary(50, 45, 60, 1),
        "p_na": Vary(0.04, 0.03, 0.06, 0.01),
        "k_in": Vary(140, 130, 150, 5),
        "na_out": Vary(145, 135, 155, 5),
        "k_out": _M.outside["K"],
        "celsius": _M.celsius,
    },
    ask=lambda p: (
        f"A popular lesson gives E_K = {p.e_k:g} mV and E_Na = {p.e_na:+g} mV and takes the mean "
        f"of the two, weighted by permeability, with P_Na/P_K = {p.p_na:g}.\nSuppose a mammalian "
        f"neuron at {p.celsius:g} °C with {p.k_in:g} mM K⁺ inside and {p.na_out:g} mM Na⁺ outside; "
        "the other two concentrations follow from the Nernst potentials.\nNo other ion passes.\n\n"
        "What is V_m by GHK, and what is the weighted mean?"
    ),
    unit={"ghk": "mV", "mean": "mV"},
    tolerance=Tolerance(absolute=0.5),
    answer=lambda p: (_two_ions(p, _freed(p)[0], p.k_in, _freed(p)[1]), _mean_of_two(p)),
    mistakes=(
        Mistake(
            "mean-as-ghk",
            lambda p: {"ghk": _mean_of_two(p)},
            "This is the weighted mean, not GHK.",
            "Is the logarithm of a sum the sum of the logarithms?",
        ),
        Mistake(
            "outside-kept",
            lambda p: {
                "ghk": _two_ions(
                    p,
                    p.k_out,
                    p.k_out * exp(-p.e_k / thermal_voltage(p.celsius)),
                    _freed(p)[1],
                )
            },
            "You kept 4 mM K⁺ outside, so that K⁺ inside had to give way.",
            "Which of the two potassium concentrations does the problem fix?",
        ),
        Mistake(
            "plain-mean",
            lambda p: {"mean": (p.e_k + p.e_na) / 2},
            "You took the mean without weights.",
            "How much does sodium count beside potassium at rest?",
        ),
        Mistake(
            "sum-without-norm",
            lambda p: {"mean": p.e_k + p.p_na * p.e_na},
            "The weights do not add up to one.",
            "By what must a weighted sum be divided?",
        ),
    ),
    hints=(
        "Turn the Nernst equation round: which K⁺ outside belongs to this E_K?",
        lambda p: f"K⁺ outside is {_freed(p)[0]:.1f} mM and Na⁺ inside {_freed(p)[1]:.1f} mM.",
        lambda p: (
            f"Now GHK with these two ions. The mean is (E_K + {p.p_na:g} E_Na)/{1 + p.p_na:g}."
        ),
    ),
    solution=lambda p: (
        f"K_out = {p.k_in:g} e^({p.e_k:g}/{thermal_voltage(p.celsius):.2f}) = {_freed(p)[0]:.1f} "
        f"mM and Na_in = {p.na_out:g} e^(−{p.e_na:g}/{thermal_voltage(p.celsius):.2f}) = "
        f"{_freed(p)[1]:.1f} mM.\n\n"
        f"GHK: {_two_ions(p, _freed(p)[0], p.k_in, _freed(p)[1]):.1f} mV. Weighted mean: "
        f"{_mean_of_two(p):.1f} mV.\n\nThe mean is not what the equation says, and E_K = "
        f"{p.e_k:g} mV asks for more K⁺ outside than the 3 to 4 mM of a healthy brain."
    ),
)

PROBLEMS = (
    ghk_rest,
    potassium_doubled,
    driving_forces,
    chloride_flux,
    ions_moved,
    pump_voltage,
    kcc2_limit,
    ncx_limit,
    ncx_direction,
    transfer_curve,
    transfer_drawing,
    transfer_slope,
    chord_weights,
    mean_or_ghk,
)
"""In the order of the chapter."""
