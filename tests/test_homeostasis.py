import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neurocore as nc
from neurocore import MINUTE

CELL = nc.Cell()
ON = dict.fromkeys(nc.MECHANISMS, 0)
RT_F = nc.thermal_voltage(37)


def at(history, time):
    """The index of the first step at or after a time."""
    return int(np.searchsorted(history.t, time))


def without(*names, **others):
    return {**{name: time for name, time in ON.items() if name not in names}, **others}


@pytest.fixture(scope="module")
def story():
    return nc.build_rest()


@pytest.fixture(scope="module")
def stopped():
    """The whole cell at rest, whose pump stops at 300 minutes."""
    return nc.build_rest(schedule={**nc.STORY, "pump": [40 * MINUTE, 300 * MINUTE]},
                         duration=540 * MINUTE)  # fmt: skip


def assert_books_balance(history):
    """Every ion inside is one of the start's or was carried in; V is the charge they leave."""
    cell = history.cell
    inside = {ion: c * history.volume * 1e-3 for ion, c in history.inside.items()}  # fmol
    everything = sum(inside.values())
    for ion, content in inside.items():
        carried = sum(moved[ion] for moved in history.moved.values() if ion in moved)
        assert content == pytest.approx(content[0] + carried, abs=1e-12 * everything.max())
    charge = sum({**nc.VALENCE, "A": -1}[ion] * content for ion, content in inside.items())
    farads = cell.capacitance * 1e-6 * cell.area * 1e-8
    on_membrane = farads * history.v * 1e-3 / nc.FARADAY * 1e15
    assert charge == pytest.approx(on_membrane, abs=1e-12 * everything.max())
    bath = sum(cell.outside.values()) + cell.bath_anions
    assert sum(history.inside.values()) == pytest.approx(np.full(history.t.shape, bath), rel=1e-12)


# The end of the story, and its start.


def test_the_whole_cell_comes_to_rest(story):
    assert story.v[-1] == pytest.approx(-67, abs=0.5)
    rest = {ion: c[-1] for ion, c in story.inside.items()}
    assert rest == pytest.approx({"K": 139, "Na": 12, "Cl": 7, "Ca": 1.5e-4, "A": 144}, rel=0.01)
    assert story.volume[-1] == pytest.approx(4 / 3 * math.pi * 10**3, rel=0.001)
    longer = nc.build_rest(duration=1000 * MINUTE)
    assert longer.v[-1] == pytest.approx(story.v[-1], abs=0.01)
    assert longer.volume[-1] == pytest.approx(story.volume[-1], rel=1e-4)


def test_it_starts_as_a_drop_of_the_bath(story):
    assert story.t[0] == story.v[0] == 0
    start = {ion: c[0] for ion, c in story.inside.items()}
    assert start == pytest.approx({**CELL.outside, "A": 41.4}, rel=1e-14)
    assert CELL.bath_anions == pytest.approx(41.4, rel=1e-14)
    assert story.volume[0] == pytest.approx(4 / 3 * math.pi * 10**3, rel=1e-14)
    assert (np.diff(story.t) > 0).all()
    assert story.t[-1] == 240 * MINUTE
    assert set(nc.STORY.values()) < set(story.t)


@pytest.mark.parametrize("names", [(), ("leaks",), ("kcc2",), ("leaks", "kcc2", "ncx")])
def test_a_drop_of_the_bath_stays_one_without_anions_and_pumps(names):
    history = nc.build_rest(schedule=dict.fromkeys(names, 0))
    assert history.v == pytest.approx(0, abs=1e-6)
    assert history.volume == pytest.approx(history.volume[0], rel=1e-9)


# Conservation.


def test_books_balance_in_the_story(story, stopped):
    assert_books_balance(story)
    assert_books_balance(stopped)


