"""Models of two variables, whose whole behaviour can be drawn in a plane.

Each is a frozen dataclass with a potential ``v`` and a recovery variable ``w``; `trajectory` lets
any of them run, and `neurocore.dynamics` finds what organises their plane. Some leave the spike
out and put a reset in its place: `spiking` lets those run.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import FloatOrArray, a_function, number, numbers, part_of_run, plain, same_grid
from ._search import bisect
from .dynamics import Flow
from .stimuli import Stimulus, VoltageClamp
from .stimuli import step as constant

STRONGEST = 1e6  # pA
FINE = 0.5  # mV that v moves at most in one step of `spiking`


@dataclass(frozen=True)
class MorrisLecar:
    """An instantaneous calcium conductance against a slow potassium conductance.

    C dv/dt = I − g_Ca m∞(v) (v − E_Ca) − g_K w (v − E_K) − g_L (v − E_L),
    dw/dt = φ cosh((v − V3) / 2 V4) (w∞(v) − w),
    m∞ = (1 + tanh((v − V1) / V2)) / 2,  w∞ = (1 + tanh((v − V3) / V4)) / 2.

    The equations are those of Morris and Lecar 1981, Biophys J 35:193–213, for the barnacle's
    muscle fibre, whose folded membrane explains the capacitance. The values by default are the
    class-I set of Rinzel and Ermentrout 1998, Methods in Neuronal Modeling, 2nd ed., 251–291: below
    40 µA/cm² it has a stable rest, a saddle and an unstable focus.

    Parameters
    ----------
    current : float
        Lasting injected current I (µA/cm²).
    capacitance : float
        C (µF/cm²).
    g_ca, g_k, g_leak : float
        Conductances (mS/cm²).
    e_ca, e_k, e_leak : float
        Reversal potentials (mV).
    v1, v2 : float
        Where calcium channels are half open, and how steeply they open (mV).
    v3, v4 : float
        The same of the potassium channels (mV).
    phi : float
        How fast w is: its rate (1/ms) at v = V3.
    """

    current: float = 0.0
    capacitance: float = 20.0
    g_ca: float = 4.0
    g_k: float = 8.0
    g_leak: float = 2.0
    e_ca: float = 120.0
    e_k: float = -84.0
    e_leak: float = -60.0
    v1: float = -1.2
    v2: float = 18.0
    v3: float = 12.0
    v4: float = 17.4
    phi: float = 1 / 15

    def __post_init__(self) -> None:
        _check(self, ("capacitance", "v2", "v4", "phi"), ("g_ca", "g_k", "g_leak"))

    def calcium_activation(self, v: FloatOrArray) -> FloatOrArray:
        """Return m∞ (1) at `v` (mV, float or array)."""
        return 0.5 * (1 + np.tanh((v - self.v1) / self.v2))

    def recovery_nullcline(self, v: FloatOrArray) -> FloatOrArray:
        """Return w (1) at which w stands still: w∞, at `v` (mV, float or array)."""
        return 0.5 * (1 + np.tanh((v - self.v3) / self.v4))

    def voltage_nullcline(self, v: FloatOrArray) -> FloatOrArray:
        """Return w (1) at which v stands still, at `v` (mV, float or array, not E_K)."""
        rest = self.current - self._calcium(v) - self.g_leak * (v - self.e_leak)
        return rest / (self.g_k * (v - self.e_k))

    def derivative(self, v: FloatOrArray, w: FloatOrArray) -> tuple[FloatOrArray, FloatOrArray]:
        """Return dv/dt (mV/ms) and dw/dt (1/ms) at `v` (mV) and `w` (1), floats or arrays."""
        leak = self.g_leak * (v - self.e_leak)
        potassium = self.g_k * w * (v - self.e_k)
        dv = (self.current - self._calcium(v) - potassium - leak) / self.capacitance
        rate = self.phi * np.cosh((v - self.v3) / (2 * self.v4))
        return dv, rate * (self.recovery_nullcline(v) - w)

    def _calcium(self, v: FloatOrArray) -> FloatOrArray:
        return self.g_ca * self.calcium_activation(v) * (v - self.e_ca)


@dataclass(frozen=True)
class FitzHughNagumo:
    """The plainest excitable plane: a cubic against a straight line, without units.

    dv/dt = v − v³/3 − w + I,  dw/dt = φ (v + a − b w).

    FitzHugh 1961, Biophys J 1:445–466, and Nagumo, Arimoto and Yoshizawa 1962, Proc IRE
    50:2061–2070; the values by default are those of Izhikevich and FitzHugh 2006, Scholarpedia
    1(9):1349. Potential, time and current are pure numbers: a spike is about 4 high.

    Parameters
    ----------
    current : float
        Lasting injected current I (1).
    a, b : float
        Where the recovery variable's nullcline lies, and its steepness 1/b (1).
    phi : float
        How much slower w is than v (1).
    """

    current: float = 0.0
    a: float = 0.7
    b: float = 0.8
    phi: float = 0.08

    def __post_init__(self) -> None:
        _check(self, positive=("b", "phi"))

    def recovery_nullcline(self, v: FloatOrArray) -> FloatOrArray:
        """Return w (1) at which w stands still, at `v` (1, float or array)."""
        return (v + self.a) / self.b

    def voltage_nullcline(self, v: FloatOrArray) -> FloatOrArray:
        """Return w (1) at which v stands still, at `v` (1, float or array)."""
        return v - v**3 / 3 + self.current

    def derivative(self, v: FloatOrArray, w: FloatOrArray) -> tuple[FloatOrArray, FloatOrArray]:
        """Return dv/dt and dw/dt (1) at `v` and `w` (1), floats or arrays."""
        return v - v**3 / 3 - w + self.current, self.phi * (v + self.a - self.b * w)


def trajectory(
    model: Flow, v: ArrayLike, w: ArrayLike, duration: float, step: float = 0.1
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Let a model of two variables run from a point of its plane.

    Parameters
    ----------
    model : MorrisLecar or FitzHughNagumo
        Or any other with ``derivative(v, w)``.
    v, w : float or array
        Where it starts (mV, 1); arrays that broadcast make many trajectories at once.
    duration : float
        How long (ms).
    step : float
        Of the fourth-order Runge–Kutta method (ms); shortened to fit the duration. The default
        keeps v within 10⁻⁴ mV over 300 ms of the class-I model.

    Returns
    -------
    t : array, shape (times,)
        Time (ms).
    v, w : arrays, shape (..., times)
        The trajectory (mV, 1).
    """
    a_function("derivative of model", getattr(model, "derivative", None))
    part_of_run("step", step, duration)
    v, w = same_grid(v=numbers("v", v), w=numbers("w", w))
    count = int(np.ceil(duration / step - 1e-9))
    h = duration / count
    path = np.empty((2, count + 1, *v.shape))
    path[:, 0] = v, w
    v, w = v[()], w[()]  # numbers, not arrays of none: they are quicker
    for k in range(count):
        a, b = model.derivative(v, w)
        c, d = model.derivative(v + 0.5 * h * a, w + 0.5 * h * b)
        e, f = model.derivative(v + 0.5 * h * c, w + 0.5 * h * d)
        g, i = model.derivative(v + h * e, w + h * f)
        v = v + h / 6 * (a + 2 * c + 2 * e + g)
        w = w + h / 6 * (b + 2 * d + 2 * f + i)
        path[:, k + 1] = v, w
    return h * np.arange(count + 1), *np.moveaxis(path, 1, -1)


