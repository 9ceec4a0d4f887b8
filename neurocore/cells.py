"""Membranes of mammalian neurons, each as its paper has it: one compartment, a patch."""

from __future__ import annotations

from dataclasses import replace

from ._arguments import number
from .channels import (
    Channel,
    Gate,
    l_type_calcium,
    leak,
    m_type_potassium,
    nav17_sodium,
    nav18_sodium,
    sensory_a_type,
    sensory_potassium,
    t_type_calcium,
    traub_miles_potassium,
    traub_miles_sodium,
)
from .membrane import Membrane


def wang_buzsaki(celsius: float = 6.3) -> Membrane:
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


def traub_miles(celsius: float = 36.0) -> Membrane:
    """Return the membrane of a hippocampal pyramidal cell, 1 µF/cm².

    Traub and Miles 1991, Neuronal Networks of the Hippocampus, Cambridge University Press, reduced
    to one compartment as in Ermentrout and Kopell 1998, Proc Natl Acad Sci USA 95:1259–1264:
    ḡ = 100, 80 and 0.1 mS/cm², E = 50, −100 and −67 mV, V_T = −67 mV.

    Parameters
    ----------
    celsius : float
        Temperature (°C); the rates are taken for those of 36 °C.

    Examples
    --------
    ``simulate(patch(traub_miles()), step(1.0, 10), 100)``
    """
    channels = (traub_miles_sodium(), traub_miles_potassium(), leak(0.1, -67.0))
    return Membrane(channels, celsius)


def regular_spiking(celsius: float = 36.0) -> Membrane:
    """Return the membrane of a cortical pyramidal cell whose firing slows down, 1 µF/cm².

    Pospischil and others 2008, Biol Cybern 99:427–441, as in ModelDB 123623: sodium and potassium
    of Traub and Miles, an M current and a leak; ḡ = 50, 5, 0.07 and 0.1 mS/cm², E = 50, −100, −100
    and −70 mV, V_T = −55 mV.

    Parameters
    ----------
    celsius : float
        Temperature (°C); the rates are those of 36 °C.

    Examples
    --------
    Their 0.75 nA into 96 µm by 96 µm: ``simulate(patch(regular_spiking()), step(2.59), 400)``
    """
    return _cortical(5.0, 0.1, -70.0, celsius, m_type_potassium(0.07, -100.0))


def fast_spiking(celsius: float = 36.0) -> Membrane:
    """Return the membrane of a cortical interneuron whose firing does not slow down, 1 µF/cm².

    Pospischil and others 2008, Biol Cybern 99:427–441, as in ModelDB 123623: as `regular_spiking`,
    but without the M current, and with ḡ_K = 10 and ḡ_L = 0.15 mS/cm².

    Parameters
    ----------
    celsius : float
        Temperature (°C); the rates are those of 36 °C.

    Examples
    --------
    Their 0.5 nA into 67 µm by 67 µm: ``simulate(patch(fast_spiking()), step(3.55), 400)``
    """
    return _cortical(10.0, 0.15, -70.0, celsius)


def intrinsically_bursting(calcium: float = 0.17, celsius: float = 36.0) -> Membrane:
    """Return the membrane of a cortical pyramidal cell that starts with a burst, 1 µF/cm².

    Pospischil and others 2008, Biol Cybern 99:427–441, as in ModelDB 123623: as `regular_spiking`,
    with an L-type calcium current, ḡ_M = 0.03 and ḡ_L = 0.01 mS/cm², E_L = −85 mV. E_Ca is 120 mV,
    as in the paper; the files let it follow the concentration.

    Parameters
    ----------
    calcium : float
        ḡ of the calcium current (mS/cm²). With the default, one burst is followed by single spikes;
        with 0.1 there is none, with 0.22 bursts go on.
    celsius : float
        Temperature (°C); the rates are those of 36 °C.

    Examples
    --------
    Their 0.15 nA into 96 µm by 96 µm::

        simulate(patch(intrinsically_bursting()), step(0.52), 900)
    """
    number("calcium", calcium, least=0, most=1e6)
    slow = m_type_potassium(0.03, -100.0), l_type_calcium(calcium)
    return _cortical(5.0, 0.01, -85.0, celsius, *slow)


def low_threshold_spiking(leak_reversal: float = -85.0, celsius: float = 36.0) -> Membrane:
    """Return the membrane of a cortical cell whose bursts start from deep down, 1 µF/cm².

    Pospischil and others 2008, Biol Cybern 99:427–441, as in ModelDB 123623: as
    `intrinsically_bursting`, with a T-type calcium current of 0.4 mS/cm² in the place of the L-type
    one, its activation following the potential at once.

    Parameters
    ----------
    leak_reversal : float
        E_L (mV). From −85 mV a step of current makes a burst; from −60 mV a step of the other sign
        does when it ends.
    celsius : float
        Temperature (°C); the rates are those of 36 °C, of calcium's of 24 °C with their Q10.

    Examples
    --------
    ``simulate(patch(low_threshold_spiking()), step(0.52, 50), 450)``
    """
    number("leak_reversal", leak_reversal, least=-300, most=300)
    slow = t_type_calcium(0.4)
    at_once = replace(slow.gate("r"), tau=None)  # type: ignore[arg-type]
    slow = replace(slow, gates=(at_once, slow.gate("s")))
    return _cortical(5.0, 0.01, leak_reversal, celsius, m_type_potassium(0.03, -100.0), slow)


def _cortical(potassium, leaking, leak_reversal, celsius, *slow):
    fast = traub_miles_sodium(50.0, 50.0, -55.0), traub_miles_potassium(potassium, -100.0, -55.0)
    return Membrane((*fast, *slow, leak(leaking, leak_reversal)), celsius)


def sensory_neuron(celsius: float = 22.0) -> Membrane:
    """Return the membrane of a small neuron of a dorsal root ganglion, 0.93 µF/cm².

    Choi and Waxman 2011, J Neurophysiol 106:3173–3184, in the numbers of Verma, Kienle, Flockerzi
    and Ramkrishna 2020, Ind Eng Chem Res 59:2524–2535 (ModelDB 264591): Nav1.7 and Nav1.8, a
    delayed rectifier, an A current and a leak; ḡ = 18, 7, 4.78, 8.33 and 0.0575 mS/cm², E = 67.1,
    −84.7 and −58.91 mV. It rests at −66.5 mV; its cell has 2168 µm².

    Parameters
    ----------
    celsius : float
        Temperature (°C); the rates are those of 22 °C.

    Examples
    --------
    Without Nav1.8 no overshoot: ``modify(sensory_neuron(), "Nav1.8", block, 1.0)``
    """
    channels = (
        nav17_sodium(),
        nav18_sodium(),
        sensory_potassium(),
        sensory_a_type(),
        leak(0.0575, -58.91),
    )
    return Membrane(channels, celsius, 0.93)
