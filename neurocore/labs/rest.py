"""The labs of the chapter on the resting potential."""

import numpy as np
from numpy.typing import ArrayLike

from neurocore.homeostasis import MINUTE, STORY, build_rest
from neurocore.ions import AVOGADRO, MAMMALIAN, VALENCE, ghk_current, ghk_voltage, nernst
from neurocore.labs.description import Bar, Bars, Level, Line, Point, Slider, Switch, Traces

__all__ = ["REST", "building_the_potential", "membrane_at_rest"]

OUT, IN, P = MAMMALIAN.outside, MAMMALIAN.inside, MAMMALIAN.permeability
P_K = 1e-6  # cm/s; sets the scale of the currents, and with it a membrane of some 10 kΩ·cm²
K_AXIS = np.geomspace(1, 40, 25)  # mM


def membrane_at_rest(k_out, k_in, na_out, cl_in, p_na, p_cl, celsius):
    """Compute what a membrane permeable to K⁺, Na⁺ and Cl⁻ does at rest.

    Parameters
    ----------
    k_out, k_in, na_out, cl_in : float
        Concentrations, mM; Na⁺ inside and Cl⁻ outside are the book's.
    p_na, p_cl : float
        Permeabilities relative to that of K⁺, which is 10⁻⁶ cm/s.
    celsius : float
        Temperature, °C.

    Returns
    -------
    dict
        Nernst potentials ``e_…`` and ``v`` (mV), GHK currents ``i_…`` and their sum
        (µA/cm², outward positive), the distance ``above`` E_K (mV), the slope of V against
        a doubling of K⁺ outside (mV), and V and E_K along ``k_axis`` (mM).
    """
    outside = {"K": k_out, "Na": na_out, "Cl": OUT["Cl"]}
    inside = {"K": k_in, "Na": IN["Na"], "Cl": cl_in}
    permeability = {"K": 1.0, "Na": p_na, "Cl": p_cl}
    valence = {"K": 1, "Na": 1, "Cl": -1}
    v = ghk_voltage(permeability, outside, inside, celsius)
    e = {ion: nernst(outside[ion], inside[ion], valence[ion], celsius) for ion in outside}
    i = {
        ion: ghk_current(
            v, P_K * permeability[ion], outside[ion], inside[ion], valence[ion], celsius
        )
        for ion in outside
    }
    doubled = ghk_voltage(permeability, outside | {"K": 2 * k_out}, inside, celsius)
    return {
        "e_k": e["K"],
        "e_na": e["Na"],
        "e_cl": e["Cl"],
        "v": v,
        "above": v - e["K"],
        "doubling": doubled - v,
        "i_k": i["K"],
        "i_na": i["Na"],
        "i_cl": i["Cl"],
        "i_sum": round(sum(i.values()), 9),  # without it, the table would hold rounding noise
        "k_out": k_out,
        "k_axis": K_AXIS,
        "v_curve": ghk_voltage(permeability, outside | {"K": K_AXIS}, inside, celsius),
        "e_k_curve": nernst(K_AXIS, k_in, 1, celsius),
    }


POISON, END = 240 * MINUTE, 300 * MINUTE
LEAKLESS = -250.0  # mV; beyond it, only a membrane that nothing leaks through
# Closer together just after each switch, where V jumps within milliseconds.
CLOCK = np.unique(
    np.concatenate(
        [np.linspace(0, END, 121)]
        + [time + np.array([0, 0.001, 0.3, 1, 2]) * MINUTE for time in (*STORY.values(), POISON)]
    )
)