# --- models that leave the spike out: it is a moment, and a reset ------------------------------


@dataclass(frozen=True)
class IntegrateAndFire:
    """A leaky capacitor with a threshold: τ dv/dt = E_L − v + R I, and a reset at the threshold.

    Lapicque 1907, J Physiol Pathol Gen 9:620–635, put threshold and capacitor together; the
    formulas of the rate are in Dayan and Abbott 2001, Theoretical Neuroscience, section 5.4. The
    values by default are round ones of a cortical pyramidal cell.

    Parameters
    ----------
    tau : float
        Membrane time constant (ms).
    resistance : float
        Input resistance (MΩ).
    rest : float
        Resting potential E_L (mV).
    threshold : float
        Potential at which it spikes (mV).
    reset : float
        Potential from which it starts again (mV), below the threshold.
    refractory : float
        How long it is held at the reset (ms).
    """

    tau: float = 20.0
    resistance: float = 100.0
    rest: float = -65.0
    threshold: float = -50.0
    reset: float = -65.0
    refractory: float = 2.0

    def __post_init__(self) -> None:
        _check(self, positive=("tau", "resistance"), least_zero=("refractory",))
        _below("rest", self.rest, "threshold", self.threshold)
        _below("reset", self.reset, "threshold", self.threshold)

    @property
    def capacitance(self) -> float:
        """The whole cell's capacitance τ / R (pF)."""
        return 1e3 * self.tau / self.resistance

    @property
    def peak(self) -> float:
        """The potential at which a spike counts (mV): here the threshold."""
        return self.threshold

    @property
    def rheobase(self) -> float:
        """The current (pA) that just holds it at the threshold: more of it makes it fire."""
        return 1e3 * (self.threshold - self.rest) / self.resistance

    @overload
    def rate(self, current: float) -> float: ...
    @overload
    def rate(self, current: ArrayLike) -> FloatOrArray: ...
    def rate(self, current):
        """Return the firing rate (Hz) in a lasting current, exactly.

        1 / f = t_ref + τ ln((E_L + R I − V_reset) / (E_L + R I − V_threshold)).

        Parameters
        ----------
        current : float or array
            In pA.

        Returns
        -------
        float or array
            Of the shape of `current`; 0 up to the rheobase.
        """
        goal = self.rest + 1e-3 * self.resistance * numbers("current", current)
        above = goal > self.threshold
        ratio = (goal - self.reset) / np.where(above, goal - self.threshold, 1.0)
        period = self.refractory + self.tau * np.log(np.where(above, ratio, np.e))
        return plain(np.where(above, 1e3 / period, 0.0))

    def derivative(
        self, v: FloatOrArray, w: FloatOrArray = 0.0
    ) -> tuple[FloatOrArray, FloatOrArray]:
        """Return dv/dt (mV/ms) without a current at `v` (mV), and 0: there is no w."""
        return (self.rest - v) / self.tau, 0.0

    def after_spike(self, w: float) -> tuple[float, float]:
        """Return v (mV) and w right after a spike."""
        return self.reset, w


