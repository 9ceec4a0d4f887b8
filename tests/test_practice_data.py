"""Synthetic data for fitting: the model's, with a scatter, the same for the same seed."""

import numpy as np
import pytest

import neurocore as nc
from neurocore.practice import data


def test_same_seed_same_data():
    for one, other in zip(data.sodium_currents(3), data.sodium_currents(3), strict=True):
        assert np.array_equal(one, other)
    assert not np.array_equal(data.sodium_currents(3)[2], data.sodium_currents(4)[2])


@pytest.mark.parametrize("seed", [0, 5])
def test_currents_are_those_of_a_simulated_clamp(seed):
    t, v, current = data.sodium_currents(seed)
    membrane = nc.Membrane((data.sodium_channel(seed),), celsius=6.3)
    command = nc.voltage_clamp(-100.0, (5.0, 30.0, v))
    run = nc.simulate(nc.patch(membrane), command, 25.1, sample=0.025)
    left = current - [np.interp(t + 5.0, run.t, row) for row in run.currents["Na"]]
    assert np.abs(left.mean(axis=1)).max() < 5 * data.SCATTER / np.sqrt(t.size)
    assert left.std(axis=1) == pytest.approx(data.SCATTER, rel=0.15)


def test_channels_differ_but_not_by_much():
    squid = nc.squid_sodium()
    for gate in ("m", "h"):
        moved = [data.sodium_channel(seed).gate(gate) for seed in range(20)]
        shifts = np.array([g.shift for g in moved])
        paces = np.array([squid.gate(gate).speed / g.speed for g in moved])
        assert np.abs(shifts).max() <= 4
        assert np.ptp(shifts) > 4
        assert paces.min() >= 0.8
        assert paces.max() <= 1.2


@pytest.mark.parametrize("seed", [1.0, "1", True, None])
def test_seed_is_a_whole_number(seed):
    with pytest.raises(TypeError, match="seed must be a whole number"):
        data.sodium_currents(seed)


def test_seed_is_not_negative():
    with pytest.raises(ValueError, match="seed must not be negative, got -1"):
        data.sodium_channel(-1)
