"""Ions across a membrane: equilibrium potentials, currents and the potential they settle at.

Units: mV, mM, °C; permeabilities absolute in cm/s or relative, currents in µA/cm², outward
positive; conductances in mS/cm².
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurocore._arguments import FloatOrArray, instance, numbers, plain, same_grid, temperature

# CODATA 2018 (exact since the SI of 2019): both are products of defined constants.
AVOGADRO = 6.02214076e23
"""Particles per mole."""
FARADAY = 1.602176634e-19 * AVOGADRO
"""Charge of a mole of elementary charges, C/mol."""
GAS_CONSTANT = 1.380649e-23 * AVOGADRO
"""Molar gas constant, J/(mol K)."""

VALENCE = MappingProxyType({"K": 1, "Na": 1, "Cl": -1, "Ca": 2, "Mg": 2, "HCO3": -1, "H": 1})
"""Charge number of each ion that the book speaks of."""

_Arrays: TypeAlias = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class IonSet:
    """The ions on both sides of a membrane at rest.

    Attributes
    ----------
    outside, inside : mapping of str to float
        Concentration of each ion, mM.
    permeability : mapping of str to float
        Permeability of each ion relative to that of K⁺.
    celsius : float
        Temperature, °C.
    """

    outside: Mapping[str, float]
    inside: Mapping[str, float]
    permeability: Mapping[str, float]
    celsius: float

    def __post_init__(self) -> None:
        for name, limit in (
            ("outside", {"above": 0}), ("inside", {"above": 0}), ("permeability", {"least": 0})
        ):  # fmt: skip
            given = instance(name, getattr(self, name), Mapping, "a dict from ions to numbers")
            for ion, value in given.items():
                numbers(f"{name}[{ion!r}]", value, **limit)
            object.__setattr__(self, name, MappingProxyType(dict(given)))
        temperature(self.celsius)


MAMMALIAN = IonSet(
    outside={"K": 4.0, "Na": 145.0, "Cl": 110.0},
    inside={"K": 140.0, "Na": 12.0, "Cl": 10.0},
    permeability={"K": 1.0, "Na": 0.05, "Cl": 0.45},
    celsius=37.0,
)
"""The mammalian neuron that the book's chapter on rest works with."""


@overload
def thermal_voltage(celsius: float = ...) -> float: ...
@overload
def thermal_voltage(celsius: ArrayLike = ...) -> FloatOrArray: ...
def thermal_voltage(celsius=37.0):
    """Return RT/F, the voltage that heat is worth.

    Parameters
    ----------
    celsius : float or array_like
        Temperature, °C.

    Returns
    -------
    float or numpy.ndarray
        RT/F, mV: 26.7 at 37 °C.
    """
    return plain(1e3 * GAS_CONSTANT * (temperature(celsius) + 273.15) / FARADAY)


@overload
def nernst(outside: float, inside: float, valence: float, celsius: float = ...) -> float: ...
@overload
def nernst(
    outside: ArrayLike, inside: ArrayLike, valence: ArrayLike, celsius: ArrayLike = ...
) -> FloatOrArray: ...
def nernst(outside, inside, valence, celsius=37.0):
    """Return the potential at which an ion is in equilibrium (Nernst 1888).

    Parameters
    ----------
    outside, inside : float or array_like
        Concentrations, mM, greater than zero.
    valence : int or array_like of int
        Charge number with its sign, not zero.
    celsius : float or array_like
        Temperature, °C.

    Returns
    -------
    float or numpy.ndarray
        E = RT/(zF) ln(outside/inside), mV, inside against outside. Scalars give a float,
        arrays broadcast.

    Raises
    ------
    ValueError, TypeError
        If an argument is outside what is allowed.

    Examples
    --------
    >>> round(nernst(outside=4, inside=140, valence=1, celsius=37), 2)
    -95.02
    """
    outside = numbers("outside", outside, above=0)
    inside = numbers("inside", inside, above=0)
    valence = _valence(valence)
    rt_f = np.asarray(thermal_voltage(celsius))
    same_grid(outside=outside, inside=inside, valence=valence, celsius=rt_f)
    # A difference of logarithms cannot overflow where the ratio could.
    return plain(rt_f / valence * (np.log(outside) - np.log(inside)))


@overload
def driving_force(v: float, reversal: float) -> float: ...
@overload
def driving_force(v: ArrayLike, reversal: ArrayLike) -> FloatOrArray: ...
def driving_force(v, reversal):
    """Return the force on an ion, V − E.

    Parameters
    ----------
    v, reversal : float or array_like
        Membrane potential and the ion's reversal potential, mV.

    Returns
    -------
    float or numpy.ndarray
        V − E, mV. Positive means an outward current, negative an inward one: a cation moves with
        the current, an anion against it.
    """
    v, reversal = numbers("v", v), numbers("reversal", reversal)
    same_grid(v=v, reversal=reversal)
    return plain(v - reversal)