@dataclass(frozen=True)
class AdEx:
    """The adaptive exponential integrate-and-fire neuron: a soft threshold and a slow brake.

    C dv/dt = I − g_L (v − E_L) + g_L Δ_T exp((v − V_T) / Δ_T) − w,
    τ_w dw/dt = a (v − E_L) − w;  at the peak v is reset and w rises by b.

    Brette and Gerstner 2005, J Neurophysiol 94:3637–3642, whose values, a fit to a model of a
    regular-spiking pyramidal cell, are the ones by default.

    Parameters
    ----------
    current : float
        Lasting injected current I (pA).
    capacitance : float
        C (pF).
    g_leak : float
        Leak conductance g_L (nS).
    rest : float
        The leak's reversal potential E_L (mV), where it all but rests.
    threshold : float
        V_T (mV): there a slowly rising current makes a cell without adaptation spike.
    slope : float
        Δ_T (mV): how softly the spike sets in.
    tau_w : float
        Time constant of adaptation (ms).
    a : float
        Adaptation below threshold (nS).
    b : float
        Adaptation by each spike (pA).
    reset : float
        Potential after a spike (mV), below the peak.
    peak : float
        Where the upstroke is cut off (mV); it is so steep there that it hardly matters.
    """

    current: float = 0.0
    capacitance: float = 281.0
    g_leak: float = 30.0
    rest: float = -70.6
    threshold: float = -50.4
    slope: float = 2.0
    tau_w: float = 144.0
    a: float = 4.0
    b: float = 80.5
    reset: float = -70.6
    peak: float = 20.0

    refractory = 0.0

    def __post_init__(self) -> None:
        _check(self, positive=("capacitance", "g_leak", "slope", "tau_w"))
        _below("reset", self.reset, "peak", self.peak)
        _below("threshold", self.threshold, "peak", self.peak)

    def recovery_nullcline(self, v: FloatOrArray) -> FloatOrArray:
        """Return w (pA) at which w stands still, at `v` (mV, float or array)."""
        return self.a * (v - self.rest)

    def voltage_nullcline(self, v: FloatOrArray) -> FloatOrArray:
        """Return w (pA) at which v stands still, at `v` (mV, float or array)."""
        soft = self.slope * np.exp((v - self.threshold) / self.slope)
        return self.current + self.g_leak * (soft - (v - self.rest))

    def derivative(self, v: FloatOrArray, w: FloatOrArray) -> tuple[FloatOrArray, FloatOrArray]:
        """Return dv/dt (mV/ms) and dw/dt (pA/ms) at `v` (mV) and `w` (pA), floats or arrays."""
        dv = (self.voltage_nullcline(v) - w) / self.capacitance
        return dv, (self.recovery_nullcline(v) - w) / self.tau_w

    def after_spike(self, w: float) -> tuple[float, float]:
        """Return v (mV) and w (pA) right after a spike."""
        return self.reset, w + self.b


