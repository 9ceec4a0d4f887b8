"""The channel library: each channel of the book, with the paper that its numbers come from."""

from __future__ import annotations

from .channel import Channel, ConstantField
from .kinetics import Gate


def squid_sodium(conductance: float = 120.0, reversal: float = 50.0) -> Channel:
    """Return the squid axon's sodium channel, ḡ m³h (V − E_Na).

    Hodgkin and Huxley 1952, J Physiol 117:500–544, in the modern sign, rest −65 mV.
    """
    m = Gate("m", 3, alpha="linoid((V + 40) / 10)", beta="4 * exp(-(V + 65) / 18)")
    h = Gate("h", 1, alpha="0.07 * exp(-(V + 65) / 20)", beta="1 / (1 + exp(-(V + 35) / 10))")
    return Channel("Na", conductance, reversal, (m, h))


def squid_potassium(conductance: float = 36.0, reversal: float = -77.0) -> Channel:
    """Return the squid axon's delayed rectifier, ḡ n⁴ (V − E_K).

    Hodgkin and Huxley 1952, J Physiol 117:500–544, in the modern sign, rest −65 mV.
    """
    n = Gate("n", 4, alpha="0.1 * linoid((V + 55) / 10)", beta="0.125 * exp(-(V + 65) / 80)")
    return Channel("K", conductance, reversal, (n,))


def leak(conductance: float = 0.3, reversal: float = -54.387) -> Channel:
    """Return a leak, ḡ (V − E_L); the squid axon's values (Hodgkin and Huxley 1952) by default."""
    return Channel("leak", conductance, reversal)


def frankenhaeuser_huxley_channels() -> tuple[Channel, ...]:
    """Return the channels of a frog's node of Ranvier, permeabilities rather than conductances.

    Frankenhaeuser and Huxley 1964, J Physiol 171:302–315, Xenopus laevis at 20 °C with rest at
    −70 mV, as in the NEURON mechanism ``fh`` (ModelDB 3507): sodium m²h, an unspecific current p²
    carried by sodium, potassium n², and a leak. All Q10 are 3, as there.
    """
    sodium, potassium = ConstantField(13.74, 114.5), ConstantField(120.0, 2.5)

    def gate(name, power, alpha, beta):
        return Gate(name, power, alpha, beta, celsius=20.0)

    m = gate("m", 2, "1.08 * linoid((V + 48) / 3)", "8 * linoid(-(V + 57) / 20)")
    h = gate("h", 1, "0.6 * linoid(-(V + 80) / 6)", "4.5 / (1 + exp(-(V + 25) / 10))")
    n = gate("n", 2, "0.2 * linoid((V + 35) / 10)", "0.5 * linoid(-(V + 60) / 10)")
    p = gate("p", 2, "0.06 * linoid((V + 30) / 10)", "1.8 * linoid(-(V + 95) / 20)")
    return (
        Channel("Na", 8e-3, sodium, (m, h)),
        Channel("p", 0.54e-3, sodium, (p,)),
        Channel("K", 1.2e-3, potassium, (n,)),
        leak(30.3, -69.74),
    )


def mammalian_node_channels() -> tuple[Channel, ...]:
    """Return the channels of a mammalian node of Ranvier.

    McIntyre, Richardson and Grill 2002, J Neurophysiol 87:995–1006 (ModelDB 3810): fast sodium
    m³h, persistent sodium p³, slow potassium s, and a leak; ḡ = 3000, 10, 80 and 7 mS/cm². Rates of
    m and p have a Q10 of 2.2 and h of 2.9, given for 20 °C; s one of 3, given for 36 °C. Below
    −88 mV the published s opens again, its closing rate vanishing first.
    """
    m = Gate(
        "m",
        3,
        alpha="19.158 * linoid((V + 21.4) / 10.3)",
        beta="0.78776 * linoid(-(V + 25.7) / 9.16)",
        q10=2.2,
        celsius=20.0,
    )
    h = Gate(
        "h",
        1,
        alpha="0.682 * linoid(-(V + 114) / 11)",
        beta="2.3 / (1 + exp(-(V + 31.8) / 13.4))",
        q10=2.9,
        celsius=20.0,
    )
    p = Gate(
        "p",
        3,
        alpha="0.102 * linoid((V + 27) / 10.2)",
        beta="0.0025 * linoid(-(V + 34) / 10)",
        q10=2.2,
        celsius=20.0,
    )
    s = Gate(
        "s",
        1,
        alpha="0.3 / (1 + exp(-(V + 53) / 5))",
        beta="0.03 / (1 + exp(-(V + 90)))",
        q10=3.0,
        celsius=36.0,
    )
    return (
        Channel("Na", 3000.0, 50.0, (m, h)),
        Channel("NaP", 10.0, 50.0, (p,)),
        Channel("Ks", 80.0, -90.0, (s,)),
        leak(7.0, -90.0),
    )


