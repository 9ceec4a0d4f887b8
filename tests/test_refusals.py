"""Every public function and constructor, given one bad argument after another.

What is refused is refused by the library itself, with an error that names the argument: never by
numpy or Python from somewhere inside.
"""

import inspect
import re
import traceback
from pathlib import Path

import numpy as np
import pytest

import neurocore as nc

BAD = {
    "none": None,
    "text": "text",
    "true": True,
    "nan": float("nan"),
    "inf": float("inf"),
    "minus": -1,
    "zero": 0,
    "half": 0.5,
    "huge": 1e300,
    "complex": 1j,
    "empty": [],
    "row": [1.0, 2.0, 4.0],
    "table": [[1.0, 2.0], [3.0, 4.0]],
    "ragged": [[1.0], [1.0, 2.0]],
    "words": ["a", "b"],
    "nan row": [float("nan"), 1.0],
    "dict": {},
    "deep": {1.0: {"v": "text"}, "K": None},
    "object": object(),
    "function": len,
}
NEVER = ("ragged", "object", "complex")  # of use as any argument
FUNCTIONS = {"change", "test", "shape", "law", "function"}  # fail in their own words
IN_WORDS = {"name"}  # looked up: the error says what there is
OTHERS = {"duration": "resets"}  # no longer within a shorter run
# An Ohmic channel does not ask how warm it is, and a sweep not what it goes through
UNASKED = {("Channel.drive", "celsius"), ("Channel.current", "celsius"), ("sweep", "values")}


class Traced:
    """An open SWC file that can be read again."""

    def read(self):
        return "1 1 0 0 0 10 -1\n2 3 100 0 0 1 1\n"


SQUID = nc.hodgkin_huxley(18.5)
PATCH = nc.patch(SQUID)
AXON = nc.bare_axon(SQUID, 476.0, 10_000.0, 35.4, 20)
NODES = nc.myelinated_axon(internodes=12, segments=3)
GATE = SQUID["Na"].gate("m")
SCHEME = nc.Scheme(("a", "b"), (("a", "b", "1"), ("b", "a", "2")), "a")
SWC = Traced()
STEP = nc.step(10.0, 0.0, 2.0)
SYNAPSE = nc.synapse([1.0, 2.0], 0.1, 0.5, 2.0, 0.0)
RECORDING = nc.simulate(PATCH, STEP, 5.0)
ION = {"outside": 4.0, "inside": 140.0, "valence": 1, "celsius": 37.0}
SIDES = {"outside": {"K": 4.0, "Na": 145.0}, "inside": {"K": 140.0, "Na": 12.0}, "celsius": 37.0}
PERMEABILITY = {"K": 1.0, "Na": 0.05}
POINT = {"model": nc.MorrisLecar(), "v": -20.0, "w": 0.1}
NETWORK = nc.RandomNetwork(20, 5, connected=0.5)
HISTORY = nc.build_rest(duration=1000.0)


def fields(value):
    """The arguments that make this frozen dataclass."""
    return {name: getattr(value, name) for name in inspect.signature(type(value)).parameters}


def same(channel):
    return channel


