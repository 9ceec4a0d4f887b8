"""Formulas in V: their values everywhere, as arrays and for one number, and what is refused."""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

import neurocore as nc
from neurocore._formula import compiled
from neurocore.solvers.right_hand_side import FUNCTIONS, inline

ZERO = [-45.7, -54.6123456789, 12.3, 1 / 3, -40.0]
# One rate, written as people write it; x is (V − z) / k
WAYS = [
    "0.3 * (V - {z}) / (1 - exp(-(V - {z}) / {k}))",
    "0.3 * ({z} - V) / (exp(({z} - V) / {k}) - 1)",
    "-0.3 * ({z} - V) * (1 / (1 - exp(({z} - V) / {k})))",
    "0.3 / ((1 - exp(-(V - {z}) / {k})) / (V - {z}))",
    "0.3 * (V - {z}) * (1 - exp(-(V - {z}) / {k}))**-1",
    "(0.09 * (V - {z})**2 / (1 - exp(-(V - {z}) / {k}))**2)**0.5",
    "0.3 * {k} if V == {z} else 0.3 * (V - {z}) / (1 - exp(-(V - {z}) / {k}))",
]
NEAR = np.concatenate([[0.0], np.geomspace(1e-15, 60.0, 300), -np.geomspace(1e-15, 60.0, 300)])


def written_out(formula, v, moved=0.0):
    """The formula as the stepping of one patch has it."""
    return eval(_code(formula, bool(moved)), dict(FUNCTIONS), {"V": v, "moved": moved})


@lru_cache
def _code(formula, moved):
    return compile(inline(formula, "moved" if moved else None), formula, "eval")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("zero", ZERO)
@pytest.mark.parametrize("scale", [1.0, 10.0, 80.0])
def test_a_quotient_has_its_limit_at_every_voltage(way, zero, scale):
    formula = way.format(z=f"({zero!r})", k=scale)
    nc.Gate("m", 1, alpha=formula, beta="1")
    v = zero + NEAR
    exact = 0.3 * scale * nc.linoid((v - zero) / scale)
    # the digits that the quotient loses a tenth of a millivolt away, and no more
    np.testing.assert_allclose(compiled(formula)(v), exact, rtol=2e-15 * (10 + scale))
    for k in range(0, v.size, 7):
        assert written_out(formula, float(v[k])) == pytest.approx(
            exact[k], rel=2e-15 * (10 + scale)
        )
        moved = written_out(formula, float(v[k] + 7.0), moved=7.0)
        assert moved == pytest.approx(0.3 * scale * nc.linoid((v[k] + 7.0 - 7.0 - zero) / scale))


@pytest.mark.parametrize(
    ("formula", "zero", "limit"),
    [
        ("tanh((V + 45.7) / 9) / (V + 45.7)", -45.7, 1 / 9),
        ("(V + 45.7)**2 / (cosh((V + 45.7) / 9) - 1)", -45.7, 162.0),
        ("log(1 + ((V - 12.3) / 9)**2) / (V - 12.3)**2", 12.3, 1 / 81),
        ("(V + 0.1) / (V + 0.1)", -0.1, 1.0),
    ],
)
def test_other_quotients_have_theirs(formula, zero, limit):
    v = zero + np.array([-1e-3, -1e-9, 0.0, 1e-9, 1e-3])
    np.testing.assert_allclose(compiled(formula)(v), limit, rtol=1e-4)
    assert compiled(formula)(np.array(zero)) == pytest.approx(limit, rel=1e-13)
    assert written_out(formula, zero) == pytest.approx(limit, rel=1e-13)


def test_a_quotient_runs_like_its_linoid():
    """Held where it is 0/0, firing through it, and among many."""

    def cell(alpha):
        m = replace(nc.squid_sodium().gate("m"), alpha=alpha)
        sodium = replace(nc.squid_sodium(), gates=(m, nc.squid_sodium().gate("h")))
        return nc.patch(nc.Membrane((sodium, nc.squid_potassium(), nc.leak())))

    plain = cell("0.1 * (V + 40.3) / (1 - exp(-(V + 40.3) / 10))")
    known = cell("linoid((V + 40.3) / 10)")
    clamp = nc.voltage_clamp(-65.0, (1.0, 9.0, -40.3))
    for stimulus in (nc.step(10.0, 1.0), nc.step([10.0, 20.0], 1.0), clamp):
        one, other = (nc.simulate(c, stimulus, 10.0, sample=0.1) for c in (plain, known))
        np.testing.assert_allclose(one.gates["m"], other.gates["m"], atol=1e-9)
        np.testing.assert_allclose(one.v, other.v, atol=1e-6)


