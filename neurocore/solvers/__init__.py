"""How a cell is stepped through time. `neurocore.simulate` says what is to be done.

One trace of a patch:

- `right_hand_side`: its equations, written out as Python text
- `dormand_prince`: the adaptive pair that steps through them

Cables, and many traces at once:

- `relaxation`: how gates and schemes move while the potential is held, exactly
- `tables`: that, and constant-field currents, read off tables over V
- `staggered`: gates and potential leap over each other, the potential by implicit midpoint
- `elimination`: the potentials that axoplasm couples, along a cable or a tree
- `observer`: what is kept of a run while it goes on, and when it is over
- `richardson`: two runs, the second in half steps, and what both together say
"""

from __future__ import annotations

from neurocore._formula import MOST_CALCIUM


def calcium_left_range(ca: float, t: float | None = None) -> FloatingPointError:
    """Return the error for a concentration that no shell can have."""
    near = "" if t is None else f" near t = {t:g} ms"
    return FloatingPointError(
        f"the calcium under the membrane ran out{near}, or never stopped rising: it is {ca:g} mM "
        f"(allowed: 0 to {MOST_CALCIUM:g} mM); is the shell too thin, or its current outward?"
    )


def left_range(t: float, v: float, low: float, high: float) -> FloatingPointError:
    """Return the error for a simulation that no longer means anything."""
    return FloatingPointError(
        f"the simulation left the physical range near t = {t:g} ms with V = {v:g} mV "
        f"(allowed: {low:g} to {high:g} mV); is the stimulus too strong?"
    )