@dataclass(frozen=True)
class Izhikevich:
    """A parabola with a reset, and a slow brake: many firing patterns from one formula.

    C dv/dt = k (v − v_r) (v − v_t) − w + I,  dw/dt = a (b (v − v_r) − w);
    at the peak v becomes c and w rises by d.

    Izhikevich 2007, Dynamical Systems in Neuroscience, chapter 8, whose regular-spiking cortical
    pyramidal cell is the one by default. The form of 2003 (IEEE Trans Neural Netw 14:1569–1572),
    dv/dt = 0.04 v² + 5 v + 140 − u + I and du/dt = a (b v − u), is the same model with
    C = 1 and k = 0.04, its current being in mV/ms: v_r and −v_r − v_t = 125 mV follow from
    0.04 v_r² + (5 − b) v_r + 140 = 0, and u = w + b v_r. Its regular-spiking cell is
    ``Izhikevich(0, 1, 0.04, -70, -55, a=0.02, b=0.2, c=-65, d=8, peak=30)``.

    Parameters
    ----------
    current : float
        Lasting injected current I (pA).
    capacitance : float
        C (pF).
    k : float
        Steepness of the parabola (nS/mV).
    rest : float
        Resting potential v_r (mV).
    threshold : float
        Where without recovery and current the upstroke would begin, v_t (mV).
    a : float
        Rate of the recovery variable w (1/ms).
    b : float
        How w follows v below threshold (nS).
    c : float
        Potential after a spike (mV), below the peak.
    d : float
        By how much a spike raises w (pA).
    peak : float
        Top of the spike (mV).
    """

    current: float = 0.0
    capacitance: float = 100.0
    k: float = 0.7
    rest: float = -60.0
    threshold: float = -40.0
    a: float = 0.03
    b: float = -2.0
    c: float = -50.0
    d: float = 100.0
    peak: float = 35.0

    refractory = 0.0

    def __post_init__(self) -> None:
        _check(self, positive=("capacitance", "k", "a"))
        _below("rest", self.rest, "threshold", self.threshold)
        _below("threshold", self.threshold, "peak", self.peak)
        _below("c", self.c, "peak", self.peak)

    def recovery_nullcline(self, v: FloatOrArray) -> FloatOrArray:
        """Return w (pA) at which w stands still, at `v` (mV, float or array)."""
        return self.b * (v - self.rest)

    def voltage_nullcline(self, v: FloatOrArray) -> FloatOrArray:
        """Return w (pA) at which v stands still, at `v` (mV, float or array)."""
        return self.current + self.k * (v - self.rest) * (v - self.threshold)

    def derivative(self, v: FloatOrArray, w: FloatOrArray) -> tuple[FloatOrArray, FloatOrArray]:
        """Return dv/dt (mV/ms) and dw/dt (pA/ms) at `v` (mV) and `w` (pA), floats or arrays."""
        dv = (self.voltage_nullcline(v) - w) / self.capacitance
        return dv, self.a * (self.recovery_nullcline(v) - w)

    def after_spike(self, w: float) -> tuple[float, float]:
        """Return v (mV) and w (pA) right after a spike."""
        return self.c, w + self.d


