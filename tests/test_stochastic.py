"""Counted channels, against binomial statistics and against the averaged equations."""

import numpy as np
import pytest

import neurocore as nc

SQUID = nc.hodgkin_huxley()


def held(v, area=1.0, patches=4000, **options):
    return nc.channel_noise(SQUID, np.full(patches, area), hold=v, **options)


@pytest.mark.parametrize("v", [-65.0, -30.0, 20.0])
def test_open_channels_at_a_clamp_are_binomial(v):
    """N channels open independently with p: mean N p, variance N p (1 − p), still after 10 ms."""
    run = held(v, duration=10.0, step=0.5, sample=10.0, seed=5)
    x = SQUID.steady_state(v)
    for name, n, p in (("Na", 60, x["m"] ** 3 * x["h"]), ("K", 18, x["n"] ** 4)):
        counts = run.open[name][:, -1]
        assert (run.number[name] == n).all()
        variance = n * p * (1 - p)
        # 4000 patches: four standard errors of the mean, and of the variance (with the
        # binomial's own excess, 1 over its variance).
        assert counts.mean() == pytest.approx(n * p, abs=4 * np.sqrt(variance / 4000))
        spread = np.sqrt((2 + 1 / variance) / 4000)
        assert counts.var() == pytest.approx(variance, rel=4 * spread)


def test_fluctuations_last_as_long_as_the_gates_need():
    """An open channel is open t later if all of its gates are: Π (x + (1 − x) exp(−t/τ))^power."""
    v = -40.0
    run = held(v, area=10.0, duration=4.0, step=1.0, sample=1.0, seed=9)
    x = SQUID.steady_state(v)
    for name in ("Na", "K"):
        n = run.number[name][0]
        again = np.ones(run.t.size)
        for gate in SQUID[name].gates:
            left = np.exp(-run.t / gate.time_constant(v, SQUID.celsius))
            again *= (x[gate.name] + (1 - x[gate.name]) * left) ** gate.power
        p = SQUID[name].open_fraction(x)
        expected = n * p * (again - p)
        counts = run.open[name] - n * p
        measured = (counts[:, :1] * counts).mean(axis=0)
        # The covariance of 4000 pairs has a standard error of at most √2 variances / √4000;
        # steps of 1 ms, longer than τ_m, must not matter.
        np.testing.assert_allclose(measured, expected, atol=4 * expected[0] * np.sqrt(2 / 4000))


def test_a_large_patch_follows_the_averaged_equations():
    stimulus = nc.step(10.0, 5.0)
    run = nc.channel_noise(SQUID, 1e8, 60.0, stimulus=stimulus, seed=1)
    smooth = nc.simulate(nc.patch(SQUID), stimulus, 60.0).spike_times()
    # Steps of 0.025 ms cost 0.01 ms, and 10⁹ channels leave less noise than that.
    np.testing.assert_allclose(run.spikes, smooth, atol=0.02)


def test_noise_falls_with_the_square_root_of_the_area():
    areas = np.repeat([4e3, 16e3], 20)
    run = nc.channel_noise(SQUID, areas, 100.0, seed=2)
    spread = run.v.std(axis=1).reshape(2, 20).mean(axis=1)
    # 20 patches, each of some 20 correlation times: 5 %, and four of those.
    assert spread[0] / spread[1] == pytest.approx(2, rel=0.2)


def test_the_step_is_fine_enough():
    """Half the step, other chance: the same spread of the potential at rest."""
    spreads = [
        nc.channel_noise(SQUID, np.full(40, 1e3), 60.0, seed=3, step=step).v.std()
        for step in (0.05, 0.025)
    ]
    # 40 patches of some 12 correlation times each: 3 % each, and three of those together.
    assert spreads[1] == pytest.approx(spreads[0], rel=0.13)