def building_the_potential(anions, leaks, pump, kcc2, ncx, pmca, poison):
    """Follow a cell that builds its resting potential, with chosen mechanisms.

    Parameters
    ----------
    anions, leaks, pump, kcc2, ncx, pmca : bool
        Whether the mechanism is switched on, each at its time in
        `neurocore.homeostasis.STORY`.
    poison : bool
        Whether the Na⁺/K⁺ pump is stopped after four hours.

    Returns
    -------
    dict
        Over the time ``t`` (min): ``v`` and Nernst potentials ``e_…`` (mV), concentrations
        inside ``k``, ``na``, ``cl`` and ``a`` for impermeant anions (mM),
        ``volume`` (% of the start); in units of 10⁹: ions inside ``n_…``, ``ions`` of
        all kinds, the unpaired charges ``excess``, and the positive charges ``by_…`` that
        each path has carried out; ``share`` is the unpaired charges over all ions (%).
    """
    chosen = {
        "anions": anions,
        "leaks": leaks,
        "pump": pump,
        "kcc2": kcc2,
        "ncx": ncx,
        "pmca": pmca,
    }
    schedule: dict[str, ArrayLike] = {name: STORY[name] for name, on in chosen.items() if on}
    if pump and poison:
        schedule["pump"] = [STORY["pump"], POISON]
    history = build_rest(schedule=schedule, duration=END)

    def sample(values):
        return np.interp(CLOCK, history.t, values)

    def carried_out(ion, *mechanisms):
        moved = sum(history.moved[name].get(ion, 0 * history.t) for name in mechanisms)
        return sample(-VALENCE[ion] * moved * 1e-15 * AVOGADRO / 1e9)

    count = {ion: sample(history.count(ion)) / 1e9 for ion in ("K", "Na", "Cl", "A")}
    ions = sum(count.values())
    v = sample(history.v)
    excess = sample(history.charges) / 1e9
    volume = sample(history.volume)
    return {
        "t": CLOCK / MINUTE,
        "v": v,
        "e_k": sample(history.reversal("K")),
        "e_na": sample(history.reversal("Na")),
        "e_cl": sample(history.reversal("Cl")),
        "e_ca": sample(history.reversal("Ca")),
        "k": sample(history.inside["K"]),
        "na": sample(history.inside["Na"]),
        "cl": sample(history.inside["Cl"]),
        "a": sample(history.inside["A"]),
        "volume": 100 * volume / volume[0],
        "n_k": count["K"],
        "n_na": count["Na"],
        "n_cl": count["Cl"],
        "n_a": count["A"],
        "ions": ions,
        "excess": excess,
        "share": 100 * np.abs(excess) / ions,
        "by_k": carried_out("K", "leaks"),
        "by_na": carried_out("Na", "leaks"),
        "by_cl": carried_out("Cl", "leaks"),
        "by_pump": carried_out("Na", "pump") + carried_out("K", "pump"),
        "by_ca": carried_out("Ca", "leaks", "ncx", "pmca") + carried_out("Na", "ncx"),
        "outcome": (v < LEAKLESS).astype(float),
    }


