"""The channel library: each channel of the book, with the paper that its numbers come from."""

from __future__ import annotations

from neurocore._arguments import number, temperature

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


def t_type_calcium(conductance: float = 2.0, reversal: float | ConstantField = 120.0) -> Channel:
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


def mainen_sodium(conductance: float, reversal: float = 60.0, celsius: float = 23.0) -> Channel:
    """Return the sodium channel of a cortical pyramidal cell, ḡ m³h (mS/cm², mV).

    Mainen, Joerges, Huguenard and Sejnowski 1995, Neuron 15:1427–1439 (``na.mod``): rates at 23 °C,
    Q10 2.3. There the temperature multiplies the conductance by the same factor, 3.21 at 37 °C.

    Parameters
    ----------
    conductance, reversal : float
        At 23 °C (mS/cm²); and E (mV).
    celsius : float
        The temperature (°C) at which the channel shall conduct; the membrane's own warms its rates
        alone. The cells of Mainen and Sejnowski 1996, Nature 382:363–366, gate 5 mV further to the
        right: ``shift(mainen_sodium(…), 5)``.
    """
    warm = 2.3 ** ((temperature(number("celsius", celsius)) - 23.0) / 10)
    number("conductance", conductance, least=0)
    return _pyramidal_sodium(
        float(warm * conductance), reversal, -35.0, 9.0, 0.0, "1 / (1 + exp((V + 65) / 6.2))"
    )


def traub_miles_sodium(
    conductance: float = 100.0, reversal: float = 50.0, threshold: float = -67.0
) -> Channel:
    """Return the sodium channel of a hippocampal pyramidal cell, ḡ m³h (mS/cm², mV).

    Traub and Miles 1991, Neuronal Networks of the Hippocampus, Cambridge University Press, in the
    form of Pospischil and others 2008, Biol Cybern 99:427–441 (ModelDB 123623): 36 °C, Q10 3.

    Parameters
    ----------
    conductance, reversal : float
        ḡ (mS/cm²) and E (mV).
    threshold : float
        V_T (mV), along which all rates move; spikes start some 10 mV above it.
    """
    number("threshold", threshold, least=-400, most=400)
    m = Gate(
        "m",
        3,
        alpha="1.28 * linoid((V - 13) / 4)",
        beta="1.4 * linoid(-(V - 40) / 5)",
        celsius=36.0,
        shift=threshold,
    )
    h = Gate(
        "h",
        1,
        alpha="0.128 * exp(-(V - 17) / 18)",
        beta="4 / (1 + exp(-(V - 40) / 5))",
        celsius=36.0,
        shift=threshold,
    )
    return Channel("Na", conductance, reversal, (m, h))


def traub_miles_potassium(
    conductance: float = 80.0, reversal: float = -100.0, threshold: float = -67.0
) -> Channel:
    """Return the delayed rectifier that goes with `traub_miles_sodium`, ḡ n⁴ (mS/cm², mV).

    Traub and Miles 1991, as there; `threshold` is V_T (mV).
    """
    number("threshold", threshold, least=-400, most=400)
    n = Gate(
        "n",
        4,
        alpha="0.16 * linoid((V - 15) / 5)",
        beta="0.5 * exp(-(V - 10) / 40)",
        celsius=36.0,
        shift=threshold,
    )
    return Channel("K", conductance, reversal, (n,))


def m_type_potassium(conductance: float = 0.07, reversal: float = -90.0) -> Channel:
    """Return the slow potassium current that a muscarinic agonist blocks, ḡ p (mS/cm², mV).

    Yamada, Koch and Adams 1989, as in Pospischil and others 2008, Biol Cybern 99:427–441
    (ModelDB 123623), its longest time constant 1 s: 36 °C, Q10 2.3.
    """
    p = Gate(
        "p",
        1,
        steady="1 / (1 + exp(-(V + 35) / 10))",
        tau="1000 / (3.3 * exp((V + 35) / 20) + exp(-(V + 35) / 20))",
        q10=2.3,
        celsius=36.0,
    )
    return Channel("M", conductance, reversal, (p,))


