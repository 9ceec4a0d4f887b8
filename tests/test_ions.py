import decimal
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurocore as nc
from neurocore.ions import bernoulli

M = nc.MAMMALIAN
CATIONS = {"K": 1.0, "Na": 0.05}
concentration = st.floats(1e-4, 1e3)
permeability = st.floats(1e-3, 1e3)
voltage = st.floats(-300, 300)
valence = st.sampled_from([-2, -1, 1, 2])
celsius = st.floats(0, 45)


def reversals():
    return {i: nc.nernst(M.outside[i], M.inside[i], nc.VALENCE[i], M.celsius) for i in M.outside}


def at_rest(function):
    v = nc.ghk_voltage(M.permeability, M.outside, M.inside, M.celsius)
    return v, {
        i: function(v, p, M.outside[i], M.inside[i], nc.VALENCE[i], M.celsius)
        for i, p in M.permeability.items()
    }


# The numbers that the book prints.


def test_the_two_lines_that_run_as_written():
    assert nc.nernst(outside=4, inside=140, valence=1, celsius=37) == pytest.approx(
        -95.02, abs=0.01
    )
    v = nc.ghk_voltage(
        {"K": 1, "Na": 0.05, "Cl": 0.45},
        outside={"K": 4, "Na": 145, "Cl": 110},
        inside={"K": 140, "Na": 12, "Cl": 10},
        celsius=37,
    )
    assert v == pytest.approx(-66.57, abs=0.01)


def test_constants_are_the_codata_values():
    assert pytest.approx(96485.33212331, abs=1e-8) == nc.FARADAY
    assert pytest.approx(8.31446261815324, abs=1e-14) == nc.GAS_CONSTANT
    assert nc.thermal_voltage(37) == pytest.approx(26.727, abs=5e-4)


def test_nernst_potentials_of_the_mammalian_set():
    assert reversals() == pytest.approx({"K": -95.02, "Na": 66.60, "Cl": -64.09}, abs=0.005)


def test_doubling_potassium_outside():
    v, _ = at_rest(nc.ghk_current)
    doubled = nc.ghk_voltage(M.permeability, {**M.outside, "K": 8}, M.inside, M.celsius)
    assert doubled == pytest.approx(-60.52, abs=0.005)
    assert doubled - v == pytest.approx(6.05, abs=0.005)
    assert nc.nernst(8, 140, 1) - nc.nernst(4, 140, 1) == pytest.approx(18.5, abs=0.05)
    passive = [nc.ghk_voltage(CATIONS, {"K": k, "Na": 145}, M.inside) for k in (4, 8)]
    assert passive == pytest.approx([-67.5, -59.4], abs=0.05)


def test_currents_at_rest_and_their_zero_sum():
    _, currents = at_rest(nc.ghk_current)
    relative = {i: current / nc.FARADAY for i, current in currents.items()}
    assert relative == pytest.approx({"K": 20.6, "Na": -19.6, "Cl": -1.1}, abs=0.05)
    assert sum(currents.values()) == pytest.approx(0, abs=1e-12 * currents["K"])


def test_driving_forces_at_rest():
    v, _ = at_rest(nc.ghk_current)
    forces = {i: nc.driving_force(v, e) for i, e in reversals().items()}
    assert forces == pytest.approx({"K": 28.45, "Na": -133.17, "Cl": -2.48}, abs=0.01)


def test_weighted_means():
    v, conductances = at_rest(nc.chord_conductance)
    relative = [conductances[i] / conductances["K"] for i in ("Na", "Cl")]
    assert relative == pytest.approx([0.20, 0.60], abs=0.005)
    assert nc.chord_voltage(conductances, reversals()) == pytest.approx(v, abs=1e-11)
    assert nc.chord_voltage(M.permeability, reversals()) == pytest.approx(-80.4, abs=0.05)


def test_passive_chloride():
    v, _ = at_rest(nc.ghk_current)
    passive = M.outside["Cl"] * math.exp(v / nc.thermal_voltage())
    assert passive == pytest.approx(9.1, abs=0.05)
    assert nc.nernst(M.outside["Cl"], passive, -1) == pytest.approx(v, abs=1e-12)


def test_potassium_at_minus_seventy_means_ten_millimolar_outside():
    assert nc.nernst(10, 140, 1) == pytest.approx(-70, abs=1)


