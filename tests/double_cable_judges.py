"""Two judges of a double cable: NEURON's `extracellular`, and LSODA on the equations as they stand.

Both build the axon anew from the published numbers and share nothing with the library.
"""

from itertools import pairwise

import numpy as np
from neuron import h
from scipy.integrate import odeint

h.load_file("stdrun.hoc")

# McIntyre, Richardson and Grill 2002, Table 1: axon and node (µm), node to node, FLUT, lamellae
PRINTED = {
    5.7: (3.4, 1.9, 500, 35, 80),
    10.0: (6.9, 3.3, 1150, 46, 120),
    16.0: (12.7, 5.5, 1500, 60, 150),
}
EXPONENTIAL, LINOID, SIGMOID = 2, 3, 4  # NEURON's numbers for the forms of a rate


def rates(celsius):
    """Return the gates: power, and form, scale, slope and middle of either rate (ms, mV)."""
    fast, inactivation = 2.2 ** ((celsius - 20) / 10), 2.9 ** ((celsius - 20) / 10)
    slow = 3.0 ** ((celsius - 36) / 10)
    return {
        "m": (3, (LINOID, fast * 1.86 * 10.3, 1 / 10.3, -21.4),
              (LINOID, fast * 0.086 * 9.16, -1 / 9.16, -25.7)),
        "h": (1, (LINOID, inactivation * 0.062 * 11, -1 / 11, -114),
              (SIGMOID, inactivation * 2.3, -1 / 13.4, -31.8)),
        "p": (3, (LINOID, fast * 0.01 * 10.2, 1 / 10.2, -27),
              (LINOID, fast * 0.00025 * 10, -1 / 10, -34)),
        "s": (1, (SIGMOID, slow * 0.3, -1 / 5, -53), (SIGMOID, slow * 0.03, -1, -90)),
    }  # fmt: skip


CURRENTS = {"naf": (3.0, 50, "mh"), "nap": (0.01, 50, "p"), "ks": (0.08, -90, "s")}  # S/cm², mV


def compartments(fibre, nodes):
    """Return name, length, diameter and width of space (µm) and leak (S/cm²) of each."""
    axon, node, spacing, flut, _ = PRINTED[fibre]
    stin = (spacing - 1 - 2 * 3 - 2 * flut) / 6
    mysa, flut = ("MYSA", 3, node, 0.002, 1e-3), ("FLUT", flut, axon, 0.004, 1e-4)
    node = ("node", 1, node, 0.002, 7e-3)
    between = [mysa, flut, *[("STIN", stin, axon, 0.004, 1e-4)] * 6, flut, mysa]
    return [node, *[*between, node] * (nodes - 1)]


# --- NEURON --------------------------------------------------------------------------------------

_channels = {}


def _set_rates(celsius):
    """Make NEURON's channels, or give them the rates of another temperature."""
    gates = rates(celsius)
    for name, (conductance, reversal, names) in CURRENTS.items():
        if name not in _channels:
            ks = _channels[name] = h.KSChan(0)
            ks.name(f"mrg_{name}")
            ks.iv_type(0)
            ks.gmax(conductance)
            ks.erev(reversal)
            for k, gate in enumerate(names):
                ks.add_hhstate(gate)
                ks.gate(k).power(gates[gate][0])
                ks.trans(k).type(0)
        for k, gate in enumerate(names):
            for direction, (form, *numbers) in enumerate(gates[gate][1:]):
                _channels[name].trans(k).set_f(direction, form, h.Vector(numbers))


def neuron(fibre, nodes, *, bare=(), loose=None, amplitude, duration, celsius=37.0, dt=1e-3):
    """Return t and V at the nodes, solved by NEURON with two steps and the error's term in dt out.

    Its `extracellular` mechanism knows implicit Euler alone, which is of first order.

    Parameters
    ----------
    bare : sequence of int
        Internodes without their sheaths.
    loose : float
        Width of the space at the paranodes (µm), if not as published.
    """
    _set_rates(celsius)
    ring, places = [], []
    for number, (name, length, diameter, width, leak) in enumerate(compartments(fibre, nodes)):
        s = h.Section(name=f"{name}{number}")
        s.L, s.nseg, s.Ra, s.cm = length, 1, 70 * (fibre / diameter) ** 2, 2 * diameter / fibre
        s.diam = fibre
        s.insert("pas")
        s.g_pas, s.e_pas = leak * diameter / fibre, -80
        s.insert("extracellular")
        if loose and name in ("node", "MYSA"):
            width = loose
        outer = (diameter / 2 + width) ** 2 - (diameter / 2) ** 2
        s.xraxial[0] = 70 / (np.pi * outer * 1e-8) * 1e-6  # MΩ/cm
        lamellae = PRINTED[fibre][-1]
        s.xg[0], s.xc[0] = 1e-3 / (2 * lamellae), 0.1 / (2 * lamellae)
        if name == "node":
            s.diam, s.Ra, s.cm, s.g_pas, s.e_pas = diameter, 70, 2, leak, -90
            for channel in CURRENTS:
                s.insert(f"mrg_{channel}")
            places.append(s)
        if name == "node" or number // 11 in bare:
            s.xg[0], s.xc[0] = 1e10, 0
        ring.append(s)
    for a, b in pairwise(ring):
        b.connect(a(1), 0)
    stimulus = h.IClamp(places[0](0.5))
    stimulus.delay, stimulus.dur, stimulus.amp = 0, 0.1, amplitude
    h.celsius = celsius
    h.CVode().active(0)
    vs = [h.Vector().record(s(0.5)._ref_v) for s in places]
    runs = []
    for step in (dt, dt / 2):
        h.steps_per_ms, h.dt = 1 / step, step
        h.finitialize(-80)
        h.continuerun(duration)
        runs.append(np.array(vs))
    count = round(duration / dt) + 1
    coarse, fine = runs[0][:, :count], runs[1][:, : 2 * count - 1 : 2]
    return dt * np.arange(count), 2 * fine - coarse


