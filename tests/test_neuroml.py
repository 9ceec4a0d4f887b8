"""Export to NeuroML: valid by its schema, the same numbers read back, and NEURON runs it alike."""

import inspect
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import neurocore as nc

neuroml = pytest.importorskip("neuroml")
etree = pytest.importorskip("lxml.etree")
loaders = pytest.importorskip("neuroml.loaders")
JNEUROML = find_spec("pyneuroml")  # holds a program in Java that exports to NEURON
SPACE = "{http://www.neuroml.org/schema/neuroml2}"
SCHEMA = Path(neuroml.__file__).parent / "nml" / "NeuroML_v2.3.1.xsd"
SQUID = nc.hodgkin_huxley(16.0)
CONSTANT_FIELD = nc.frankenhaeuser_huxley_channels()[1]
DRUGGED = nc.modify(SQUID, "Na", nc.lidocaine, 5.0)
MIXED = nc.Membrane((*nc.modify(SQUID, "Na", nc.shift, 1.0, "m").channels, CONSTANT_FIELD), 16.0)
TREE = nc.tree(
    ("soma", DRUGGED, 20, 20, 1),
    ("the axon", MIXED, 400, (4, 2), 8, "soma"),
    ("left", MIXED, 200, 1.5, 4, "the axon"),
    ("right", MIXED, 200, 1, 4, "the axon"),
    ("twig", nc.passive(celsius=16.0), 50, 0.5, 2, ("the axon", 0.3)),
    ("2nd dendrite", nc.passive(celsius=16.0), 100, 2, 2, ("soma", 0)),
    axial_resistivity=120.0,
)
PIECEWISE = nc.Gate(
    "x",
    2,
    steady="1 / (1 + exp(-(V + 30) / 5)) if V < 10 else 1 / (1 + exp(-8))",
    tau="2 + (V + 40) / (exp((V + 40) / 9) - 1) / 20 - tanh(V / 1e5) + log(3 + V**2) / cosh(V)",
)


def membranes(*channels, celsius=16.0):
    return nc.patch(nc.Membrane((*channels, nc.leak()), celsius))


ALONE = [  # constructors that need no argument, whoever adds them
    f
    for f in vars(nc).values()
    if inspect.isfunction(f)
    and str(f.__annotations__.get("return")) in ("Membrane", "Patch", "Cable")
    and all(
        p.default is not p.empty or p.kind == p.VAR_KEYWORD
        for p in inspect.signature(f).parameters.values()
    )
]
SAID = {
    **{f.__name__: f for f in (nc.hodgkin_huxley, nc.passive, nc.brill_node, nc.mammalian_node)},
    "frankenhaeuser_huxley_node": nc.frankenhaeuser_huxley_node,
    "myelinated_axon": lambda: nc.myelinated_axon(internodes=2),
    "demyelinated": lambda: nc.demyelinate(nc.myelinated_axon(internodes=3), [1], 0.1),
    "cell_with_initial_segment": nc.cell_with_initial_segment,
    "bare_axon": lambda: nc.bare_axon(SQUID, np.linspace(5, 2, 4), 100, 35.4, 4),
    "tree": lambda: TREE,
    "lidocaine": lambda: nc.patch(DRUGGED),
    "lidocaine and tau": lambda: membranes(nc.lidocaine(nc.somatic_sodium(9), 5.0, gate="m")),
    "frozen": lambda: nc.patch(nc.modify(SQUID, "Na", nc.freeze, "h")),
    "slow": lambda: nc.patch(nc.modify(SQUID, "K", nc.slow, 3.0)),
    "blocked": lambda: nc.patch(nc.modify(SQUID, "K", nc.block, 1.0)),
    "persistent": lambda: membranes(nc.persistent(SQUID["Na"], 0.1), SQUID["Na"]),
    "cortical": lambda: membranes(
        nc.slow(nc.shift(nc.axonal_sodium(3.0), 4.0), 2.0), nc.cortical_potassium(3.0)
    ),
    "calcium": lambda: membranes(nc.t_type_calcium()),
    "piecewise": lambda: membranes(nc.Channel("a-b c", 1.0, -30.0, (PIECEWISE,))),
    "two temperatures": lambda: nc.chain(
        ("cold", nc.hodgkin_huxley(5.0), 50, 5, 2),
        ("warm", nc.hodgkin_huxley(20.0), 75, 5, 3),
        axial_resistivity=35.4,
    ),
}