def test_the_pump_adds_little():
    v = nc.ghk_voltage(CATIONS, M.outside, M.inside)
    pumped = nc.mullins_noda(CATIONS, M.outside, M.inside)
    assert (v, pumped) == pytest.approx((-67.50, -73.92), abs=0.005)
    assert pumped - v == pytest.approx(-6.4, abs=0.05)
    bound = -nc.thermal_voltage() * math.log(1.5)
    assert bound == pytest.approx(-10.84, abs=0.005)
    # r·P_K·K_i ≫ P_Na·Na_i and P_Na·Na_o ≫ r·P_K·K_o
    nearly = nc.mullins_noda(CATIONS, {"K": 1e-6, "Na": 145}, {"K": 140, "Na": 1e-6})
    assert nearly - nc.ghk_voltage(
        CATIONS, {"K": 1e-6, "Na": 145}, {"K": 140, "Na": 1e-6}
    ) == pytest.approx(bound, abs=1e-4)


def test_fraction_of_the_potassium_that_sets_the_potential():
    moved = 1e-6 * 70e-3 / nc.FARADAY  # mol/cm² for 1 µF/cm² and 70 mV
    inside = 140e-6  # mol/cm³
    sphere = moved * 3 / 10e-4 / inside  # radius 10 µm: area/volume = 3/r
    axon = moved * 4 / 1e-4 / inside  # diameter 1 µm: area/volume = 4/d
    assert 100 * sphere == pytest.approx(0.0016, abs=5e-5)
    assert 100 * axon == pytest.approx(0.021, abs=5e-4)
    assert 1e4 * moved * 4 / inside / 1e-4 == pytest.approx(2.07, abs=0.005)  # µm at 0.01 %


def test_kcc2_limit():
    limit = M.outside["K"] * M.outside["Cl"] / M.inside["K"]
    assert limit == pytest.approx(3.14, abs=0.005)
    assert nc.nernst(M.outside["Cl"], limit, -1) == pytest.approx(reversals()["K"], abs=1e-12)


def test_reversal_of_the_exchanger():
    assert nc.ncx_reversal(sodium=50, calcium=120) == -90
    assert nc.ncx_reversal(sodium=50, calcium=105) == -60
    v, _ = at_rest(nc.ghk_current)
    assert nc.ncx_reversal(reversals()["Na"], 133.2) == pytest.approx(v, abs=0.1)


# Closed forms and properties.


def test_scalars_give_floats_and_arrays_broadcast():
    assert type(nc.nernst(np.float64(4), np.array(140), 1)) is float
    assert type(nc.ghk_voltage(M.permeability, M.outside, M.inside)) is float
    assert type(nc.ghk_current(0, 1, 4, 140, 1)) is float
    assert type(nc.driving_force(1, 2)) is type(nc.ncx_reversal(50, 120)) is float
    assert type(nc.chord_voltage({"K": 1}, {"K": -90})) is float
    assert nc.nernst([4, 8, 16], 140, [[1], [2]]).shape == (2, 3)
    k = np.array([2.0, 4.0, 8.0])
    p_na = np.array([[0.0], [0.05]])
    v = nc.ghk_voltage({**M.permeability, "Na": p_na}, {**M.outside, "K": k}, M.inside)
    assert v.shape == (2, 3)
    assert v[1, 1] == nc.ghk_voltage(M.permeability, M.outside, M.inside)
    assert nc.mullins_noda({"K": 1, "Na": p_na}, {**M.outside, "K": k}, M.inside).shape == (2, 3)


@given(concentration, concentration, valence, celsius)
def test_nernst_is_odd_in_the_sides_and_in_the_charge(a, b, z, t):
    e = nc.nernst(a, b, z, t)
    assert nc.nernst(b, a, z, t) == pytest.approx(-e, abs=1e-12)
    assert nc.nernst(a, b, -z, t) == pytest.approx(-e, abs=1e-12)
    rt_f = 8.31446261815324 * (t + 273.15) / 96485.33212331 * 1e3
    assert a == pytest.approx(b * math.exp(z * e / rt_f), rel=1e-9)


@given(concentration, concentration, celsius)
def test_ghk_of_one_ion_is_its_nernst_potential(a, b, t):
    for ion in ("K", "Cl"):
        v = nc.ghk_voltage({ion: 0.3}, {ion: a}, {ion: b}, t)
        assert v == pytest.approx(nc.nernst(a, b, nc.VALENCE[ion], t), abs=1e-9)