def somatic_sodium(conductance: float, reversal: float = 60.0) -> Channel:
    """Return the sodium channel of a pyramidal cell's soma (Nav1.2), ḡ m³h (mS/cm², mV).

    Hu, Tian, Li, Yang, Hou and Shu 2009, Nat Neurosci 12:996–1002, as implemented by M. Zbili
    (2020): at 23 °C, Q10 2.3; m opens 11 mV more positive than in `axonal_sodium`.
    """
    return _pyramidal_sodium(
        conductance, reversal, -37.0, 7.0, 0.0, "1 / (1 + exp((V + 67) / 7.1))"
    )


def axonal_sodium(conductance: float, reversal: float = 60.0) -> Channel:
    """Return the sodium channel of an axon initial segment (Nav1.6), ḡ m³h (mS/cm², mV).

    Hu, Tian, Li, Yang, Hou and Shu 2009, Nat Neurosci 12:996–1002, as implemented by M. Zbili
    (2020): at 23 °C, Q10 2.3.
    """
    return _pyramidal_sodium(
        conductance, reversal, -48.0, 6.0, -14.0, "1 / (1 + exp((V + 80) / 5.4))"
    )


def _pyramidal_sodium(conductance, reversal, half, slope, h_shift, h_steady):
    m = Gate(
        "m",
        3,
        alpha=f"{0.182 * slope:g} * linoid((V + {-half:g}) / {slope:g})",
        beta=f"{0.124 * slope:g} * linoid(-(V + {-half:g}) / {slope:g})",
        q10=2.3,
        celsius=23.0,
    )
    opening = f"0.12 * linoid((V + {50 - h_shift:g}) / 5)"
    closing = f"0.0455 * linoid(-(V + {75 - h_shift:g}) / 5)"
    tau = f"1 / ({opening} + {closing})"
    h = Gate("h", 1, steady=h_steady, tau=tau, q10=2.3, celsius=23.0)
    return Channel("Na", conductance, reversal, (m, h))


def cortical_potassium(conductance: float, reversal: float = -90.0) -> Channel:
    """Return a cortical delayed rectifier, ḡ n (mS/cm², mV).

    Mainen, Joerges, Huguenard and Sejnowski 1995, Neuron 15:1427–1439 (``kv.mod``): at 23 °C,
    Q10 2.3.
    """
    n = Gate(
        "n",
        1,
        alpha="0.18 * linoid((V - 25) / 9)",
        beta="0.018 * linoid(-(V - 25) / 9)",
        q10=2.3,
        celsius=23.0,
    )
    return Channel("K", conductance, reversal, (n,))


def t_type_calcium(conductance: float = 2.0, reversal: float = 120.0) -> Channel:
    """Return the thalamic low-threshold calcium channel, ḡ r²s (V − E_Ca) (mS/cm², mV).

    Huguenard and McCormick 1992, J Neurophysiol 68:1373–1383, in the form of Destexhe, Bal,
    McCormick and Sejnowski 1996, J Neurophysiol 76:2049–2070 (ModelDB 3343), shifted 2 mV for
    2 mM calcium; at 24 °C, Q10 3.55 for activation r and 3 for inactivation s.
    """
    r = Gate(
        "r",
        2,
        steady="1 / (1 + exp(-(V + 59) / 6.2))",
        tau="0.612 + 1 / (exp(-(V + 131.6) / 16.7) + exp((V + 16.8) / 18.2))",
        q10=3.55,
        celsius=24.0,
    )
    s = Gate(
        "s",
        1,
        steady="1 / (1 + exp((V + 83) / 4))",
        tau="30.8 + (211.4 + exp((V + 115.2) / 5)) / (1 + exp((V + 86) / 3.2))",
        celsius=24.0,
    )
    return Channel("CaT", conductance, reversal, (r, s))
