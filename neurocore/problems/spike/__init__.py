"""Problems of the chapter "The all-or-none spike"."""

from functools import lru_cache
from math import exp, log
from types import SimpleNamespace

import numpy as np

from neurocore._formula import linoid
from neurocore.dynamics import fixed_points, jacobian, separatrix
from neurocore.experiments import smallest
from neurocore.plots import COLOUR, label, level
from neurocore.practice import data
from neurocore.practice.kinds import Vary
from neurocore.problems.computed import computed
from neurocore.problems.squid import (
    AT_REST,
    GATES,
    SPIKE,
    SQUID,
    TABLE,
    C,
    E,
    G,
    squid_patch,
)
from neurocore.reduced import MorrisLecar, trajectory
from neurocore.simulate import simulate
from neurocore.stimuli import step


def _currents(v, m, h, n, m_power=3, n_power=4, e_k=E["K"]):
    """Return the sodium, potassium and leak current, µA/cm²."""
    return (
        G["Na"] * m**m_power * h * (v - E["Na"]),
        G["K"] * n**n_power * (v - e_k),
        G["leak"] * (v - E["leak"]),
    )


def _balance(p, **changed):
    currents = _currents(p.v, p.m, p.h, p.n, **changed)
    return (*currents, -sum(currents) / C)


def _some(names, values):
    """Return some of the parts of `current_balance`, by name."""
    parts = dict(zip(("i_na", "i_k", "i_leak", "slope"), values, strict=True))
    return {name: parts[name] for name in names}


def current_balance(p):
    return {
        "answer": dict(zip(("i_na", "i_k", "i_leak", "slope"), _balance(p), strict=True)),
        "sign-of-slope": _some(["slope"], [-x for x in _balance(p)]),
        "m-not-cubed": _some(["i_na", "slope"], _balance(p, m_power=1)),
        "n-not-to-the-fourth": _some(["i_k", "slope"], _balance(p, n_power=1)),
        "sign-of-e-k": _some(["i_k", "slope"], _balance(p, e_k=-E["K"])),
        "table": TABLE,
        "m3h": p.m**3 * p.h,
        "n_fourth": p.n**4,
        "force_na": p.v - E["Na"],
        "force_k": p.v - E["K"],
        "force_leak": p.v - E["leak"],
        "g_na": G["Na"],
        "g_k": G["K"],
        "g_leak": G["leak"],
        "ionic": sum(_balance(p)[:3]),
    }


def _half(p, gates):
    return -p.tau * log(1 - 0.5 ** (1 / gates))


def gates_delay(p):
    return {
        "answer": {"one": _half(p, 1), "many": _half(p, p.gates)},
        "divided": {"many": _half(p, 1) / p.gates},
        "one-after-the-other": {"many": p.gates * _half(p, 1)},
        "half-of-each": {"many": _half(p, 1)},
        "time-constant": {"one": p.tau},
        "x": 0.5 ** (1 / p.gates),
        "times_longer": _half(p, p.gates) / _half(p, 1),
    }


def _factor(celsius):
    return 3 ** ((celsius - 6.3) / 10)


def _alpha_m(p, rise=1.0, middle=-40.0, factor=None):
    factor = _factor(p.celsius) if factor is None else factor
    return lambda v: factor * rise * linoid((v - middle) / 10)


def alpha_m(p):
    return {
        "answer": _alpha_m(p),
        "q10-ignored": _alpha_m(p, factor=1.0),
        "q10-from-zero": _alpha_m(p, factor=3 ** (p.celsius / 10)),
        "potential-from-rest": _alpha_m(p, middle=25.0),
        "alpha-of-n": _alpha_m(p, 0.1, -55.0),
        "factor": _factor(p.celsius),
    }


def _rhs(p, into=1.0, sign=-1.0, **changed):
    return lambda v, m, h, n: (
        (into * p.amplitude + sign * sum(_currents(v, m, h, n, **changed))) / C
    )


def hh_rhs(p):
    return {
        "answer": _rhs(p),
        "current-forgotten": _rhs(p, into=0.0),
        "ionic-sign": _rhs(p, sign=1.0),
        "m-not-cubed": _rhs(p, m_power=1),
        "n-not-to-the-fourth": _rhs(p, n_power=1),
        "table": TABLE,
        "g_na": G["Na"],
        "e_na": E["Na"],
        "g_k": G["K"],
        "minus_e_k": -E["K"],
        "g_leak": G["leak"],
        "minus_e_leak": -E["leak"],
    }