def cell_of(model):
    return nc.patch(model) if isinstance(model, nc.Membrane) else model


def valid(text):
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(text.encode()))
    return ElementTree.fromstring(text)


@pytest.mark.parametrize("name", SAID)
def test_valid_by_the_schema(name):
    valid(nc.to_neuroml(cell_of(SAID[name]()), "a_cell"))


@pytest.mark.parametrize("make", ALONE, ids=lambda f: f.__name__)
def test_every_constructor_is_valid_or_refused_by_name(make):
    try:
        text = nc.to_neuroml(cell_of(make()))
    except (TypeError, ValueError) as error:
        assert make.__name__ not in SAID
        assert "NeuroML" in str(error) or "no resting potential" in str(error)  # noqa: PT017
    else:
        valid(text)


# --- formulas, evaluated as LEMS says ---------------------------------------------------------

WORDS = {
    ".and.": "and", ".geq.": ">=", ".leq.": "<=", ".neq.": "!=", ".gt.": ">", ".lt.": "<",
    ".eq.": "==", "^": "**",
}  # fmt: skip
FUNCTIONS = {name: getattr(np, name) for name in ("exp", "tanh", "cosh")} | {"ln": np.log}


def evaluated(expression, names):
    for lems, python in WORDS.items():
        expression = expression.replace(lems, python)
    return eval(expression, FUNCTIONS | names)


def value(use, root, v):
    """Return a rate, time or steady state (1/ms, ms, 1) at a potential (mV)."""
    kind = next(t for t in root.iter(SPACE + "ComponentType") if t.get("name") == use.get("type"))
    names = {"v": v} | {k: float(use.get(k).split()[0]) for k in ("rate", "midpoint", "scale")}
    for variable in kind.find(SPACE + "Dynamics"):
        cases = variable.findall(SPACE + "Case") or [variable]
        right = next(
            c for c in cases if c.get("condition") is None or evaluated(c.get("condition"), names)
        )
        names[variable.get("name")] = evaluated(right.get("value"), names)
    return names[variable.get("name")]


def speed(gate, celsius):
    q10 = gate.find(SPACE + "q10Settings")
    if q10 is None:
        return 1.0
    if q10.get("type") == "q10Fixed":
        return float(q10.get("fixedQ10"))
    given = float(q10.get("experimentalTemp").split()[0])
    return float(q10.get("q10Factor")) ** ((celsius - given) / 10)


def read_gate(element, root, v, celsius):
    """Return steady state and time constant (ms)."""
    of = {child.tag.removeprefix(SPACE): child for child in element}
    if "steadyState" in of:
        steady = value(of["steadyState"], root, v)
        return steady, value(of["timeCourse"], root, v) / speed(element, celsius)
    alpha, beta = (value(of[name], root, v) for name in ("forwardRate", "reverseRate"))
    return alpha / (alpha + beta), 1 / ((alpha + beta) * speed(element, celsius))


def read_scheme(element, root, v):
    """Return the states' names and the matrix (1/ms)."""
    states = [s.get("id") for s in element if s.tag.endswith("State")]
    matrix = np.zeros((len(states), len(states)))
    for hop in element:
        if not hop.tag.endswith("Transition"):
            continue
        i, j = states.index(hop.get("from")), states.index(hop.get("to"))
        if hop.tag.endswith("tauInfTransition"):
            tau = value(hop.find(SPACE + "timeCourse"), root, v)
            steady = value(hop.find(SPACE + "steadyState"), root, v)
            ways = [(i, j, steady / tau), (j, i, (1 - steady) / tau)]
        else:
            rate = value(hop.find(SPACE + "rate"), root, v)
            ways = [(i, j, rate) if hop.tag.endswith("forwardTransition") else (j, i, rate)]
        for source, target, rate in ways:
            matrix[target, source] += rate
            matrix[source, source] -= rate
    return states, matrix