@pytest.mark.parametrize("n", range(7))
def test_every_set_of_mechanisms_can_be_followed(n):
    for names in itertools.combinations(nc.MECHANISMS, n):
        history = nc.build_rest(schedule={name: nc.STORY[name] for name in names})
        assert_books_balance(history)
        assert all((c > 0).all() for c in history.inside.values())
        assert (np.abs(history.v) < 650).all()
        assert not any(m.any() for name in set(nc.MECHANISMS) - set(names)
                       for m in history.moved[name].values())  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(nc.MECHANISMS),
        st.lists(st.integers(0, 200), min_size=1, max_size=4, unique=True).map(sorted),
    ),
    st.fixed_dictionaries(
        {
            "radius": st.floats(0.5, 50),
            "outside": st.fixed_dictionaries(
                {
                    "K": st.floats(1, 40),
                    "Na": st.floats(60, 200),
                    "Cl": st.floats(1, 60),
                    "Ca": st.floats(0.01, 10),
                }
            ),
            "permeability": st.fixed_dictionaries(
                {ion: st.floats(0, 1e-5) for ion in ("K", "Na", "Cl", "Ca")}
            ),
            "pump": st.floats(0, 50),
            "kcc2": st.floats(0, 1),
            "ncx": st.floats(0, 1e-2),
            "pmca": st.floats(0, 1),
            "anions": st.floats(0, 300),
            "celsius": st.floats(0, 45),
        }
    ),
)
def test_books_balance_in_any_cell_and_order(minutes, parameters):
    schedule = {name: np.array(times) * MINUTE for name, times in minutes.items()}
    assert_books_balance(nc.build_rest(nc.Cell(**parameters), schedule))


def test_stoichiometry(story):
    moved = story.moved
    assert 2 * moved["pump"]["Na"] == pytest.approx(-3 * moved["pump"]["K"], rel=1e-14)
    assert moved["ncx"]["Na"] == pytest.approx(-3 * moved["ncx"]["Ca"], rel=1e-14)
    assert (moved["kcc2"]["K"] == moved["kcc2"]["Cl"]).all()
    assert (moved["anions"]["A"] == moved["anions"]["Na"]).all()
    assert moved["pump"]["K"][-1] > 0 > moved["pmca"]["Ca"][-1]


def test_making_anions_with_their_cation_makes_no_potential():
    history = nc.build_rest(schedule={"anions": 0, "kcc2": 60 * MINUTE})
    assert (history.v == 0).all()
    made = 1 - np.exp(-history.t / CELL.anion_time)
    content = history.inside["A"] * history.volume / history.volume[0]
    assert content == pytest.approx(41.4 + (143.8 - 41.4) * made, abs=0.05)


# An independent computation.


def test_against_an_independent_integration():
    """The equations once more, from the library's ion functions, through scipy's Radau."""
    from scipy import integrate

    o, p, c = CELL.outside, CELL.permeability, CELL
    ions, z = ["K", "Na", "Cl", "Ca"], {"K": 1, "Na": 1, "Cl": -1, "Ca": 2}
    bath = sum(o.values()) + 41.4
    depth = c.radius * 1e-4 / 3  # cm
    amp = nc.FARADAY  # µA/cm² in a flux of 1 µmol/cm²/s

    def slopes(t, y, on):
        v, n = y[0], dict(zip([*ions, "A"], y[1:], strict=True))  # mV, µmol/cm²
        water = sum(n.values()) / bath
        i = {ion: n[ion] / water for ion in ions}
        flux = dict.fromkeys([*ions, "A"], 0.0)  # µmol/cm²/s out
        if "anions" in on:
            made = (c.anions * depth - n["A"]) / (c.anion_time / 1e3)
            flux["A"] -= made
            flux["Na"] -= made
        if "leaks" in on:
            for ion in ions:
                leak = nc.ghk_current(v, p[ion], o[ion], i[ion], z[ion])
                flux[ion] += leak / z[ion] / amp
        e = {ion: nc.nernst(o[ion], i[ion], z[ion]) for ion in ions}
        if "pump" in on:
            left = c.atp * 1e6 / nc.FARADAY - (3 * e["Na"] - 2 * e["K"] - v)
            turns = c.pump * (i["Na"] / (10 + i["Na"])) ** 3 * (o["K"] / (2 + o["K"])) ** 2
            turns *= math.tanh(left / RT_F / 2) / amp
            flux["Na"] += 3 * turns
            flux["K"] -= 2 * turns
        if "kcc2" in on:
            flux["K"] += c.kcc2 * (e["Cl"] - e["K"]) / amp
            flux["Cl"] += c.kcc2 * (e["Cl"] - e["K"]) / amp
        if "ncx" in on:
            a, b = o["Na"] ** 3 * i["Ca"], i["Na"] ** 3 * o["Ca"]
            turns = a * math.exp(-v / RT_F / 2) - b * math.exp(v / RT_F / 2)
            turns *= c.ncx / (1 + 0.0036 * (a + b)) / amp
            flux["Ca"] += turns
            flux["Na"] -= 3 * turns
        if "pmca" in on:
            left = c.atp * 1e6 / nc.FARADAY - 2 * (e["Ca"] - v)
            turns = c.pmca * i["Ca"] / (2e-4 + i["Ca"]) * math.tanh(left / RT_F / 2) / amp
            flux["Ca"] += turns
        current = amp * sum(flux[ion] * z[ion] for ion in ions) - amp * flux["A"]
        return [-current / c.capacitance, *(-flux[s] / 1e3 for s in [*ions, "A"])]  # per ms

    schedule = {**nc.STORY, "pump": [40 * MINUTE, 210 * MINUTE]}
    history = nc.build_rest(schedule=schedule)
    y = np.array([0, *(o[ion] * depth for ion in ions), 41.4 * depth])
    times = [0, 20, 40, 120, 150, 180, 210, 240]
    steps = ["anions", "leaks", "pump", "kcc2", "ncx", "pmca"]
    for k, (start, stop) in enumerate(itertools.pairwise(times)):
        on = steps[: k + 1] if start < 210 else [s for s in steps if s != "pump"]
        pick = (history.t > start * MINUTE) & (history.t <= stop * MINUTE)
        run = integrate.solve_ivp(
            slopes, (start * MINUTE, stop * MINUTE), y, method="Radau", args=(on,), rtol=1e-7,
            atol=[1e-5, *[1e-10] * 5], first_step=1e-3, t_eval=history.t[pick],
        )  # fmt: skip
        y = run.y[:, -1]
        assert history.v[pick] == pytest.approx(run.y[0], abs=0.01)
        inside = run.y[1:] / run.y[1:].sum(axis=0) * bath
        for ion, reference in zip([*ions, "A"], inside, strict=True):
            assert history.inside[ion][pick] == pytest.approx(reference, rel=2e-3)