CALLS = {
    # channels
    nc.Gate: {"name": "m", "power": 3, "alpha": "1", "beta": "2", "q10": 3.0, "celsius": 6.3}
    | {"shift": 0.0, "speed": 1.0},
    nc.Scheme: fields(SCHEME),
    nc.CalciumShell: {"channels": ("CaT",), "depth": 0.1, "tau": 5.0, "free": 0.5, "rest": 1e-4},
    nc.ConstantField: {"inside": 140.0, "outside": 4.0, "valence": 1},
    nc.Channel: fields(SQUID["Na"]),
    nc.linoid: {"x": 1.0},
    nc.block: {"channel": SQUID["Na"], "fraction": 0.5},
    nc.shift: {"channel": SQUID["Na"], "millivolts": -5.0, "gate": "m"},
    nc.slow: {"channel": SQUID["Na"], "factor": 2.0, "gate": "m"},
    nc.freeze: {"channel": SQUID["Na"], "gate": "m"},
    nc.persistent: {"channel": SQUID["Na"], "fraction": 0.5, "gate": "h"},
    nc.lidocaine: {"channel": SQUID["Na"], "concentration": 10.0, "available": 440.0}
    | {"inactivated": 10.0, "unbinding": 1500.0, "gate": "h"},
    nc.squid_sodium: {"conductance": 120.0, "reversal": 50.0},
    nc.squid_potassium: {"conductance": 36.0, "reversal": -77.0},
    nc.leak: {"conductance": 0.3, "reversal": -54.0},
    nc.somatic_sodium: {"conductance": 1.0, "reversal": 50.0},
    nc.axonal_sodium: {"conductance": 1.0, "reversal": 50.0},
    nc.cortical_potassium: {"conductance": 1.0, "reversal": 50.0},
    nc.t_type_calcium: {"conductance": 1.0, "reversal": 50.0},
    nc.l_type_calcium: {"conductance": 1.0, "reversal": 50.0},
    nc.m_type_potassium: {"conductance": 1.0, "reversal": 50.0},
    nc.mainen_sodium: {"conductance": 1.0, "reversal": 50.0, "celsius": 37.0},
    nc.nav17_sodium: {"conductance": 1.0, "reversal": 50.0},
    nc.nav18_sodium: {"conductance": 1.0, "reversal": 50.0},
    nc.sensory_a_type: {"conductance": 1.0, "reversal": 50.0},
    nc.sensory_potassium: {"conductance": 1.0, "reversal": 50.0},
    nc.traub_miles_potassium: {"conductance": 1.0, "reversal": 50.0, "threshold": -60.0},
    nc.traub_miles_sodium: {"conductance": 1.0, "reversal": 50.0, "threshold": -60.0},
    nc.frankenhaeuser_huxley_channels: {},
    nc.mammalian_node_channels: {},
    GATE.steady_state: {"v": -65.0},
    GATE.time_constant: {"v": -65.0, "celsius": 6.3},
    SCHEME.steady_state: {"v": -65.0},
    SCHEME.rates: {"v": -65.0, "celsius": 6.3},
    SQUID["Na"].gate: {"name": "m"},
    SQUID["Na"].drive: {"v": -65.0, "celsius": 6.3},
    SQUID["Na"].open_fraction: {"gates": {"m": 0.1, "h": 0.2}},
    SQUID["Na"].current: {"v": -65.0, "gates": {"m": 0.1, "h": 0.2}, "celsius": 6.3},
    # membrane
    nc.Membrane: fields(SQUID),
    nc.modify: {"model": SQUID, "channel": "Na", "change": same, "where": None},
    nc.hodgkin_huxley: {"celsius": 6.3},
    nc.passive: {"conductance": 0.3, "reversal": -65.0, "capacitance": 1.0, "celsius": 6.3},
    nc.frankenhaeuser_huxley_node: {"celsius": 20.0},
    nc.mammalian_node: {"celsius": 37.0},
    nc.brill_node: {"celsius": 20.0},
    nc.wang_buzsaki: {"celsius": 6.3},
    nc.traub_miles: {"celsius": 36.0},
    nc.regular_spiking: {"celsius": 36.0},
    nc.fast_spiking: {"celsius": 36.0},
    nc.intrinsically_bursting: {"calcium": 0.17, "celsius": 36.0},
    nc.low_threshold_spiking: {"leak_reversal": -85.0, "celsius": 36.0},
    nc.sensory_neuron: {"celsius": 22.0},
    SQUID.__getitem__: {"name": "Na"},
    SQUID.steady_state: {"v": -65.0},
    SQUID.steady_current: {"v": -65.0},
    SQUID.currents: {"v": -65.0, "gates": {"m": 0.1, "h": 0.2, "n": 0.3}},
    # stimuli
    nc.Stimulus: {"edges": [0.0, 1.0], "first": [1.0], "last": [2.0], "at": 0},
    nc.VoltageClamp: {"edges": [0.0, 1.0], "first": [1.0], "last": [2.0], "at": 0},
    nc.step: {"amplitude": 1.0, "start": 0.25, "stop": 2.0, "at": 0},
    nc.pulse: {"amplitude": 1.0, "start": 0.25, "duration": 2.0, "at": 0},
    nc.train: {"amplitude": 1.0, "start": 0.25, "duration": 2.0, "interval": 3.0, "count": 2}
    | {"at": 0},
    nc.ramp: {"amplitude": 1.0, "start": 0.25, "stop": 2.0, "hold": 1.0, "at": 0},
    nc.samples: {"values": [1.0, 2.0], "interval": 0.5, "start": 0.25, "at": 0},
    nc.noise: {"mean": 0.0, "deviation": 1.0, "start": 0.25, "stop": 20.0, "correlation": 1.0}
    | {"seed": 0, "traces": 2, "at": 0},
    nc.voltage_clamp: {"holding": -65.0, "stretches": (5.0, 10.0, 0.0)},
    nc.Synapse: fields(SYNAPSE),
    nc.synapse: fields(SYNAPSE),
    SYNAPSE.__call__: {"t": 0.0},
    SYNAPSE.current: {"t": 0.0, "v": -65.0},
    STEP.slope: {"t": 0.0},
    STEP.__call__: {"t": 0.0},
    # axon
    nc.Patch: {"membrane": SQUID},
    nc.patch: {"membrane": SQUID},
    nc.Cable: fields(AXON) | {"regions": {"node": [0, 1]}},
    nc.chain: {"parts": ("soma", SQUID, 20.0, 20.0, 2), "axial_resistivity": 100.0},
    nc.tree: {"parts": ("soma", SQUID, 20.0, 20.0, 2), "axial_resistivity": 100.0},
    nc.to_neuroml: {"cell": nc.patch(SQUID), "id": "cell"},
    nc.read_swc: {"source": SWC, "membranes": SQUID, "axial_resistivity": 100.0, "longest": 10.0},
    nc.bare_axon: {"membrane": SQUID, "diameter": 10.0, "length": 100.0, "axial_resistivity": 100.0}
    | {"compartments": 3},
    nc.length_constant: {"diameter": 10.0, "membrane_resistance": 1e3, "axial_resistivity": 100.0},
    nc.series: {"membrane": nc.passive(), "count": 10},
    nc.membranes_in_myelin: {"diameter": 10.0, "g_ratio": 0.7, "spacing": 0.0184},
    nc.myelinated_axon: {"node": SQUID, "internodes": 2, "diameter": 10.0, "node_length": 3.0}
    | {"internode_length": 1000.0, "membranes": 168, "axolemma": nc.passive()}
    | {"axial_resistivity": 98.96, "segments": 3},
    nc.demyelinate: {"axon": NODES, "internodes": [1], "remaining": 0.5, "axolemma": nc.passive()},
    nc.Sheath: {"width": np.array([np.inf, 0.01]), "diameter": 12.0, "capacitance": 0.01}
    | {"conductance": 0.01, "resistivity": 70.0, "mouth": 0.5},
    nc.mammalian_axon: {"fibre_diameter": 10.0, "nodes": 3, "node": SQUID, "spacing": 500.0}
    | {"celsius": 37.0},
    nc.open_paranodes: {"axon": nc.mammalian_axon(nodes=3), "width": 0.01, "internodes": [1]},
    nc.cell_with_initial_segment: {"density": 5.0, "shifted": -7.0, "celsius": 6.3},
    PATCH.modify: {"channel": "Na", "change": same, "where": None},
    PATCH.at_temperature: {"celsius": 20.0},
    AXON.modify: {"channel": "Na", "change": same, "where": [0]},
    AXON.at_temperature: {"celsius": 20.0},
    # simulate and recording
    nc.simulate: {"cell": PATCH, "stimulus": STEP, "duration": 5.0, "v0": -65.0}
    | {"resets": {1.0: {"v": -50.0}}, "sample": 0.1, "accuracy": 1e-3, "threshold": 0.0},
    "simulate a cable": {"cell": AXON, "stimulus": STEP, "duration": 5.0, "v0": -65.0}
    | {"resets": {1.0: {"v": -50.0}}, "record": [0], "sample": 0.1, "accuracy": 1e-2, "step": 0.1}
    | {"threshold": 0.0},
    nc.crossings: {"t": [0.0, 1.0], "v": [-10.0, 10.0], "threshold": 0.0},
    RECORDING.spike_times: {"threshold": -10.0},
    # experiments
    nc.fires: {"cell": PATCH, "stimulus": STEP, "duration": 5.0, "threshold": 0.0},
    nc.smallest: {"test": lambda x: x > 0.5, "low": 0.1, "high": 1.0, "resolution": 1e-2},
    nc.threshold: {"cell": PATCH, "shape": lambda a: nc.step(a, 0.0, 5.0), "duration": 5.0}
    | {"highest": 100.0, "resolution": 0.1},
    nc.pulse_threshold: {"cell": PATCH, "duration": 1.0, "start": 0.0, "wait": 5.0, "at": 0}
    | {"resolution": 0.1},
    nc.rheobase: {"cell": PATCH, "duration": 5.0, "at": 0, "resolution": 0.1},
    nc.strength_duration: {"cell": PATCH, "durations": [1.0], "resolution": 0.1},
    nc.chronaxie: {"cell": PATCH, "rheobase_duration": 5.0, "resolution": 0.1},
    nc.lapicque: {"duration": 1.0, "rheobase": 2.0, "chronaxie": 3.0},
    nc.weiss: {"duration": 1.0, "rheobase": 2.0, "chronaxie": 3.0},
    nc.fit_strength_duration: {"durations": [1.0, 2.0], "thresholds": [2.0, 1.5], "law": nc.weiss},
    nc.f_i_curve: {"cell": PATCH, "currents": [10.0], "duration": 20.0, "settle": 0.5, "at": 0}
    | {"accuracy": 1e-2},
    nc.latency: {"cell": PATCH, "stimulus": STEP, "duration": 5.0},
    nc.recovery_curve: {"cell": PATCH, "intervals": [8.0], "duration": 0.5, "first": 2.0}
    | {"highest": 4.0, "wait": 5.0, "at": 0},
    nc.critical_ramp: {"cell": PATCH, "amplitude": 10.0, "hold": 5.0, "slowest": 0.5}
    | {"fastest": 4.0, "at": 0, "resolution": 0.5},
    nc.rebound_threshold: {"cell": PATCH, "duration": 5.0, "highest": 4.0, "wait": 5.0, "at": 0}
    | {"resolution": 0.5},
    nc.conduction_velocity: {"axon": AXON, "start": 0.3, "stop": 0.7, "duration": 5.0}
    | {"threshold": -30.0, "accuracy": 1e-2},
    nc.kick: {"axon": AXON, "record": [5], "duration": 5.0, "threshold": -30.0, "accuracy": 1e-2},
    nc.conducts: {"axon": AXON},
    nc.safety_factor: {"axon": AXON, "channel": "Na", "resolution": 0.5},
    nc.blocking_temperature: {"axon": AXON, "low": 20.0, "high": 40.0, "resolution": 10.0},
    nc.sodium_entry: {"cell": PATCH, "channels": ("Na",), "strength": 2.0, "duration": 0.2}
    | {"wait": 10.0, "accuracy": 1e-2},
    nc.sweep: {"function": repr, "values": [1.0, 2.0]},
    # dynamics and models of two variables
    nc.jacobian: POINT,
    nc.fixed_points: {"model": nc.MorrisLecar(), "low": -80.0, "high": 60.0},
    nc.separatrix: {"model": nc.MorrisLecar(), "low": (-80.0, 0.0), "high": (60.0, 1.0)}
    | {"step": 0.02},
    nc.growth_rates: {"membrane": SQUID, "v": -65.0},
    nc.hopf: {"membrane": SQUID, "low": -80.0, "high": 0.0},
    nc.MorrisLecar: fields(nc.MorrisLecar()),
    nc.FitzHughNagumo: fields(nc.FitzHughNagumo()),
    nc.IntegrateAndFire: fields(nc.IntegrateAndFire()),
    nc.AdEx: fields(nc.AdEx()),
    nc.Izhikevich: fields(nc.Izhikevich()),
    nc.trajectory: POINT | {"duration": 5.0, "step": 0.1},
    nc.spiking: {"model": nc.AdEx(), "current": 500.0, "duration": 5.0, "step": 0.1},
    nc.IntegrateAndFire().rate: {"current": 200.0},
    # chance and networks
    nc.channel_noise: {"membrane": SQUID, "area": 1.0, "duration": 1.0, "seed": 1}
    | {"stimulus": STEP, "density": {"Na": 60.0, "K": 18.0}, "hold": -65.0, "step": 0.05}
    | {"sample": 0.1},
    nc.RandomNetwork: fields(NETWORK),
    NETWORK.run: {"duration": 5.0, "seed": 1, "step": 0.1},
    nc.siegert_rate: {"mean": 15.0, "deviation": 5.0, "tau": 20.0, "threshold": 20.0}
    | {"reset": 10.0, "refractory": 2.0},
    # ions and the cell that builds its rest
    nc.IonSet: {"permeability": PERMEABILITY, **SIDES},
    nc.thermal_voltage: {"celsius": 37.0},
    nc.nernst: ION,
    nc.driving_force: {"v": -65.0, "reversal": -90.0},
    nc.ghk_voltage: {"permeability": PERMEABILITY, **SIDES},
    nc.mullins_noda: {"permeability": PERMEABILITY, "pump_ratio": 1.5, **SIDES},
    nc.ghk_current: {"v": -65.0, "permeability": 1e-6, **ION},
    nc.chord_conductance: {"v": -65.0, "permeability": 1e-6, **ION},
    nc.chord_voltage: {"conductance": {"K": 1.0}, "reversal": {"K": -90.0}},
    nc.ncx_reversal: {"sodium": 50.0, "calcium": 120.0, "stoichiometry": 3},
    nc.Cell: fields(nc.Cell()),
    nc.build_rest: {"cell": nc.Cell(), "schedule": {"anions": 0.0}, "duration": 1000.0},
    HISTORY.reversal: {"ion": "K"},
    HISTORY.count: {"ion": "K"},
}
# Made by the library alone
RESULTS = {nc.Recording, nc.Recovery, nc.SpikeCost, nc.FixedPoint, nc.Hopf, nc.History}
RESULTS |= {nc.ChannelNoise}
# Runs of any length are allowed, and these would last for days
LONG = {"duration", "wait", "hold", "stop", "rheobase_duration", "excitatory", "inhibitory"}
LONG |= {"count", "compartments", "internodes", "segments", "traces", "anion_time"}


