"""The same models in NEURON, an independent simulator, with its tables off and tight tolerances."""

from itertools import pairwise

import numpy as np
import pytest

import neurocore as nc

h = pytest.importorskip("neuron").h
h.load_file("stdrun.hoc")


def section(length, diameter, segments=1, resistivity=35.4):
    s = h.Section()
    s.L, s.diam, s.nseg, s.Ra, s.cm = length, diameter, segments, resistivity, 1.0
    return s


def squid(s, sodium=0.12, potassium=0.036, leak=0.0003, reversal=-54.387):
    s.insert("hh")
    h.usetable_hh = 0
    s.ena, s.ek = 50.0, -77.0
    for segment in s:
        segment.hh.gnabar, segment.hh.gkbar = sodium, potassium
        segment.hh.gl, segment.hh.el = leak, reversal


def clamp(segment, amplitude, start, duration):
    c = h.IClamp(segment)
    c.delay, c.dur, c.amp = start, duration, amplitude
    return c


def run(celsius, v0, duration, places):
    """Return the spike times at each place, solved by CVODE with absolute tolerance 1e-9."""
    h.celsius = celsius
    cvode = h.CVode()
    cvode.active(1)
    cvode.atol(1e-9)
    t = h.Vector().record(h._ref_t)
    vs = [h.Vector().record(p._ref_v) for p in places]
    h.finitialize(v0)
    h.continuerun(duration)
    cvode.active(0)
    t = np.array(t)
    steps = np.append(np.diff(t) > 0, True)  # CVODE reports the moment of an edge twice
    return [nc.crossings(t[steps], np.array(v)[steps]) for v in vs]


def test_patch():
    s = section(100 / np.pi, 100)  # 1e-4 cm²
    squid(s)
    stimulus = clamp(s(0.5), 1.0, 5, 100)  # 1 nA over 1e-4 cm² is 10 µA/cm²
    (expected,) = run(6.3, -65.0, 120, [s(0.5)])
    assert stimulus.amp == 1.0
    p = nc.patch(nc.hodgkin_huxley(6.3))
    r = nc.simulate(p, nc.step(10, start=5, stop=105), 120, v0=-65, accuracy=1e-7)
    # NEURON's spike times come from its own steps by cubic interpolation
    assert r.spike_times() == pytest.approx(expected, abs=2e-4)
    r = nc.simulate(p, nc.step(10, start=5, stop=105), 120, v0=-65)
    assert r.spike_times() == pytest.approx(expected, abs=1e-3)


def test_bare_axon():
    s = section(20_000, 476, 200)
    squid(s)
    stimulus = clamp(s(0.0001), 50_000, 0, 0.2)
    expected = run(18.5, -65.0, 3, [s(0.30249), s(0.70249)])
    assert stimulus.dur == 0.2
    axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 20_000, 35.4, 200)
    r = nc.simulate(axon, nc.pulse(50_000, 0, 0.2), 3, v0=-65, record=[60, 140], accuracy=1e-5)
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert found == pytest.approx(wanted, abs=2e-4)


def test_myelinated_axon():
    """Brill and others 1977, with nodes and internodes as sections of their own."""
    parts = []
    for k in range(21):
        node = section(3.183, 10, 1, 98.96)
        squid(node, 1.2, 0.09, 0.02, -65.05)
        parts.append(node)
        if k < 20:
            internode = section(1000, 10, 10, 98.96)
            internode.cm = 1 / 168
            internode.insert("pas")
            for segment in internode:
                segment.pas.g, segment.pas.e = 0.29946e-3 / 168, -65.0
            parts.append(internode)
    for a, b in pairwise(parts):
        b.connect(a(1), 0)
    stimulus = clamp(parts[0](0.5), 5, 0, 0.1)
    nodes = parts[::2]
    expected = run(20, -65.0, 2.5, [n(0.5) for n in nodes[5:16:5]])
    assert stimulus.amp == 5
    axon = nc.myelinated_axon(axolemma=nc.passive(0.29946, -65.0, 1.0, 20.0))
    where = axon.regions["node"][5:16:5]
    r = nc.simulate(axon, nc.pulse(5, 0, 0.1), 2.5, v0=-65, record=where, accuracy=1e-5)
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert found == pytest.approx(wanted, abs=2e-4)


def test_stepped_diameter():
    """A thin axon that widens fivefold: the spike is delayed at the step."""
    thin, wide = section(3000, 20, 60, 100), section(3000, 40, 60, 100)
    squid(thin)
    squid(wide)
    wide.connect(thin(1), 0)
    stimulus = clamp(thin(0.001), 200, 0, 0.3)
    expected = run(12, -65.0, 6, [thin(0.508), wide(0.508)])
    assert stimulus.amp == 200
    m = nc.hodgkin_huxley(12)
    axon = nc.chain(("thin", m, 3000, 20, 60), ("wide", m, 3000, 40, 60), axial_resistivity=100.0)
    r = nc.simulate(axon, nc.pulse(200, 0, 0.3), 6, v0=-65, record=[30, 90], accuracy=1e-5)
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert len(wanted) == 1
        assert found == pytest.approx(wanted, abs=2e-4)