def _taus(p, celsius=None):
    celsius = p.celsius if celsius is None else celsius
    return tuple(float(GATES[x].time_constant(p.v, celsius)) for x in "mhn")


def _opening(p):
    """Return 1/α instead of 1/(α + β): τ/x∞."""
    return tuple(
        tau / float(GATES[x].steady_state(p.v)) for x, tau in zip("mhn", _taus(p), strict=True)
    )


def time_constants(p):
    return {
        "answer": dict(zip(("tau_m", "tau_h", "tau_n"), _taus(p), strict=True)),
        "opening-alone": dict(zip(("tau_m", "tau_h", "tau_n"), _opening(p), strict=True)),
        "q10-ignored": dict(zip(("tau_m", "tau_h", "tau_n"), _taus(p, 6.3), strict=True)),
        "q10-upside-down": dict(
            zip(("tau_m", "tau_h", "tau_n"), _taus(p, 2 * 6.3 - p.celsius), strict=True)
        ),
        "factor": _factor(p.celsius),
        **dict(zip(("cold_m", "cold_h", "cold_n"), _taus(p, 6.3), strict=True)),
        "tie": _tie(),
    }


@lru_cache
def _tie():
    """Return above which V n is slower than h, mV."""
    return smallest(
        lambda v: GATES["n"].time_constant(v, 6.3) > GATES["h"].time_constant(v, 6.3), -65.0, -20.0
    )


BEGINS = 5.0  # ms


@lru_cache
def _run(amplitude):
    return simulate(squid_patch(SQUID.celsius), step(amplitude, BEGINS), 305.0)


@computed
def _firing(amplitude):
    """Return the latency, the steady rate, and what three mistakes make of them."""
    run = _run(amplitude)
    times = run.spike_times() - BEGINS
    first = run.t < BEGINS + times[0] + 3.0
    return {
        "latency": float(times[0]),
        "rate": float(1e3 / np.diff(times)[-5:].mean()),
        "peak": float(run.t[first][np.argmax(run.v[first])] - BEGINS),
        "beginning": float(1e3 / np.diff(times)[0]),
        "count": 10.0 * int(np.sum(times < 100)),
    }


COARSE = 0.05  # ms; twice that, and Euler's method blows up in the first spike


@computed
def _slipped(amplitude):
    """Return the latency by Euler steps of 0.05 ms, and latency and rate by Q10 from 0 °C."""
    v, gates, k = -65.0, dict(AT_REST), 0
    while v < 0:
        opening = {x: GATES[x].steady_state(v) for x in "mhn"}
        pace = {x: COARSE / GATES[x].time_constant(v, SQUID.celsius) for x in "mhn"}
        before = v
        v += COARSE * (amplitude - sum(_currents(v, *(gates[x] for x in "mhn")))) / C
        gates = {x: gates[x] + pace[x] * (opening[x] - gates[x]) for x in "mhn"}
        k += 1
    first = COARSE * (k - v / (v - before))
    warm = simulate(squid_patch(2 * SQUID.celsius), step(amplitude), 300.0).spike_times()
    return float(first), float(warm[0]), float(1e3 / np.diff(warm)[-5:].mean())


OWN_SIMULATION = {"amplitude": Vary(10, 7, 20, 1), "celsius": SQUID.celsius}


def own_simulation(p):
    return {
        "answer": {"first": _firing(p.amplitude)["latency"], "rate": _firing(p.amplitude)["rate"]},
        "clock-of-the-run": {"first": _firing(p.amplitude)["latency"] + BEGINS},
        "peak": {"first": _firing(p.amplitude)["peak"]},
        "first-interval": {"rate": _firing(p.amplitude)["beginning"]},
        "counted": {"rate": _firing(p.amplitude)["count"]},
        "interval": {"rate": 1e3 / _firing(p.amplitude)["rate"]},
        "coarse-euler": {"first": _slipped(p.amplitude)[0]},
        "q10-from-zero": dict(zip(("first", "rate"), _slipped(p.amplitude)[1:], strict=True)),
        "begins": BEGINS,
        "spike": SPIKE,
        "settled": 1e3 / _firing(p.amplitude)["rate"],
        "beginning": _firing(p.amplitude)["beginning"],
    }


EARLY, LATER = 0.002, 0.010  # ms