def spiking(
    model: IntegrateAndFire | AdEx | Izhikevich,
    current: float | Stimulus,
    duration: float,
    step: float = 0.1,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Let a model with a reset run from rest.

    Parameters
    ----------
    model : IntegrateAndFire, AdEx or Izhikevich
        What runs. It starts at its `rest`, with w = 0.
    current : float or Stimulus
        Injected current (pA), on top of the lasting one that a model may have of its own; made by
        `step`, `ramp`, `noise`, `samples` … if it changes with time.
    duration : float
        How long (ms).
    step : float
        Longest step of the fourth-order Runge–Kutta method (ms), shortened where v moves by more
        than 0.5 mV. The default keeps spike times within 10⁻³ ms over 0.5 s of the models as they
        are by default.

    Returns
    -------
    t : array, shape (times,)
        Time (ms): every step, and the edges of the current.
    v, w : arrays, shape (times,)
        Potential (mV) and recovery variable (pA; 0 for a model that has none).
    spikes : array, shape (spikes,)
        When v reached the model's `peak` (ms). The peaks themselves fall between samples.
    """
    a_function("after_spike of model", getattr(model, "after_spike", None))
    part_of_run("step", step, duration)
    if not isinstance(current, Stimulus):
        current = constant(number("current", current), 0.0, duration)
    elif isinstance(current, VoltageClamp) or current.traces is not None:
        raise ValueError("current must be one trace of current, no axis of amplitudes, no clamp")
    if max(np.abs(current.first).max(), np.abs(current.last).max()) > STRONGEST:
        raise ValueError(f"current must lie from −{STRONGEST:g} to {STRONGEST:g} pA")
    edges = current.edges[(current.edges > 0) & (current.edges < duration)]
    grid = np.linspace(0.0, duration, int(np.ceil(duration / step - 1e-9)) + 1)
    t = np.unique(np.round(np.append(grid, edges), 9))
    path, spikes = np.empty((2, t.size)), []
    path[:, 0] = v, w = model.rest, 0.0
    busy = 0.0  # until when it is refractory
    for k, (now, end) in enumerate(pairwise(t.tolist())):
        first, last = (float(x) / model.capacitance for x in current.lines(now, end))
        rise = (last - first) / (end - now)
        begin = now
        while now < end:
            if now < busy:
                now = min(busy, end)
                continue
            push = first + rise * (now - begin)
            dv = model.derivative(v, w)[0] + push
            h = end - now
            if abs(dv) * h > FINE:
                h = FINE / abs(dv)
            middle, after = push + 0.5 * rise * h, push + rise * h
            v1, w1 = _kutta(model, v, w, h, push, middle, after)
            if v1 < model.peak:
                v, w, now = v1, w1, now + h if now + h < end else end
                continue
            slope = model.derivative(v1, w1)[0] + after
            part = _reach(v, v1, dv * h, slope * h, model.peak)
            spikes.append(now + part * h)
            v, w = model.after_spike(w + part * (w1 - w))
            now = spikes[-1]
            busy = now + model.refractory
        path[:, k + 1] = v, w
    return t, *path, np.array(spikes)


def _kutta(model, v, w, h, push, middle, after):
    """Return v and w one step on, with what the current adds to dv/dt at its three moments."""
    a, b = model.derivative(v, w)
    c, d = model.derivative(v + 0.5 * h * (a + push), w + 0.5 * h * b)
    e, f = model.derivative(v + 0.5 * h * (c + middle), w + 0.5 * h * d)
    g, i = model.derivative(v + h * (e + middle), w + h * f)
    v = v + h / 6 * (a + 2 * c + 2 * e + g + push + 4 * middle + after)
    return v, w + h / 6 * (b + 2 * d + 2 * f + i)


def _reach(v0, v1, m0, m1, level):
    """Return at what part of a step the cubic through both ends and slopes reaches a level."""

    def cubic(s):
        return (
            (1 + 2 * s) * (1 - s) ** 2 * v0
            + s * (1 - s) ** 2 * m0
            + s * s * (3 - 2 * s) * v1
            + s * s * (s - 1) * m1
        )

    return bisect(lambda s: cubic(s) >= level, 0.0, 1.0, 1e-15)


def _check(model, positive=(), least_zero=()):
    for field in fields(model):
        limits = {"above": 0} if field.name in positive else {}
        limits = {"least": 0} if field.name in least_zero else limits
        number(field.name, getattr(model, field.name), **limits)


def _below(low_name, low, high_name, high):
    if not low < high:
        raise ValueError(f"{low_name} must lie below {high_name} = {high:g} mV, got {low:g}")
