"""Gates and channels: the equations of the textbook, written as the textbook writes them.

- `kinetics`: gates and Markov schemes, whose rates are formulas in V
- `channel`: a conductance or permeability with its gates
- `calcium`: what those that let calcium in do to its concentration
- `library`: the channels of the book, with their sources
- `drugs_and_mutations`: what changes a channel
"""

from .calcium import CalciumShell
from .channel import Channel, ConstantField
from .drugs_and_mutations import block, freeze, lidocaine, persistent, shift, slow
from .kinetics import Gate, Scheme
from .library import (
    axonal_sodium,
    cortical_potassium,
    frankenhaeuser_huxley_channels,
    l_type_calcium,
    leak,
    m_type_potassium,
    mainen_sodium,
    mammalian_node_channels,
    nav17_sodium,
    nav18_sodium,
    sensory_a_type,
    sensory_potassium,
    somatic_sodium,
    squid_potassium,
    squid_sodium,
    t_type_calcium,
    traub_miles_potassium,
    traub_miles_sodium,
)

__all__ = [
    "CalciumShell",
    "Channel",
    "ConstantField",
    "Gate",
    "Scheme",
    "axonal_sodium",
    "block",
    "cortical_potassium",
    "frankenhaeuser_huxley_channels",
    "freeze",
    "l_type_calcium",
    "leak",
    "lidocaine",
    "m_type_potassium",
    "mainen_sodium",
    "mammalian_node_channels",
    "nav17_sodium",
    "nav18_sodium",
    "persistent",
    "sensory_a_type",
    "sensory_potassium",
    "shift",
    "slow",
    "somatic_sodium",
    "squid_potassium",
    "squid_sodium",
    "t_type_calcium",
    "traub_miles_potassium",
    "traub_miles_sodium",
]
