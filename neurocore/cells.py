"""Membranes of mammalian neurons, each as its paper has it: one compartment, a patch."""

from .channels import Channel, Gate, leak
from .membrane import Membrane


def wang_buzsaki(celsius=6.3):
    """Return the membrane of a fast-spiking hippocampal interneuron, 1 µF/cm².

    Wang and Buzsáki 1996, J Neurosci 16:6402–6413: sodium m∞³h, a delayed rectifier n⁴ and a
    leak; ḡ = 35, 9 and 0.1 mS/cm², E = 55, −90 and −65 mV; m follows the potential at once, and
    h and n are five times as fast as the squid's at 6.3 °C (their φ).

    Parameters
    ----------
    celsius : float
        Temperature (°C). The paper has none: its rates are those at the default.

    Examples
    --------
    ``simulate(patch(wang_buzsaki()), step(1.0, 10))``: fires at 60 Hz, without adaptation.
    """
    alpha, beta = "linoid((V + 35) / 10)", "4 * exp(-(V + 60) / 18)"
    m = Gate("m", 3, steady=f"{alpha} / ({alpha} + {beta})")
    h = Gate("h", 1, "0.35 * exp(-(V + 58) / 20)", "5 / (1 + exp(-(V + 28) / 10))")
    n = Gate("n", 4, "0.5 * linoid((V + 34) / 10)", "0.625 * exp(-(V + 44) / 80)")
    sodium, potassium = Channel("Na", 35.0, 55.0, (m, h)), Channel("K", 9.0, -90.0, (n,))
    return Membrane((sodium, potassium, leak(0.1, -65.0)), celsius)