def l_type_calcium(conductance: float = 0.17, reversal: float | ConstantField = 120.0) -> Channel:
    """Return the high-threshold calcium channel of a cortical pyramidal cell, ḡ q²r (mS/cm², mV).

    Reuveni, Friedman, Amitai and Gutnick 1993, J Neurosci 13:4609–4621, as in Pospischil and others
    2008, Biol Cybern 99:427–441 (ModelDB 123623): 36 °C; a Q10 of 3 is assumed.
    """
    q = Gate(
        "q",
        2,
        alpha="0.209 * linoid((V + 27) / 3.8)",
        beta="0.94 * exp(-(V + 75) / 17)",
        celsius=36.0,
    )
    r = Gate(
        "r",
        1,
        alpha="0.000457 * exp(-(V + 13) / 50)",
        beta="0.0065 / (1 + exp(-(V + 15) / 28))",
        celsius=36.0,
    )
    return Channel("CaL", conductance, reversal, (q, r))


def nav17_sodium(conductance: float = 18.0, reversal: float = 67.1) -> Channel:
    """Return Nav1.7, the sodium channel that makes pain, ḡ m³hs (mS/cm², mV).

    Sheets, Jackson, Waxman, Dib-Hajj and Cummins 2007, J Physiol 581:1019–1031, as in Choi and
    Waxman 2011, J Neurophysiol 106:3173–3184, at 22 °C; a Q10 of 3 is assumed. s is slow
    inactivation. Below −88.9 mV the published closing rate of h is negative; here it is 0.
    """
    m = _at_22(
        "m7",
        3,
        alpha="15.5 / (1 + exp(-(V - 5) / 12.08))",
        beta="35.2 / (1 + exp((V + 72.7) / 16.7))",
    )
    closing = "-0.00283 + 2.00283 / (1 + exp(-(V + 5.5266) / 12.70195))"
    h = _at_22(
        "h7",
        1,
        alpha="0.38685 / (1 + exp((V + 122.35) / 15.29))",
        beta=f"0 if V < -88.85 else {closing}",
    )
    s = _at_22(
        "s7",
        1,
        alpha="0.00003 + 0.00092 / (1 + exp((V + 93.9) / 16.6))",
        beta="132.05 / (1 + exp(-(V - 384.9) / 28.5))",
    )
    return Channel("Nav1.7", conductance, reversal, (m, h, s))


def nav18_sodium(conductance: float = 7.0, reversal: float = 67.1) -> Channel:
    """Return Nav1.8, the sodium channel that resists tetrodotoxin, ḡ mh (mS/cm², mV).

    Sheets, Jackson, Waxman, Dib-Hajj and Cummins 2007, J Physiol 581:1019–1031, as in Choi and
    Waxman 2011, J Neurophysiol 106:3173–3184, at 22 °C; a Q10 of 3 is assumed.
    """
    m = _at_22(
        "m8",
        1,
        alpha="2.85 - 2.839 / (1 + exp((V - 1.159) / 13.95))",
        beta="7.6205 / (1 + exp((V + 46.463) / 8.8289))",
    )
    h = _at_22(
        "h8",
        1,
        steady="1 / (1 + exp((V + 32.2) / 4))",
        tau="1.218 + 42.043 * exp(-(V + 38.1)**2 / (2 * 15.19**2))",
    )
    return Channel("Nav1.8", conductance, reversal, (m, h))


def sensory_potassium(conductance: float = 4.78, reversal: float = -84.7) -> Channel:
    """Return the delayed rectifier of a small sensory neuron, ḡ n (mS/cm², mV).

    Choi and Waxman 2011, J Neurophysiol 106:3173–3184, at 22 °C; a Q10 of 3 is assumed.
    """
    n = _at_22(
        "n",
        1,
        steady="1 / (1 + exp(-(V + 14.62) / 18.38))",
        tau="1 + 1 / (0.01265 * linoid((V + 14.273) / 10) + 0.125 * exp(-(V + 55) / 2.5))",
    )
    return Channel("K", conductance, reversal, (n,))


def sensory_a_type(conductance: float = 8.33, reversal: float = -84.7) -> Channel:
    """Return the A-type potassium channel of a small sensory neuron, ḡ ab (mS/cm², mV).

    Choi and Waxman 2011, J Neurophysiol 106:3173–3184, at 22 °C; a Q10 of 3 is assumed.
    """
    a = _at_22(
        "a",
        1,
        steady="1 / (1 + exp(-(V + 5.4) / 16.4))**4",
        tau="0.25 + 10.04 * exp(-(V + 24.67)**2 / (2 * 34.8**2))",
    )
    b = _at_22(
        "b",
        1,
        steady="1 / (1 + exp((V + 49.9) / 4.6))",
        tau="20 + 50 * exp(-(V + 40)**2 / (2 * 40**2))",
    )
    return Channel("KA", conductance, reversal, (a, b))


def _at_22(name, power, **formulas):
    return Gate(name, power, celsius=22.0, **formulas)