def test_small_patches_fire_by_themselves():
    """Without any input: 39, 9.8 and 1.9 Hz on 10, 100 and 200 µm², in runs of 40 to 200 s.

    Standard errors there are 0.4, 0.3 and 0.1 Hz; halved steps gave 40, 10.2 and 2.1 Hz.
    """
    patches = {10.0: (10, 39.3), 100.0: (20, 9.8), 400.0: (5, 0.1)}
    areas = np.repeat(list(patches), [count for count, _ in patches.values()])
    run = nc.channel_noise(SQUID, areas, 500.0, seed=4)
    counts = np.array([s.size for s in run.spikes])
    for area, (number, rate) in patches.items():
        expected = rate * 0.5 * number
        # Poisson is the worst case: fewer than four standard deviations away
        got = counts[areas == area].sum()
        assert abs(got - expected) < 4 * np.sqrt(expected) + 1
    assert SQUID.rest() == pytest.approx(-65, abs=0.01)  # the averaged equations just rest


def test_the_same_seed_gives_the_same_run():
    one, again, other = (nc.channel_noise(SQUID, 10.0, 50.0, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.v, again.v)
    np.testing.assert_array_equal(one.spikes, again.spikes)
    assert np.abs(one.v - other.v).max() > 1


def test_patches_have_their_own_chance_and_stimulus():
    run = nc.channel_noise(SQUID, [1e5, 1e5], 20.0, seed=1, stimulus=nc.step([0.0, -5.0]))
    assert run.v.shape == run.open["Na"].shape == (2, run.t.size)
    assert run.v[1, -100:].mean() < run.v[0, -100:].mean() - 2
    alone = nc.channel_noise(SQUID, 50.0, 20.0, seed=1)
    assert alone.v.shape == (run.t.size,)
    assert alone.spikes.ndim == 1


def test_counts_are_kept():
    run = nc.channel_noise(SQUID, 0.5, 20.0, seed=1, density={"Na": 5, "K": 2})
    assert (run.number["Na"], run.number["K"]) == (2, 1)
    for name in ("Na", "K"):
        assert run.open[name].min() >= 0
        assert run.open[name].max() <= run.number[name]


def test_a_frozen_gate_does_not_flip():
    frozen = nc.modify(nc.modify(SQUID, "K", nc.freeze, "n"), "K", nc.block, 0.0)
    run = nc.channel_noise(frozen, np.full(5, 10.0), 5.0, hold=0.0, seed=1)
    assert (run.open["K"] == run.open["K"][:, :1]).all()
    assert np.ptp(run.open["Na"], axis=1).min() > 0


@pytest.mark.parametrize(
    ("arguments", "options", "error", "named"),
    [
        ((SQUID, 0.0, 10.0), {}, ValueError, "area"),
        ((SQUID, [[1.0]], 10.0), {}, ValueError, "area"),
        ((SQUID, 1.0, -1.0), {}, ValueError, "duration"),
        ((SQUID, 1.0, 1.0), {"step": 2.0}, ValueError, "step must not exceed"),
        ((SQUID, 1.0, 1.0), {"seed": 1.5}, ValueError, "seed"),
        ((SQUID, 1.0, 1.0), {"seed": None}, TypeError, "seed"),
        ((SQUID, 1.0, 1.0), {"hold": 500.0}, ValueError, "hold"),
        ((SQUID, 1.0, 1.0), {"density": {"Na": 60}}, ValueError, "density must name"),
        ((SQUID, 1.0, 1.0), {"density": {"Na": 60, "K": 0}}, ValueError, "density of 'K'"),
        ((SQUID, 1.0, 1.0), {"stimulus": 3.0}, TypeError, "stimulus"),
        ((SQUID, [1.0] * 3, 1.0), {"stimulus": nc.step([1, 2])}, ValueError, "stimulus must have"),
        (
            (nc.modify(SQUID, "Na", nc.lidocaine, 10), 1.0, 1.0),
            {},
            ValueError,
            "gates only",
        ),
    ],
)
def test_bad_input_is_named(arguments, options, error, named):
    with pytest.raises(error, match=named):
        nc.channel_noise(*arguments, **{"seed": 1, **options})
