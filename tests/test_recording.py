import numpy as np
import pytest

import neurocore as nc

PATCH = nc.patch(nc.hodgkin_huxley())


def test_crossings_of_a_known_curve():
    t = np.arange(0, 20, 0.1)
    found = nc.crossings(t, np.sin(t), 0.5)
    # a cubic through samples 0.1 apart errs by h⁴/40 of a curve of unit derivatives
    assert found == pytest.approx(np.arcsin(0.5) + 2 * np.pi * np.arange(4), abs=3e-6)
    nested = nc.crossings(t, np.stack([np.sin(t), -np.ones(t.size), np.cos(t)]))
    assert [len(x) for x in nested] == [3, 0, 3]
    assert nested[2][0] == pytest.approx(1.5 * np.pi, abs=3e-6)


def test_crossings_at_uneven_times():
    t = np.sort(np.random.default_rng(1).uniform(0, 10, 300))
    assert nc.crossings(t, t - 5.0)[0] == pytest.approx(5.0)
    assert len(nc.crossings(t[:3], np.array([-1.0, 1.0, -1.0]))) == 1


def test_shapes():
    one = nc.simulate(PATCH, nc.step(10, 1), 10)
    assert one.t.shape == one.v.shape == one.gates["m"].shape == one.currents["Na"].shape
    many = nc.simulate(PATCH, nc.step([0.0, 10.0], 1), 10)
    assert many.v.shape == (2, many.t.size) == many.currents["K"].shape
    axon = nc.bare_axon(nc.hodgkin_huxley(), 100, 1000, 35.4, 5)
    deep = nc.simulate(axon, nc.step([0.0, 10.0], 1), 2, record=[1, 3])
    assert deep.v.shape == (2, 2, deep.t.size) == deep.gates["n"].shape
    assert [len(x) for x in deep.spike_times()] == [2, 2]


def nest(times):
    """Return the lengths of nested lists, () for an array of times."""
    if isinstance(times, np.ndarray):
        assert times.ndim == 1
        return ()
    (inner,) = {nest(x) for x in times}
    return len(times), *inner


@pytest.mark.parametrize("amplitude", [10.0, [10.0], [0.0, 10.0]], ids=["one", "axis of 1", "two"])
@pytest.mark.parametrize("record", [None, [0], [0, 2]], ids=["patch", "one place", "two places"])
def test_spike_times_are_nested_along_the_axes_of_the_potential(amplitude, record):
    axon = nc.bare_axon(nc.hodgkin_huxley(), 100, 300, 35.4, 3)
    cell, options = (PATCH, {}) if record is None else (axon, {"record": record})
    r = nc.simulate(cell, nc.step(amplitude, 1), 2, **options)
    for times in (r.spike_times(), r.spike_times(-40.0), nc.crossings(r.t, r.v)):
        assert nest(times) == r.v.shape[:-1]
    if record is None:
        areas = np.ravel(amplitude) + 50 if np.ndim(amplitude) else 50.0
        run = nc.channel_noise(PATCH.membrane, areas, 2.0, seed=1)
        assert nest(run.spikes) == run.v.shape[:-1]


def test_currents_follow_from_gates():
    r = nc.simulate(PATCH, nc.step(10, 1), 10)
    assert r.currents["K"] == pytest.approx(36 * r.gates["n"] ** 4 * (r.v + 77))
    assert r.ionic_current == pytest.approx(sum(r.currents.values()))
    assert list(r.currents) == ["Na", "K", "leak"]
    with pytest.raises(KeyError, match="Ca"):
        r.currents["Ca"]


def test_compartments_without_a_gate_show_nan():
    axon = nc.myelinated_axon(internodes=2)
    r = nc.simulate(axon, nc.pulse(5, 0, 0.1), 0.5, record=[0, 3])
    assert np.all(np.isnan(r.gates["m"][1]))
    assert np.all(np.isfinite(r.gates["m"][0]))
    assert np.all(np.isnan(r.currents["Na"][1]))
    assert np.all(np.isfinite(r.ionic_current))


def test_other_thresholds():
    r = nc.simulate(PATCH, nc.step(10, 5), 30)
    low, middle, high = (r.spike_times(x)[0] for x in (-40.0, 0.0, 20.0))
    assert low < middle < high
    marked = nc.simulate(PATCH, nc.step(10, 5), 30, threshold=-40.0)
    assert marked.spike_times() == pytest.approx(r.spike_times(-40.0), abs=1e-3)
    with pytest.raises(ValueError, match="threshold"):
        r.spike_times(500.0)


def test_voltage_clamp_separates_the_currents():
    command = nc.voltage_clamp(-65, (2, 4, [-20.0, 10.0]), (5, 6, -65, -35))
    r = nc.simulate(PATCH, command, 8)
    still = (r.t < 5) | (r.t >= 6)
    assert np.all(r.capacitive_current[:, still] == 0)
    assert r.capacitive_current[:, ~still] == pytest.approx(30.0)  # 1 µF/cm² · 30 mV/ms
    jumps = {t: q.tolist() for t, q in r.capacitive_jumps.items() if np.any(q != 0)}
    assert jumps == {2.0: [45, 75], 4.0: [-45, -75], 6.0: [-30, -30]}
    during = (r.t > 2) & (r.t < 4)
    assert np.all(r.v[1, during] == 10)
    assert r.currents["Na"][0, during].min() < -300
    free = nc.simulate(PATCH, nc.step(10, 1), 5)
    assert free.capacitive_jumps == {}
    with pytest.raises(ValueError, match="patch"):
        _ = nc.simulate(
            nc.bare_axon(nc.hodgkin_huxley(), 100, 1000, 35.4, 5), None, 1
        ).capacitive_current
