"""The numbers in the labs' first sentences, computed once more without the library.

Equations and constants are written out here as the papers print them. A factor that slips into
the library would slip into page, figure and function alike; it does not slip in here.
"""

import re

import numpy as np
import pytest
from drawings import computed_sentence
from scipy.constants import Avogadro, e, physical_constants
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from neurocore.labs import LABS

F = physical_constants["Faraday constant"][0]
RT_F = 8.314462618 * 310.15 / F * 1e3  # mV at 37 °C
RATES = {  # Hodgkin and Huxley 1952, with rest at −65 mV, 1/ms
    "m": (
        lambda v: 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10)),
        lambda v: 4 * np.exp(-(v + 65) / 18),
    ),
    "h": (lambda v: 0.07 * np.exp(-(v + 65) / 20), lambda v: 1 / (1 + np.exp(-(v + 35) / 10))),
    "n": (
        lambda v: 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10)),
        lambda v: 0.125 * np.exp(-(v + 65) / 80),
    ),
}


def said(name):
    """Return the numbers that a lab says at its first settings."""
    settings = {slider.name: slider.value for slider in LABS[name]["sliders"]}
    sentence = re.sub(r"10⁹|\b[A-Z]\w*_\w+", "", computed_sentence(name, settings))
    return [text.replace("−", "-") for text in re.findall(r"[−+]?\d+(?:\.\d+)?", sentence)]


def agree(name, *wanted):
    """A lab says these numbers, each to within one in its last digit."""
    found = said(name)
    assert len(found) == len(wanted), found
    for text, value in zip(found, wanted, strict=True):
        last = 10.0 ** -len(text.partition(".")[2])
        assert float(text) == pytest.approx(value, abs=1.01 * last), (name, found, wanted)


def steady(gate, v):
    opens, closes = (rate(v) for rate in RATES[gate])
    return opens / (opens + closes)


def currents(v, m, h, n):
    """Sodium, potassium and leak current, µA/cm²."""
    return 120 * m**3 * h * (v - 50), 36 * n**4 * (v + 77), 0.3 * (v + 54.387)


def squid(pieces, start=-65.0):
    """Integrate Hodgkin and Huxley's patch at 6.3 °C from rest through (end in ms, µA/cm²)."""

    def slope(stimulus):
        def f(t, y):
            gates = [
                RATES[g][0](y[0]) * (1 - x) - RATES[g][1](y[0]) * x
                for g, x in zip("mhn", y[1:], strict=True)
            ]
            return [stimulus(t) - sum(currents(*y)), *gates]

        return f

    y, begin, parts = [start, *(steady(g, start) for g in "mhn")], 0.0, []
    for end, amount in pieces:
        stimulus = amount if callable(amount) else lambda t, a=amount: a
        part = solve_ivp(
            slope(stimulus), (begin, end), y, "LSODA", dense_output=True, rtol=1e-9, atol=1e-9
        )
        parts.append((begin, end, part.sol))
        begin, y = end, part.y[:, -1]

    def at(t):
        t = np.atleast_1d(t)
        rows = [next(sol for a, b, sol in parts if x <= b)(x) for x in t]
        return np.array(rows).T

    return at


def test_membrane_at_rest():
    """Goldman's, Hodgkin and Katz's equations, with P_K = 10⁻⁶ cm/s."""

    def goldman(k_out):
        out, inside = k_out + 0.05 * 145 + 0.45 * 10, 140 + 0.05 * 15 + 0.45 * 110
        return RT_F * np.log(out / inside)

    def current(permeability, z, inside, outside, v):
        u = z * v / RT_F
        amount = 1e-6 * permeability * z * F * u * (inside - outside * np.exp(-u))
        return amount / (1 - np.exp(-u))  # 1e-6 A/cm² for mM: µmol/cm³

    v = goldman(4)
    flows = (current(1, 1, 140, 4, v), current(0.05, 1, 15, 145, v), current(0.45, -1, 10, 110, v))
    agree(
        "membrane-at-rest", v, v - RT_F * np.log(4 / 140), goldman(8) - v, *flows,
    )  # fmt: skip


def test_building_the_potential():
    """A sphere of 10 µm: its ions from concentrations, its charges from Q = C V."""
    found = list(map(float, said("building-the-potential")))
    t, v, e_k, e_cl, e_ca, volume, ions, excess, share = found
    assert t == 300
    litres = 4 / 3 * np.pi * 10e-5**3  # of a radius in dm
    osmolarity = ions * 1e9 / Avogadro / (litres * volume / 100)
    assert osmolarity == pytest.approx(0.3, rel=0.06)  # mol/L, in balance with the bath
    charges = 1e-6 * 4 * np.pi * 10e-4**2 * v * 1e-3 / e / 1e9  # 1 µF/cm² times cm² times V
    assert excess == pytest.approx(charges, abs=1.5e-4)
    assert share == pytest.approx(100 * abs(excess) / ions, rel=0.02)
    # E_K and E_Cl within what concentrations of a mammalian cell allow, E_Ca of 50 to 500 nM.
    assert -100 < e_k < -90 < e_cl < v
    assert 0.05 < 2e6 * np.exp(-e_ca * 2 / RT_F) / 1e3 < 0.5  # µM, from 2 mM outside


