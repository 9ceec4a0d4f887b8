"""Random networks, against the mean-field theory, and in regimes that differ."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfcx

import neurocore as nc

ALONE = 1e6  # ms, a delay within which nothing arrives: the neurons are independent


def late(times, neurons, start):
    return times[times > start], neurons[times > start]


def population_fano(times, start, stop, width=0.5):
    """Return variance over mean of the counts of all spikes in bins of `width` (ms)."""
    counts = np.histogram(times, np.arange(start, stop + width / 2, width))[0]
    return counts.var() / counts.mean()


def irregularity(times, neurons):
    """Return the mean coefficient of variation of the intervals of neurons with several."""
    trains = (times[neurons == k] for k in range(0, neurons.max(), 5))
    intervals = [np.diff(train) for train in trains if train.size > 4]
    return np.mean([x.std() / x.mean() for x in intervals])


@pytest.mark.parametrize(
    ("mean", "deviation"), [(5, 5), (15, 5), (20, 1), (24, 3), (40, 4), (-10, 20), (500, 1)]
)
def test_siegert_rate_is_the_integral_with_the_error_function(mean, deviation):
    low, high = (10 - mean) / deviation, (20 - mean) / deviation
    integral = quad(lambda u: erfcx(-u), low, high, epsabs=0, epsrel=1e-12)[0]
    expected = 1e3 / (2 + 20 * np.sqrt(np.pi) * integral)
    assert nc.siegert_rate(mean, deviation) == pytest.approx(expected, rel=1e-6)


def test_siegert_rate_without_noise_is_that_of_the_deterministic_neuron():
    cell = nc.IntegrateAndFire(20.0, 1000.0, 0.0, 20.0, 10.0, 2.0)  # 1 pA lifts it by 1 mV
    assert nc.siegert_rate(30.0, 0.05) == pytest.approx(cell.rate(30.0), rel=1e-4)
    assert nc.siegert_rate(0.0, 0.1) == 0  # 200 standard deviations below the threshold


def test_independent_neurons_with_steady_input_fire_as_the_deterministic_neuron():
    net = nc.RandomNetwork(weight=0.01, drive=1.5, delay=ALONE)
    times, _ = late(*net.run(300.0, seed=1), 100.0)
    cell = nc.IntegrateAndFire(20.0, 1000.0, 0.0, 20.0, 10.0, 2.0)
    # Intervals of 15.9 ms are rounded up to steps, by 0.05 ms on average: 0.3 %.
    assert times.size / 2500 / 0.2 == pytest.approx(cell.rate(30.0), rel=0.01)


@pytest.mark.parametrize("drive", [0.9, 1.2])
def test_independent_neurons_fire_at_siegert_rate(drive):
    net = nc.RandomNetwork(weight=0.1, drive=drive, delay=ALONE)
    times, _ = late(*net.run(600.0, seed=2, step=0.05), 100.0)
    # Poisson input of weight J and mean drive · θ has σ² = J · mean.
    expected = nc.siegert_rate(20 * drive, np.sqrt(0.1 * 20 * drive))
    # Kicks of θ / 200 and steps overshoot the threshold by some 0.1 mV of the 20.
    assert times.size / 2500 / 0.5 == pytest.approx(expected, rel=0.04)


def test_mean_field_rate_is_self_consistent():
    net = nc.RandomNetwork()
    rate = net.mean_field_rate()
    excitatory, inhibitory = net.inputs
    assert (excitatory, inhibitory) == (200, 50)
    assert net.outside_rate == pytest.approx(2 * 20 / (0.5 * 200 * 20) * 1e3)
    seen = excitatory * (net.outside_rate + rate) / 1e3
    against = inhibitory * rate / 1e3
    mean = 0.5 * 20 * (seen - 5 * against)
    deviation = np.sqrt(0.25 * 20 * (seen + 25 * against))
    assert nc.siegert_rate(mean, deviation) == pytest.approx(rate, rel=1e-6)


def test_regimes():
    """Weak inhibition: all fire together, like clockwork. Strong: apart, and irregularly."""
    rates, fano, variation = {}, {}, {}
    for g in (3.0, 5.0):
        net = nc.RandomNetwork(g=g)
        times, neurons = late(*net.run(600.0, seed=3), 100.0)
        rates[g] = times.size / 2500 / 0.5
        fano[g] = population_fano(times, 100.0, 600.0)
        variation[g] = irregularity(times, neurons)
        # One spike moves v by up to g J = 2.5 mV of the 20, so that white noise is a rough
        # picture of it, and neurons share a tenth of their inputs: measured 0 to 7 % off.
        assert rates[g] == pytest.approx(net.mean_field_rate(), rel=0.12)
    assert variation[3.0] < 0.1
    assert 0.8 < variation[5.0] < 1.6
    assert fano[3.0] > 10 * fano[5.0]
    assert rates[3.0] > 5 * rates[5.0]


def test_spikes_are_in_order_and_refractory():
    net = nc.RandomNetwork(excitatory=400, inhibitory=100, weight=2.0)
    times, neurons = net.run(200.0, seed=1)
    assert (np.diff(times) >= 0).all()
    assert set(np.unique(neurons)) <= set(range(500))
    gaps = np.concatenate([np.diff(times[neurons == k]) for k in range(500)])
    assert gaps.min() > 2.0


def test_inhibition_inhibits_and_excitation_excites():
    base = nc.RandomNetwork(excitatory=400, inhibitory=100, weight=1.0, drive=1.2, g=4.0)

    def count(**changes):
        values = {f: getattr(base, f) for f in base.__dataclass_fields__} | changes
        return nc.RandomNetwork(**values).run(300.0, seed=1)[0].size

    assert count(g=8.0) < 0.9 * count(g=4.0) < 0.9 * count(g=1.0)
    assert count(delay=ALONE, g=1.0) < 0.7 * count(g=1.0)


def test_spikes_are_heard_after_the_delay():
    """One neuron whose spikes lift itself and a listener over the threshold, 5 ms later."""
    net = nc.RandomNetwork(1, 1, connected=1.0, weight=30.0, g=0.0, drive=0.3, delay=5.0)
    times, neurons = net.run(300.0, seed=1)
    speaker, listener = times[neurons == 0], times[neurons == 1]
    heard = speaker[speaker < 294] + 5
    free = np.array([not ((listener < t - 0.05) & (listener > t - 2.05)).any() for t in heard])
    assert free.sum() > 20
    assert np.abs(listener[:, None] - heard[free]).min(axis=0).max() < 1e-9


def test_silence_without_drive():
    times, neurons = nc.RandomNetwork(excitatory=80, inhibitory=20, drive=0.0).run(50.0, seed=1)
    assert times.size == neurons.size == 0


def test_the_same_seed_gives_the_same_run():
    net = nc.RandomNetwork(excitatory=400, inhibitory=100)
    one, again, other = (net.run(50.0, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one[0], again[0])
    np.testing.assert_array_equal(one[1], again[1])
    assert one[0].size != other[0].size or (one[1] != other[1]).any()


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: nc.RandomNetwork(excitatory=0), "excitatory"),
        (lambda: nc.RandomNetwork(inhibitory=2.5), "inhibitory"),
        (lambda: nc.RandomNetwork(connected=1.5), "connected"),
        (lambda: nc.RandomNetwork(connected=1e-6), "connected must give"),
        (lambda: nc.RandomNetwork(weight=0), "weight"),
        (lambda: nc.RandomNetwork(reset=20), "reset must lie below"),
        (lambda: nc.RandomNetwork().run(0.0, 1), "duration"),
        (lambda: nc.RandomNetwork().run(10.0, -1), "seed"),
        (lambda: nc.RandomNetwork().run(10.0, 1, step=2.0), "step must not exceed the delay"),
        (lambda: nc.siegert_rate(10, 0), "deviation"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
