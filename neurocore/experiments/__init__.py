"""What an electrophysiologist does to a cell, a function each, on any model.

- `thresholds`: does it fire, and from which stimulus on
- `firing`: rate and latency, refractoriness, accommodation, rebound
- `propagation`: conduction velocity, safety, block
- `cost`: the sodium that a spike lets in

Currents are densities (µA/cm²) into a patch, and nA into the compartment `at` of a cable. A
function that repeats something for many values takes an `executor`, anything with the interface of
`concurrent.futures`: a process pool, or the executor of a Dask cluster.
"""

from ._asked import sweep
from .cost import SpikeCost, sodium_entry
from .firing import Recovery, critical_ramp, f_i_curve, latency, rebound_threshold, recovery_curve
from .propagation import blocking_temperature, conduction_velocity, conducts, kick, safety_factor
from .thresholds import (
    NEVER,
    chronaxie,
    fires,
    fit_strength_duration,
    lapicque,
    pulse_threshold,
    rheobase,
    smallest,
    smallest_from_below,
    strength_duration,
    threshold,
    weiss,
)

__all__ = [
    "NEVER",
    "Recovery",
    "SpikeCost",
    "blocking_temperature",
    "chronaxie",
    "conduction_velocity",
    "conducts",
    "critical_ramp",
    "f_i_curve",
    "fires",
    "fit_strength_duration",
    "kick",
    "lapicque",
    "latency",
    "pulse_threshold",
    "rebound_threshold",
    "recovery_curve",
    "rheobase",
    "safety_factor",
    "smallest",
    "smallest_from_below",
    "sodium_entry",
    "strength_duration",
    "sweep",
    "threshold",
    "weiss",
]
