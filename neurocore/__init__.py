"""The models, labs and exercises behind an online textbook of the action potential."""

import sys

from neurocore.homeostasis import MECHANISMS, MINUTE, STORY, Cell, History, build_rest
from neurocore.ions import (
    AVOGADRO,
    FARADAY,
    GAS_CONSTANT,
    MAMMALIAN,
    VALENCE,
    IonSet,
    chord_conductance,
    chord_voltage,
    driving_force,
    ghk_current,
    ghk_voltage,
    mullins_noda,
    ncx_reversal,
    nernst,
    thermal_voltage,
)

__version__ = "0.1.0"

if sys.platform == "emscripten":
    import neurocore._browser
