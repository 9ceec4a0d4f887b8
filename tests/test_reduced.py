"""Models of two variables: their equations, and how they run."""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import neurocore as nc


def test_morris_lecar_is_the_class_one_set_of_rinzel_and_ermentrout():
    model = nc.MorrisLecar()
    values = {f.name: getattr(model, f.name) for f in dataclasses.fields(model)}
    assert values == {
        "current": 0,
        "capacitance": 20,
        "g_ca": 4,
        "g_k": 8,
        "g_leak": 2,
        "e_ca": 120,
        "e_k": -84,
        "e_leak": -60,
        "v1": -1.2,
        "v2": 18,
        "v3": 12,
        "v4": 17.4,
        "phi": pytest.approx(1 / 15),
    }


def test_derivative_by_hand():
    # At v = V1 half of the calcium channels are open; w∞ = 1/2 where v = V3, and cosh(0) = 1.
    dv, _ = nc.MorrisLecar(current=10).derivative(-1.2, 0.25)
    by_hand = 10 - 4 * 0.5 * (-1.2 - 120) - 8 * 0.25 * (-1.2 + 84) - 2 * (-1.2 + 60)
    assert dv == pytest.approx(by_hand / 20, rel=1e-12)
    _, dw = nc.MorrisLecar().derivative(12.0, 0.1)
    assert dw == pytest.approx(0.4 / 15, rel=1e-12)


def test_nothing_moves_on_the_nullclines():
    model = nc.MorrisLecar(current=25)
    v = np.linspace(-70, 50, 33)
    np.testing.assert_allclose(model.derivative(v, model.voltage_nullcline(v))[0], 0, atol=1e-12)
    np.testing.assert_allclose(model.derivative(v, model.recovery_nullcline(v))[1], 0, atol=1e-15)


def test_trajectory_agrees_with_another_integrator():
    model = nc.MorrisLecar(current=30)
    t, v, w = nc.trajectory(model, -15.0, 0.0, 300.0)
    judge = solve_ivp(
        lambda t, y: model.derivative(*y),
        (0, 300),
        [-15.0, 0.0],
        method="DOP853",
        t_eval=t,
        rtol=1e-11,
        atol=1e-12,
    )
    # Docstring: 1e-4 mV. Fourth order in steps of 0.1 ms leaves about 1e-6.
    np.testing.assert_allclose(v, judge.y[0], rtol=0, atol=1e-5)
    np.testing.assert_allclose(w, judge.y[1], rtol=0, atol=1e-7)


def test_trajectory_is_of_fourth_order():
    model = nc.MorrisLecar(current=30)
    ends = [nc.trajectory(model, -15.0, 0.0, 60.0, h)[1][-1] for h in (0.5, 0.25, 0.125)]
    # Each halving of the step takes 2⁴ = 16 off; 10 and 24 leave room for higher orders.
    assert 10 < (ends[0] - ends[1]) / (ends[1] - ends[2]) < 24


def test_many_starts_run_as_each_by_itself():
    model = nc.MorrisLecar(current=30)
    t, v, w = nc.trajectory(model, [[-30.0], [-20.0]], [0.0, 0.05, 0.2], 50.0)
    assert v.shape == w.shape == (2, 3, t.size)
    alone = nc.trajectory(model, -20.0, 0.2, 50.0)
    np.testing.assert_allclose(v[1, 2], alone[1], rtol=0, atol=1e-10)
    assert (t[0], t[-1]) == (0, pytest.approx(50))


def test_class_one_fires_as_slowly_as_one_likes():
    """The saddle and the rest meet at 39.96 µA/cm²; the closer above, the slower the firing."""

    def period(current):
        t, v, _ = nc.trajectory(nc.MorrisLecar(current), -20.0, 0.0, 1500.0, 0.25)
        return np.diff(nc.crossings(t, v))[-1]

    slow, slower = period(40.5), period(40.1)
    # One over the square root of the distance: (0.54 / 0.14)^½ = 1.96, plus what the spike takes.
    assert 1.5 < slower / slow < 2.0
    assert not nc.crossings(*nc.trajectory(nc.MorrisLecar(39.9), -20.0, 0.0, 800.0)[:2]).size > 1


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"capacitance": 0}, "capacitance"),
        ({"v2": -1}, "v2"),
        ({"g_k": -8}, "g_k"),
        ({"current": np.nan}, "current"),
    ],
)
def test_bad_parameters_are_named(bad, named):
    with pytest.raises(ValueError, match=named):
        nc.MorrisLecar(**bad)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((0.0, 0.0, -1.0), "duration"),
        ((0.0, 0.0, 1.0, 2.0), "step must not exceed"),
        ((np.nan, 0.0, 1.0), "v must be a number"),
    ],
)
def test_bad_runs_are_named(arguments, named):
    with pytest.raises(ValueError, match=named):
        nc.trajectory(nc.MorrisLecar(), *arguments)