def _onset(p, power=3, start=None, late=1.0):
    """Return the log–log slope of the onset of m³ after a step from a holding potential."""
    gate = GATES["m"]
    end, tau = float(gate.steady_state(p.v)), float(gate.time_constant(p.v, p.celsius))

    def slope(v_start):
        m0 = gate.steady_state(v_start) if start is None else start + 0.0 * v_start
        early, later = (end - (end - m0) * exp(-late * t / tau) for t in (EARLY, LATER))
        return power * np.log(later / early) / log(LATER / EARLY)

    return slope


ONSET_EXPONENT = {"v": Vary(0, -20, 40, 10), "celsius": SQUID.celsius}


def onset_exponent(p):
    return {
        "answer": _onset(p),
        "closed-start": _onset(p, start=0.0),
        "not-cubed": _onset(p, power=1),
        "too-late": _onset(p, late=10.0),
        "always-three": lambda v_hold: 3.0 + 0.0 * v_hold,
        "early": 1e3 * EARLY,
        "later": 1e3 * LATER,
        "end": float(GATES["m"].steady_state(p.v)),
        "tau": float(GATES["m"].time_constant(p.v, p.celsius)),
        "at_110": float(_onset(p)(-110.0)),
        "at_85": float(_onset(p)(-85.0)),
        "at_65": float(_onset(p)(-65.0)),
    }


T_DATA = np.array([0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 10])
SCATTER = 0.05
WITHIN = 1 + 4 / (len(T_DATA) - 3)


@lru_cache
def _data(seed):
    """Return synthetic potassium conductances, mS/cm², with their scatter."""
    tau = float(GATES["n"].time_constant(0.0, 6.3))
    g = G["K"] * float(GATES["n"].steady_state(0.0)) ** 4 * (1 - np.exp(-T_DATA / tau)) ** 4
    noise = np.random.default_rng(int(seed)).standard_normal(len(T_DATA))
    return np.array([float(f"{x:.4g}") for x in g * (1 + SCATTER * noise)])


def _onset_share():
    """Return which share of its way g has made at the first of the times."""
    tau = float(GATES["n"].time_constant(0.0, 6.3))
    return (1 - float(np.exp(-T_DATA[0] / tau))) ** 4


def _lowest(function, low, high):
    """Return where a function of one variable is lowest: a grid, then golden sections."""
    grid = np.linspace(low, high, 30)
    k = int(np.argmin([function(x) for x in grid]))
    a, b = grid[max(k - 1, 0)], grid[min(k + 1, 29)]
    golden = (5**0.5 - 1) / 2
    while b - a > 1e-7:
        c, d = b - golden * (b - a), a + golden * (b - a)
        a, b = (a, d) if function(c) < function(d) else (c, b)
    return (a + b) / 2


def _line(t, y, tau, power=None):
    """Return the squares left of ln g = a + N ln(1 − e^(−t/τ)), and N; or with N given."""
    x = np.log1p(-np.exp(-t / tau))
    if power is None:
        power = ((x - x.mean()) @ (y - y.mean())) / ((x - x.mean()) @ (x - x.mean()))
    left = y - power * x
    return float(((left - left.mean()) ** 2).sum()), float(power)


def _best(seed, first=0, power=None):
    """Return N, τ and the squares left of the best fit to ln g; or with N given."""
    t, y = T_DATA[first:], np.log(_data(seed)[first:])
    tau = _lowest(lambda tau: _line(t, y, tau, power)[0], 0.4, 5.0)
    squares, power = _line(t, y, tau, power)
    return power, float(tau), squares


@computed
def _fit(seed, first=0):
    return _best(seed, first)


@computed
def _range(seed):
    """Return the smallest and the largest N that fit nearly as well as the best."""
    best, _, squares = _best(seed)

    def worse(power):
        return _best(seed, power=power)[2] > WITHIN * squares

    low = -smallest(lambda x: worse(-x), -best, -1.0, 1e-4)
    return low, smallest(worse, best, 15.0, 1e-4)


@computed
def _unweighted(seed):
    """Return N of the best fit to g itself, in which the large values count most."""
    g = _data(seed)

    def left(tau, power):
        shape = (1 - np.exp(-T_DATA / tau)) ** power
        return float(((g - (shape @ g) / (shape @ shape) * shape) ** 2).sum())

    def best_tau(power):
        return _lowest(lambda tau: left(tau, power), 0.4, 5.0)

    return float(_lowest(lambda power: left(best_tau(power), power), 1.5, 10.0))


def _listed(values):
    return ", ".join(f"{x:g}" for x in values)