def label(call):
    return call if isinstance(call, str) else call.__qualname__


def run(call, arguments):
    call = nc.simulate if isinstance(call, str) else call
    arguments = dict(arguments)
    several = [arguments.pop(name) for name in ("stretches", "parts") if name in arguments]
    parameters = inspect.signature(call).parameters
    if several:  # nc.voltage_clamp(holding, *stretches), nc.chain(*parts, axial_resistivity)
        first = [arguments.pop("holding")] if "holding" in arguments else []
        return call(*first, *several, **arguments)
    keywords = {n: v for n, v in arguments.items() if n in parameters or "options" in parameters}
    return call(**keywords)


def test_every_public_function_is_walked():
    public = {
        value
        for name, value in vars(nc).items()
        if callable(value) and not name.startswith("_") and value.__module__.startswith("neurocore")
    }
    assert public - set(CALLS) - RESULTS == set()


@pytest.mark.parametrize("call", CALLS, ids=label)
def test_the_call_itself_is_right(call):
    run(call, CALLS[call])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("call", "name"), [(c, n) for c, given in CALLS.items() for n in given],
    ids=lambda x: x if isinstance(x, str) else label(x),
)  # fmt: skip
def test_a_bad_argument_is_refused_by_name(call, name):
    for kind, value in BAD.items():
        if (kind == "huge" and name in LONG) or (kind == "function" and name in FUNCTIONS):
            continue
        said = f"{label(call)}({name}={value!r})"
        error = failure(call, {name: value})
        if error is None:
            assert kind not in NEVER or (label(call), name) in UNASKED, f"{said} is allowed"
            continue
        fault = what_is_wrong(error, name)
        assert not fault, f"{said}: {type(error).__name__}: {error} ({fault})"


