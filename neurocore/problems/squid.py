"""The Hodgkin–Huxley patch, as the problems of several chapters need it."""

from functools import lru_cache

from neurocore.axon import patch
from neurocore.channels import ConstantField
from neurocore.membrane import hodgkin_huxley

SQUID = hodgkin_huxley()
REST = round(SQUID.rest(), 2)
"""Where its potential starts, mV."""

C = SQUID.capacitance
G = {channel.name: channel.conductance for channel in SQUID.channels}
E = {c.name: c.reversal for c in SQUID.channels if not isinstance(c.reversal, ConstantField)}
GATES = {gate.name: gate for gate in SQUID.gates}
AT_REST = {name: float(x) for name, x in SQUID.steady_state(REST).items()}

TABLE = (
    "| | Na⁺ | K⁺ | leak |\n|---|---|---|---|\n"
    f"| maximal conductance (mS/cm²) | {G['Na']:g} | {G['K']:g} | {G['leak']:g} |\n"
    f"| reversal potential (mV) | {E['Na']:g} | {E['K']:g} | {E['leak']:g} |"
)
"""Its parameters, for a prompt."""

SPIKE = "A spike counts where V rises through 0 mV."


def patch_words(celsius):
    """Return words for the patch at a temperature, with what `neurocore` calls it."""
    return (
        "Take a patch of squid axon by Hodgkin and Huxley (rest at −65 mV, 1 µF/cm²) at "
        f"{celsius:g} °C: `nc.patch(nc.hodgkin_huxley({celsius:g}))`."
    )


@lru_cache
def squid_patch(celsius):
    """Return the patch at a temperature (°C)."""
    return patch(hodgkin_huxley(celsius))