def draw_onset_fit(axes, p):
    best, _, squares = _best(p.seed)
    powers = np.linspace(best - 0.7, best + 0.7, 41)
    fits = [_best(p.seed, power=x) for x in powers]
    axes.plot(powers, [left / squares for _, _, left in fits], color=COLOUR["K"])
    low, high = _range(p.seed)
    axes.plot([low, high], [WITHIN, WITHIN], color=COLOUR["V"])
    level(axes, WITHIN, f"{WITHIN:.2f} times the least")
    for power, place in ((low, "right"), (high, "left")):
        tau = _best(p.seed, power=power)[1]
        words = f" N = {power:.2f}, τ = {tau:.2f} ms "
        label(axes, power, WITHIN - 0.06, words, ha=place, va="top")
    axes.set(xlim=(powers[0] - 0.35, powers[-1] + 0.35), ylim=(0.95, 2.2))
    axes.set(xlabel="N held at", ylabel="sum of squares over its least")


def onset_fit(p):
    return {
        "answer": dict(
            zip(("n", "tau", "low", "high"), (*_fit(p.seed)[:2], *_range(p.seed)), strict=True)
        ),
        "assumed-four": {"n": 4.0},
        "one-gate": {"n": 1.0},
        "unweighted": {"n": _unweighted(p.seed)},
        "onset-left-out": {"n": _fit(p.seed, 5)[0]},
        "scatter": 100 * SCATTER,
        "listed_t_data": _listed(T_DATA),
        "data": _listed(_data(p.seed)),
        "within": WITHIN,
        "tau_true": float(GATES["n"].time_constant(0.0, 6.3)),
        "first": T_DATA[0],
        "way": 100 * _onset_share(),
    }


def _clamped(p):
    """Return what is asked of the channel behind the data, and the largest m³h over m∞³."""
    return _behind(int(p.seed), float(p.v))


@lru_cache
def _behind(seed, v):
    channel = data.sodium_channel(seed)
    m, h = channel.gate("m"), channel.gate("h")
    end, shut = float(m.steady_state(v)), float(h.steady_state(v))
    rise, fall = (float(gate.time_constant(v, data.CELSIUS)) for gate in (m, h))
    t = np.linspace(0.0, 20.0, 2001)
    open_now = (1 - np.exp(-t / rise)) ** 3 * (shut + (1 - shut) * np.exp(-t / fall))
    return SimpleNamespace(m=end, h=shut, tau_m=rise, tau_h=fall, peak=float(open_now.max()))


def _drive(p):
    return p.v - E["Na"]


def draw_clamp_family(axes, p):
    t, v, current = data.sodium_currents(int(p.seed))
    shown = t <= 10
    for row, at in zip(current, v, strict=True):
        if at in (-60.0, -50.0, -30.0, -20.0, 0.0, 20.0):
            axes.plot(t[shown], row[shown] / 1e3, color=COLOUR["muted"], linewidth=0.6, alpha=0.6)
    c = _clamped(p)
    fit = (c.m * (1 - np.exp(-t / c.tau_m))) ** 3 * (c.h + (1 - c.h) * np.exp(-t / c.tau_h))
    row = current[v == p.v][0]
    axes.plot(t[shown], row[shown] / 1e3, ".", color=COLOUR["Na"], markersize=4)
    scale = G["Na"] * _drive(p) / 1e3
    axes.plot(t[shown], scale * fit[shown], color=COLOUR["V"], linewidth=0.8)
    steady = scale * (c.m * (1 - np.exp(-t / c.tau_m))) ** 3
    axes.plot(t[shown], steady[shown], "--", color=COLOUR["V"], linewidth=1.2)
    axes.set(xlabel="time after the step (ms)", ylabel="sodium current (mA/cm²)")
    axes.set_ylim(1.55 * steady[-1], 0.02 * abs(steady[-1]))
    label(axes, 10, 0.97 * steady[-1], "without inactivation", ha="right")
    label(axes, 4, 0.62 * steady[-1], f"data and fit at {p.v:g} mV".replace("-", "−"), "Na")


CLAMP_FAMILY = {"seed": Vary(5, 1, 20, 1), "v": Vary(-40, -50, -40, 10), "celsius": data.CELSIUS}