@given(st.lists(st.tuples(permeability, concentration, concentration), min_size=3, max_size=3))
def test_ghk_lies_between_the_nernst_potentials_and_stops_the_current(rows):
    p, out, into = ({i: row[k] for i, row in zip(M.outside, rows, strict=True)} for k in range(3))
    v = nc.ghk_voltage(p, out, into)
    e = [nc.nernst(out[i], into[i], nc.VALENCE[i]) for i in p]
    assert min(e) - 1e-9 <= v <= max(e) + 1e-9
    assert nc.ghk_voltage({i: 7 * x for i, x in p.items()}, out, into) == pytest.approx(v, abs=1e-9)
    currents = [nc.ghk_current(v, p[i], out[i], into[i], nc.VALENCE[i]) for i in p]
    # The currents are differences of one-way fluxes, which may all but cancel; those round.
    fluxes = nc.FARADAY * sum(p[i] * (out[i] + into[i]) for i in p)
    assert sum(currents) == pytest.approx(0, abs=1e-12 * fluxes)
    g = {i: nc.chord_conductance(v, p[i], out[i], into[i], nc.VALENCE[i]) for i in p}
    assert nc.chord_voltage(g, dict(zip(p, e, strict=True))) == pytest.approx(v, abs=1e-8)


@given(concentration, concentration, valence)
def test_ghk_current_of_no_voltage_is_diffusion_alone(out, into, z):
    current = nc.ghk_current(0, 1e-6, out, into, z)
    diffusion = 1e-6 * z * nc.FARADAY * (into - out)
    assert current == pytest.approx(diffusion, rel=1e-9, abs=1e-16)
    for tiny in (1e-12, -1e-12, 1e-7):
        assert nc.ghk_current(tiny, 1e-6, out, into, z) == pytest.approx(
            diffusion, rel=1e-7, abs=1e-8 * (out + into)
        )


def test_ghk_current_near_zero_volts_against_forty_digits():
    decimal.getcontext().prec = 40
    for v in (1e-9, -1e-6, 1e-3, 0.5, -30.0):
        u = decimal.Decimal(v) / decimal.Decimal(nc.thermal_voltage())
        e = (-u).exp()
        exact = 1e-6 * nc.FARADAY * float(u * (140 - 4 * e) / (1 - e))
        assert nc.ghk_current(v, 1e-6, 4, 140, 1) == pytest.approx(exact, rel=1e-13)


def test_ghk_current_units_and_rectification():
    # Far from zero each current is Ohmic in the concentration it comes from: P z² F² V c/RT, with
    # P in cm/s and c in µmol/cm³; here by hand in C, mol, cm.
    for v, source in ((2000.0, 140e-6), (-2000.0, 4e-6)):
        by_hand = 1e-6 * 96485.332 * (v / 26.72668) * source * 1e6
        assert nc.ghk_current(v, 1e-6, 4, 140, 1) == pytest.approx(by_hand, rel=1e-5)


@given(voltage, concentration, concentration, valence)
def test_ghk_current_flows_out_above_the_nernst_potential(v, out, into, z):
    current = nc.ghk_current(v, 1e-6, out, into, z)
    assert np.sign(current) == np.sign(v - nc.nernst(out, into, z))
    assert nc.chord_conductance(v, 1e-6, out, into, z) > 0
    # Turned inside out, the same current flows the other way.
    assert nc.ghk_current(-v, 1e-6, into, out, z) == pytest.approx(-current, rel=1e-9, abs=1e-15)


def test_chord_conductance_is_smooth_through_both_removable_points():
    for centre in (0.0, nc.nernst(4, 140, 1)):
        v = centre + np.array([-1e-3, -1e-9, 0.0, 1e-9, 1e-3])
        g = nc.chord_conductance(v, 1e-6, 4, 140, 1)
        assert g == pytest.approx(np.full(5, g[2]), rel=1e-4)
    equal = nc.chord_conductance(0.0, 1e-6, 50, 50, 1)
    assert equal == pytest.approx(1e-6 * nc.FARADAY * 50 / nc.thermal_voltage(), rel=1e-14)


