import numpy as np
import pytest

import neurocore as nc

T = np.array([0.0, 0.999, 1.0, 1.5, 2.0, 3.0])


def test_step_and_pulse():
    assert nc.step(10, 1, 2)(T).tolist() == [0, 0, 10, 10, 0, 0]
    assert nc.pulse(10, 1, 1)(T).tolist() == nc.step(10, 1, 2)(T).tolist()


def test_an_axis_of_amplitudes():
    s = nc.step([1.0, 2.0, 3.0], 1, 2)
    assert s.traces == 3
    assert s(T).shape == (3, 6)
    assert s(1.5).tolist() == [1, 2, 3]


def test_train():
    s = nc.train(5, 1, 0.5, 2, 3)
    on = np.arange(0, 8, 0.01)[s(np.arange(0, 8, 0.01)) > 0]
    assert s([1.0, 1.49, 1.5, 3.2, 5.2, 5.6, 7.2]).tolist() == [5, 5, 0, 5, 5, 0, 0]
    assert len(on) == pytest.approx(150, abs=2)
    with pytest.raises(ValueError, match="interval"):
        nc.train(5, 1, 2.0, 1.0, 3)


def test_ramp():
    s = nc.ramp(6, 1, 3, hold=2)
    assert s([0.5, 1, 2, 2.999999, 4, 5]) == pytest.approx([0, 0, 3, 6, 6, 0], abs=1e-5)
    assert s.slope([0.5, 2, 4]).tolist() == [0, 3, 0]
    assert nc.ramp(6, 1, 3)([2, 3.5]).tolist() == [3, 0]


def test_samples_are_joined_by_lines():
    s = nc.samples([0, 1, 0.5], 0.5, start=1)
    assert s([0.9, 1.25, 1.5, 1.75, 2.1]) == pytest.approx([0, 0.5, 1, 0.75, 0])


def test_noise_has_its_mean_deviation_and_correlation():
    s = nc.noise(3.0, 2.0, 0, 20_000, correlation=2.0, seed=1)
    x = s.first
    # 10 000 correlation times: the mean is known to 2 √(2/10 000) = 0.03
    assert x.mean() == pytest.approx(3.0, abs=0.1)
    assert x.std() == pytest.approx(2.0, rel=0.05)
    y = x - x.mean()
    assert (y[:-10] * y[10:]).mean() / y.var() == pytest.approx(np.exp(-1), abs=0.05)
    assert np.array_equal(x, nc.noise(3.0, 2.0, 0, 20_000, correlation=2.0, seed=1).first)
    assert nc.noise(0, 1, 0, 10, traces=4).traces == 4


def test_sums():
    both = nc.step(1, 0, 2) + nc.ramp(4, 1, 3)
    assert both([0.5, 1.5, 2.5]) == pytest.approx([1, 2, 3])
    many = nc.step([1.0, 2.0], 0, 2) + nc.pulse(10, 1, 0.5)
    assert many([0.5, 1.2]).tolist() == [[1, 11], [2, 12]]
    with pytest.raises(ValueError, match="list"):
        nc.step(1, at=0) + nc.step(1, at=1)


def test_voltage_clamp():
    c = nc.voltage_clamp(-65, (5, 15, -100), (15, 30, [-20.0, 0.0]), (40, 50, -65, 20))
    assert c([0, 10, 20, 35]).tolist() == [[-65, -100, -20, -65], [-65, -100, 0, -65]]
    assert c(45)[0] == pytest.approx(-22.5)
    assert c.slope(45)[0] == pytest.approx(8.5)
    with pytest.raises(TypeError):
        nc.voltage_clamp(-65) + nc.voltage_clamp(-65)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nc.step(float("nan")), "amplitude"),
        (lambda: nc.step(1, 5, 5), "end after it starts"),
        (lambda: nc.step(1, 5, 4), "end after it starts"),
        (lambda: nc.step(1, -1, 4), "start"),
        (lambda: nc.step([[1.0]]), "amplitude"),
        (lambda: nc.pulse(1, 1, 0), "duration"),
        (lambda: nc.ramp(1, 2, 1), "end after it starts"),
        (lambda: nc.samples([1.0], 0.1), "two samples"),
        (lambda: nc.samples([1.0, np.inf], 0.1), "finite"),
        (lambda: nc.noise(0, -1, 0, 10), "deviation"),
        (lambda: nc.voltage_clamp(-65, (5, 15, 0), (10, 20, 0)), "overlap"),
        (lambda: nc.voltage_clamp(-65, (5, 4, 0)), "end after it starts"),
        (lambda: nc.voltage_clamp(400), "holding"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
