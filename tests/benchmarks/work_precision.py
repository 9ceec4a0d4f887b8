"""Work and precision of five workloads; see run.py.

Each simulator runs with several settings, from coarse to fine. Of each the error against a
reference is measured, and the CPU time: medians over rounds in which all of them take turns, so
that a busy machine slows them alike. The table shows the cheapest setting that meets an error, and
its time over NEURON's. Models are built beforehand; initialising, running and reading the result
count.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from neuron import h
from scipy.integrate import solve_ivp

import neurocore as nc

h.load_file("stdrun.hoc")

SQUID = nc.hodgkin_huxley(6.3)
PATCH = nc.patch(SQUID)
NEVER = np.inf
KEPT = []  # NEURON forgets sections that nobody holds


# --- the same membrane for the others ----------------------------------------------------------


def neuron_section(length, diameter, segments=1, resistivity=35.4, scale=(0.12, 0.036, 0.0003)):
    s = h.Section()
    s.L, s.diam, s.nseg, s.Ra, s.cm = length, diameter, segments, resistivity, 1.0
    s.insert("hh")
    s.ena, s.ek = 50.0, -77.0
    for segment in s:
        segment.hh.gnabar, segment.hh.gkbar, segment.hh.gl = scale
        segment.hh.el = -54.387
    KEPT.append(s)
    return s


def neuron_clamp(segment, amplitude, start, duration):
    c = h.IClamp(segment)
    c.delay, c.dur, c.amp = start, duration, amplitude
    return c


def neuron_run(setting, celsius, duration, before=lambda: None):
    """Run with second-order steps ("crank", dt) or CVODE ("cvode" or "local", tolerance).

    With NEURON's tables of rates, as a user finds it, if the setting says "tables"; they are
    quicker, but err by up to 0.3 %.
    """
    method, value, *tables = setting
    h.usetable_hh = int(bool(tables))
    h.celsius = celsius
    cvode = neuron_run.cvode
    cvode.active(method in ("cvode", "local"))
    cvode.use_local_dt(method == "local")
    if method in ("cvode", "local"):
        cvode.atol(value)
    else:
        h.secondorder = 2
        h.dt = value
        h.steps_per_ms = 1 / value
    before()
    h.finitialize(-65)
    h.continuerun(duration)


neuron_run.cvode = h.CVode()


def upstrokes(t, v):
    t, v = np.asarray(t), np.asarray(v)
    keep = np.append(np.diff(t) > 0, True)
    return nc.crossings(t[keep], v[keep])


def squid_rates(v, exp=np.exp):
    """Return αm, βm, αh, βh, αn, βn (1/ms) at 6.3 °C."""
    x, y = (v + 40) / 10, (v + 55) / 10
    return (
        x / (1 - exp(-x)), 4 * exp(-(v + 65) / 18),
        0.07 * exp(-(v + 65) / 20), 1 / (1 + exp(-(v + 35) / 10)),
        0.1 * y / (1 - exp(-y)), 0.125 * exp(-(v + 65) / 80),
    )  # fmt: skip


def squid_flow(v, m, s, n, inward):
    am, bm, ah, bh, an, bn = squid_rates(v)
    ionic = 120 * m**3 * s * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
    return inward - ionic, am * (1 - m) - bm * m, ah * (1 - s) - bh * s, an * (1 - n) - bn * n


def squid_rest(v=-65.0):
    am, bm, ah, bh, an, bn = squid_rates(v)
    return np.array([v, am / (am + bm), ah / (ah + bh), an / (an + bn)])


def scipy_patch(method, tolerance, pieces, until=None):
    """Return t and V of a patch for pieces (stop, current), restarted at each edge."""
    y, start, ts, vs = squid_rest(), 0.0, [], []
    for stop, current in pieces:
        s = solve_ivp(
            lambda t, y, i=current: squid_flow(*y, i), (start, stop), y, method,
            rtol=tolerance, atol=tolerance,
        )  # fmt: skip
        ts.append(s.t)
        vs.append(s.y[0])
        y, start = s.y[:, -1], stop
    return np.concatenate(ts), np.concatenate(vs)


BRIAN = """
dv/dt = (I - 120*m**3*s*(v - 50) - 36*n**4*(v + 77) - 0.3*(v + 54.387))/ms : 1
dm/dt = (x/(1 - exp(-x))*(1 - m) - 4*exp(-(v + 65)/18)*m)/ms : 1
ds/dt = (0.07*exp(-(v + 65)/20)*(1 - s) - s/(1 + exp(-(v + 35)/10)))/ms : 1
dn/dt = (0.1*y/(1 - exp(-y))*(1 - n) - 0.125*exp(-(v + 65)/80)*n)/ms : 1
x = (v + 40)/10 : 1
y = (v + 55)/10 : 1
"""


class Brian:
    """One compiled program for each step: built once, run often, as standalone mode is meant."""

    def __init__(self, pieces, cells, dt):
        import brian2 as b

        b.set_device("cpp_standalone", build_on_run=False)
        b.device.reinit()
        b.device.activate(build_on_run=False)
        b.defaultclock.dt = dt * b.ms
        group = b.NeuronGroup(
            cells, BRIAN + "I : 1", threshold="v > 0", refractory="v > 0", method="rk4"
        )
        group.v, group.m, group.s, group.n = squid_rest()
        spikes = b.SpikeMonitor(group)
        trace = b.StateMonitor(group, "v", record=True) if cells == 1 else None
        network = b.Network(group, spikes, *([] if trace is None else [trace]))
        for duration, current in pieces:
            group.I = current
            network.run(duration * b.ms)
        self.directory = Path(tempfile.mkdtemp())
        b.device.build(directory=str(self.directory), compile=True, run=False, debug=False)

    def run(self):
        program = [self.directory / "main"]
        subprocess.run(program, cwd=self.directory, check=True, stdout=subprocess.DEVNULL)

    def result(self, name, dtype=float):
        (path,) = (self.directory / "results").glob(f"_dynamic_array_{name}_*")
        return np.fromfile(path, dtype)


# --- the workloads: name, reference, and simulators with settings --------------------------------


def w1():
    """HH patch, 120 ms, 10 µA/cm² from 5 to 105 ms: spike times (ms)."""
    reference = nc.simulate(PATCH, nc.step(10, 5, 105), 120, accuracy=1e-9).spike_times()

    def error(times):
        return np.abs(times - reference).max() if len(times) == len(reference) else NEVER

    def ours(accuracy):
        r = nc.simulate(PATCH, nc.step(10, start=5, stop=105), 120, accuracy=accuracy)
        return error(r.spike_times())

    s = neuron_section(100 / np.pi, 100)
    clamp = neuron_clamp(s(0.5), 1.0, 5, 100)
    t, v = h.Vector(), h.Vector()

    def record():
        t.record(h._ref_t)
        v.record(s(0.5)._ref_v)

    def neuron(setting):
        clamp.amp = 1.0
        neuron_run(setting, 6.3, 120, record)
        return error(upstrokes(t, v))

    def scipy(setting):
        method, tolerance = setting
        return error(
            upstrokes(*scipy_patch(method, tolerance, [(5, 0.0), (105, 10.0), (120, 0.0)]))
        )

    def brian(dt):
        program = Brian([(5, "0"), (100, "10"), (15, "0")], 1, dt)

        def one():
            program.run()
            t = program.result("statemonitor*_t") * 1e3
            return error(upstrokes(t, program.result("statemonitor*_v")))

        return one

    return (1e-3, 1e-5), {
        "neurocore": (ours, [1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 1e-4, 3e-5, 1e-5, 3e-6]),
        "NEURON": (
            neuron,
            [("cvode", 10.0**-k) for k in range(3, 11)]
            + [("crank", dt) for dt in (0.025, 0.0125, 0.005, 0.0025)]
            + [("cvode", 1e-5, "tables"), ("crank", 0.025, "tables")],
        ),
        "scipy": (scipy, [("RK45", 1e-4), ("LSODA", 1e-5), ("LSODA", 1e-7), ("DOP853", 1e-7)]),
        "Brian2": (brian, [0.04, 0.02, 0.01], "build"),
    }


def w2():
    """f–I curve, 200 currents of 0 to 40 µA/cm², 500 ms: rate of the second half (relative)."""
    currents = np.linspace(0, 40, 200)

    def rate(times):
        late = times[times >= 250]
        return 1e3 * (len(late) - 1) / (late[-1] - late[0]) if len(late) > 1 else 0.0

    r = nc.simulate(PATCH, nc.step(currents), 500, step=0.0125, sample=500)
    reference = np.array([rate(x) for x in r.spike_times()])
    fires = reference > 0

    def error(rates):
        rates = np.asarray(rates)
        if np.any((rates > 0) != fires):
            return NEVER
        return np.abs(rates[fires] / reference[fires] - 1).max()

    def ours(accuracy):
        return error(nc.f_i_curve(PATCH, currents, 500.0, accuracy=accuracy))

    sections = [neuron_section(100 / np.pi, 100) for _ in currents]
    clamps = [neuron_clamp(s(0.5), i / 10, 0, 1e9) for s, i in zip(sections, currents, strict=True)]
    counters, times = [], [h.Vector() for _ in currents]
    for s, x in zip(sections, times, strict=True):
        counter = h.NetCon(s(0.5)._ref_v, None, sec=s)
        counter.threshold = 0
        counter.record(x)
        counters.append(counter)

    def neuron(setting):
        for c, i in zip(clamps, currents, strict=True):
            c.amp = i / 10
        neuron_run(setting, 6.3, 500)
        result = error([rate(x.as_numpy().copy()) for x in times])
        for c in clamps:
            c.amp = 0
        return result

    def brian(dt):
        program = Brian([(500, "40*i/199.0")], 200, dt)

        def one():
            program.run()
            t, i = program.result("spikemonitor*_t") * 1e3, program.result("spikemonitor*_i", "i4")
            return error([rate(t[i == k]) for k in range(200)])

        return one

    return (1e-3, 1e-4), {
        "neurocore": (ours, [0.3, 0.1, 5e-2, 3e-2, 1e-2, 3e-3, 1e-3]),
        "NEURON": (
            neuron,
            [("crank", dt) for dt in (0.1, 0.05, 0.035, 0.025, 0.0125)]
            + [("local", 10.0**-k) for k in (3, 4)]
            + [("crank", dt, "tables") for dt in (0.05, 0.025)],
        ),
        "Brian2": (brian, [0.05, 0.025], "build"),
    }


def w3():
    """Bare axon, 1000 compartments, 10 cm, 12 ms, 18.5 °C: arrival at 30 and 70 % (ms)."""
    axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 100_000, 35.4, 1000)
    places = [300, 700]
    kick = nc.pulse(50_000, 0, 0.2)

    def arrivals(**options):
        r = nc.simulate(axon, kick, 12, record=places, **options)
        return np.array([x[0] if len(x) else NEVER for x in r.spike_times()])

    reference = arrivals(step=0.0025)

    def error(times):
        return np.abs(np.asarray(times) - reference).max()

    s = neuron_section(100_000, 476, 1000)
    clamp = neuron_clamp(s(0.0005), 50_000, 0, 0.2)
    t, vs = h.Vector(), [h.Vector() for _ in places]

    def record():
        t.record(h._ref_t)
        for v, k in zip(vs, places, strict=True):
            v.record(s((k + 0.5) / 1000)._ref_v)

    def neuron(setting):
        clamp.amp = 50_000
        neuron_run(setting, 18.5, 12, record)
        clamp.amp = 0
        found = [upstrokes(t, v) for v in vs]
        return error([x[0] if len(x) else NEVER for x in found])

    area = axon.area[0] * 1e3
    link = axon.axial_conductance[0] * 1e3 / area
    speed = 3.0 ** ((18.5 - 6.3) / 10)

    def scipy(tolerance):
        from scipy.integrate import ode

        def flow(t, y):
            y = y.reshape(1000, 4)
            v = y[:, 0]
            inward = np.zeros(1000)
            inward[:-1] += link * np.diff(v)
            inward[1:] -= link * np.diff(v)
            inward[0] += 50_000 / area if t < 0.2 else 0.0
            change = np.stack(squid_flow(*y.T, inward), axis=1)
            change[:, 1:] *= speed
            return change.ravel()

        solver = ode(flow).set_integrator(
            "lsoda", rtol=tolerance, atol=tolerance, lband=4, uband=4, nsteps=10**6
        )
        solver.set_initial_value(np.tile(squid_rest(), 1000))
        ts, rows = [0.0], [np.full(2, -65.0)]
        for stop in [0.2, *np.arange(0.21, 12, 0.01)]:
            solver.integrate(stop)
            ts.append(stop)
            rows.append(solver.y.reshape(1000, 4)[places, 0])
        return error([upstrokes(ts, row)[0] for row in np.array(rows).T])

    return (1e-3, 1e-5), {
        "neurocore": (
            lambda accuracy: error(arrivals(accuracy=accuracy)),
            [0.1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-5, 1e-6],
        ),
        "NEURON": (
            neuron,
            [("crank", dt) for dt in (0.02, 0.01, 0.005, 0.0025, 0.00125)]
            + [("cvode", 10.0**-k) for k in (3, 5, 7)]
            + [("crank", dt, "tables") for dt in (0.02, 0.01, 0.005, 0.0025)],
        ),
        "scipy": (scipy, [1e-4]),
    }


def w4():
    """Brill's axon, 20 internodes of 10 segments, 2.5 ms: arrival at nodes 6 and 14 (ms)."""
    axon = nc.myelinated_axon(axolemma=nc.passive(0.29946, -65.0, 1.0, 20.0))
    nodes = axon.regions["node"][[6, 14]]
    kick = nc.pulse(5, 0, 0.1)

    def arrivals(**options):
        r = nc.simulate(axon, kick, 2.5, v0=-65.0, record=nodes, **options)
        return np.array([x[0] if len(x) else NEVER for x in r.spike_times()])

    reference = arrivals(step=0.0005)

    def error(times):
        return np.abs(np.asarray(times) - reference).max()

    parts = []
    for k in range(21):
        node = neuron_section(3.183, 10, 1, 98.96, (1.2, 0.09, 0.02))
        node(0.5).hh.el = -65.05
        parts.append(node)
        if k < 20:
            internode = h.Section()
            internode.L, internode.diam, internode.nseg, internode.Ra = 1000, 10, 10, 98.96
            internode.cm = 1 / 168
            internode.insert("pas")
            for segment in internode:
                segment.pas.g, segment.pas.e = 0.29946e-3 / 168, -65.0
            parts.append(internode)
    for a, b in pairwise(parts):
        b.connect(a(1), 0)
    clamp = neuron_clamp(parts[0](0.5), 5, 0, 0.1)
    t, vs = h.Vector(), [h.Vector(), h.Vector()]

    def record():
        t.record(h._ref_t)
        for v, k in zip(vs, (6, 14), strict=True):
            v.record(parts[2 * k](0.5)._ref_v)

    def neuron(setting):
        clamp.amp = 5
        neuron_run(setting, 20, 2.5, record)
        clamp.amp = 0
        found = [upstrokes(t, v) for v in vs]
        return error([x[0] if len(x) else NEVER for x in found])

    return (3e-4, 1e-5), {
        "neurocore": (
            lambda accuracy: error(arrivals(accuracy=accuracy)),
            [0.1, 3e-2, 1e-2, 8e-3, 3e-3, 1e-3, 1e-4, 1e-5],
        ),
        "NEURON": (
            neuron,
            [("crank", dt) for dt in (0.01, 0.005, 0.0025, 0.00125, 0.000625)]
            + [("cvode", 10.0**-k) for k in (3, 4, 5, 6, 7)]
            + [("crank", dt, "tables") for dt in (0.01, 0.005, 0.0025, 0.00125)],
        ),
    }