@given(permeability, permeability, concentration, concentration, concentration, concentration)
def test_mullins_noda_leaks_in_the_ratio_of_the_pump(p_k, p_na, k_o, na_o, k_i, na_i):
    p, out, into = {"K": p_k, "Na": p_na}, {"K": k_o, "Na": na_o}, {"K": k_i, "Na": na_i}
    v = nc.mullins_noda(p, out, into, pump_ratio=1.5)
    k, na = (nc.ghk_current(v, p[i], out[i], into[i], 1) for i in p)
    one_way = nc.FARADAY * (p_k * (k_o + k_i) + p_na * (na_o + na_i))
    assert 1.5 * k + na == pytest.approx(0, abs=1e-12 * (1 + abs(v)) * one_way)
    assert nc.mullins_noda(p, out, into, pump_ratio=1) == nc.ghk_voltage(p, out, into)
    assert abs(v - nc.ghk_voltage(p, out, into)) <= nc.thermal_voltage() * math.log(1.5) + 1e-9


@given(st.floats(-200, 200), st.floats(-200, 200), st.sampled_from([3, 4]))
def test_the_exchanger_is_at_rest_at_its_reversal(e_na, e_ca, n):
    v = nc.ncx_reversal(e_na, e_ca, n)
    assert n * nc.driving_force(v, e_na) == pytest.approx(2 * nc.driving_force(v, e_ca), abs=1e-9)


def test_bernoulli():
    x = np.array([-800.0, -1.0, -1e-20, 0.0, 1e-9, 1.0, 800.0])
    e = math.e
    expected = [800, e / (e - 1), 1, 1, 1 - 5e-10, 1 / (e - 1), 0]
    assert bernoulli(x) == pytest.approx(expected, rel=1e-15)


def test_ion_sets_cannot_be_changed():
    with pytest.raises(TypeError):
        M.outside["K"] = 8
    with pytest.raises(AttributeError):
        M.celsius = 20


# What is refused, and what the error says.

BAD_CONCENTRATION = [0, -1, math.nan, math.inf, -math.inf, [4, 0]]
WRONG_TYPE = [True, "4", None, 4 + 0j, [True, False], ["a"], object(), {"K": 4}, [[1], [1, 2]]]


@pytest.mark.parametrize("bad", BAD_CONCENTRATION)
@pytest.mark.parametrize("name", ["outside", "inside"])
def test_concentrations_must_be_positive(name, bad):
    shown = f"{np.asarray(bad, float).flat[-1]:g}"
    good = {"outside": 4, "inside": 140}
    with pytest.raises(ValueError, match=rf"{name} must be greater than 0.*got {shown}"):
        nc.nernst(**{**good, name: bad}, valence=1)
    with pytest.raises(ValueError, match=rf"{name} must be greater than 0.*got {shown}"):
        nc.ghk_current(v=0, permeability=1, valence=1, **{**good, name: bad})
    sides = {"outside": M.outside, "inside": M.inside}
    sides[name] = {**sides[name], "Na": bad}
    with pytest.raises(ValueError, match=rf"{name}\['Na'\] must be greater than 0.*got {shown}"):
        nc.ghk_voltage(M.permeability, **sides)
    with pytest.raises(ValueError, match=rf"{name}\['Na'\] must be greater than 0.*got {shown}"):
        nc.mullins_noda(CATIONS, **sides)


@pytest.mark.parametrize("bad", WRONG_TYPE)
def test_what_is_not_a_real_number_is_a_type_error(bad):
    with pytest.raises(TypeError, match="outside must be a"):
        nc.nernst(bad, 140, 1)
    with pytest.raises(TypeError, match="valence must be a"):
        nc.nernst(4, 140, bad)
    with pytest.raises(TypeError, match="celsius must be a"):
        nc.nernst(4, 140, 1, bad)
    with pytest.raises(TypeError, match="v must be a"):
        nc.driving_force(bad, 1)
    with pytest.raises(TypeError, match=r"permeability\['K'\] must be a"):
        nc.ghk_voltage({**M.permeability, "K": bad}, M.outside, M.inside)
    with pytest.raises(TypeError, match=r"permeability\['K'\] must be a"):
        nc.mullins_noda({"K": bad, "Na": 1}, M.outside, M.inside)


