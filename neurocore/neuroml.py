"""Carry a cell away: any patch or cable as a NeuroML 2 document, for other simulators.

NeuroML (Cannon and others 2014, Front Neuroinform 8:79) names what a cell is made of. Its own rates
have a few fixed shapes, ours are formulas. So each formula becomes a ``ComponentType`` in the same
file, written in LEMS, the language in which NeuroML itself is defined.

Two things take a form of their own. A constant-field current is a conductance to the Nernst
potential that rectifies, since NeuroML's own is for calcium alone. A scheme makes its channel an
``ionChannelKS``, whose gates are all schemes: there a Hodgkin–Huxley gate is one of two states.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Iterable
from dataclasses import MISSING, fields
from xml.etree import ElementTree

import numpy as np

from ._arguments import instance
from ._formula import compiled
from .cable import Cable, Patch, compartments_of
from .channels import Channel, ConstantField, Gate, Scheme
from .ions import FARADAY, nernst, thermal_voltage
from .membrane import Membrane, distinct

FROZEN = 1e-12  # of its speed is left to a frozen gate, which has no τ in NeuroML
UNBRANCHED = "sao864921383"  # NeuroLex's number for a piece of neurite without branches
NEAR = 1e-4  # of 0, where linoid is its series: the next term is below rounding
PATCH_LENGTH, PATCH_DIAMETER = 100.0, 100 / np.pi  # µm; 1e-4 cm²

KNOWN = {
    Patch: "membrane",
    Cable: "membranes length diameter axial_resistivity regions parents joints",
    Membrane: "channels celsius capacitance",
    Channel: "name conductance reversal gates",
    ConstantField: "inside outside valence",
    Gate: "name power alpha beta steady tau q10 celsius shift speed",
    Scheme: "states transitions open q10 celsius shift speed",
}


def to_neuroml(cell: Patch | Cable, id: str = "cell") -> str:
    """Return a cell as a NeuroML 2 document, the text of an XML file.

    Besides the cell it holds its channels and a network ``<id>_net`` of this one cell, which gives
    the temperature. A patch becomes a cylinder of 10⁻⁴ cm², so that 0.1 nA are 1 µA/cm². Of a
    cable each compartment is a segment with its own number, each region a segment group.

    Parameters
    ----------
    cell : Patch or Cable
        What to write.
    id : str
        The cell's name there: letters, digits and underscores, no digit first. All other names
        begin with it, so that several files may be used together.

    Returns
    -------
    str
        Valid by the schema ``NeuroML_v2.3.1.xsd``.

    Raises
    ------
    TypeError, ValueError
        If `cell` is neither patch nor cable, holds something that is not known here how to write,
        has no resting potential to start from, or if `id` is no such name.

    Examples
    --------
    >>> text = nc.to_neuroml(nc.patch(nc.hodgkin_huxley()), "squid")
    >>> [line.strip() for line in text.splitlines() if "<cell" in line]
    ['<cell id="squid">']
    """
    instance("cell", cell, Patch | Cable, "a patch or a cable")
    if not re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", instance("id", id, str, "text")):
        raise ValueError(
            f"id must be letters, digits and underscores, with no digit first, got {id!r}"
        )
    return _Document(cell, id).text()


def _known(what: object) -> None:
    """Refuse by name what has no known form in NeuroML: a kind of thing, or a property of one."""
    kind = type(what)
    if kind not in KNOWN:
        raise TypeError(f"cell holds a {kind.__name__}, which cannot be written as NeuroML: {what}")
    for field in fields(what):  # type: ignore[arg-type]  # KNOWN has dataclasses alone
        if field.name in KNOWN[kind].split():
            continue
        value, usual = getattr(what, field.name), field.default
        usual = field.default_factory() if field.default_factory is not MISSING else usual
        if isinstance(value, np.ndarray) or value != usual:
            raise ValueError(
                f"cell holds a {kind.__name__} whose {field.name} cannot be written as NeuroML, "
                f"got {value!r}"
            )


class _Names:
    """Gives each thing a name that NeuroML allows and that no other has."""

    def __init__(self) -> None:
        self.given: dict[Hashable, str] = {}

    def __call__(self, wanted: str, thing: Hashable) -> str:
        if thing not in self.given:
            base = name = re.sub("[^a-zA-Z0-9_]", "_", wanted)
            k, taken = 1, set(self.given.values())
            while name in taken:
                k += 1
                name = f"{base}_{k}"
            self.given[thing] = name
        return self.given[thing]


class _Document:
    def __init__(self, cell: Patch | Cable, id: str) -> None:
        _known(cell)
        self.id, self.cell = id, cell
        membranes = [cell.membrane] if isinstance(cell, Patch) else cell.membranes
        self.membranes, self.which = distinct(membranes)
        temperatures = [m.celsius for m in membranes]
        self.celsius = max(sorted(set(temperatures)), key=temperatures.count)
        self.names, self.groups = _Names(), _Names()
        self.groups("all", "all")
        self.written: set[str] = set()
        self.channels: list[ElementTree.Element] = []
        self.types: list[ElementTree.Element] = []

    def text(self) -> str:
        root = ElementTree.Element("neuroml", xmlns="http://www.neuroml.org/schema/neuroml2")
        root.set("id", self.names(self.id + "_document", "document"))
        cell = ElementTree.Element("cell", id=self.names(self.id, "cell"))
        self._morphology(cell)
        self._biophysics(cell)
        net = ElementTree.Element("network", id=self.names(self.id + "_net", "network"))
        net.set("type", "networkWithTemperature")
        net.set("temperature", _quantity(self.celsius, "degC"))
        population = {"id": self.names(self.id + "_pop", "population"), "component": self.id}
        _add(net, "population", **population, size="1")
        order = ("ionChannelHH", "ionChannelKS")  # the schema's
        self.channels.sort(key=lambda channel: order.index(channel.tag))
        root.extend([*self.channels, cell, net, *self.types])
        ElementTree.indent(root)
        return ElementTree.tostring(root, "unicode", xml_declaration=True) + "\n"

    # --- where -----------------------------------------------------------------------------------

    def _morphology(self, cell):
        morphology = _add(cell, "morphology", id=self.names(self.id + "_morphology", "morphology"))
        if isinstance(self.cell, Patch):
            shape = [(PATCH_LENGTH, PATCH_DIAMETER, -1, 1.0)]
            regions: dict[str, Iterable[int]] = {}
        else:
            c = self.cell
            shape = list(zip(c.length, c.diameter, c.parents.tolist(), c.joints, strict=True))
            regions = {
                name: compartments_of(c, places).tolist()
                for name, places in c.regions.items()
                if np.size(places)
            }
        points = _laid_out(shape)
        for k, (_, diameter, parent, joint) in enumerate(shape):
            segment = _add(morphology, "segment", id=str(k), name=f"compartment_{k}")
            if parent >= 0:
                _add(segment, "parent", segment=str(parent), fractionAlong=_number(joint))
            elif k > 0:  # begins where the first one begins
                _add(segment, "parent", segment="0", fractionAlong="0")
            for tag, point in zip(("proximal", "distal"), points[k], strict=True):
                x, y = map(_number, point)
                _add(segment, tag, x=x, y=y, z="0", diameter=_number(diameter))
        # a simulator such as NEURON takes what is marked as unbranched for its sections
        sections = []
        for k in range(len(shape)):
            sections.append(self.groups(f"compartment_{k}", ("section", k)))
            section = _add(morphology, "segmentGroup", id=sections[-1], neuroLexId=UNBRANCHED)
            _add(section, "member", segment=str(k))
        groups: list[tuple[str, Iterable[int]]] = [("all", range(len(shape)))]
        groups += [(self.groups(_begun(name), name), places) for name, places in regions.items()]
        if len(self.membranes) > 1:
            for k in range(len(self.membranes)):
                groups.append((self._group(k), np.flatnonzero(self.which == k).tolist()))
        for name, places in groups:
            group = _add(morphology, "segmentGroup", id=name)
            for place in places:
                _add(group, "include", segmentGroup=sections[place])

    def _group(self, k):
        """Return the segment group that has the membrane."""
        return self.groups(f"membrane_{k}", k) if len(self.membranes) > 1 else "all"

    def _biophysics(self, cell):
        name = self.names(self.id + "_biophysics", "biophysics")
        biophysics = _add(cell, "biophysicalProperties", id=name)
        properties = _add(biophysics, "membraneProperties")
        for k, membrane in enumerate(self.membranes):
            _known(membrane)
            for channel in membrane.channels:
                self._density(properties, channel, membrane.celsius, self._group(k))
        _add(properties, "spikeThresh", value="0 mV")
        for k, membrane in enumerate(self.membranes):
            value = _quantity(membrane.capacitance, "uF_per_cm2")
            _add(properties, "specificCapacitance", value=value, segmentGroup=self._group(k))
        self._start(properties)
        resistivity = 100.0 if isinstance(self.cell, Patch) else self.cell.axial_resistivity
        inside = _add(biophysics, "intracellularProperties")
        _add(inside, "resistivity", value=_quantity(resistivity, "ohm_cm"))

    def _start(self, properties):
        cell = self.cell
        rest = cell.membrane.rest() if isinstance(cell, Patch) else float(np.median(cell.rest()))
        _add(properties, "initMembPotential", value=_quantity(rest, "mV"))

    # --- channels --------------------------------------------------------------------------------

    def _density(self, properties, channel, celsius, group):
        _known(channel)
        conductance, reversal, field = channel.conductance, channel.reversal, None
        if not isinstance(reversal, int | float):
            _known(reversal)
            field, z = reversal, reversal.valence
            reversal = nernst(field.outside, field.inside, z, celsius)
            # where V is high: P z² F c / (RT/F), 1e-6 mol/cm³ over 1e-3 V in mS/cm²
            conductance *= z**2 * FARADAY * field.inside / thermal_voltage(celsius)
        id = self.names(f"{self.id}_{channel.name}", (channel.name, channel.gates, celsius, field))
        _add(
            properties,
            "channelDensity",
            id=self.names(f"{id}_{group}", (id, group)),
            ionChannel=id,
            condDensity=_quantity(conductance, "mS_per_cm2"),
            erev=_quantity(reversal, "mV"),
            segmentGroup=group,
            ion="non_specific",
        )
        if id not in self.written:
            self.written.add(id)
            self._channel(id, channel, celsius, field, reversal)

    def _channel(self, id, channel, celsius, field, reversal):
        for gate in channel.gates:
            _known(gate)
        schemes = any(isinstance(gate, Scheme) for gate in channel.gates)
        kind = "ionChannelKS" if schemes else "ionChannelHH"
        element = ElementTree.Element(kind, id=id, conductance="10 pS")
        self.channels.append(element)
        names = _Names()
        for gate in channel.gates:
            name = names(_begun(gate.name), gate)
            write = self._scheme if schemes else self._gate
            write(element, gate, name, celsius)
        if field is not None:
            if schemes:
                raise ValueError(
                    f"cell has the channel {channel.name!r} with both a scheme and a constant "
                    "field, which NeuroML cannot say together"
                )
            slope = field.valence / thermal_voltage(celsius)
            drive = f"linoid({slope!r} * V) / linoid({slope!r} * (V - {reversal!r}))"
            self._at_once(element, names("rectification", field), 1, drive, 0.0)

    def _gate(self, channel, gate, name, celsius):
        """Add a gate of Hodgkin and Huxley's."""
        id = f"{channel.get('id')}_{name}"
        if gate.alpha is None and gate.tau is None:
            self._at_once(channel, name, gate.power, gate.steady, gate.shift)
            return
        kind = "gateHHtauInf" if gate.alpha is None else "gateHHrates"
        element = _add(channel, "gate", id=name, instances=str(gate.power), type=kind)
        factor = self._q10(element, gate, celsius)
        if gate.alpha is None:
            self._formula(element, "timeCourse", f"{id}_tau", gate.tau, gate.shift, 1 / factor)
            self._formula(element, "steadyState", f"{id}_steady", gate.steady, gate.shift)
        else:
            self._formula(element, "forwardRate", f"{id}_alpha", gate.alpha, gate.shift, factor)
            self._formula(element, "reverseRate", f"{id}_beta", gate.beta, gate.shift, factor)

    def _at_once(self, channel, name, power, steady, shift):
        """Add a gate that follows V without delay."""
        kind = {"instances": str(power), "type": "gateHHInstantaneous"}
        element = _add(channel, "gate", id=name, **kind)
        self._formula(element, "steadyState", f"{channel.get('id')}_{name}_steady", steady, shift)

    def _q10(self, element, gate, celsius):
        """Add how a gate's rates follow temperature; return by what else they are multiplied."""
        if gate.speed == 0:
            _add(element, "q10Settings", type="q10Fixed", fixedQ10=_number(FROZEN))
            return 1.0
        if celsius != self.celsius:  # a document has one temperature
            return gate.factor(celsius)
        q10 = {"q10Factor": _number(gate.q10), "experimentalTemp": _quantity(gate.celsius, "degC")}
        _add(element, "q10Settings", type="q10ExpTemp", **q10)
        return gate.speed

    def _scheme(self, channel, gate, name, celsius):
        """Add a gate as states and transitions, at its temperature: NeuroML's take no Q10."""
        element = _add(channel, "gateKS", id=name, instances=str(gate.power))
        id = f"{channel.get('id')}_{name}"
        factor = gate.factor(celsius) or FROZEN
        if isinstance(gate, Gate):
            _add(element, "closedState", id="closed")
            _add(element, "openState", id="open")
            if gate.alpha is None:
                if gate.tau is None:
                    raise ValueError(
                        f"cell has a channel with a scheme and the gate {gate.name!r} without a "
                        "time constant, which NeuroML cannot say together"
                    )
                way = _add(
                    element, "tauInfTransition", id="way", **{"from": "closed", "to": "open"}
                )
                self._formula(way, "steadyState", f"{id}_steady", gate.steady, gate.shift)
                self._formula(way, "timeCourse", f"{id}_tau", gate.tau, gate.shift, 1 / factor)
                return
            hops = {("closed", "open"): (gate.alpha, gate.beta)}
        else:
            names, opens = _Names(), gate.open if isinstance(gate.open, tuple) else (gate.open,)
            states = {state: names(_begun(state), state) for state in gate.states}
            for state in sorted(states, key=opens.__contains__):  # the schema's order
                kind = "openState" if state in opens else "closedState"
                _add(element, kind, id=states[state])
            rates: dict[tuple[str, str], list[str]] = {}
            for source, target, rate in gate.transitions:
                rates.setdefault((source, target), []).append(f"({rate})")
            hops = {}
            for (source, target), forward in rates.items():
                if (states[target], states[source]) not in hops:
                    back = rates.get((target, source), ["0"])
                    hops[states[source], states[target]] = " + ".join(forward), " + ".join(back)
        for (source, target), (forward, back) in hops.items():
            way = {"from": source, "to": target}
            for kind, rate in ("forward", forward), ("reverse", back):
                hop = _add(element, f"{kind}Transition", id=f"{kind}_{source}_{target}", **way)
                name = f"{id}_{source}_{target}_{kind}"
                self._formula(hop, "rate", name, rate, gate.shift, factor)

    def _formula(self, parent, tag, wanted, text, shift, factor=1.0):
        """Add a formula in V: its use, shifted and scaled, and its type."""
        base, exposure, dimension, unit = {
            "steadyState": ("baseHHVariable", "x", "none", ""),
            "timeCourse": ("baseVoltageDepTime", "t", "time", "ms"),
        }.get(tag, ("baseHHRate", "r", "per_time", "per_ms"))
        known = ("formula", base, text)
        name = self.names(wanted, known)
        where = {"midpoint": _quantity(shift, "mV"), "scale": "1 mV"}
        _add(parent, tag, type=name, rate=_quantity(factor, unit), **where)
        if name in self.written:
            return
        self.written.add(name)
        element = ElementTree.Element("ComponentType", name=name, extends=base, description=text)
        self.types.append(element)
        if tag == "timeCourse":  # the other two bases have them
            for parameter, its in (
                ("rate", dimension),
                ("midpoint", "voltage"),
                ("scale", "voltage"),
            ):
                _add(element, "Parameter", name=parameter, dimension=its)
        dynamics = _add(element, "Dynamics")
        _add(
            dynamics, "DerivedVariable", name="V", dimension="none", value="(v - midpoint) / scale"
        )
        lems = _Lems()
        value = lems.expression(compiled(text).tree)
        before = list(lems.variables.items())
        result = {"name": exposure, "exposure": exposure, "dimension": dimension}
        if not before:
            _add(dynamics, "DerivedVariable", **result, value=f"rate * {value}")
            return
        # what is plain may not follow what has conditions: so the result takes the last of these
        *before, (last, choices) = before
        for name, cases in before:
            self._conditional(dynamics, cases, name=name, dimension="none")
        cases = [
            (condition, f"rate * {value.replace(last, f'({case})')}") for condition, case in choices
        ]
        self._conditional(dynamics, cases, **result)

    def _conditional(self, dynamics, cases, **what):
        variable = _add(dynamics, "ConditionalDerivedVariable", **what)
        for condition, value in cases:
            _add(variable, "Case", **condition, value=value)


OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
COMPARISONS = {
    ast.Lt: ".lt.", ast.LtE: ".leq.", ast.Gt: ".gt.", ast.GtE: ".geq.", ast.Eq: ".eq.",
    ast.NotEq: ".neq.",
}  # fmt: skip


class _Lems:
    """Writes the tree of a formula in LEMS, each of its conditions as a variable of its own."""

    def __init__(self) -> None:
        self.variables: dict[str, list[tuple[dict[str, str], str]]] = {}

    def expression(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=int() | float() as value):
                return _number(value) if value >= 0 else f"(0 - {_number(-value)})"
            case ast.Name("V"):
                return "V"
            case ast.UnaryOp(ast.USub(), operand):
                return f"(0 - {self.expression(operand)})"
            case ast.UnaryOp(_, operand):
                return self.expression(operand)
            case ast.BinOp(left, op, right):
                sign = OPERATORS[type(op)]
                return f"({self.expression(left)} {sign} {self.expression(right)})"
            case ast.IfExp(ast.Compare(left, [op], [right]), body, orelse):
                sides = self.expression(left), self.expression(right)
                condition = f"{sides[0]} {COMPARISONS[type(op)]} {sides[1]}"
                return self._cases(condition, self.expression(body), self.expression(orelse))
            case ast.Call(ast.Name("linoid"), [argument]):
                x = self.expression(argument)
                condition = f"{x} .gt. (0 - {NEAR}) .and. {x} .lt. {NEAR}"
                return self._cases(
                    condition, f"1 + {x} / 2 + {x} * {x} / 12", f"{x} / (1 - exp(0 - {x}))"
                )
            case ast.Call(ast.Name("series"), [inner, _, centre, radius, *coefficients]):
                numbers = [ast.literal_eval(x) for x in (centre, radius, *coefficients)]
                return self._series(inner, *numbers)
            case ast.Call(ast.Name(name), [argument]):
                name = {"log": "ln"}.get(name, name)
                return f"{name}({self.expression(argument)})"
        raise TypeError(f"cell has {ast.unparse(node)!r} in a formula, not known to NeuroML")

    def _series(self, inner, centre, radius, *coefficients):
        low, high = (self.expression(ast.Constant(x)) for x in (centre - radius, centre + radius))
        d = f"(V - {self.expression(ast.Constant(centre))})"
        near = "0"
        for c in coefficients:
            near = f"({near} * {d} + {self.expression(ast.Constant(c))})"
        return self._cases(f"V .gt. {low} .and. V .lt. {high}", near, self.expression(inner))

    def _cases(self, condition, then, otherwise):
        name = f"y{len(self.variables)}"
        self.variables[name] = [({"condition": condition}, then), ({}, otherwise)]
        return name


def _laid_out(shape):
    """Return where each compartment begins and ends in a plane (µm); branches fan out."""
    points, turn, used = [], [], {}
    for length, _, parent, joint in shape:
        if parent < 0:
            begin, direction = np.zeros(2), 0.0
        else:
            first, last = points[parent]
            begin, direction = first + joint * (last - first), turn[parent]
        star = (parent, joint)
        k = used[star] = used.get(star, -1) + 1
        # at an end the first goes straight on, the next to either side; at a middle all turn off
        k = (k + 1) // 2 * (-1) ** k if joint == 1 else (k // 2 + 1) * (-1) ** k
        direction = direction + k * 0.5
        step = length * np.array([np.cos(direction), np.sin(direction)])
        points.append((begin, begin + step))
        turn.append(direction)
    return points


def _begun(name):
    """Return a name that does not begin with a digit."""
    return name if re.match("[a-zA-Z_]", name) else f"_{name}"


def _add(parent, tag, **attributes):
    return ElementTree.SubElement(parent, tag, attributes)


def _number(value):
    return repr(float(value)).removesuffix(".0").replace("e+", "e")


def _quantity(value, unit):
    return f"{_number(value)} {unit}".strip()
