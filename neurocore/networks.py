"""Many cells at once: sparse random networks of integrate-and-fire neurons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._arguments import number, whole
from ._search import bisect


@dataclass(frozen=True)
class RandomNetwork:
    """Excitatory and inhibitory neurons, sparsely and randomly connected: Brunel's model A.

    τ dv/dt = −v between the arrivals of spikes; an excitatory one lifts v by J, an inhibitory one
    lowers it by g J, a delay after it was fired. At the threshold θ a neuron fires, and is held at
    the reset for the refractory time. Each receives spikes of C_E excitatory and C_I inhibitory
    neurons of the network, drawn at random, and those of C_E more from outside, each of which
    fires at random (Poisson) at the rate ν_ext = `drive` · θ / (C_E J τ).

    Brunel 2000, J Comput Neurosci 8:183–208: τ = 20 ms, θ = 20 mV, reset 10 mV, refractory 2 ms,
    delay 1.5 ms, a tenth of the others connected, four excitatory neurons to one inhibitory. The
    paper's figures have 12 500 neurons and J = 0.1 mV. Here there are 2500, and J is five times
    larger, so that the mean of what the network sends to itself is the same; its fluctuations are
    √5 times larger.

    Parameters
    ----------
    excitatory, inhibitory : int
        How many neurons: those with the lower numbers are the excitatory ones.
    connected : float
        From what fraction of them each receives spikes (1).
    weight : float
        J (mV).
    g : float
        How much stronger inhibitory spikes are (1).
    drive : float
        ν_ext over the rate from outside that alone would take the mean potential to θ (1).
    delay : float
        From spike to arrival (ms).
    tau : float
        Membrane time constant (ms).
    threshold, reset : float
        θ and the potential after a spike (mV), measured from rest.
    refractory : float
        In ms.
    """

    excitatory: int = 2000
    inhibitory: int = 500
    connected: float = 0.1
    weight: float = 0.5
    g: float = 5.0
    drive: float = 2.0
    delay: float = 1.5
    tau: float = 20.0
    threshold: float = 20.0
    reset: float = 10.0
    refractory: float = 2.0

    def __post_init__(self) -> None:
        for name in ("excitatory", "inhibitory"):
            whole(name, getattr(self, name), 1)
        number("connected", self.connected, least=0, most=1)
        for name in ("weight", "delay", "tau", "threshold"):
            number(name, getattr(self, name), above=0)
        for name in ("g", "drive", "refractory"):
            number(name, getattr(self, name), least=0)
        if not number("reset", self.reset) < self.threshold:
            raise ValueError(
                f"reset must lie below the threshold {self.threshold:g} mV, got {self.reset:g}"
            )
        if self.inputs[0] < 1:
            raise ValueError(
                f"connected must give each neuron an excitatory input, but {self.connected:g} of "
                f"{self.excitatory} is none"
            )

    @property
    def inputs(self) -> tuple[int, int]:
        """How many excitatory and inhibitory neurons each one listens to, C_E and C_I."""
        return (
            round(self.connected * self.excitatory),
            round(self.connected * self.inhibitory),
        )

    @property
    def outside_rate(self) -> float:
        """The rate ν_ext of each of the C_E inputs from outside (Hz)."""
        return 1e3 * self.drive * self.threshold / (self.inputs[0] * self.weight * self.tau)

    def run(
        self, duration: float, seed: int, step: float = 0.1
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Let the network run, from potentials spread evenly between reset and threshold.

        Parameters
        ----------
        duration : float
            How long (ms). What the first 100 ms show is the start, not the network.
        seed : int
            Where the chance starts: the same seed gives the same connections and run.
        step : float
            Time step (ms); the delay is rounded to whole steps. Inputs within a step count at its
            end, which delays them by half a step on average.

        Returns
        -------
        times : array, shape (spikes,)
            When spikes were fired (ms), rising.
        neurons : array of int, shape (spikes,)
            By which neuron.
        """
        number("duration", duration, above=0)
        if number("step", step, above=0) > self.delay:
            raise ValueError(f"step must not exceed the delay {self.delay:g} ms, got {step:g}")
        whole("seed", seed, 0)
        chance = np.random.default_rng(seed)
        n = self.excitatory + self.inhibitory
        targets = self._targets(chance)
        steps, late = int(np.ceil(duration / step - 1e-9)), round(self.delay / step)
        held = round(self.refractory / step)
        keep = np.exp(-step / self.tau)
        arrivals = 1e-3 * self.outside_rate * self.inputs[0] * n * step  # in all neurons, a step
        v = chance.uniform(self.reset, self.threshold, n)
        free = np.zeros(n, int)  # from which step on
        weights = np.where(np.arange(n) < self.excitatory, self.weight, -self.g * self.weight)
        fired = []
        for k in range(steps):
            # all arrivals of a Poisson process, dealt out at random: each neuron's is one too
            outside = np.bincount(chance.integers(0, n, chance.poisson(arrivals)), minlength=n)
            v *= keep
            v += self.weight * outside
            for kind in self._split(fired[k - late]) if k >= late else ():
                if kind.size:
                    heard = np.concatenate([targets[j] for j in kind])
                    v += weights[kind[0]] * np.bincount(heard, minlength=n)
            v[free > k] = self.reset
            now = np.flatnonzero(v >= self.threshold)
            v[now] = self.reset
            free[now] = k + 1 + held
            fired.append(now)
        counts = [x.size for x in fired]
        return np.repeat(step * np.arange(1, steps + 1), counts), np.concatenate(fired)

    def _split(self, neurons):
        """Return the excitatory and the inhibitory ones of the sorted `neurons`."""
        border = neurons.searchsorted(self.excitatory)
        return neurons[:border], neurons[border:]

    def _targets(self, chance):
        """Return for each neuron whom it reaches; each receives the same numbers of inputs."""
        n = self.excitatory + self.inhibitory
        sources = []
        for count, size, first in (
            (self.inputs[0], self.excitatory, 0),
            (self.inputs[1], self.inhibitory, self.excitatory),
        ):
            drawn = [chance.choice(size, count, replace=False) for _ in range(n)]
            sources.append(first + np.array(drawn, int).reshape(n, count))
        sources = np.concatenate(sources, axis=1)
        order = np.argsort(sources, axis=None, kind="stable")
        edges = np.searchsorted(sources.ravel()[order], np.arange(1, n))
        return np.split(order // sources.shape[1], edges)

    def mean_field_rate(self) -> float:
        """Return the rate (Hz) at which the network's input makes its neurons fire just as fast.

        The input of a neuron is taken as white noise, of the mean and variance of independent
        Poisson spikes, all neurons firing at one constant rate (Brunel 2000). The smaller J against
        θ, and the less neurons fire together, the better it holds. If it has several such rates,
        one of them is returned.
        """
        excitatory, inhibitory = self.inputs
        outside = excitatory * self.outside_rate

        def surplus(rate):
            seen = 1e-3 * (outside + excitatory * rate)
            against = 1e-3 * inhibitory * rate
            mean = self.weight * self.tau * (seen - self.g * against)
            deviation = self.weight * np.sqrt(self.tau * (seen + self.g**2 * against))
            rates = (self.tau, self.threshold, self.reset, self.refractory)
            return siegert_rate(mean, deviation, *rates) - rate

        low, high = 0.0, 1e3 / self.refractory if self.refractory else 1e4
        return bisect(lambda rate: surplus(rate) <= 0, low, high, 1e-12)


def siegert_rate(
    mean: float,
    deviation: float,
    tau: float = 20.0,
    threshold: float = 20.0,
    reset: float = 10.0,
    refractory: float = 2.0,
) -> float:
    """Return the rate (Hz) of an integrate-and-fire neuron in white noise.

    1 / ν = t_ref + τ √π ∫ exp(u²) (1 + erf u) du from (V_reset − μ) / σ to (θ − μ) / σ
    (Siegert 1951, Phys Rev 81:617–623), in the form of Brunel and Hakim 1999, Neural Comput
    11:1621–1671, that needs no error function: √π ∫ … = ∫ exp(−x²) (exp(2 b x) − exp(2 a x)) / x dx
    over all positive x, where a and b are the limits.

    Parameters
    ----------
    mean : float
        μ (mV), where the potential would settle without a threshold.
    deviation : float
        σ (mV): √2 times the standard deviation it would have there.
    tau : float
        Membrane time constant (ms).
    threshold, reset : float
        θ and V_reset (mV).
    refractory : float
        In ms.
    """
    number("mean", mean)
    number("deviation", deviation, above=0)
    number("tau", tau, above=0)
    number("threshold", threshold)
    if number("reset", reset) >= threshold:
        raise ValueError(f"reset must lie below the threshold {threshold:g} mV, got {reset:g}")
    number("refractory", refractory, least=0)
    low, high = (reset - mean) / deviation, (threshold - mean) / deviation
    # over ln x, whose integrand is smooth and dies away at both ends
    s = np.linspace(-30.0, np.log(max(high, 0.0) + 8.0), 1501)
    x = np.exp(s)
    with np.errstate(over="ignore"):  # silent: infinitely long until it fires
        integral = -(np.exp(2 * high * x - x**2) * np.expm1(2 * (low - high) * x)).sum()
    integral *= s[1] - s[0]
    return float(1e3 / (refractory + tau * integral))
