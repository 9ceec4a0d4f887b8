"""What drugs, mutations and experimenters do: functions from a channel to a channel."""

from __future__ import annotations

from dataclasses import replace

from neurocore._arguments import instance, number

from .channel import Channel
from .kinetics import Gate, Scheme


def block(channel: Channel, fraction: float) -> Channel:
    """Return the channel with a `fraction` (0 to 1) of its conductance blocked.

    Tetrodotoxin on sodium channels, tetraethylammonium on potassium channels.
    """
    _is_channel(channel)
    number("fraction", fraction, least=0, most=1)
    return replace(channel, conductance=channel.conductance * (1 - fraction))


def shift(channel: Channel, millivolts: float, gate: str | None = None) -> Channel:
    """Return the channel with its gating moved along the voltage axis.

    Parameters
    ----------
    channel : Channel
        The channel.
    millivolts : float
        Negative: to the left, so that it opens (and inactivates) at more negative potentials.
    gate : str, optional
        Only this gate; all of them if left out.
    """
    _is_channel(channel)
    number("millivolts", millivolts, least=-200, most=200)
    return _on_gates(channel, gate, lambda g: replace(g, shift=g.shift + millivolts))


def slow(channel: Channel, factor: float, gate: str | None = None) -> Channel:
    """Return the channel with its gating slowed by `factor` (2: half as fast), or only `gate`.

    Instantaneous gates have no time course, and stay as they are.
    """
    _is_channel(channel)
    number("factor", factor, above=0)
    if gate is not None:
        _takes_time(channel, gate)
    return _on_gates(channel, gate, lambda g: replace(g, speed=g.speed / factor))


def freeze(channel: Channel, gate: str) -> Channel:
    """Return the channel with `gate` frozen: it keeps the value it starts a run with."""
    _takes_time(_is_channel(channel), gate)
    return _on_gates(channel, gate, lambda g: replace(g, speed=0.0))


def persistent(channel: Channel, fraction: float, gate: str = "h") -> Channel:
    """Return the share of a channel's population that never inactivates, as a channel of its own.

    In a membrane it stands beside ``block(channel, fraction)``, the rest of the population. A
    steady open probability of 0.01 to 0.02 makes rat muscle fire on after a stimulus, as in
    myotonia (Cannon and Corey 1993, J Physiol 466:501–520).

    Parameters
    ----------
    channel : Channel
        The whole population.
    fraction : float
        Of it that lacks the inactivation gate, 0 to 1.
    gate : str
        The gate that is missing.

    Returns
    -------
    Channel
        With ``"P"`` added to the channel's name, and ``"p"`` to its gates'.
    """
    _is_channel(channel)
    number("fraction", fraction, least=0, most=1)
    missing = channel.gate(gate)
    gates = tuple(_renamed(g, "p") for g in channel.gates if g is not missing)
    return Channel(channel.name + "P", fraction * channel.conductance, channel.reversal, gates)


def lidocaine(
    channel: Channel,
    concentration: float,
    available: float = 440.0,
    inactivated: float = 10.0,
    unbinding: float = 1500.0,
    gate: str = "h",
) -> Channel:
    """Return a sodium channel in lidocaine: the modulated receptor of Hille (1977).

    The inactivation gate becomes a Markov scheme of four states: ``A`` available, ``I``
    inactivated, and each with the drug bound, ``AB`` and ``IB``. Only ``A`` conducts. The drug
    leaves either state equally slowly, so that its affinity lies in how fast it binds; and since
    no cycle can turn by itself, bound channels inactivate more readily, by the ratio of the two
    affinities.

    Half-blocking concentrations and the time bound channels need to recover are those of Bean,
    Cohen and Tsien 1983, J Gen Physiol 81:613–642.

    Parameters
    ----------
    channel : Channel
        With an inactivation gate given by `alpha` and `beta`.
    concentration : float
        Of lidocaine (µM).
    available, inactivated : float
        Dissociation constants (µM) of channels in the two states.
    unbinding : float
        Mean time a channel stays bound (ms), at the temperature for which the gate is given; it
        shares the gate's Q10.
    gate : str
        The inactivation gate's name.
    """
    _is_channel(channel)
    number("concentration", concentration, least=0)
    for name, value in {
        "available": available, "inactivated": inactivated, "unbinding": unbinding
    }.items():  # fmt: skip
        number(name, value, above=0)
    h = channel.gate(gate)
    if not isinstance(h, Gate) or h.alpha is None or h.beta is None:
        raise ValueError(f"gate {gate!r} must be given by alpha and beta")
    bias = (available / inactivated) ** 0.5
    leave = 1 / unbinding
    scheme = Scheme(
        ("A", "I", "AB", "IB"),
        (
            ("A", "I", h.beta),
            ("I", "A", h.alpha),
            ("AB", "IB", f"{bias!r} * ({h.beta})"),
            ("IB", "AB", f"({h.alpha}) / {bias!r}"),
            ("A", "AB", repr(leave * concentration / available)),
            ("AB", "A", repr(leave)),
            ("I", "IB", repr(leave * concentration / inactivated)),
            ("IB", "I", repr(leave)),
        ),
        "A",
        q10=h.q10,
        celsius=h.celsius,
        shift=h.shift,
        speed=h.speed,
    )
    return replace(channel, gates=tuple(scheme if g is h else g for g in channel.gates))


def _renamed(gate: Gate | Scheme, suffix: str) -> Gate | Scheme:
    """Return a gate, or all states of a scheme, with something added to the name."""
    if isinstance(gate, Gate):
        return replace(gate, name=gate.name + suffix)
    return replace(
        gate,
        states=tuple(state + suffix for state in gate.states),
        transitions=tuple((a + suffix, b + suffix, rate) for a, b, rate in gate.transitions),
        open=tuple(state + suffix for state in gate.opening),
    )


def _is_channel(channel: Channel) -> Channel:
    return instance("channel", channel, Channel, "a Channel")


def _takes_time(channel, gate):
    if channel.gate(gate).instantaneous:
        raise ValueError(
            f"gate {gate!r} of {channel.name!r} is instantaneous: it has no time course to change"
        )


def _on_gates(channel, name, change):
    chosen = channel.gates if name is None else (channel.gate(name),)
    return replace(channel, gates=tuple(change(g) if g in chosen else g for g in channel.gates))
