"""The models, labs and exercises behind an online textbook of the action potential."""

from ._formula import linoid
from .axon import (
    bare_axon,
    cell_with_initial_segment,
    demyelinate,
    membranes_in_myelin,
    myelinated_axon,
    open_paranodes,
    series,
)
from .cable import Cable, Patch, chain, length_constant, patch, tree
from .cells import (
    fast_spiking,
    intrinsically_bursting,
    low_threshold_spiking,
    regular_spiking,
    sensory_neuron,
    traub_miles,
    wang_buzsaki,
)
from .channels import (
    CalciumShell,
    Channel,
    ConstantField,
    Gate,
    Scheme,
    axonal_sodium,
    block,
    cortical_potassium,
    frankenhaeuser_huxley_channels,
    freeze,
    l_type_calcium,
    leak,
    lidocaine,
    m_type_potassium,
    mainen_sodium,
    mammalian_node_channels,
    nav17_sodium,
    nav18_sodium,
    persistent,
    sensory_a_type,
    sensory_potassium,
    shift,
    slow,
    somatic_sodium,
    squid_potassium,
    squid_sodium,
    t_type_calcium,
    traub_miles_potassium,
    traub_miles_sodium,
)
from .dynamics import FixedPoint, Hopf, fixed_points, growth_rates, hopf, jacobian, separatrix
from .experiments import (
    Recovery,
    SpikeCost,
    blocking_temperature,
    chronaxie,
    conduction_velocity,
    conducts,
    critical_ramp,
    f_i_curve,
    fires,
    fit_strength_duration,
    kick,
    lapicque,
    latency,
    pulse_threshold,
    rebound_threshold,
    recovery_curve,
    rheobase,
    safety_factor,
    smallest,
    sodium_entry,
    strength_duration,
    sweep,
    threshold,
    weiss,
)
from .homeostasis import MECHANISMS, MINUTE, STORY, Cell, History, build_rest
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
from .mammalian import mammalian_axon
from .membrane import (
    Membrane,
    brill_node,
    frankenhaeuser_huxley_node,
    hodgkin_huxley,
    mammalian_node,
    modify,
    passive,
)
from .morphology import read_swc
from .networks import RandomNetwork, siegert_rate
from .neuroml import to_neuroml
from .recording import Recording
from .reduced import (
    AdEx,
    FitzHughNagumo,
    IntegrateAndFire,
    Izhikevich,
    MorrisLecar,
    spiking,
    trajectory,
)
from .sheath import Sheath
from .simulate import simulate
from .spikes import crossings
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
from .stochastic import SQUID_DENSITY, ChannelNoise, channel_noise
from .synapses import Synapse, synapse

__version__ = "0.1.0"