def failure(call, changed):
    """Return what the call with a changed argument raises, or None."""
    try:
        run(call, CALLS[call] | changed)
    except Exception as error:
        return error


def what_is_wrong(error, name):
    """Return why an error is none of the library's own that names the argument, or None."""
    if type(error) is FloatingPointError and "left the physical range" in str(error):
        return None  # what was asked for can be done, but not by a membrane
    if type(error) not in (TypeError, ValueError):
        return "its type"
    last = traceback.extract_tb(error.__traceback__)[-1]
    if Path(nc.__file__).parent not in Path(last.filename).parents:
        return f"raised in {last.filename}"
    if not last.line.startswith("raise"):
        return f"raised by: {last.line}"
    words = (name.rstrip("s"), OTHERS.get(name, name))
    if name not in IN_WORDS and not any(re.search(rf"\b{w}", str(error)) for w in words):
        return "does not name the argument"
    return None


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (lambda: 1 / 0, "its type"),
        (lambda: np.linalg.inv(np.zeros((2, 2))), "its type"),
        (lambda: np.zeros(2).reshape(3), "raised in"),
        (lambda: nc.smallest(len, 0.0, 1.0), "raised by: if not test(high)"),
        (lambda: nc.leak(-1.0), "does not name"),
    ],
)
def test_the_walk_sees_what_is_wrong(call, fault):
    with pytest.raises(Exception) as caught:  # noqa: PT011  of any kind
        call()
    assert what_is_wrong(caught.value, "celsius").startswith(fault)