@pytest.mark.parametrize("name", [n for n in SAID if n != "frozen"])
def test_formulas_read_back(name):
    cell = cell_of(SAID[name]())
    root = ElementTree.fromstring(nc.to_neuroml(cell))
    channels = {c.get("id"): c for c in root if c.tag.startswith(SPACE + "ionChannel")}
    celsius = float(root.find(SPACE + "network").get("temperature").split()[0])
    membranes = [cell.membrane] if isinstance(cell, nc.Patch) else cell.membranes
    written = [(m, channel) for m in dict.fromkeys(membranes) for channel in m.channels]
    densities = list(root.iter(SPACE + "channelDensity"))
    voltages = [
        *np.linspace(-120, 60, 50),
        -40.0,
        -40 + 1e-9,
        -40 + 9e-4,
        -55.0,
        -55 - 1e-6,
        0.0,
        1e-9,
    ]
    for (membrane, channel), density in zip(written, densities, strict=True):
        element = channels[density.get("ionChannel")]
        conductance, reversal = (float(density.get(k).split()[0]) for k in ("condDensity", "erev"))
        gates = [g for g in element if g.get("type") != "gateHHInstantaneous"]
        assert [int(g.get("instances")) for g in gates] == [g.power for g in channel.gates]
        for v in voltages:
            drive = conductance * (v - reversal)
            for at_once in (g for g in element if g not in gates):
                drive *= value(at_once.find(SPACE + "steadyState"), root, v)
            wanted = channel.conductance * channel.drive(v, membrane.celsius)
            assert drive == pytest.approx(wanted, rel=1e-9, abs=1e-9)
            for gate, its in zip(channel.gates, gates, strict=True):
                if its.tag != SPACE + "gateKS":
                    steady, tau = read_gate(its, root, v, celsius)
                elif isinstance(gate, nc.Scheme):
                    states, matrix = read_scheme(its, root, v)
                    order = [gate.states.index(s) for s in states]
                    rates = gate.rates(v, membrane.celsius)[np.ix_(order, order)]
                    assert matrix == pytest.approx(rates, rel=1e-9)
                    continue
                else:
                    _, matrix = read_scheme(its, root, v)
                    tau = -1 / np.trace(matrix)
                    steady = matrix[1, 0] * tau
                assert steady == pytest.approx(gate.steady_state(v), rel=1e-9)
                assert tau == pytest.approx(gate.time_constant(v, membrane.celsius), rel=1e-9)


def test_a_frozen_gate_hardly_moves():
    root = ElementTree.fromstring(nc.to_neuroml(SAID["frozen"]()))
    speeds = {g.get("id"): speed(g, 16.0) for g in root.iter(SPACE + "gate")}
    assert speeds["h"] < 1e-11
    assert speeds["m"] == pytest.approx(3 ** (9.7 / 10))


# --- where ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tree", "myelinated_axon", "bare_axon", "two temperatures"])
def test_morphology_read_back(name, tmp_path):
    """By libNeuroML, which computes lengths and areas from the points."""
    cable = SAID[name]()
    path = tmp_path / "cable.cell.nml"
    path.write_text(nc.to_neuroml(cable, "cable"), encoding="utf-8")
    (cell,) = loaders.read_neuroml2_file(str(path)).cells
    segments = cell.morphology.segments
    assert [s.length for s in segments] == pytest.approx(cable.length)
    assert [s.surface_area for s in segments] == pytest.approx(cable.area * 1e8)
    for k, segment in enumerate(segments[1:], 1):
        parent, joint = int(cable.parents[k]), cable.joints[k]
        if parent < 0:
            parent, joint = 0, 0.0
        assert (segment.parent.segments, segment.parent.fraction_along) == (parent, joint)
        end = segments[parent]
        for axis in "xyz":
            a, b = getattr(end.proximal, axis), getattr(end.distal, axis)
            assert getattr(segment.proximal, axis) == pytest.approx(a + joint * (b - a))
    groups = {g.id: cell.get_all_segments_in_group(g.id) for g in cell.morphology.segment_groups}
    for region, places in cable.regions.items():
        clean = {"the axon": "the_axon", "2nd dendrite": "_2nd_dendrite"}
        assert groups[clean.get(region, region.replace(" ", "_"))] == list(places)
    for density in cell.biophysical_properties.membrane_properties.specific_capacitances:
        for k in groups[density.segment_groups]:
            wanted = cable.membranes[k].capacitance
            assert float(density.value.split()[0]) == pytest.approx(wanted)
    (resistivity,) = cell.biophysical_properties.intracellular_properties.resistivities
    assert resistivity.value == f"{cable.axial_resistivity:g} ohm_cm"


# --- in NEURON --------------------------------------------------------------------------------

LEMS = """<Lems><Target component="run"/>
<Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
<Include file="mixed.nml"/>
<Simulation id="run" length="1 ms" step="0.01 ms" target="mixed_net"/></Lems>"""