@overload
def ghk_voltage(
    permeability: Mapping[str, float],
    outside: Mapping[str, float],
    inside: Mapping[str, float],
    celsius: float = ...,
) -> float: ...
@overload
def ghk_voltage(
    permeability: Mapping[str, ArrayLike],
    outside: Mapping[str, ArrayLike],
    inside: Mapping[str, ArrayLike],
    celsius: ArrayLike = ...,
) -> FloatOrArray: ...
def ghk_voltage(permeability, outside, inside, celsius=37.0):
    """Return the potential at which monovalent ions carry no net current.

    The voltage equation of Goldman (1943) and of Hodgkin and Katz (1949).

    Parameters
    ----------
    permeability : mapping of str to (float or array_like)
        Permeability of each monovalent ion; only the ratios matter. Zero is allowed, but not
        for all.
    outside, inside : mapping of str to (float or array_like)
        Concentrations, mM, greater than zero. Ions without a permeability are ignored.
    celsius : float or array_like
        Temperature, °C.

    Returns
    -------
    float or numpy.ndarray
        Membrane potential, mV. Scalars give a float, arrays broadcast.

    Raises
    ------
    ValueError, TypeError
        If an ion is unknown, missing or not monovalent, or a number is not allowed.

    Examples
    --------
    >>> m = MAMMALIAN
    >>> round(ghk_voltage(m.permeability, m.outside, m.inside, m.celsius), 2)
    -66.57
    """
    permeability, outside, inside, rt_f = _membrane(permeability, outside, inside, celsius)
    inward = outward = 0.0
    for ion, p in permeability.items():
        source, sink = (outside, inside) if VALENCE[ion] > 0 else (inside, outside)
        inward = inward + p * source[ion]
        outward = outward + p * sink[ion]
    return plain(rt_f * (np.log(inward) - np.log(outward)))


@overload
def mullins_noda(
    permeability: Mapping[str, float],
    outside: Mapping[str, float],
    inside: Mapping[str, float],
    pump_ratio: float = ...,
    celsius: float = ...,
) -> float: ...
@overload
def mullins_noda(
    permeability: Mapping[str, ArrayLike],
    outside: Mapping[str, ArrayLike],
    inside: Mapping[str, ArrayLike],
    pump_ratio: ArrayLike = ...,
    celsius: ArrayLike = ...,
) -> FloatOrArray: ...
def mullins_noda(permeability, outside, inside, pump_ratio=1.5, celsius=37.0):
    """Return the resting potential with the pump's own current counted.

    In the steady state the pump carries out all the Na⁺ that leaks in and carries in all the
    K⁺ that leaks out, so the two leaks stand in the pump's ratio and not one to one
    (Mullins and Noda 1963, J Gen Physiol 47:117). Passive Cl⁻ is then at equilibrium and
    drops out.

    Parameters
    ----------
    permeability : mapping of str to (float or array_like)
        Permeabilities of "K" and "Na"; only their ratio matters.
    outside, inside : mapping of str to (float or array_like)
        Concentrations, mM, greater than zero.
    pump_ratio : float or array_like
        Na⁺ out per K⁺ in, 1.5 for the Na⁺/K⁺ pump; 1 gives back `ghk_voltage`.
    celsius : float or array_like
        Temperature, °C.

    Returns
    -------
    float or numpy.ndarray
        Membrane potential, mV.

    Raises
    ------
    ValueError, TypeError
        If an ion is missing or is neither K⁺ nor Na⁺, or a number is not allowed.
    """
    pump_ratio = numbers("pump_ratio", pump_ratio, above=0)
    _mapping("permeability", permeability)
    if set(permeability) != {"K", "Na"}:
        raise ValueError(
            f"permeability must name K and Na and no other ion; got {sorted(permeability)}"
        )
    p = {i: numbers(f"permeability[{i!r}]", x, least=0) for i, x in permeability.items()}
    same_grid(pump_ratio=pump_ratio, **{f"permeability[{i!r}]": x for i, x in p.items()})
    weighted = {"K": pump_ratio * p["K"], "Na": p["Na"]}
    return ghk_voltage(weighted, outside, inside, celsius)