def test_first_slope_of_v_is_the_leak_current_over_the_capacitance():
    cell = nc.Cell(anion_time=1e-3)  # all anions at once, so that nothing else moves
    history = nc.build_rest(cell, {"anions": 0, "leaks": MINUTE}, 2 * MINUTE)
    opened = at(history, MINUTE)
    current = sum(
        nc.ghk_current(0, p, cell.outside[i], history.inside[i][opened], nc.VALENCE[i])
        for i, p in cell.permeability.items()
    )
    slope = np.diff(history.v)[opened] / np.diff(history.t)[opened]
    assert slope == pytest.approx(-current / cell.capacitance, rel=1e-3)


def test_steady_state_without_chloride_transport_is_mullins_noda():
    cell = nc.Cell(permeability={**CELL.permeability, "Ca": 0})
    history = nc.build_rest(cell, without("kcc2", "ncx", "pmca"), 1500 * MINUTE)
    inside = {ion: c[-1] for ion, c in history.inside.items()}
    p = {ion: cell.permeability[ion] for ion in ("K", "Na")}
    assert history.v[-1] == pytest.approx(nc.mullins_noda(p, cell.outside, inside), abs=0.01)
    assert history.reversal("Cl")[-1] == pytest.approx(history.v[-1], abs=0.01)


# What a physiologist would look for.


def test_v_jumps_in_milliseconds_and_gradients_take_minutes(story):
    before, after = at(story, 20 * MINUTE), at(story, 20 * MINUTE + 100)
    assert story.v[before] == 0
    assert story.v[after] == pytest.approx(-9, abs=0.5)  # the Donnan potential of the anions
    for ion in ("K", "Na", "Cl", "A"):
        assert story.inside[ion][after] == pytest.approx(story.inside[ion][before], rel=1e-3)
    half = story.t[np.argmax(story.inside["K"] > 70)] - 40 * MINUTE
    assert 5 * MINUTE < half < 40 * MINUTE
    # Opening the leaks moves a few millionths of the ions; building the gradients moves most.
    assert abs(story.charges[after]) / story.count("Na")[after] < 1e-5
    # The pump has carried in many times the K⁺ that is there: most has leaked out again.
    assert story.moved["pump"]["K"][-1] > 3 * 0.14 * story.volume[-1]


def test_few_charges_make_the_potential(story):
    fraction = abs(story.charges[-1]) / story.count("K")[-1]
    assert 100 * fraction == pytest.approx(0.0016 * 67 / 70, abs=5e-5)
    by_hand = 1e-6 * 67e-3 * (4 * math.pi * 1e-6) / 1.602e-19
    assert -story.charges[-1] == pytest.approx(by_hand, rel=1e-3)
    assert story.count("K")[-1] == pytest.approx(140e-3 * 4.19e-12 * 6.022e23, rel=1e-2)


