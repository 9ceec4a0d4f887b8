"""The models, labs and exercises behind an online textbook of the action potential."""

from .axon import Cable, Patch, bare_axon, patch
from .channels import (
    Channel,
    ConstantField,
    Gate,
    Scheme,
    block,
    freeze,
    leak,
    linoid,
    shift,
    slow,
    squid_potassium,
    squid_sodium,
)
from .experiments import conduction_velocity
from .ions import (
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
from .membrane import Membrane, hodgkin_huxley, modify, passive
from .recording import Recording
from .simulate import simulate
from .stimuli import (
    Stimulus,
    VoltageClamp,
    noise,
    pulse,
    ramp,
    samples,
    step,
    train,
    voltage_clamp,
)

__version__ = "0.1.0"