# --- LSODA ---------------------------------------------------------------------------------------


def lsoda(fibre, nodes, *, amplitude, t, celsius=37.0, rtol=1e-10):
    """Return V at the nodes at the times `t`, of which 0.1 ms, the pulse's end, must be one."""
    parts = compartments(fibre, nodes)
    n = len(parts)
    names, length, diameter, width, leak = zip(*parts, strict=True)
    node = np.array([name == "node" for name in names])
    length, diameter, width, leak = (np.array(x, float) for x in (length, diameter, width, leak))
    area = np.pi * diameter * length * 1e-8  # cm²
    outer = np.pi * fibre * length * 1e-8
    lamellae = PRINTED[fibre][-1]
    sheath, leaky = 0.1 / (2 * lamellae) * outer, 1.0 / (2 * lamellae) * outer  # µF, mS
    inside = 70 * length / 2 * 1e-4 / (np.pi * (diameter * 1e-4) ** 2 / 4)  # Ω to the middle
    space = (
        70 * length / 2 * 1e-4 / (np.pi * ((diameter / 2 + width) ** 2 - diameter**2 / 4) * 1e-8)
    )
    along, beside = (1e3 / (r[1:] + r[:-1]) for r in (inside, space))  # mS
    gates = rates(celsius)

    def rate(form, scale, slope, middle, v):
        x = slope * (v - middle) + 1e-300
        return scale * (x / -np.expm1(-x) if form == LINOID else 1 / (1 + np.exp(x)))

    def flow(t, y, injected):
        v, e, *x = y.reshape(n, 6).T
        e = np.where(node, 0, e)
        ionic = leak * 1e3 * (v + np.where(node, 90, 80))
        gated = dict(zip(gates, x, strict=True))
        for conductance, reversal, names in CURRENTS.values():
            opened = np.prod([gated[g] ** gates[g][0] for g in names], axis=0)
            ionic = ionic + node * conductance * 1e3 * opened * (v - reversal)
        inward = along * np.diff(v + e)
        within = np.append(inward, 0) - np.append(0, inward)  # µA
        within[0] += injected
        outside = beside * np.diff(e)
        under = within + np.append(outside, 0) - np.append(0, outside) - leaky * e
        out = np.zeros((n, 6))
        out[:, 0] = (within - ionic * area) / (2 * area)
        out[:, 1] = np.where(node, 0, under / sheath)
        for k, (name, (_, opening, closing)) in enumerate(gates.items()):
            a, b = rate(*opening, v), rate(*closing, v)
            out[:, 2 + k] = node * (a * (1 - gated[name]) - b * gated[name])
        return out.ravel()

    y = np.zeros((n, 6))
    y[:, 0] = -80
    for k, (_, opening, closing) in enumerate(gates.values()):
        a, b = rate(*opening, -80.0), rate(*closing, -80.0)
        y[:, 2 + k] = a / (a + b)
    end = int(np.argmin(np.abs(t - 0.1)))
    found = []
    y = y.ravel()
    for times, injected in ((t[: end + 1], amplitude * 1e-3), (t[end:], 0.0)):
        ys, report = odeint(
            flow, y, times, (injected,), tfirst=True, rtol=rtol, atol=rtol, ml=11, mu=11,
            mxstep=10**6, h0=1e-7, full_output=True,
        )  # fmt: skip
        assert report["message"] == "Integration successful.", report["message"]
        found.append(ys)
        y = ys[-1]
    ys = np.concatenate([found[0][:-1], found[1]])
    return ys.reshape(len(t), n, 6)[:, node, 0].T