@overload
def ghk_current(
    v: float,
    permeability: float,
    outside: float,
    inside: float,
    valence: float,
    celsius: float = ...,
) -> float: ...
@overload
def ghk_current(
    v: ArrayLike,
    permeability: ArrayLike,
    outside: ArrayLike,
    inside: ArrayLike,
    valence: ArrayLike,
    celsius: ArrayLike = ...,
) -> FloatOrArray: ...
def ghk_current(v, permeability, outside, inside, valence, celsius=37.0):
    """Return the current of one ion through a membrane of constant field.

    The current equation of Goldman, Hodgkin and Katz. It bends with voltage where the two
    concentrations differ, and it is zero at the ion's Nernst potential.

    Parameters
    ----------
    v : float or array_like
        Membrane potential, mV.
    permeability : float or array_like
        Permeability, cm/s, zero or more.
    outside, inside : float or array_like
        Concentrations, mM, greater than zero.
    valence : int or array_like of int
        Charge number with its sign, any but zero.
    celsius : float or array_like
        Temperature, °C.

    Returns
    -------
    float or numpy.ndarray
        Current, µA/cm², outward positive: a mM is a µmol/cm³, so cm/s · mM · F is µA/cm².
        With relative permeabilities the ratios of the currents still hold.

    Raises
    ------
    ValueError, TypeError
        If an argument is outside what is allowed.
    """
    conductance = chord_conductance(v, permeability, outside, inside, valence, celsius)
    reversal = nernst(outside, inside, valence, celsius)
    return plain(conductance * np.asarray(driving_force(v, reversal)))


@overload
def chord_conductance(
    v: float,
    permeability: float,
    outside: float,
    inside: float,
    valence: float,
    celsius: float = ...,
) -> float: ...
@overload
def chord_conductance(
    v: ArrayLike,
    permeability: ArrayLike,
    outside: ArrayLike,
    inside: ArrayLike,
    valence: ArrayLike,
    celsius: ArrayLike = ...,
) -> FloatOrArray: ...
def chord_conductance(v, permeability, outside, inside, valence, celsius=37.0):
    """Return the slope of the line from (E, 0) to the ion's GHK current at `v`.

    This is the conductance that gives the same current by Ohm's law, I = g (V − E). It is
    smooth and positive at every voltage, 0 mV and the reversal potential included.

    Parameters
    ----------
    v, permeability, outside, inside, valence, celsius
        As for `ghk_current`.

    Returns
    -------
    float or numpy.ndarray
        Chord conductance, mS/cm² if the permeability is in cm/s.

    Raises
    ------
    ValueError, TypeError
        If an argument is outside what is allowed.
    """
    v = numbers("v", v)
    permeability = numbers("permeability", permeability, least=0)
    outside = numbers("outside", outside, above=0)
    inside = numbers("inside", inside, above=0)
    valence = _valence(valence)
    rt_f = np.asarray(thermal_voltage(celsius))
    same_grid(
        v=v, permeability=permeability, outside=outside, inside=inside, valence=valence,
        celsius=rt_f,
    )  # fmt: skip
    u = valence * v / rt_f
    distance = u - (np.log(outside) - np.log(inside))
    # Measured from the side the ion leaves, neither factor can underflow against the other.
    field = np.where(
        distance > 0,
        inside * bernoulli(-u) / bernoulli(-np.abs(distance)),
        outside * bernoulli(u) / bernoulli(-np.abs(distance)),
    )
    return plain(permeability * valence**2 * FARADAY / rt_f * field)


@overload
def chord_voltage(conductance: Mapping[str, float], reversal: Mapping[str, float]) -> float: ...
@overload
def chord_voltage(
    conductance: Mapping[str, ArrayLike], reversal: Mapping[str, ArrayLike]
) -> FloatOrArray: ...
def chord_voltage(conductance, reversal):
    """Return the mean of the reversal potentials weighted by conductance.

    The potential at which Ohmic currents cancel. With chord conductances taken from the GHK
    currents at rest it equals the GHK voltage exactly; with permeabilities as weights it does
    not.

    Parameters
    ----------
    conductance : mapping of str to (float or array_like)
        Conductance of each ion; only the ratios matter. Zero is allowed, but not for all.
    reversal : mapping of str to (float or array_like)
        Reversal potential of each ion that has a conductance, mV.

    Returns
    -------
    float or numpy.ndarray
        Membrane potential, mV.

    Raises
    ------
    ValueError, TypeError
        If a reversal is missing or a number is not allowed.
    """
    _mapping("conductance", conductance)
    _mapping("reversal", reversal)
    missing = [ion for ion in conductance if ion not in reversal]
    if missing:
        raise ValueError(f"reversal has no {', '.join(missing)}, which conductance names")
    g = {i: numbers(f"conductance[{i!r}]", x, least=0) for i, x in conductance.items()}
    e = {i: numbers(f"reversal[{i!r}]", reversal[i]) for i in conductance}
    same_grid(
        **{f"conductance[{i!r}]": x for i, x in g.items()},
        **{f"reversal[{i!r}]": x for i, x in e.items()},
    )
    total = np.asarray(sum(g.values()))
    if not (total > 0).all():
        raise ValueError("conductance must be greater than zero for at least one ion; got all zero")
    return plain(sum(g[i] / total * e[i] for i in g))


