"""Fixed points, the separatrix, Hopf points: against closed forms and running the model."""

import numpy as np
import pytest

import neurocore as nc


class Well:
    """dv/dt = v − v³, dw/dt = −w: rests at ±1, a saddle at 0 whose stable manifold is v = 0."""

    def derivative(self, v, w):
        return v - v**3, -w

    def recovery_nullcline(self, v):
        return 0.0 * np.asarray(v)


class Tilted:
    """dv/dt = v + w, dw/dt = −2 w: a saddle whose stable manifold is the line v = −w / 3."""

    def derivative(self, v, w):
        return v + w, -2 * w

    recovery_nullcline = Well.recovery_nullcline


class Spiral:
    """dv/dt = a v − w, dw/dt = v + a w: a focus with the eigenvalues a ± i."""

    def __init__(self, growth):
        self.growth = growth

    def derivative(self, v, w):
        return self.growth * v - w, v + self.growth * w

    def recovery_nullcline(self, v):
        return -np.asarray(v) / self.growth


def test_fixed_points_of_a_closed_form():
    points = nc.fixed_points(Well(), -1.53, 1.57)
    assert [p.v for p in points] == pytest.approx([-1, 0, 1], abs=1e-9)
    assert [p.kind for p in points] == ["stable node", "saddle", "stable node"]
    values = [sorted(e.real for e in p.eigenvalues) for p in points]
    # Differences over 1e-4 err by a sixth of the third derivative times 1e-8.
    np.testing.assert_allclose(values, [[-2, -1], [-1, 1], [-2, -1]], atol=1e-6)


@pytest.mark.parametrize(("growth", "kind"), [(-0.2, "stable focus"), (0.2, "unstable focus")])
def test_a_focus_is_recognised(growth, kind):
    (point,) = nc.fixed_points(Spiral(growth), -1.1, 1.3)
    assert point.kind == kind
    assert point.eigenvalues == pytest.approx((growth + 1j, growth - 1j))


def test_a_fixed_point_on_the_grid_is_found():
    assert [p.v for p in nc.fixed_points(Well(), -1.5, 1.5)] == pytest.approx([-1, 0, 1], abs=1e-9)


def test_separatrix_of_closed_forms():
    v, w = nc.separatrix(Well(), (-2.0, -1.0), (2.1, 1.0))
    np.testing.assert_allclose(v, 0, atol=1e-8)
    assert w.min() < -0.99
    assert w.max() > 0.99
    assert (np.diff(w) > 0).all()
    v, w = nc.separatrix(Tilted(), (-2.0, -1.0), (2.1, 1.0))
    np.testing.assert_allclose(v, -w / 3, atol=1e-7)


@pytest.mark.parametrize(
    ("current", "kinds"),
    [
        (0, ["stable node", "saddle", "unstable node"]),
        (30, ["stable node", "saddle", "unstable focus"]),
        (39.9, ["stable node", "saddle", "unstable focus"]),
        (40, ["unstable focus"]),
    ],
)
def test_class_one_loses_rest_and_saddle_together(current, kinds):
    assert [p.kind for p in nc.fixed_points(nc.MorrisLecar(current))] == kinds


@pytest.mark.parametrize("current", [0, 20, 30, 36])
@pytest.mark.parametrize("height", [0.01, 0.1, 0.18])
def test_separatrix_parts_the_fates(current, height):
    model = nc.MorrisLecar(current)
    focus = nc.fixed_points(model)[-1]
    v, w = nc.separatrix(model)
    assert (w[0] < 0.005, w[0] > -0.01) == (True, True)
    single = slice(0, int(np.argmax(w)) + 1)
    edge = np.interp(height, w[single], v[single])
    # Points 2e-3 of the window apart: their chords stray by less than 0.01 mV.
    _, left, _ = nc.trajectory(model, edge - 0.01, height, 150.0)
    _, right, _ = nc.trajectory(model, edge + 0.01, height, 150.0)
    assert left.max() < focus.v < right.max()


def test_delay_grows_with_the_logarithm_of_the_distance():
    """Near the saddle displacements grow as exp(λt): a tenfold closer start costs ln 10 / λ."""
    model = nc.MorrisLecar(30)
    rest, saddle, _ = nc.fixed_points(model)
    growth = max(e.real for e in saddle.eigenvalues)

    def peak(distance):
        t, v, _ = nc.trajectory(model, edge + distance, rest.w, 300.0)
        return t[np.argmax(v)]

    edge = nc.smallest(
        lambda v: nc.trajectory(model, v, rest.w, 300.0)[1].max() > 10, -30.0, -15.0, 1e-12
    )
    # Peaks are read off at steps of 0.1 ms.
    assert peak(1e-5) - peak(1e-4) == pytest.approx(np.log(10) / growth, abs=0.2)