def test_stopping_the_pump_costs_a_few_millivolts_at_once_and_the_rest_slowly(stopped):
    rest, soon, ten, hour = (at(stopped, (300 + m) * MINUTE) for m in (0, 0.005, 10, 60))
    assert 3 < stopped.v[soon] - stopped.v[rest] < 9
    assert 3 < stopped.v[ten] - stopped.v[soon] < 5
    assert stopped.v[hour] == pytest.approx(-37, abs=1)
    assert stopped.inside["Na"][hour] > 100
    # Ohm's law with the resting conductance gives the first part.
    g = sum(
        nc.chord_conductance(stopped.v[rest], p, CELL.outside[i], stopped.inside[i][rest],
                             nc.VALENCE[i])
        for i, p in CELL.permeability.items()
    )  # fmt: skip
    turn = CELL.pump * (12 / 22) ** 3 * (4 / 6) ** 2
    assert stopped.v[soon] - stopped.v[rest] == pytest.approx(turn / g, rel=0.3)


def test_without_the_pump_the_cell_swells_to_the_donnan_end():
    history = nc.build_rest(schedule=without("pump", "kcc2", "ncx", "pmca"), duration=4e4 * MINUTE)
    assert (np.diff(history.volume[1:]) > 0).all()
    assert history.inside["A"][-1] == pytest.approx(CELL.bath_anions, rel=1e-3)
    assert history.volume[-1] / history.volume[0] == pytest.approx(143.8 / 41.4, rel=1e-3)
    assert history.v[-1] == pytest.approx(0, abs=0.02)
    for ion in CELL.outside:  # no ion has any gradient left
        assert history.reversal(ion)[-1] == pytest.approx(history.v[-1], abs=0.05)


def test_anions_set_the_volume_and_not_the_potential():
    few, many = (nc.build_rest(nc.Cell(anions=a), ON, 600 * MINUTE) for a in (100, 200))
    assert few.v[-1] == pytest.approx(many.v[-1], abs=0.01)
    assert many.volume[-1] / few.volume[-1] == pytest.approx(2, rel=1e-4)


@pytest.mark.parametrize("strength", [0.0044, 0.1, 10])
def test_kcc2_pulls_e_cl_below_rest_and_never_below_e_k(strength):
    history = nc.build_rest(nc.Cell(kcc2=strength), {**nc.STORY}, 600 * MINUTE)
    e_k, e_cl = history.reversal("K"), history.reversal("Cl")
    late = history.t >= 120 * MINUTE
    assert (e_cl[late] > e_k[late]).all()
    assert e_cl[-1] < history.v[-1] - 5
    if strength == 10:
        assert e_cl[-1] == pytest.approx(e_k[-1], abs=0.1)


@pytest.mark.parametrize("strength", [1, 10, 1000])
def test_the_exchanger_alone_stops_short_of_its_limit(strength):
    cell = nc.Cell(ncx=strength * CELL.ncx)
    history = nc.build_rest(cell, without("pmca"), 600 * MINUTE)
    limit = (3 * history.reversal("Na")[-1] - history.v[-1]) / 2
    assert 100 < history.reversal("Ca")[-1] < limit
    sealed = nc.Cell(ncx=cell.ncx, permeability={**CELL.permeability, "Ca": 0})
    history = nc.build_rest(sealed, without("pmca"), 600 * MINUTE)
    e_ncx = nc.ncx_reversal(history.reversal("Na")[-1], history.reversal("Ca")[-1])
    assert e_ncx == pytest.approx(history.v[-1], abs=0.01)


def test_both_calcium_transporters_reach_150_nm(story):
    alone = nc.build_rest(schedule=without("pmca"), duration=600 * MINUTE).inside["Ca"][-1]
    assert alone > 2e-4
    assert story.inside["Ca"][-1] == pytest.approx(1.5e-4, rel=0.02)
    assert story.reversal("Ca")[-1] == pytest.approx(120, abs=0.3)


def test_sodium_overload_turns_the_exchanger_round(stopped):
    inward = np.diff(stopped.moved["ncx"]["Ca"]) > 0
    overloaded = (stopped.t[1:] > 315 * MINUTE) & (stopped.t[1:] < 400 * MINUTE)
    assert inward[overloaded].all()
    e_ncx = nc.ncx_reversal(stopped.reversal("Na")[1:], stopped.reversal("Ca")[1:])
    assert (stopped.v[1:][overloaded] > e_ncx[overloaded]).all()


def test_a_sealed_cell_pumps_until_atp_gives_out():
    history = nc.build_rest(schedule={"pump": 0})
    cost = 3 * history.reversal("Na") - 2 * history.reversal("K") - history.v
    assert cost[-1] == pytest.approx(56e6 / nc.FARADAY, abs=0.01)


