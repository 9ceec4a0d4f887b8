"""The labs of the chapter on the resting potential."""

import numpy as np

from neurocore.ions import MAMMALIAN, ghk_current, ghk_voltage, nernst
from neurocore.labs.description import Bar, Bars, Level, Line, Point, Slider, Traces

__all__ = ["REST", "membrane_at_rest"]

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
    outside = {"K": k_out, "Na": na_out, "Cl": MAMMALIAN.outside["Cl"]}
    inside = {"K": k_in, "Na": MAMMALIAN.inside["Na"], "Cl": cl_in}
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


REST = {
    "membrane-at-rest": {
        "function": membrane_at_rest,
        "title": "The membrane at rest",
        "sliders": (
            Slider("k_out", "K⁺ outside", "mM", (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 28, 40), 4),
            Slider("k_in", "K⁺ inside", "mM", (80, 110, 140), 140),
            Slider("na_out", "Na⁺ outside", "mM", (15, 70, 145), 145),
            Slider("cl_in", "Cl⁻ inside", "mM", (4, 6, 10, 16, 30), 10),
            Slider("p_na", "P_Na / P_K", "", (0, 0.01, 0.03, 0.05, 0.1, 0.5, 2, 20), 0.05),
            Slider("p_cl", "P_Cl / P_K", "", (0, 0.1, 0.2, 0.45, 1), 0.45),
            Slider("celsius", "Temperature", "°C", (5, 37), 37, between=True),
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
                (-130, 60),
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
        "notice": "With the leak of Na⁺, V_m moves by 6 mV while E_K moves by 18.5. However you "
        "set the sliders, the currents cancel: none of them is zero, only their sum is.",
    },
}