@pytest.mark.parametrize("function", [nc.ghk_voltage, nc.mullins_noda])
def test_every_ion_needs_its_numbers(function):
    for side, name in enumerate(("outside", "inside")):
        sides = [dict(M.outside), dict(M.inside)]
        del sides[side]["Na"]
        with pytest.raises(ValueError, match=f"{name} has no Na"):
            function(CATIONS, *sides)
    with pytest.raises(ValueError, match=r"permeability must .* greater than zero .* all zero"):
        function({"K": 0, "Na": 0}, M.outside, M.inside)
    with pytest.raises(ValueError, match=r"permeability\['K'\] must be 0 or more.*got -1"):
        function({"K": -1, "Na": 0.05}, M.outside, M.inside)
    for wrong in ({"Xe": 1, "K": 1}, {"Ca": 1, "K": 1}, {"k": 1, "Na": 1}):
        with pytest.raises(ValueError, match=r"permeability must name .*(Xe|Ca|k)"):
            function(wrong, M.outside, M.inside)
    with pytest.raises(ValueError, match="permeability must name"):
        function({}, M.outside, M.inside)
    with pytest.raises(TypeError, match="permeability must map"):
        function([1, 0.05], M.outside, M.inside)
    with pytest.raises(TypeError, match="inside must map"):
        function(CATIONS, M.outside, 140)


def test_elementwise_all_zero_permeability_is_found():
    with pytest.raises(ValueError, match="all zero"):
        nc.ghk_voltage({"K": [1, 0], "Na": [0.05, 0]}, M.outside, M.inside)


@pytest.mark.parametrize("bad", [310.15, 273, 101, -6, -310, math.nan, math.inf])
def test_temperature(bad):
    with pytest.raises(ValueError, match=f"celsius must .*got {bad:g}"):
        nc.nernst(4, 140, 1, celsius=bad)
    with pytest.raises(ValueError, match="celsius must"):
        nc.ghk_voltage(M.permeability, M.outside, M.inside, celsius=[37, bad])


def test_kelvin_is_recognised():
    with pytest.raises(ValueError, match=r"if that is kelvin, subtract 273\.15: 37\)"):
        nc.nernst(4, 140, 1, celsius=310.15)


@pytest.mark.parametrize("bad", [0, 0.5, [1, 0], math.nan])
def test_valence(bad):
    with pytest.raises(ValueError, match="valence must be a"):
        nc.nernst(4, 140, bad)
    with pytest.raises(ValueError, match="valence must be a"):
        nc.ghk_current(-70, 1, 4, 140, bad)


def test_other_arguments():
    with pytest.raises(ValueError, match=r"v must be a number and finite; got nan"):
        nc.ghk_current(math.nan, 1, 4, 140, 1)
    with pytest.raises(ValueError, match=r"permeability must be 0 or more.*got -1"):
        nc.ghk_current(-70, -1, 4, 140, 1)
    with pytest.raises(ValueError, match="reversal must be a number and finite; got inf"):
        nc.driving_force(0, math.inf)
    with pytest.raises(ValueError, match=r"pump_ratio must be greater than 0.*got 0"):
        nc.mullins_noda(CATIONS, M.outside, M.inside, pump_ratio=0)
    with pytest.raises(ValueError, match=r"stoichiometry must be greater than 2.*got 2"):
        nc.ncx_reversal(50, 120, 2)
    with pytest.raises(ValueError, match="reversal has no K"):
        nc.chord_voltage({"K": 1}, {"Na": 50})
    with pytest.raises(ValueError, match=r"conductance must .*all zero"):
        nc.chord_voltage({"K": 0}, {"K": 50})
    with pytest.raises(ValueError, match=r"conductance\['K'\] must be 0 or more"):
        nc.chord_voltage({"K": -1}, {"K": 50})


def test_shapes_that_do_not_fit_are_named():
    message = r"shapes do not fit together: .*outside(\['K'\])? \(2,\).*inside(\['K'\])? \(3,\)"
    with pytest.raises(ValueError, match=message):
        nc.nernst([4, 5], [1, 2, 3], 1)
    with pytest.raises(ValueError, match=message):
        nc.ghk_current(0, 1, [4, 5], [1, 2, 3], 1)
    with pytest.raises(ValueError, match=message):
        nc.ghk_voltage({"K": 1}, {"K": [4, 5]}, {"K": [1, 2, 3]})