def test_potassium_outside_depolarises():
    rests = [
        nc.build_rest(nc.Cell(outside={**CELL.outside, "K": k}), ON, 600 * MINUTE).v[-1]
        for k in (4, 8, 16)
    ]
    assert rests == sorted(rests)
    assert rests[1] - rests[0] > 4


def test_less_atp_less_gradient():
    weak = nc.build_rest(nc.Cell(pump=2), ON, 1500 * MINUTE)
    assert weak.inside["Na"][-1] > 20
    assert weak.v[-1] > -65


def test_what_is_switched_off_stands_still(stopped):
    after = stopped.t >= 300 * MINUTE
    before = stopped.t < 40 * MINUTE
    assert np.ptp(stopped.moved["pump"]["K"][after]) == 0
    assert not stopped.moved["pump"]["K"][before].any()
    again = nc.build_rest(schedule={**ON, "pump": [0, 60 * MINUTE, 120 * MINUTE]})
    off = (again.t >= 60 * MINUTE) & (again.t <= 120 * MINUTE)
    assert np.ptp(again.moved["pump"]["K"][off]) == 0
    assert again.v[-1] == pytest.approx(-67, abs=1)


# What is refused.


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"cell": "neuron"}, TypeError, "cell must be a Cell; got 'neuron'"),
        ({"duration": 0}, ValueError, r"duration must be greater than 0.*got 0"),
        ({"duration": math.nan}, ValueError, r"duration must .*got nan"),
        ({"duration": [1, 2]}, TypeError, r"duration must be one number"),
        ({"schedule": [("pump", 0)]}, TypeError, "schedule must map mechanisms to times"),
        ({"schedule": {"pumps": 0}}, ValueError, r"schedule must name any of .*got 'pumps'"),
        ({"schedule": {"pump": -1}}, ValueError, r"schedule\['pump'\] must be 0 or more.*got -1"),
        ({"schedule": {"pump": [5, 5]}}, ValueError, r"schedule\['pump'\] must be .*rising"),
        ({"schedule": {"pump": [[1, 2]]}}, ValueError, r"schedule\['pump'\] must be .*rising"),
        ({"schedule": {"pump": True}}, TypeError, r"schedule\['pump'\] must be a real number"),
    ],
)
def test_bad_runs(arguments, error, message):
    with pytest.raises(error, match=message):
        nc.build_rest(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"radius": 0}, ValueError, r"radius must be greater than 0.*got 0"),
        ({"radius": "10"}, TypeError, "radius must be a real number"),
        ({"pump": -1}, ValueError, r"pump must be 0 or more.*got -1"),
        ({"kcc2": math.inf}, ValueError, r"kcc2 must be 0 or more and finite; got inf"),
        ({"anions": [1, 2]}, TypeError, "anions must be one number"),
        ({"celsius": 310.15}, ValueError, r"celsius must .*subtract 273\.15"),
        ({"atp": 0}, ValueError, "atp must be greater than 0"),
        ({"outside": {"K": 4}}, ValueError, "outside must map each of K, Na, Cl, Ca"),
        ({"outside": {**CELL.outside, "K": 0}}, ValueError, r"outside\['K'\] must be greater"),
        (
            {"outside": {**CELL.outside, "Cl": 152}},
            ValueError,
            r"outside\['Cl'\] .*151.4 mM; got 152",
        ),
        ({"permeability": 1}, ValueError, "permeability must map each of K, Na, Cl, Ca; got 1"),
        (
            {"permeability": {**CELL.permeability, "Na": -1}},
            ValueError,
            r"permeability\['Na'\] must be 0 or more.*got -1",
        ),
    ],
)
def test_bad_cells(arguments, error, message):
    with pytest.raises(error, match=message):
        nc.Cell(**arguments)


def test_unknown_ions_in_a_history(story):
    with pytest.raises(ValueError, match="ion must be one of K, Na, Cl, Ca; got 'A'"):
        story.reversal("A")
    with pytest.raises(ValueError, match="ion must be one of K, Na, Cl, Ca, A; got 'Mg'"):
        story.count("Mg")


def test_what_is_given_cannot_be_changed_afterwards(story):
    outside = dict(CELL.outside)
    cell = nc.Cell(outside=outside)
    outside["K"] = 100
    assert cell.outside["K"] == 4
    with pytest.raises(TypeError):
        cell.outside["K"] = 8
    with pytest.raises(TypeError):
        story.inside["K"] = 0
