"""Experiments, and with them the figures of the book's list of facts (content.md, 2, 3 and 5)."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from judge import FUNCTIONS, flow

import neurocore as nc

SQUID = nc.hodgkin_huxley(6.3)
PATCH = nc.patch(SQUID)
WARM = nc.patch(nc.hodgkin_huxley(18.5))
AXON = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 100_000, 35.4, 1000)


def changed(channel, change, *args, **kwargs):
    return nc.modify(PATCH, channel, change, *args, **kwargs)


def shocked(millivolts, celsius=6.3, **options):
    """Return what follows an instantaneous displacement of the resting membrane."""
    membrane = nc.hodgkin_huxley(celsius)
    v0 = membrane.rest()
    options = {"sample": 0.005, "accuracy": 1e-6} | options
    resets = {0.0: {"v": v0 + millivolts}}
    return nc.simulate(nc.patch(membrane), None, 20, v0=v0, resets=resets, **options)


# --- thresholds --------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [nc.fires, nc.latency])
@pytest.mark.parametrize("cell", [PATCH, AXON], ids=["patch", "cable"])
def test_one_answer_needs_one_trace(question, cell):
    with pytest.raises(ValueError, match="stimulus must be one trace, got 2 of them"):
        question(cell, nc.step([0.0, 5.0]), 5.0)


def test_smallest_finds_the_edge():
    assert nc.smallest(lambda x: x >= 2.5, 0, 10, 1e-6) == pytest.approx(2.5, rel=1e-5)
    assert nc.smallest(lambda x: False, 0, 10) == np.inf
    with pytest.raises(ValueError, match="high"):
        nc.smallest(bool, 1, 1)


def test_pulse_threshold():
    # 32.6246 by another simulator; it moves by 0.1 % with the moment at which the pulse meets the
    # slight drift from −65.00 mV to the rest at −64.996 mV
    assert nc.pulse_threshold(PATCH) == pytest.approx(32.6246, rel=1e-3)
    t = nc.pulse_threshold(PATCH, resolution=1e-5)
    assert nc.fires(PATCH, nc.pulse(t * 1.0001), 20)
    assert not nc.fires(PATCH, nc.pulse(t * 0.9999), 20)


def test_threshold_on_a_cable():
    axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 100, 10_000, 35.4, 50)
    t = nc.pulse_threshold(axon, 0.2, wait=6, resolution=1e-2)
    assert nc.fires(axon, nc.pulse(t * 1.02), 6)
    assert not nc.fires(axon, nc.pulse(t * 0.98), 6)


def test_a_push_through_zero_is_no_spike():
    blocked = changed("Na", nc.block, 1.0)
    assert nc.simulate(blocked, nc.step(1500), 5).v.max() > 0
    assert not nc.fires(blocked, nc.step(1500), 5)
    assert nc.rheobase(blocked, 5) == np.inf


def test_chronaxie_and_rheobase():
    assert nc.chronaxie(PATCH) == pytest.approx((1.65, 2.24), abs=0.006)
    assert nc.chronaxie(PATCH, wait=10.0, resolution=1e-2) == pytest.approx((1.65, 2.24), rel=0.01)
    # given as 0.77; a lasting current of 5.49 fires late, so that the last digit needs accuracy
    found = nc.chronaxie(WARM, accuracy=1e-5)
    assert found == pytest.approx((0.765, 5.49), abs=0.005)


def test_strength_duration_laws():
    d = np.array([0.1, 0.3, 1.0, 3.0])
    for law in (nc.weiss, nc.lapicque):
        assert law(0.7, 2.0, 0.7) == pytest.approx(4.0)  # twice the rheobase at the chronaxie
        fitted = nc.fit_strength_duration(d, law(d, 2.0, 0.7), law)
        assert fitted == pytest.approx((2.0, 0.7), rel=1e-6)
    measured = nc.strength_duration(PATCH, d)
    assert np.all(np.diff(measured) < 0)
    # a membrane with active accommodation is neither law's: they agree to a tenth
    fit = nc.lapicque(d, *nc.fit_strength_duration(d, measured, nc.lapicque))
    assert fit == pytest.approx(measured, rel=0.1)


@pytest.mark.parametrize(
    ("potassium", "expected"), [(-77, 2.24), (-72, 1.40), (-67, 0.345), (-57, np.inf)]
)
def test_potassium_excites_and_then_blocks(potassium, expected):
    membrane = nc.Membrane((nc.squid_sodium(), nc.squid_potassium(reversal=potassium), nc.leak()))
    # steps of 50 ms: near spontaneous firing a longer one needs less (0.19 for 200 ms at −67 mV)
    assert nc.rheobase(nc.patch(membrane), 50.0) == pytest.approx(expected, abs=0.008)


def test_how_close_to_the_edge_the_squid_sits():
    base = nc.rheobase(PATCH)
    assert nc.rheobase(changed("Na", nc.shift, -1.0, gate="m")) == pytest.approx(base / 2, rel=0.02)
    assert nc.rheobase(changed("Na", nc.shift, -2.0, gate="m")) == 0


def test_smallest_shock_and_the_dip_after_it():
    shock = nc.smallest(lambda dv: len(shocked(dv).spike_times()) > 0, 3, 15, 1e-5)
    r = shocked(shock * 1.0001)
    assert r.v[0] == pytest.approx(-58.5, abs=0.05)
    assert r.v[200] < r.v[0]  # V first falls
    assert r.v.max() > 0
    # with m following at once, and h and n at rest, inward balances outward at −62.4 mV
    v = np.arange(-64, -60, 0.01)
    gates = SQUID.steady_state(-65.0) | {"m": SQUID.steady_state(v)["m"]}
    total = sum(SQUID.currents(v, gates).values())
    assert v[np.flatnonzero(np.diff(np.sign(total)))] == pytest.approx([-62.4], abs=0.05)


@pytest.mark.parametrize(
    ("celsius", "low", "high"), [(6.3, -56, 35), (30, -43, -32), (35, -40.5, -38.5)]
)
def test_threshold_is_sharp_in_the_cold_and_graded_in_the_heat(celsius, low, high):
    shocks = np.arange(5, 15, 0.1)
    peaks = np.array([shocked(s, celsius).v[10:].max() for s in shocks])
    k = np.argmax(np.diff(peaks))
    assert (peaks[k], peaks[k + 1]) == pytest.approx((low, high), abs=0.6)


# --- gating ------------------------------------------------------------------------------------


def test_order_of_the_time_constants():
    v = np.arange(-80, 0, 0.01)
    n = SQUID["K"].gate("n").time_constant(v, 6.3)
    h = SQUID["Na"].gate("h").time_constant(v, 6.3)
    assert v[np.flatnonzero(np.diff(np.sign(n - h)))] == pytest.approx([-48.4], abs=0.05)
    rest = SQUID.rest()
    assert SQUID["Na"].gate("h").time_constant(rest, 6.3) == pytest.approx(8.5, abs=0.05)
    assert SQUID["K"].gate("n").time_constant(rest, 6.3) == pytest.approx(5.5, abs=0.05)


def test_onset_is_cubic_only_from_a_closed_gate():
    def steepness(*prepulse):
        command = nc.voltage_clamp(-65, *prepulse, (5, 10, 0.0))
        r = nc.simulate(PATCH, command, 6, sample=0.001, accuracy=1e-8)
        after = (r.t > 5.002) & (r.t < 5.5)
        return np.gradient(
            np.log(r.gates["m"][after] ** 3 * r.gates["h"][after]), np.log(r.t[after] - 5)
        )

    rest = steepness()
    assert rest[0] < 0.6
    assert rest.max() < 2.1
    assert steepness((1, 5, -120.0))[0] == pytest.approx(2.96, abs=0.02)


def test_lidocaine_blocks_by_state():
    h = SQUID["Na"].gate("h")
    v = np.linspace(-120, 0, 2401)
    resting = h.steady_state(v)
    drug = nc.lidocaine(SQUID["Na"], 100.0).gates[1].steady_state(v)[0]
    # 440 and 10 µM: 30 % at h = 0.98, 81 % at h = 0.6
    assert 1 - np.interp(0.98, resting[::-1], (drug / resting)[::-1]) == pytest.approx(
        0.30, abs=0.005
    )
    assert 1 - np.interp(0.60, resting[::-1], (drug / resting)[::-1]) == pytest.approx(
        0.81, abs=0.005
    )
    # the curve's shift for a slope of 6 mV, −13.2 mV
    slope = 6.0
    shift = slope * np.log((1 + 100 / 440) / (1 + 100 / 10))
    boltzmann = replace(h, alpha=f"exp(-(V + 60) / {slope})", beta="1.0 + 0 * V")
    channel = replace(SQUID["Na"], gates=(SQUID["Na"].gates[0], boltzmann))
    with_drug = nc.lidocaine(channel, 100.0).gates[1].steady_state(v)[0]
    half = np.interp(-with_drug.max() / 2, -with_drug, v)
    assert half + 60 == pytest.approx(shift, abs=0.01)
    assert shift == pytest.approx(-13.2, abs=0.05)


def test_lidocaine_is_use_dependent():
    drugged = changed("Na", nc.lidocaine, 50.0)
    pulses = [(10 + 20 * k, 20 + 20 * k, 0.0) for k in range(10)]
    r = nc.simulate(drugged, nc.voltage_clamp(-90, *pulses), 220)
    peaks = [r.currents["Na"][(r.t > start) & (r.t < stop)].min() for start, stop, _ in pulses]
    assert np.all(np.diff(peaks) > 0)  # each inward current smaller than the one before
    assert peaks[-1] / peaks[0] < 0.75
    plain = nc.simulate(PATCH, nc.voltage_clamp(-90, *pulses), 220)
    first, last = (
        plain.currents["Na"][(plain.t > p[0]) & (plain.t < p[1])].min()
        for p in (pulses[0], pulses[-1])
    )
    assert last / first > 0.9


# --- after-effects -----------------------------------------------------------------------------


def test_accommodation():
    assert nc.critical_ramp(PATCH, 6.0) == pytest.approx(0.377, abs=0.001)
    # n frozen: no accommodation
    assert nc.critical_ramp(changed("K", nc.freeze, "n"), 6.0) == 0


def test_accommodation_with_inactivation_frozen():
    """With h frozen the slowest ramp to 6 µA/cm² fires as well, only later.

    The rest loses its stability at 5 µA/cm². A critical slope of 0.029 appears if the run ends
    30 ms after the ramp: just below it the spike comes 31 ms after.
    """
    frozen = changed("Na", nc.freeze, "h")
    assert nc.critical_ramp(frozen, 6.0) == 0
    late = nc.critical_ramp(frozen, 6.0, hold=30.0, slowest=0.02)
    assert late == pytest.approx(0.0293, abs=0.0005)
    assert nc.fires(frozen, nc.ramp(6.0, 0.0, 6 / 0.028, 40.0), 6 / 0.028 + 40)


def test_ramps_beyond_the_hopf_current_fire_at_every_slope():
    # the growth from rest is slow: it takes up to a second after a slow ramp
    for slope in (0.01, 0.1, 1.0, 10.0):
        rise = 11.0 / slope
        assert nc.fires(PATCH, nc.ramp(11.0, 0.0, rise, 1500.0), rise + 1500)


def test_rebound():
    assert nc.rebound_threshold(PATCH) == pytest.approx(2.79, abs=0.005)
    assert nc.rebound_threshold(changed("Na", nc.freeze, "h")) == pytest.approx(3.01, abs=0.01)
    assert nc.rebound_threshold(changed("K", nc.freeze, "n"), highest=49) == np.inf


def test_rebound_on_calcium_channels():
    thalamic = nc.patch(nc.Membrane((nc.t_type_calcium(2.0), nc.leak(0.05, -75.0)), 36.0))
    assert nc.rebound_threshold(thalamic, 60.0, wait=100.0) < 2
    blocked = nc.modify(thalamic, "CaT", nc.block, 0.9)
    assert nc.rebound_threshold(blocked, 60.0, wait=100.0, highest=5) == np.inf


def test_refractoriness():
    r = nc.recovery_curve(PATCH, [3.0, 5.5, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0])
    assert r.absolute == 5.5
    # Of a hundred sizes, those of 16.2 to 22.9 times the threshold work at 6 ms: not the larger.
    assert r.ratio[2] == pytest.approx(16.1, abs=0.1)
    assert 15 < r.relative < 20
    assert r.ratio[6] == pytest.approx(0.85, abs=0.01)  # supernormal
    assert r.ratio[-1] == pytest.approx(1.0, abs=0.03)
    rest = SQUID.steady_state(-65.0)

    def reset(gate):
        return nc.recovery_curve(PATCH, [5.0], resets={5.0: {gate: rest[gate]}}).ratio[0]

    # The threshold at rest is that of an undisturbed cell.
    disturbed = nc.recovery_curve(PATCH, [8.0], resets={4.0: {"h": rest["h"], "n": rest["n"]}})
    assert disturbed.rest == r.rest
    assert reset("h") == pytest.approx(17, abs=0.5)
    assert reset("n") == pytest.approx(3.9, abs=0.05)


# --- firing ------------------------------------------------------------------------------------


def test_f_i_curve():
    currents = np.array([2.0, 6.26, 6.29, 10.0, 200.0])
    rates = nc.f_i_curve(PATCH, currents, 1500.0)
    assert rates[[0, 1, 4]].tolist() == [0, 0, 0]
    assert rates[2] > 50  # class II: it starts at a high rate
    assert rates[3] == pytest.approx(68.32, abs=0.01)


def test_hopf_currents():
    def fastest_growth(current):
        low, high = -80.0, 20.0
        while high - low > 1e-10:
            v = 0.5 * (low + high)
            low, high = (v, high) if SQUID.steady_current(v) < current else (low, v)
        x = np.array([v, *(float(SQUID.steady_state(v)[s]) for s in SQUID.states)])

        change = flow(SQUID, FUNCTIONS)  # of 1 µF/cm²; the current moves x, not the slopes there
        steps = 1e-6 * np.eye(4)
        sides = [np.subtract(change(x + s), change(x - s)) for s in steps]
        jacobian = np.array(sides).T / 2e-6
        return np.linalg.eigvals(jacobian).real.max()

    for hopf in (9.78, 154.5):
        signs = np.sign([fastest_growth(hopf - 0.05), fastest_growth(hopf + 0.05)])
        assert signs.sum() == 0


def test_latency():
    assert nc.latency(PATCH, nc.step(10, 5), 50) == pytest.approx(1.9008, abs=1e-3)
    assert nc.latency(PATCH, nc.step(1, 5), 50) == np.inf
    assert nc.latency(PATCH, nc.step(20, 5), 50) < nc.latency(PATCH, nc.step(10, 5), 50)


# --- propagation -------------------------------------------------------------------------------


def test_conduction_velocity():
    # three simulators give 18.731 m/s for this grid
    assert nc.conduction_velocity(AXON) == pytest.approx(18.731, abs=0.001)
    assert nc.conduction_velocity(AXON.at_temperature(6.3)) == pytest.approx(12.3, abs=0.05)
    assert nc.conduction_velocity(AXON.at_temperature(30)) == pytest.approx(23.4, abs=0.05)


@pytest.mark.parametrize("millimetres", [8, 10, 12, 15, 20])
def test_a_short_axon_conducts_too(millimetres):
    """From 1.1 to 2.8 length constants: its ends make the spike at most 6 % faster."""
    axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 1000 * millimetres, 35.4, 100)
    assert nc.conduction_velocity(axon) == pytest.approx(18.73, rel=0.06)
    assert not nc.conducts(nc.modify(axon, "Na", nc.block, 0.8))


def test_an_axon_too_short_to_conduct_is_refused():
    for millimetres in (1, 5):
        axon = nc.bare_axon(nc.hodgkin_huxley(), 476, 1000 * millimetres, 35.4, 50)
        with pytest.raises(ValueError, match=f"axon must be .* its {millimetres} mm are 0"):
            nc.conduction_velocity(axon)


def test_blocking_sodium_channels():
    half = nc.conduction_velocity(nc.modify(AXON, "Na", nc.block, 0.5))
    assert half == pytest.approx(13.89, abs=0.01)  # 13.8 was listed
    assert nc.conducts(nc.modify(AXON, "Na", nc.block, 0.60))
    assert not nc.conducts(nc.modify(AXON, "Na", nc.block, 0.65))
    assert 2.5 < nc.safety_factor(AXON, resolution=0.01) < 2.9


def test_blocking_potassium_channels_depolarises_the_rest():
    """With ḡ_K × 0.25 the squid axon rests at −42 mV.

    A run from −65 mV fires all along by itself, so no single velocity belongs to it (29.9 m/s was
    listed). With the leak adjusted to keep −65 mV, the spike travels 5 % faster.
    """
    membrane = nc.modify(nc.hodgkin_huxley(18.5), "K", nc.block, 0.75)
    assert membrane.rest() == pytest.approx(-42.0, abs=0.05)
    left = sum(membrane.currents(-65.0).values())
    held = nc.Membrane(
        (membrane["Na"], membrane["K"], nc.leak(0.3, float(-54.387 + left / 0.3))), 18.5
    )
    assert held.rest() == pytest.approx(-65, abs=1e-6)
    axon = replace(AXON, membranes=(held,) * 1000)
    assert nc.conduction_velocity(axon) == pytest.approx(19.71, abs=0.01)


def test_heat_block():
    short = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 50_000, 35.4, 250)
    assert nc.blocking_temperature(short, 30.0, 38.0) == pytest.approx(34, abs=0.5)


def test_velocity_and_diameter():
    diameters = np.array([100.0, 400.0])
    bare = [
        # lengths in proportion to the length constant, so that the grid errs alike
        nc.conduction_velocity(
            nc.bare_axon(nc.hodgkin_huxley(18.5), d, 100_000 * np.sqrt(d / 476), 35.4, 400)
        )
        for d in diameters
    ]
    assert np.diff(np.log(bare)) / np.diff(np.log(diameters)) == pytest.approx(0.5, abs=1e-3)
    myelinated = [
        nc.conduction_velocity(
            nc.myelinated_axon(
                diameter=d,
                internode_length=100 * d,
                membranes=nc.membranes_in_myelin(d, 0.77),
            )
        )
        for d in (5.0, 20.0)
    ]
    assert np.diff(np.log(myelinated)) / np.log(4) == pytest.approx(1.0, abs=0.01)


def test_brill_axon():
    # 18.94 m/s as specified there; 421 compartments
    assert nc.conduction_velocity(nc.myelinated_axon(segments=20)) == pytest.approx(18.94, abs=0.01)


def test_less_myelin_blocks_at_lower_temperature():
    axon = nc.myelinated_axon()
    temperatures = [
        nc.blocking_temperature(nc.demyelinate(axon, range(9, 12), left), 15, 42, 0.2)
        for left in (0.2, 0.1, 0.05)
    ]
    assert np.all(np.diff(temperatures) < -3)
    assert nc.blocking_temperature(axon, 15, 42, 0.2) == np.inf
    # blocking potassium channels at the bare stretch's nodes raises it (4-aminopyridine)
    thin = nc.demyelinate(axon, range(9, 12), 0.05)
    treated = nc.modify(thin, "K", nc.block, 0.5)
    assert nc.blocking_temperature(treated, 15, 42, 0.2) > temperatures[2] + 1


def test_initial_segment():
    """Density alone changes little; the left shift decides, and where the spike begins."""

    def needed(density, shifted):
        cell = nc.cell_with_initial_segment(density, shifted)
        (soma,) = cell.regions["soma"]
        return nc.rheobase(cell, 100.0, at=int(soma), resolution=1e-2, accuracy=1e-2)

    plain = needed(1, 0)
    assert needed(5, 0) == pytest.approx(plain, rel=0.2)
    assert plain / 15 < needed(5, -7) < plain / 8  # about tenfold
    assert needed(5, -10) == 0
    cell = nc.cell_with_initial_segment(5, -4)
    (soma,) = cell.regions["soma"]
    r = nc.simulate(cell, nc.step(0.3, at=int(soma)), 60)
    first = {
        name: min(nc.crossings(r.t, r.v[k], -30.0)[0] for k in where)
        for name, where in cell.regions.items()
        if name != "dendrite"
    }
    assert first["initial segment"] < first["soma"]
    assert first["initial segment"] < first["axon"]


# --- cost --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("celsius", "excess"), [(6.3, 13.2), (18.5, 4.0), (25.0, 2.4)])
def test_sodium_entry(celsius, excess):
    cost = nc.sodium_entry(nc.patch(nc.hodgkin_huxley(celsius)))
    # 18.5 °C: 3.96 was listed; between 3.9 and 4.1 for pulses of three to one and a half thresholds
    assert cost.excess == pytest.approx(excess, rel=0.01)
    assert cost.ions == pytest.approx(cost.entry * 62.415, rel=1e-4)  # 1 nC/cm² is 62.4 ions/µm²
    assert cost.atp == cost.ions / 3


# --- the same on a cable -----------------------------------------------------------------------


def test_a_short_cable_behaves_like_a_patch():
    """Ten compartments, together much shorter than the length constant."""
    axon = nc.bare_axon(SQUID, 500, 500, 35.4, 10)
    density = 1e-3 / axon.area.sum()  # µA/cm² for 1 nA
    assert nc.pulse_threshold(axon, wait=5.0, resolution=1e-3) * density == pytest.approx(
        nc.pulse_threshold(PATCH, wait=5.0), rel=0.01
    )
    slopes = {"slowest": 0.3, "fastest": 0.45}
    scaled = {name: slope / density for name, slope in slopes.items()}
    assert nc.critical_ramp(
        axon, 6 / density, **scaled, resolution=0.02, accuracy=0.01
    ) * density == pytest.approx(nc.critical_ramp(PATCH, 6.0, **slopes), rel=0.03)
    assert nc.rebound_threshold(
        axon, highest=4 / density, resolution=0.02, wait=20.0, accuracy=0.01
    ) * density == pytest.approx(nc.rebound_threshold(PATCH, wait=20.0), rel=0.03)
    assert nc.f_i_curve(axon, [10 / density], 150.0) == pytest.approx(
        nc.f_i_curve(PATCH, [10.0], 150.0), rel=0.01
    )
    second = nc.recovery_curve(axon, [15.0]).ratio
    assert second == pytest.approx(nc.recovery_curve(PATCH, [15.0]).ratio, rel=0.02)


def test_sodium_entry_on_an_axon():
    """A travelling spike also pays for what lies ahead: more than a patch's, 4.6 against 4.0."""
    axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 50_000, 35.4, 250)
    cost = nc.sodium_entry(axon, wait=25.0)
    assert cost.excess == pytest.approx(4.64, abs=0.03)
    node = nc.sodium_entry(nc.myelinated_axon(), wait=10.0)
    # the node charges its internodes, too; by its own capacitance alone it would be 27.9
    assert node.excess == pytest.approx(9.7, abs=0.05)


