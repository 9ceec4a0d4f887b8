"""Models of two variables, whose whole behaviour can be drawn in a plane.

Each is a frozen dataclass with a potential ``v`` and a recovery variable ``w``; `trajectory` lets
any of them run, and `neurocore.dynamics` finds what organises their plane.
"""

from dataclasses import dataclass, fields

import numpy as np

from ._check import number, numbers


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

    def __post_init__(self):
        positive = {"capacitance", "v2", "v4", "phi"}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in positive:
                number(field.name, value, above=0)
            elif field.name.startswith("g_"):
                number(field.name, value, least=0)
            else:
                number(field.name, value)

    def calcium_activation(self, v):
        """Return m∞ (1) at `v` (mV, float or array)."""
        return 0.5 * (1 + np.tanh((v - self.v1) / self.v2))

    def recovery_nullcline(self, v):
        """Return w (1) at which w stands still: w∞, at `v` (mV, float or array)."""
        return 0.5 * (1 + np.tanh((v - self.v3) / self.v4))

    def voltage_nullcline(self, v):
        """Return w (1) at which v stands still, at `v` (mV, float or array, not E_K)."""
        rest = self.current - self._calcium(v) - self.g_leak * (v - self.e_leak)
        return rest / (self.g_k * (v - self.e_k))

    def derivative(self, v, w):
        """Return dv/dt (mV/ms) and dw/dt (1/ms) at `v` (mV) and `w` (1), floats or arrays."""
        leak = self.g_leak * (v - self.e_leak)
        potassium = self.g_k * w * (v - self.e_k)
        dv = (self.current - self._calcium(v) - potassium - leak) / self.capacitance
        rate = self.phi * np.cosh((v - self.v3) / (2 * self.v4))
        return dv, rate * (self.recovery_nullcline(v) - w)

    def _calcium(self, v):
        return self.g_ca * self.calcium_activation(v) * (v - self.e_ca)


def trajectory(model, v, w, duration, step=0.1):
    """Let a model of two variables run from a point of its plane.

    Parameters
    ----------
    model : MorrisLecar
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
    number("duration", duration, above=0)
    if number("step", step, above=0) > duration:
        raise ValueError(f"step must not exceed the run's {duration:g} ms, got {step:g}")
    v, w = np.broadcast_arrays(numbers("v", v), numbers("w", w))
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