def w5():
    """Threshold of a 0.2 ms pulse on the HH patch, bisected by 30 runs of 20 ms (relative)."""

    def bisect(fires):
        low, high = 0.0, 100.0
        for _ in range(30):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if fires(middle) else (middle, high)
        return high

    options = {"accuracy": 1e-8, "v0": -65.0}
    reference = bisect(lambda a: nc.fires(PATCH, nc.pulse(a), 20, **options))

    def error(value):
        return abs(value / reference - 1)

    def ours(accuracy):
        return error(bisect(lambda a: nc.fires(PATCH, nc.pulse(a), 20, accuracy=accuracy)))

    s = neuron_section(100 / np.pi, 100)
    clamp = neuron_clamp(s(0.5), 0.0, 0, 0.2)
    counter, times = h.NetCon(s(0.5)._ref_v, None, sec=s), h.Vector()
    counter.threshold = 0
    counter.record(times)

    def neuron(setting):
        def fires(a):
            clamp.amp = a / 10
            neuron_run(setting, 6.3, 20)
            return len(times) > 0

        result = error(bisect(fires))
        clamp.amp = 0
        return result

    def scipy(setting):
        method, tolerance = setting
        return error(
            bisect(lambda a: scipy_patch(method, tolerance, [(0.2, a), (20, 0.0)])[1].max() > 0)
        )

    return (1e-3, 1e-4), {
        "neurocore": (ours, [0.3, 0.1, 3e-2, 1e-2, 1e-3, 1e-4, 1e-5]),
        "NEURON": (
            neuron,
            [("crank", dt) for dt in (0.1, 0.05, 0.025, 0.0125)]
            + [("cvode", 10.0**-k) for k in (2, 3, 4, 5, 6)]
            + [("crank", 0.05, "tables"), ("cvode", 1e-3, "tables")],
        ),
        "scipy": (scipy, [("RK45", 1e-3), ("RK45", 1e-5), ("LSODA", 1e-5)]),
    }