def test_a_condition_is_allowed():
    """The inactivation time constant of Destexhe and others 1996, in two pieces."""
    tau = "exp((V + 467) / 66.6) if V < -80 else 28 + exp(-(V + 22) / 10.5)"
    v = np.array([-120.0, -80.0001, -80.0, -60.0])
    by_hand = np.where(v < -80, np.exp((v + 467) / 66.6), 28 + np.exp(-(v + 22) / 10.5))
    gate = nc.Gate("s", 1, steady="1 / (1 + exp((V + 81) / 4))", tau=tau, shift=2.0)
    np.testing.assert_allclose(gate.time_constant(v + 2.0, gate.celsius), by_hand)
    assert [written_out(tau, float(x)) for x in v] == pytest.approx(by_hand.tolist())
    # without the jump, which steps of either kind pass in their own ways
    gate = replace(gate, tau="10 if V < -80 else 10 + (V + 80)**2 / 10")
    membrane = nc.Membrane((nc.Channel("CaT", 0.1, 120.0, (gate,)), nc.leak(0.1, -75.0)))
    one = nc.simulate(nc.patch(membrane), nc.step(-2.0, 0.0, 20.0), 60.0, sample=1.0)
    many = nc.simulate(nc.patch(membrane), nc.step([-2.0], 0.0, 20.0), 60.0, sample=1.0)
    assert one.v[-1] == pytest.approx(many.v[0, -1], abs=1e-3)


def test_a_condition_may_stand_at_the_singular_point():
    formula = "0 if V < -40 else 0.1 * (V + 40) / (1 - exp(-(V + 40) / 10))"
    assert compiled(formula)(np.array([-40.01, -40.0])).tolist() == pytest.approx([0.0, 1.0])


def test_a_window_between_straight_lines_stays():
    """What is written out for one number does not take it for the line on both sides of it."""
    formula = "1 + (1 if V < 10 else (5 if V < 20 else 1))"
    assert [written_out(formula, v) for v in (9.0, 15.0, 21.0)] == [2.0, 6.0, 2.0]


def test_what_is_too_large_for_a_float_has_its_limit():
    formula = "1 / (1 + exp(-(V + 40) / 0.2))"
    v = np.array([-200.0, -40.0, 100.0])
    assert compiled(formula)(v) == pytest.approx([0.0, 0.5, 1.0])
    assert [written_out(formula, float(x)) for x in v] == pytest.approx([0.0, 0.5, 1.0])
    gate = nc.Gate("m", 1, steady=formula, tau="1")
    membrane = nc.Membrane((nc.Channel("Na", 1.0, 50.0, (gate,)), nc.leak()))
    assert nc.simulate(nc.patch(membrane), None, 5.0, v0=-200.0).v[-1] > -100


def test_small_numbers_stay_what_they_are():
    """What is written out for one number keeps a parabola of 1e-16 a parabola."""
    assert written_out("1e-16 * V * V * exp(V / 3)", 60.0) == pytest.approx(3.6e-13 * math.exp(20))


