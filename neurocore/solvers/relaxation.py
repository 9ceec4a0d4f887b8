"""How gates and Markov schemes move while the potential is held: exactly, however long the step."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurocore._arguments import FloatOrArray
from neurocore.channels import Gate, Scheme


def relaxation(
    gate: Gate, v: ArrayLike, celsius: float, dt: float, ca: ArrayLike | None = None
) -> tuple[FloatOrArray, FloatOrArray]:
    """Return x∞ and the factor in x ← x∞ + factor (x − x∞), a gate's step at each potential."""
    return gate.steady_state(v, ca), np.exp(-dt / gate.time_constant(v, celsius, ca))


def propagator(scheme: Scheme, v: ArrayLike, celsius: float, dt: float) -> NDArray[np.float64]:
    """Return P = exp(dt A) in x ← P x at each potential, shape (*v.shape, states, states).

    With its fastest rate λ added to the diagonal, no entry of A is negative, nor any term of the
    series for exp(dt A + dt λ) (uniformization: Jensen 1953, Skand Aktuarietidskr 36:87–91). So
    occupancies stay within 0 and 1 however long the step. P is the square of that of half a step.
    """
    step = dt * scheme.rates(v, celsius)
    one = np.eye(len(scheme.states))
    fastest = -np.diagonal(step, axis1=-2, axis2=-1).min(axis=-1)
    halvings = np.ceil(np.log2(np.maximum(32 * fastest, 1)))
    shorter = (step + fastest[..., None, None] * one) / 2 ** halvings[..., None, None]
    p = one
    for order in range(7, 0, -1):  # what is left out is below 1e-15
        p = one + shorter @ p / order
    p *= np.exp(-fastest / 2**halvings)[..., None, None]
    for k in range(int(halvings.max())):
        more = halvings > k
        p[more] = p[more] @ p[more]
    return p / p.sum(axis=-2, keepdims=True)