# --- measuring -----------------------------------------------------------------------------------


def processor_time():
    """Return the CPU time (s) used so far, here and in programs called: others may be busy too."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(simulators, seconds=20.0):
    """Return (simulator, setting) → error and times (s), the simulators taking turns."""
    runs = {}
    for name, (function, settings, *build) in simulators.items():
        for setting in settings:
            one = function(setting) if build else (lambda f=function, s=setting: f(s))
            runs[name, setting] = one
    errors = {key: one() for key, one in runs.items()}  # also warms everything up
    times = {key: [] for key in runs}
    start = time.perf_counter()
    rounds = 0
    while rounds < 3 or (rounds < 15 and time.perf_counter() - start < seconds):
        for key, one in runs.items():
            before = processor_time()
            one()
            times[key].append(processor_time() - before)
        rounds += 1
    return {key: (errors[key], statistics.median(times[key])) for key in runs}


def table(name, description, targets, results):
    print(f"\n{name}  {description}")
    simulators = dict.fromkeys(simulator for simulator, _ in results)
    for target in targets:
        best = {}
        for simulator in simulators:
            fit = [
                (t, e, setting)
                for (s, setting), (e, t) in results.items()
                if s == simulator and e <= target
            ]
            best[simulator] = min(fit) if fit else None
        peer = best["NEURON"]
        for simulator, found in best.items():
            if found is None:
                print(f"  {target:7.0e}  {simulator:10}  no setting tried meets it")
                continue
            t, e, setting = found
            ratio = f"{t / peer[0]:7.2f} × NEURON" if peer else " " * 16
            print(f"  {target:7.0e}  {simulator:10} {t * 1e3:9.1f} ms {ratio}   "
                  f"error {e:.1e}   {setting}")  # fmt: skip


def main(names):
    everything = {f.__name__.upper(): f for f in (w1, w2, w3, w4, w5)}
    for name in names or everything:
        workload = everything[name.upper()]
        KEPT.clear()
        targets, simulators = workload()
        results = measure(simulators)
        table(name.upper(), workload.__doc__, targets, results)
        if "--all" in sys.argv:
            for (simulator, setting), (e, t) in results.items():
                print(f"    {simulator:10} {setting!s:22} error {e:.1e} {t * 1e3:9.1f} ms")


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if not name.startswith("-")])