def clamp_family(p):
    return {
        "answer": dict(
            zip(
                ("m_inf", "h_inf", "tau_m", "tau_h"),
                tuple(getattr(_clamped(p), x) for x in ("m", "h", "tau_m", "tau_h")),
                strict=True,
            )
        ),
        "cube-root-forgotten": {"m_inf": _clamped(p).m ** 3},
        "drive-forgotten": {"m_inf": _clamped(p).m * abs(_drive(p)) ** (1 / 3)},
        "time-constant-of-the-cube": {
            "tau_m": -_clamped(p).tau_m * log(1 - (1 - exp(-1)) ** (1 / 3))
        },
        "peak-for-steady-state": {"m_inf": _clamped(p).m * _clamped(p).peak ** (1 / 3)},
        "over-the-peak": {"h_inf": _clamped(p).h / _clamped(p).peak},
        "share-inactivated": {"h_inf": 1 - _clamped(p).h},
        "all-inactivate": {"h_inf": 0.0},
        "half-time": {"tau_h": _clamped(p).tau_h * log(2)},
        "holding": data.HOLDING,
        "g_na": G["Na"],
        "e_na": E["Na"],
        "drive": -_drive(p),
        "m": _clamped(p).m,
        "h": _clamped(p).h,
        "tau_m": _clamped(p).tau_m,
        "tau_h": _clamped(p).tau_h,
        "percent": 100 * _clamped(p).peak,
    }


SHOCKS = 5


@lru_cache
def _plane(current):
    """Return the fixed points, and the separatrix as the potential at each w."""
    model = MorrisLecar(current=current)
    points = fixed_points(model)
    v, w = separatrix(model)
    return model, points, v, w


def _crossing(current):
    """Return the potential at which the separatrix stands at the resting w, mV."""
    _, (rest, *_), v, w = _plane(current)
    k = int(np.flatnonzero(w > rest.w)[0])  # it rises all the way from its lower end
    return float(v[k - 1] + (rest.w - w[k - 1]) / (w[k] - w[k - 1]) * (v[k] - v[k - 1]))


def _nullcline_crossing(current):
    """Return the potential above rest at which dv/dt turns positive at the resting w, mV."""
    model, (rest, saddle, _), _, _ = _plane(current)
    return smallest(lambda v: model.derivative(v, rest.w)[0] > 0, rest.v + 1.0, saddle.v)


@computed
def _border(current):
    """Return rest, saddle and focus, and what separatrix and nullcline make of a shock."""
    rest, saddle, focus = _plane(current)[1]
    points = (rest.v, rest.w, saddle.v, saddle.w, focus.v, focus.w)
    return *points, _crossing(current), _nullcline_crossing(current)


def _shocks(p):
    """Return five shocks (mV), one of which passes the nullcline and not the separatrix."""
    first = round(_border(p.current)[6] - _border(p.current)[0]) - (5 if p.current % 4 else 3)
    return [first + 2 * k for k in range(SHOCKS)]


def _firing_shocks(p, border):
    return sum(_border(p.current)[0] + shock > border for shock in _shocks(p))


def _model_words(p):
    return (
        "The model of Morris and Lecar with the class-I parameters of Rinzel and Ermentrout has a "
        "potential v (mV) and a recovery variable w.\nNo temperature enters it.\n"
        f"`model = nc.MorrisLecar(current={p.current:g})` is it, with a lasting current of "
        f"{p.current:g} µA/cm².\n"
    )


def draw_saddle_border(axes, p):
    model, (rest, saddle, focus), v, w = _plane(p.current)
    grid = np.linspace(-60.0, 20.0, 200)
    axes.plot(grid, model.voltage_nullcline(grid), color=COLOUR["muted"], linewidth=1.2)
    axes.plot(grid, model.recovery_nullcline(grid), color=COLOUR["K"], linewidth=1.2)
    axes.plot(v, w, color=COLOUR["Na"])
    for point, fill in ((rest, COLOUR["V"]), (saddle, "white"), (focus, "white")):
        axes.plot(point.v, point.w, "o", color=COLOUR["V"], markerfacecolor=fill, markersize=6)
    # Shocks on either side of the border, and where they lead.
    for beyond in (-1.0, 1.0):
        _, x, y = trajectory(model, _crossing(p.current) + beyond, rest.w, 60.0, 0.5)
        axes.plot(x, y, color=COLOUR["V"], linewidth=1.0)
    axes.set(xlim=(-60, 33), ylim=(-0.04, 0.43), xlabel="v (mV)", ylabel="w")
    label(axes, rest.v, -0.01, "rest", ha="center", va="top")
    label(axes, saddle.v - 1, saddle.w + 0.02, "saddle", ha="right")
    label(axes, -3, 0.225, "separatrix ", "Na", ha="right")
    label(axes, 8, 0.325, "dv/dt = 0", "muted")
    label(axes, 10, 0.415, "dw/dt = 0", "K", va="center")
    label(axes, 17, 0.05, "fires")