@overload
def ncx_reversal(sodium: float, calcium: float, stoichiometry: float = ...) -> float: ...
@overload
def ncx_reversal(
    sodium: ArrayLike, calcium: ArrayLike, stoichiometry: ArrayLike = ...
) -> FloatOrArray: ...
def ncx_reversal(sodium, calcium, stoichiometry=3):
    """Return the potential at which the Na⁺/Ca²⁺ exchanger turns round.

    Parameters
    ----------
    sodium, calcium : float or array_like
        Nernst potentials of Na⁺ and Ca²⁺, mV.
    stoichiometry : float or array_like
        Na⁺ carried per Ca²⁺: 3 (Blaustein and Lederer 1999, Physiol Rev 79:763). More than 2,
        or the exchange carries no charge in the direction that this potential describes.

    Returns
    -------
    float or numpy.ndarray
        E_NCX = (n E_Na − 2 E_Ca)/(n − 2), mV. Below it Ca²⁺ is carried out, above it in.

    Raises
    ------
    ValueError, TypeError
        If an argument is outside what is allowed.

    Examples
    --------
    >>> ncx_reversal(sodium=50, calcium=120)
    -90.0
    """
    sodium, calcium = numbers("sodium", sodium), numbers("calcium", calcium)
    n = numbers("stoichiometry", stoichiometry, above=2)
    same_grid(sodium=sodium, calcium=calcium, stoichiometry=n)
    return plain((n * sodium - 2 * calcium) / (n - 2))


def bernoulli(x: ArrayLike) -> NDArray[np.float64]:
    """Return x/(exp(x) − 1), 1 at x = 0, without loss of digits near it.

    Parameters
    ----------
    x : array_like
        Any real numbers.

    Returns
    -------
    numpy.ndarray
        Same shape as `x`.
    """
    x = np.asarray(x, dtype=float)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(x == 0, 1.0, x / np.where(x == 0, 1.0, np.expm1(x)))


def _valence(valence: ArrayLike) -> NDArray[np.float64]:
    array = numbers("valence", valence)
    if not ((array != 0) & (array == np.round(array))).all():
        raise ValueError(f"valence must be a whole number other than zero; got {valence!r}")
    return array


def _mapping(name: str, value: Mapping[str, ArrayLike]) -> None:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must map ions to numbers, like {{'K': 1.0}}; got {value!r}")
    if not value:
        raise ValueError(f"{name} must name at least one ion; got none")
    for ion in value:
        instance(f"an ion in {name}", ion, str, "text")


def _membrane(
    permeability: Mapping[str, ArrayLike],
    outside: Mapping[str, ArrayLike],
    inside: Mapping[str, ArrayLike],
    celsius: ArrayLike,
) -> tuple[_Arrays, _Arrays, _Arrays, NDArray[np.float64]]:
    """Check what `ghk_voltage` takes and return it as arrays, with RT/F."""
    for name, value in (("permeability", permeability), ("outside", outside), ("inside", inside)):
        _mapping(name, value)
    monovalent = [ion for ion, z in VALENCE.items() if abs(z) == 1]
    for ion in permeability:
        if ion not in monovalent:
            raise ValueError(
                f"permeability must name monovalent ions, any of {', '.join(monovalent)}; "
                f"got {ion!r}"
            )
        for name, side in (("outside", outside), ("inside", inside)):
            if ion not in side:
                raise ValueError(f"{name} has no {ion}, which permeability names")
    p = {i: numbers(f"permeability[{i!r}]", x, least=0) for i, x in permeability.items()}
    out = {i: numbers(f"outside[{i!r}]", outside[i], above=0) for i in permeability}
    into = {i: numbers(f"inside[{i!r}]", inside[i], above=0) for i in permeability}
    rt_f = np.asarray(thermal_voltage(celsius))
    sides = {"permeability": p, "outside": out, "inside": into}
    same_grid(
        celsius=rt_f, **{f"{s}[{i!r}]": x for s, side in sides.items() for i, x in side.items()}
    )
    if not (np.asarray(sum(p.values())) > 0).all():
        raise ValueError(
            "permeability must be greater than zero for at least one ion; got all zero"
        )
    return p, out, into, rt_f