def test_a_plane_without_a_saddle_is_refused():
    with pytest.raises(ValueError, match="needs one saddle, but the model has 0"):
        nc.separatrix(nc.MorrisLecar(45))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: nc.fixed_points(nc.MorrisLecar(), 10, -10), "high must exceed low"),
        (lambda: nc.separatrix(nc.MorrisLecar(), (0, 0), (0, 1)), "low and high"),
        (lambda: nc.separatrix(nc.MorrisLecar(), step=0), "step"),
    ],
)
def test_bad_windows_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()


# --- a membrane with all its gates -------------------------------------------------------------


def test_growth_rates_of_a_passive_membrane():
    # C / g = 1 / 0.3 ms, whatever the potential
    rates = nc.growth_rates(nc.passive(0.3), [-80.0, -20.0])
    np.testing.assert_allclose(rates, [[-0.3], [-0.3]], rtol=1e-6)


def test_growth_rates_agree_with_the_jacobian_of_the_equations_written_out():
    """Hodgkin and Huxley's four equations once more, differentiated by complex steps."""

    def change(y):
        v, m, h, n = y
        a = (v + 40) / 10 / (1 - np.exp(-(v + 40) / 10)), 0.07 * np.exp(-(v + 65) / 20)
        b = 4 * np.exp(-(v + 65) / 18), 1 / (1 + np.exp(-(v + 35) / 10))
        c = 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10)), 0.125 * np.exp(-(v + 65) / 80)
        current = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
        gates = a[0] * (1 - m) - b[0] * m, a[1] * (1 - h) - b[1] * h, c[0] * (1 - n) - c[1] * n
        return np.array([-current, *gates])

    membrane = nc.hodgkin_huxley()
    for v in (-65.0, -58.3, -30.0):
        y = np.array([v, *(membrane.steady_state(v)[k] for k in "mhn")], complex)
        matrix = np.stack([change(y + 1e-20j * e).imag / 1e-20 for e in np.eye(4)], axis=1)
        expected = np.sort_complex(np.linalg.eigvals(matrix))
        np.testing.assert_allclose(
            np.sort_complex(nc.growth_rates(membrane, v)), expected, rtol=1e-6, atol=1e-7
        )


def test_the_squid_axon_has_two_hopf_points():
    first, second = nc.hopf(nc.hodgkin_huxley())
    assert (first.current, second.current) == pytest.approx((9.78, 154.5), abs=0.05)
    for point in (first, second):
        values = nc.growth_rates(nc.hodgkin_huxley(), point.v)
        turning = values[values.imag > 0][0]
        assert turning == pytest.approx(2j * np.pi * point.frequency / 1e3, abs=1e-9)
    assert nc.hopf(nc.hodgkin_huxley(), -65, -61) == []


@pytest.mark.parametrize(("offset", "grows"), [(-0.5, False), (0.5, True)])
def test_the_simulator_loses_its_rest_at_the_first_hopf_point(offset, grows):
    """Started 0.05 mV from the fixed point, the oscillation dies away below, and grows above."""
    membrane = nc.hodgkin_huxley()
    (point, _) = nc.hopf(membrane)
    grid = np.linspace(-62, -57, 20001)
    v = np.interp(point.current + offset, membrane.steady_current(grid), grid)
    growth = nc.growth_rates(membrane, v).real.max()
    assert (growth > 0) == grows
    run = nc.simulate(
        nc.patch(membrane), nc.step(point.current + offset), 120.0, v0=v + 0.05, accuracy=1e-5
    )
    early, late = (np.abs(run.v[(run.t > a) & (run.t < a + 22)] - v).max() for a in (20, 90))
    # The slowest two modes do what their growth rate says once the others have gone.
    assert np.log(late / early) / 70 == pytest.approx(growth, abs=0.002)


def test_rest_and_firing_are_both_stable_between_6_3_and_9_8():
    """Class II: the rest outlives the onset of firing, so the start decides."""
    cell = nc.patch(nc.hodgkin_huxley())
    counts = [nc.simulate(cell, nc.step(i), 500.0).spike_times().size for i in (6.2, 6.3)]
    assert counts[0] < 5 < 25 < counts[1]
    grid = np.linspace(-65, -55, 20001)
    v = np.interp(8.0, cell.membrane.steady_current(grid), grid)
    assert nc.simulate(cell, nc.step(8.0), 300.0, v0=v).spike_times().size == 0
    assert nc.simulate(cell, nc.step(8.0), 300.0).spike_times().size > 15


def test_a_frozen_gate_keeps_its_value():
    frozen = nc.modify(nc.hodgkin_huxley(), "K", nc.freeze, "n")
    assert nc.growth_rates(frozen, -65.0).shape == (3,)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: nc.hopf(nc.hodgkin_huxley(), 10, 0), "high must exceed low"),
        (lambda: nc.growth_rates(nc.hodgkin_huxley(), np.nan), "v must"),
        (
            lambda: nc.hopf(nc.modify(nc.hodgkin_huxley(), "Na", nc.lidocaine, 10)),
            "membrane must have gates only",
        ),
    ],
)
def test_bad_membranes_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
