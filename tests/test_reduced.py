"""Models of two variables and models with a reset: their equations, and how they run."""

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


# --- FitzHugh–Nagumo ---------------------------------------------------------------------------


def test_fitzhugh_nagumo_nullclines_and_rest():
    model = nc.FitzHughNagumo()
    v = np.linspace(-2, 2, 9)
    np.testing.assert_allclose(model.derivative(v, model.voltage_nullcline(v))[0], 0, atol=1e-15)
    np.testing.assert_allclose(model.derivative(v, model.recovery_nullcline(v))[1], 0, atol=1e-15)
    # b v³/3 + (1 − b) v + a = 0 has one real root with a = 0.7 and b = 0.8
    (root,) = (z.real for z in np.roots([0.8 / 3, 0, 0.2, 0.7]) if abs(z.imag) < 1e-12)
    (rest,) = nc.fixed_points(model)
    assert (rest.v, rest.w) == pytest.approx((root, (root + 0.7) / 0.8), abs=1e-9)
    assert rest.kind == "stable focus"


def test_fitzhugh_nagumo_loses_its_rest_where_the_trace_vanishes():
    """1 − v² = φ b there, so v = −(1 − 0.064)^½ and I = w − v + v³/3 follow by hand."""
    v = -np.sqrt(1 - 0.064)
    current = (v + 0.7) / 0.8 - v + v**3 / 3
    kinds = [nc.fixed_points(nc.FitzHughNagumo(current + d))[0].kind for d in (-1e-4, 1e-4)]
    assert kinds == ["stable focus", "unstable focus"]
    _, v, _ = nc.trajectory(nc.FitzHughNagumo(0.5), -1.2, -0.6, 300.0)
    assert np.ptp(v[-1000:]) > 3  # it oscillates, about 4 high


# --- models with a reset ------------------------------------------------------------------------

# Each with a current in which it fires again and again
FIRING = {
    "integrate-and-fire": (nc.IntegrateAndFire(), 200.0),
    "AdEx": (nc.AdEx(), 1000.0),
    "Izhikevich 2007": (nc.Izhikevich(), 100.0),
    "Izhikevich 2003": (nc.Izhikevich(0, 1, 0.04, -70, -55, 0.02, 0.2, -65, 8, 30), 10.0),
}


def judged(model, current, duration):
    """Return the spike times by scipy's adaptive solver, started anew after each spike."""

    def change(t, y):
        # no faster than 10⁶ mV/ms, of which time notices nothing, and a solver can follow
        dv, dw = model.derivative(min(y[0], model.peak), y[1])
        return min(dv, 1e6) + current(t) / model.capacitance, dw

    def peak(t, y):
        return y[0] - model.peak

    peak.terminal, peak.direction = True, 1
    t, y, spikes = 0.0, [model.rest, 0.0], []
    while t < duration:
        run = solve_ivp(
            change, (t, duration), y, "DOP853", events=peak, rtol=1e-10, atol=1e-10, max_step=1.0
        )
        t = run.t[-1]
        if run.t_events[0].size:
            spikes.append(t)
            y = model.after_spike(run.y[1, -1])
            t += model.refractory
    return np.array(spikes)


@pytest.mark.parametrize("name", FIRING)
def test_spikes_agree_with_another_integrator(name):
    model, current = FIRING[name]
    t, v, w, spikes = nc.spiking(model, current, 300.0)
    expected = judged(model, lambda t: current, 300.0)
    assert expected.size >= 4
    # Docstring: 1e-3 ms; measured 1e-4 at most.
    np.testing.assert_allclose(spikes, expected, rtol=0, atol=1e-3)
    assert t.shape == v.shape == w.shape
    assert v.max() < model.peak


@pytest.mark.parametrize("name", FIRING)
def test_spikes_in_a_current_that_changes(name):
    """A step whose edges lie between the samples, and a ramp: every time is met."""
    model, current = FIRING[name]
    stimulus = nc.step(current, 20.033, 120.017) + nc.ramp(1.5 * current, 150.0, 250.0)
    *_, spikes = nc.spiking(model, stimulus, 250.0)
    # max_step keeps scipy from overlooking the step; its edge costs it a little accuracy
    expected = judged(model, lambda t: stimulus(np.array([t]))[0], 250.0)
    np.testing.assert_allclose(spikes, expected, rtol=0, atol=2e-3)
    assert (spikes > 20.033).all()
    assert (spikes > 150).any()


def test_integrate_and_fire_by_hand():
    """τ 20 ms, R 100 MΩ, 15 mV to go: 150 pA; then 20 ln(20/5) + 2 and 20 ln(30/15) + 2 ms."""
    model = nc.IntegrateAndFire()
    assert model.rheobase == pytest.approx(150, rel=1e-12)
    assert model.capacitance == pytest.approx(200, rel=1e-12)
    expected = [0, 0, 1e3 / (2 + 20 * np.log(4)), 1e3 / (2 + 20 * np.log(2))]
    assert model.rate([-50.0, 150.0, 200.0, 300.0]) == pytest.approx(expected, rel=1e-12)
    assert model.rate([200.0, 300.0]) == pytest.approx([33.64, 63.04], abs=0.005)
    assert isinstance(model.rate(200.0), float)