def test_neuron_runs_it_alike(tmp_path):
    """A tree with a scheme, a constant field, Q10 and shifts, by jNeuroML's export to NEURON."""
    h = pytest.importorskip("neuron").h
    if not (JNEUROML and shutil.which("java") and shutil.which("make") and shutil.which("g++")):
        pytest.skip("needs jNeuroML, Java and a C++ compiler")
    (jar,) = Path(JNEUROML.origin).parent.glob("lib/jNeuroML-*.jar")
    (tmp_path / "mixed.nml").write_text(nc.to_neuroml(TREE, "mixed"), encoding="utf-8")
    (tmp_path / "LEMS_mixed.xml").write_text(LEMS)
    for command in (
        ["java", "-jar", jar, "-validate", "mixed.nml"],
        ["java", "-jar", jar, "LEMS_mixed.xml", "-neuron", "-nogui"],
        [Path(sys.executable).parent / "nrnivmodl", "."],
    ):
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    h.load_file("stdrun.hoc")
    (library,) = tmp_path.rglob("libnrnmech.*")
    h.nrn_load_dll(str(library))
    h.load_file(str(tmp_path / "mixed.hoc"))
    cell = h.mixed()
    rest = float(np.median(TREE.rest()))
    places = [0, 8, 16]  # the soma, and the axon's two ends
    parts = [getattr(cell, f"compartment_{k}") for k in places]
    clamp = h.IClamp(parts[0](0.5))
    clamp.delay, clamp.dur, clamp.amp = 1, 0.5, 3
    h.celsius = 16.0
    cvode = h.CVode()
    cvode.active(1)
    cvode.atol(1e-8)
    t = h.Vector().record(h._ref_t)
    vs = [h.Vector().record(part(0.5)._ref_v) for part in parts]
    h.finitialize(rest)
    cvode.solve(10)
    cvode.active(0)
    t = np.array(t)
    steps = np.append(np.diff(t) > 0, True)
    r = nc.simulate(TREE, nc.pulse(3, 1, 0.5), 10, v0=rest, record=places, accuracy=1e-4)
    for v, wanted in zip(vs, r.spike_times(), strict=True):
        assert len(wanted) == 1
        assert nc.crossings(t[steps], np.array(v)[steps]) == pytest.approx(wanted, abs=2e-3)


# --- refused ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unheard(nc.Gate):
    """A kind of gate that the export does not know."""


@dataclass(frozen=True, eq=False)
class Wrapped(nc.Cable):
    """And a kind of cable."""


def test_what_is_not_known_is_refused_by_name(monkeypatch):
    n = nc.squid_potassium().gates[0]
    strange = Unheard("y", 1, n.alpha, n.beta)
    with pytest.raises(TypeError, match="Unheard, which cannot be written as NeuroML"):
        nc.to_neuroml(membranes(nc.Channel("Y", 1.0, -77.0, (strange,))))
    with pytest.raises(TypeError, match="Wrapped, which cannot"):
        nc.to_neuroml(Wrapped((SQUID,), [10], 10, 100))
    monkeypatch.setitem(nc.neuroml.KNOWN, nc.Gate, "name power alpha beta steady tau q10 celsius")
    with pytest.raises(ValueError, match="a Gate whose shift cannot be written as NeuroML, got 3"):
        nc.to_neuroml(nc.patch(nc.modify(SQUID, "K", nc.shift, 3.0)))
    nc.to_neuroml(nc.patch(SQUID))  # but what is as usual says nothing new
    scheme = nc.lidocaine(replace(CONSTANT_FIELD, name="P"), 5.0, gate=CONSTANT_FIELD.gates[0].name)
    with pytest.raises(ValueError, match="'P' with both a scheme and a constant field"):
        nc.to_neuroml(membranes(scheme))


@pytest.mark.parametrize("id", ["", "2nd", "a cell", "a-cell", "é", "a\n"])
def test_an_id_is_a_name(id):
    with pytest.raises(ValueError, match="id must be letters, digits and underscores"):
        nc.to_neuroml(nc.patch(SQUID), id)


@pytest.mark.parametrize("cell", [None, SQUID, "squid", nc.patch])
def test_a_cell_is_a_patch_or_a_cable(cell):
    with pytest.raises(TypeError, match="cell must be a patch or a cable"):
        nc.to_neuroml(cell)
    with pytest.raises(TypeError, match="id must be text"):
        nc.to_neuroml(nc.patch(SQUID), 3)