REFUSED = {
    "V +": "not one",
    "": "not one",
    "W": "'W'; allowed are V, numbers",
    "v": "'v'; allowed",
    "V^2": r"V\*\*2",
    "2(V + 3)": r"lacks a \*",
    "V(3)": r"lacks a \*",
    "np.exp(V)": "write exp alone",
    "exp": r"exp\(V\)",
    "exp(V, 2)": "one argument",
    "sin(V)": "'sin'; allowed",
    "__import__('os')": "'__import__'; allowed",
    "V.real": "'V.real'",
    "V[0]": r"'V\[0\]'",
    "'text'": "uses",
    "True": "'True'",
    "1j": "'1j'",
    "V // 2": "'V // 2'",
    "lambda: 1": "'lambda: 1'",
    "1 if -80 < V < -60 else 2": "one comparison|write one",
    "1 if V < -60 and V > -80 else 2": "one comparison",
    "1 if V else 2": "one comparison",
    "1 if 1 / V < 2 else 2": "write one",
    "1 / 0": "no value",
    "9**9**9**9": "no value",
    "-1": "at least 0",
    "V": "at least 0",
    "log(V + 60)": "is nan at -200 mV",
    "exp(V * V)": "is inf at -200 mV",
    "1e400": "is inf",
    "1 / V": "divides by 0 at 0 mV",
    "1 / (V + 45.7)**2": "divides by 0 at -45.7 mV",
    "1 / (V + 45.7)**4": "divides by 0 at -45.7 mV",
    "(V + 45.7)**-2": "divides by 0 at -45.7 mV",
    "exp(V / 9) / (1 - exp(-(V - 12.3) / 9))**2": "divides by 0 at 12.3 mV",
    "3 if V > -30 else 1 / (V + 40.1)**2": "divides by 0 at -40.1 mV",
    "-" * 5000 + "1": "nested|not one",
}


@pytest.mark.parametrize("formula", REFUSED, ids=lambda formula: formula[:40])
def test_bad_formulas_are_refused_where_they_are_written(formula):
    with pytest.raises(ValueError, match=REFUSED[formula]) as refused:
        nc.Gate("m", 1, alpha=formula, beta="1")
    assert str(refused.value).startswith("alpha of 'm' must be")
    assert "__builtins__" not in str(refused.value)
    with pytest.raises(ValueError, match="rate of 'a' to 'b' must be"):
        nc.Scheme(("a", "b"), (("a", "b", formula), ("b", "a", "1")), "a")


def test_a_pole_that_is_never_reached_is_allowed():
    assert compiled("3 if V < -30 else 1 / (V + 40.1)**2")(np.array([-40.1])) == 3
    nc.Gate("m", 1, alpha="3 if V < -30 else 1 / (V + 40.1)**2", beta="1")
    assert written_out("3 if V < -30 else 1 / V + 1", -40.0) == 3


@pytest.mark.parametrize(
    ("kinetics", "message"),
    [
        ({"steady": "1", "tau": "0"}, "tau of 'm' must be finite and greater than 0"),
        ({"steady": "1", "tau": "V + 200"}, "'V \\+ 200' is 0 at -200 mV"),
        ({"steady": "2", "tau": "1"}, "steady of 'm' must be finite and from 0 to 1"),
        ({"alpha": "0", "beta": "0"}, "alpha and beta of 'm' must not both be 0"),
        (
            {"alpha": "1 if V < -50 else 0", "beta": "1 if V > 50 else 0"},
            "both be 0, .* at -50 mV",
        ),
    ],
)
def test_gates_that_go_nowhere_are_refused(kinetics, message):
    with pytest.raises(ValueError, match=message):
        nc.Gate("m", 1, **kinetics)


@pytest.mark.parametrize(
    ("states", "hops", "message"),
    [
        ("abc", [("a", "b", "1"), ("b", "a", "1")], r"\['a', 'b'\] never meet those in \['c'\]"),
        ("ab", [], r"\['a'\] never meet those in \['b'\]"),
        ("abc", [("a", "b", "1"), ("a", "c", "1")], r"\['b'\] never meet those in \['c'\]"),
        ("ab", [("a", "b", "0"), ("b", "a", "0")], "never meet"),
        ("ab", [("a", "b", "1 if V < 0 else 0")], "at 0 mV"),
        ("aab", [("a", "b", "1")], "different names"),
        ("ab", [("a", "a", "1"), ("a", "b", "1")], "must lead elsewhere"),
        ("ab", [("a", "b")], "must be \\(from, to, rate\\)"),
    ],
)
def test_schemes_without_a_steady_state_are_refused(states, hops, message):
    with pytest.raises(ValueError, match=message):
        nc.Scheme(tuple(states), tuple(hops), "a")


def test_a_state_that_is_only_left_is_allowed():
    """It is empty in the steady state, and there is one."""
    scheme = nc.Scheme(("a", "b", "c"), (("a", "b", "1"), ("b", "a", "3"), ("c", "a", "1")), "a")
    assert scheme.steady_state(-65.0) == pytest.approx([0.75, 0.25, 0.0])