def saddle_border(p):
    *points, border, nullcline = _border(p.current)
    v_rest, w_rest, v_saddle, w_saddle, v_focus, w_focus = points
    *first_shocks, last_shock = _shocks(p)
    fire = _firing_shocks(p, border)
    return {
        "answer": {
            "v_saddle": v_saddle,
            "w_saddle": w_saddle,
            "shock": border - v_rest,
            "fire": fire,
        },
        "nullcline": {"shock": nullcline - v_rest, "fire": _firing_shocks(p, nullcline)},
        "as-far-as-the-saddle": {"shock": v_saddle - v_rest, "fire": _firing_shocks(p, v_saddle)},
        "focus": {"v_saddle": v_focus, "w_saddle": w_focus},
        "resting-point": {"v_saddle": v_rest, "w_saddle": w_rest},
        "potential-not-shock": {"shock": border},
        "model_words": _model_words(p),
        "first_shocks": ", ".join(map(str, first_shocks)),
        "last_shock": last_shock,
        "v_rest": v_rest,
        "w_rest": w_rest,
        "border": border,
        "rises_from": nullcline,
    }


LEFT, RIGHT = -20.0, -2.0  # mV, between which the border is drawn
PLACES = 37


@computed
def _curves(current, straight=False, forward=False):
    """Return the w of the separatrix at the places compared, or of what is taken for it."""
    model, (_, saddle, _), v, w = _plane(current)
    places = np.linspace(LEFT, RIGHT, PLACES)
    if straight or forward:
        values, vectors = np.linalg.eig(jacobian(model, saddle.v, saddle.w))
        along = vectors[:, np.argmax(values) if forward else np.argmin(values)]
        w_at = saddle.w + along[1] / along[0] * (places - saddle.v)
    else:
        rising = slice(0, int(np.argmax(v)))
        w_at = np.interp(places, v[rising], w[rising])
    return tuple(w_at.tolist())


def _at_places(values):
    places = np.linspace(LEFT, RIGHT, PLACES)
    return lambda v: float(np.interp(v, places, values))


def _branch(p, name):
    return getattr(MorrisLecar(current=p.current), name)


def draw_separatrix_drawing(axes, p):
    v = np.linspace(LEFT, RIGHT, PLACES)
    saddle = _border(p.current)[2:4]
    nullcline = _branch(p, "voltage_nullcline")(v)
    border = np.array(_curves(p.current))
    axes.fill_between(v, nullcline, border, color=COLOUR["Na"], alpha=0.12, linewidth=0)
    axes.plot(v, border, color=COLOUR["Na"])
    axes.plot(v, nullcline, color=COLOUR["muted"])
    axes.plot(*saddle, "o", color=COLOUR["V"], markerfacecolor="white", markersize=7)
    axes.set(xlabel="v (mV)", ylabel="w")
    label(axes, saddle[0] + 0.4, saddle[1] - 0.012, "saddle")
    label(axes, -9, border[24] - 0.002, "separatrix", "Na", ha="right")
    label(axes, -7, nullcline[26] - 0.02, "dv/dt = 0", "muted")


def separatrix_drawing(p):
    return {
        "answer": {
            "separatrix": _at_places(_curves(p.current)),
            "nullcline": _branch(p, "voltage_nullcline"),
        },
        "other-nullcline": {"nullcline": _branch(p, "recovery_nullcline")},
        "tangent": {"separatrix": _at_places(_curves(p.current, True))},
        "unstable-direction": {"separatrix": _at_places(_curves(p.current, False, True))},
        "model_words": _model_words(p),
        "left": LEFT,
        "right": RIGHT,
        "separatrix_at": _at_places(_curves(p.current))(-5.0),
        "nullcline_at": _branch(p, "voltage_nullcline")(-5.0),
    }


PROBLEMS = (
    "current-balance",
    "gates-delay",
    "time-constants",
    "alpha-m",
    "hh-rhs",
    "own-simulation",
    "onset-exponent",
    "four-gates",
    "onset-fit",
    "clamp-family",
    "what-repolarises",
    "undershoot",
    "saddle-border",
    "separatrix-drawing",
)
"""In the order of the chapter."""