REST = {
    "membrane-at-rest": {
        "function": membrane_at_rest,
        "title": "The membrane at rest",
        "sliders": (
            Slider(
                "k_out",
                "K⁺ outside",
                "mM",
                (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 28, 40),
                OUT["K"],
            ),
            Slider("k_in", "K⁺ inside", "mM", (80, 110, 140), IN["K"]),
            Slider("na_out", "Na⁺ outside", "mM", (15, 70, 145), OUT["Na"]),
            Slider("cl_in", "Cl⁻ inside", "mM", (4, 6, 10, 16, 30), IN["Cl"]),
            Slider(
                "p_na",
                "P_Na / P_K",
                "",
                (0, 0.01, 0.03, 0.05, 0.1, 0.5, 2, 20),
                P["Na"],
            ),
            Slider("p_cl", "P_Cl / P_K", "", (0, 0.1, 0.2, 0.45, 0.9), P["Cl"]),
            Slider("celsius", "Temperature", "°C", (5, 37), MAMMALIAN.celsius, between=True),
        ),
        "panels": (
            Bars(
                "Where each ion wants the membrane, and where it is",
                "mV",
                (
                    Bar("e_k", "E_K", "k"),
                    Bar("e_cl", "E_Cl", "cl"),
                    Bar("e_na", "E_Na", "na"),
                    Bar("v", "V_m", "v"),
                ),
                (-130, 90),
            ),
            Bars(
                "Currents at V_m: outward to the right",
                "µA/cm²",
                (
                    Bar("i_k", "K⁺", "k"),
                    Bar("i_cl", "Cl⁻", "cl"),
                    Bar("i_na", "Na⁺", "na"),
                    Bar("i_sum", "sum", "v"),
                ),
                (-6, 6),
                2,
            ),
            Traces(
                "The K⁺ transfer curve",
                "k_axis",
                "K⁺ outside (mM)",
                "mV",
                (Line("v_curve", "V_m", "v"), Line("e_k_curve", "E_K", "k", dash=True)),
                (1, 40),
                (-140, 60),
                x_log=True,
                levels=(Level("e_cl", "E_Cl", "cl"),),
                points=(Point("k_out", "v", "here", "v"),),
            ),
        ),
        "summary": (
            "V_m is {v:.1f} mV, {above:.1f} mV above E_K. Doubling K⁺ outside would move it by "
            "{doubling:+.1f} mV. The three currents are K⁺ {i_k:+.2f}, Na⁺ {i_na:+.2f} and "
            "Cl⁻ {i_cl:+.2f} µA/cm²; they sum to zero.",
        ),
        "attempt": "Double K⁺ outside from 4 to 8 mM. Then set P_Na to zero and do it again. "
        "Last, give Na⁺ twenty times the permeability of K⁺, as at the peak of a spike.",
        "notice": "With the leak of Na⁺, V_m moves by 6 mV while E_K moves by 18.5; without it, by "
        "10, for chloride is held where it is. However you set the sliders, the currents cancel. "
        "An ion's own current is zero only if the ion cannot pass or is in balance.",
    },
    "building-the-potential": {
        "function": building_the_potential,
        "title": "Building the potential",
        "time": "t",
        "sliders": (
            Switch("anions", "0 min: anions"),
            Switch("leaks", "20 min: leak channels"),
            Switch("pump", "40 min: Na⁺/K⁺ pump"),
            Switch("kcc2", "120 min: KCC2"),
            Switch("ncx", "150 min: NCX"),
            Switch("pmca", "180 min: Ca²⁺ pump"),
            Switch("poison", "240 min: stop the pump", value=False),
        ),
        "panels": (
            Traces(
                "Potentials",
                "t",
                "time (min)",
                "mV",
                (
                    Line("v", "V_m", "v"),
                    Line("e_k", "E_K", "k", dash=True),
                    Line("e_na", "E_Na", "na", dash=True),
                    Line("e_cl", "E_Cl", "cl", dash=True),
                    Line("e_ca", "E_Ca", "ca", dash=True),
                ),
                (0, 300),
                (-110, 150),
            ),
            Traces(
                "Concentrations inside",
                "t",
                "time (min)",
                "mM",
                (
                    Line("k", "K⁺", "k"),
                    Line("na", "Na⁺", "na"),
                    Line("cl", "Cl⁻", "cl"),
                    Line("a", "anions", "anion"),
                ),
                (0, 300),
                (0, 160),
            ),
            Bars(
                "Ions in the cell, and the charges that make V_m",
                "billion (10⁹), at the time cursor",
                (
                    Bar("n_k", "K⁺", "k"),
                    Bar("n_na", "Na⁺", "na"),
                    Bar("n_cl", "Cl⁻", "cl"),
                    Bar("n_a", "anions", "anion"),
                    Bar("excess", "unpaired", "v"),
                ),
                (-40, 800),
                3,
            ),
            Bars(
                "Positive charge carried out so far",
                "billion (10⁹) charges, at the time cursor",
                (
                    Bar("by_k", "K⁺ leak", "k"),
                    Bar("by_na", "Na⁺ leak", "na"),
                    Bar("by_cl", "Cl⁻ leak", "cl"),
                    Bar("by_pump", "pump", "v"),
                    Bar("by_ca", "calcium", "ca"),
                ),
                (-1600, 1600),
                1,
            ),
        ),
        "summary": (
            "At {t:.0f} min V_m is {v:.1f} mV, with E_K at {e_k:.1f}, E_Cl at {e_cl:.1f} and "
            "E_Ca at {e_ca:.0f} mV. The volume is {volume:.0f} % of the first drop's. The cell "
            "holds {ions:.0f} billion ions; the unpaired charges, {excess:.4f} billion, are "
            "{share:.5f} % of them.",
            "At {t:.0f} min the pump has driven V_m to {v:.0f} mV: without leaks, the charge "
            "that it carries has no way back. Every real membrane leaks.",
        ),
        "attempt": "Drag the time cursor from the left to the right and say at each switch what "
        "jumps and what creeps. Then take the pump away. Then give it back, and stop it at "
        "240 min.",
        "notice": "V_m jumps when a conductance opens; concentrations take minutes to hours. "
        "Without the pump the cell swells and V_m fades. A pump that is stopped costs a few "
        "millivolts at once and all the rest slowly. And the charges that make V_m never show "
        "among the ions present.",
    },
}