def test_current_clamp():
    at = squid([(1, 0), (21, 10)])
    v, m, h, n = at(3.0)[:, 0]
    na, k, leak = currents(v, m, h, n)
    times = np.arange(1, 21, 0.001)
    trace = at(times)[0]
    crossed = np.flatnonzero((trace[:-1] < 0) & (trace[1:] >= 0))
    change = 10 - na - k - leak
    agree(
        "current-clamp", crossed.size, times[crossed[0]] - 1, 3, v, change, 10, na, k, leak,
    )  # fmt: skip


def test_find_the_threshold():
    def strike(charge):
        at = squid([(1, 0), (1.2, charge / 0.2), (20, 0)])
        return at(1.2)[0, 0], at(np.arange(1, 20, 0.002))[0].max()

    (end, peak), (_, more) = strike(6.0), strike(6.1)
    agree("find-the-threshold", 6, 0.2, 30, end, peak, 0.1, more - peak)


def test_voltage_clamp():
    """At a constant potential each gate is an exponential."""

    def gate(name, t):
        opens, closes = (rate(1e-9) for rate in RATES[name])
        start, end = steady(name, -65), opens / (opens + closes)
        return end + (start - end) * np.exp(-t * (opens + closes))

    def total(t):
        return sum(currents(0.0, *(gate(name, t) for name in "mhn")))

    t = np.arange(0.1, 3, 0.05)  # the picture's own times; between them it sinks 2 µA/cm² more
    lowest = total(t).argmin()

    def power(conductance):
        return np.log(conductance(0.02001) / conductance(0.01999)) / np.log(2001 / 1999)

    agree(
        "voltage-clamp", -65, 0, t[lowest], total(t)[lowest], total(12.0), 20,
        power(lambda t: gate("m", t) ** 3 * gate("h", t)), power(lambda t: gate("n", t) ** 4),
    )  # fmt: skip


def test_separatrix():
    """Morris and Lecar's equations with Rinzel and Ermentrout's values for class I, 30 µA/cm²."""

    def f(t, y):
        v, w = y
        open_, steady_w = (1 + np.tanh((v + 1.2) / 18)) / 2, (1 + np.tanh((v - 12) / 17.4)) / 2
        total = 4 * open_ * (v - 120) + 8 * w * (v + 84) + 2 * (v + 60)
        return [(30 - total) / 20, np.cosh((v - 12) / 34.8) / 15 * (steady_w - w)]

    def path(v):
        return solve_ivp(f, (0, 120), [v, 0], "LSODA", rtol=1e-10, atol=1e-10, max_step=0.1)

    run = path(-22.0)
    top = run.y[0].argmax()
    edge = brentq(lambda v: path(v).y[0].max() - 0, -22.6, -22.1, xtol=1e-4)
    agree("separatrix", -22, run.y[0][top], run.t[top], 0, edge, -22 - edge)


def test_two_pulses():
    def peak(first, second):
        at = squid([(0.5, first), (7, 0), (7.5, second), (22, 0)])
        return at(np.arange(7.5 if second else 0.5, 22, 0.01))[0].max()

    rest = brentq(lambda size: peak(size, 0) - 0, 5, 30, xtol=1e-3)
    needed = brentq(lambda size: peak(2 * rest, size * rest) - 0, 4, 20, xtol=1e-3)
    found = list(map(float, said("two-pulses")))
    assert found[:2] == [7, 2]
    assert found[2] == pytest.approx(needed, rel=5e-3)  # the ladder's own resolution


def test_slow_ramp():
    at = squid([(5, 0), (25, lambda t: 0.3 * (t - 5)), (120, 6)])
    assert at(np.arange(5, 120, 0.02))[0].max() < -20  # no spike
    agree("slow-ramp", 120, 120, at(120.0)[0, 0])


def test_rebound():
    at = squid([(5, 0), (25, -2.5), (80, 0)])
    trace = at(np.arange(5, 80, 0.02))[0]
    assert trace.max() < -20
    agree("rebound", trace.min())


def test_cable():
    """λ = √(d R_m / 4 R_i), τ = R_m C_m, R_in = λ R_i / (2 · π d²/4) for a cable both ways."""
    d, r_m, r_i, c_m = 4e-4, 4e3, 100.0, 1e-6  # cm, Ω·cm², Ω·cm, F/cm²
    length, tau = np.sqrt(d * r_m / 4 / r_i), r_m * c_m
    # 1 mm away after 20 ms: a sum of waves along the cable, each with its own time constant.
    x, k = 0.1 / length, np.linspace(0, 400, 400_001)
    waves = np.cos(k * x) / (1 + k**2) * (1 - np.exp(-(1 + k**2) * 20e-3 / tau))
    now = 10 * 2 / np.pi * np.trapezoid(waves, k)
    agree(
        "cable", 10 * length, 1e3 * tau, length / tau / 100, 20, now, 1, 10 * np.exp(-x),
        length * r_i / (2 * np.pi * d**2 / 4) / 1e6,
    )  # fmt: skip