# --- elsewhere ---------------------------------------------------------------------------------


def test_executors():
    with ProcessPoolExecutor(2) as pool:
        assert nc.strength_duration(PATCH, [0.2, 1.0], executor=pool) == pytest.approx(
            nc.strength_duration(PATCH, [0.2, 1.0])
        )
        currents = [5.0, 8.0, 10.0, 12.0, 20.0]
        assert nc.f_i_curve(PATCH, currents, executor=pool) == pytest.approx(
            nc.f_i_curve(PATCH, currents)
        )


def test_a_local_dask_cluster():
    import distributed

    with (
        distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        assert nc.strength_duration(PATCH, [0.2, 1.0], executor=executor) == pytest.approx(
            nc.strength_duration(PATCH, [0.2, 1.0])
        )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nc.strength_duration(PATCH, [0.2, -1.0]), "durations"),
        (lambda: nc.recovery_curve(PATCH, [0.1]), "intervals"),
        (lambda: nc.conduction_velocity(AXON, 0.5, 0.4), "stop"),
        (lambda: nc.fit_strength_duration([1.0], [2.0]), "at least two"),
        (lambda: nc.critical_ramp(PATCH, -3.0), "amplitude"),
        (lambda: nc.chronaxie(changed("Na", nc.block, 1.0), rheobase_duration=5.0), "rheobase"),
        (lambda: nc.sodium_entry(changed("Na", nc.block, 1.0)), "does not fire"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