@pytest.mark.parametrize("reset", [-65.0, -58.0])
def test_integrate_and_fire_runs_at_its_rate(reset):
    model = nc.IntegrateAndFire(reset=reset)
    _, v, _, spikes = nc.spiking(model, 180.0, 400.0)
    assert spikes[0] == pytest.approx(20 * np.log(18 / 3), abs=1e-6)
    np.testing.assert_allclose(1e3 / np.diff(spikes), model.rate(180.0), rtol=1e-8)
    assert v[1000:].min() >= reset


def test_just_below_the_rheobase_it_stays_silent():
    model = nc.IntegrateAndFire()
    assert nc.spiking(model, model.rheobase - 1e-6, 500.0)[3].size == 0
    assert nc.spiking(model, model.rheobase + 1e-2, 500.0)[3].size > 0


def test_refractory_time_is_spent_at_the_reset():
    model = nc.IntegrateAndFire(reset=-70.0, refractory=5.0)
    t, v, _, spikes = nc.spiking(model, 300.0, 100.0)
    for spike in spikes[:-1]:
        held = (t > spike) & (t < spike + 5)
        assert held.sum() >= 49
        np.testing.assert_array_equal(v[held], -70)


def test_adex_is_the_published_set_and_adapts():
    model = nc.AdEx()
    values = (model.capacitance, model.g_leak, model.rest, model.threshold, model.slope)
    assert values == (281, 30, -70.6, -50.4, 2)
    assert (model.tau_w, model.a, model.b, model.reset) == (144, 4, 80.5, -70.6)
    *_, spikes = nc.spiking(model, 1000.0, 400.0)
    intervals = np.diff(spikes)
    assert (np.diff(intervals) > -1e-9).all()
    assert intervals[-1] > 2 * intervals[0]
    without = nc.AdEx(a=0.0, b=0.0)
    *_, spikes = nc.spiking(without, 1000.0, 400.0)
    np.testing.assert_allclose(np.diff(spikes), np.diff(spikes)[0], rtol=1e-6)


def test_adex_without_adaptation_has_its_rheobase_where_the_nullcline_turns():
    """The nullcline turns at V_T, where I = g_L (V_T − E_L − Δ_T)."""
    model = nc.AdEx(a=0.0, b=0.0)
    edge = 30 * (-50.4 + 70.6 - 2)
    assert nc.spiking(model, edge - 1.0, 2000.0)[3].size == 0
    assert nc.spiking(model, edge + 1.0, 2000.0)[3].size > 0


def test_izhikevich_of_2003_is_the_same_model():
    model, _ = FIRING["Izhikevich 2003"]
    v, w = np.meshgrid(np.linspace(-80, 20, 7), np.linspace(-15, 15, 5))
    u = w + 0.2 * -70
    dv, dw = model.derivative(v, w)
    np.testing.assert_allclose(dv, 0.04 * v**2 + 5 * v + 140 - u, atol=1e-10)
    np.testing.assert_allclose(dw, 0.02 * (0.2 * v - u), atol=1e-12)
    assert model.after_spike(1.0) == (-65, 9)


def test_a_lasting_current_counts_wherever_it_is_given():
    for model in (nc.AdEx, nc.Izhikevich):
        ours, given = nc.spiking(model(current=700.0), 0.0, 100.0), nc.spiking(model(), 700.0, 100)
        np.testing.assert_allclose(ours[3], given[3], rtol=1e-9)


@pytest.mark.parametrize("model", [nc.AdEx(), nc.Izhikevich()])
def test_planes_of_the_models_with_a_reset(model):
    rest, saddle = nc.fixed_points(model, -90.0, -30.0)
    assert rest.kind.startswith("stable")
    assert saddle.kind == "saddle"
    assert rest.v == pytest.approx(model.rest, abs=1e-3)
    v = np.linspace(-80, -35, 7)
    np.testing.assert_allclose(model.derivative(v, model.voltage_nullcline(v))[0], 0, atol=1e-12)
    np.testing.assert_allclose(model.derivative(v, model.recovery_nullcline(v))[1], 0, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: nc.FitzHughNagumo(phi=0), "phi"),
        (lambda: nc.IntegrateAndFire(tau=-1), "tau"),
        (lambda: nc.IntegrateAndFire(refractory=-1), "refractory"),
        (lambda: nc.IntegrateAndFire(reset=-40), "reset must lie below threshold = -50 mV"),
        (lambda: nc.IntegrateAndFire(rest=-50), "rest must lie below"),
        (lambda: nc.AdEx(slope=0), "slope"),
        (lambda: nc.AdEx(reset=30), "reset must lie below peak"),
        (lambda: nc.Izhikevich(c=40), "c must lie below peak"),
        (lambda: nc.Izhikevich(a=0), "a must"),
        (lambda: nc.IntegrateAndFire().rate(np.inf), "current"),
        (lambda: nc.spiking(nc.AdEx(), np.nan, 10), "current"),
        (lambda: nc.spiking(nc.AdEx(), nc.step([1, 2], 0, 5), 10), "one trace"),
        (lambda: nc.spiking(nc.AdEx(), 1.0, 0), "duration"),
        (lambda: nc.spiking(nc.AdEx(), 1.0, 10, 20), "step must not exceed"),
    ],
)
def test_bad_spiking_models_and_runs_are_named(make, named):
    with pytest.raises(ValueError, match=named):
        make()
