"""The calcium under a membrane: what enters, what is bound, what is pumped out again."""

from __future__ import annotations

from dataclasses import dataclass

from neurocore._arguments import FloatOrArray, number, several
from neurocore._formula import LEAST_CALCIUM, MOST_CALCIUM
from neurocore.ions import FARADAY


@dataclass(frozen=True)
class CalciumShell:
    """A thin layer of cytoplasm: d[Ca]/dt = −free · I_Ca / (2 F depth) − ([Ca] − rest) / tau.

    The calcium currents' reversal potential stays what their channels say: the concentration moves
    gates, not E_Ca. Neither does it depend on temperature how fast it is pumped.

    Parameters
    ----------
    channels : tuple of str
        The membrane's channels whose current is calcium's.
    depth : float
        Of the layer (µm).
    tau : float
        In what time (ms) pumps bring the concentration back to rest.
    free : float
        The share (0 to 1) of what enters that is not bound by buffers at once.
    rest : float
        The concentration (mM) at which nothing is pumped.

    Raises
    ------
    ValueError, TypeError
        If a number is not allowed, or no channel is named.

    Examples
    --------
    Spikes that hold each other back, by calcium and a potassium current that it opens::

        entry = Channel("Ca", 1.0, 120.0, (Gate("s", 2, steady="1 / (1 + exp(-(V + 20) / 9))"),))
        exit = Channel("KCa", 5.0, -80.0, (Gate("q", 1, steady="ca / (ca + 0.03)"),))
        shell = CalciumShell(("Ca",), depth=1.0, tau=80.0, free=0.04)
        Membrane((*wang_buzsaki().channels, entry, exit), calcium=shell)
    """

    channels: tuple[str, ...]
    depth: float
    tau: float
    free: float = 1.0
    rest: float = 1e-4

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", several("channels", self.channels, str, "text"))
        if not self.channels:
            raise ValueError("channels must name those that let calcium in, got none")
        number("depth", self.depth, above=0)
        number("tau", self.tau, above=0)
        number("free", self.free, above=0, most=1)
        number("rest", self.rest, least=LEAST_CALCIUM, most=MOST_CALCIUM)

    @property
    def rise(self) -> float:
        """How fast an inward current of 1 µA/cm² raises the concentration (mM/ms)."""
        return 10 * self.free / (2 * FARADAY * self.depth)

    def steady(self, current: FloatOrArray) -> FloatOrArray:
        """Return the concentration (mM) that a lasting current (µA/cm²) leads to."""
        return self.rest - self.tau * self.rise * current
