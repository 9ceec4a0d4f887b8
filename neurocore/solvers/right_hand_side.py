"""The equations of a patch, written out as Python text: one line for each gate and channel.

The text depends on the kind of membrane alone. The numbers (conductances, temperature, shifts) are
names in it, so a moved slider compiles nothing.
"""

import ast
import math
import re
from itertools import product

from neurocore._formula import MOST_CALCIUM, compiled
from neurocore.channels import ConstantField, Scheme
from neurocore.ions import FARADAY, thermal_voltage

FAR = 700.0  # mV: beyond all potentials of a run, shifts included
TRACE = 1e-9  # mM: less calcium than any run holds, but a trial step may go beyond


def _with_limits(function):
    """Return a function of math that gives what numpy gives where math gives up."""

    def value(x):
        try:
            return function(x)
        except OverflowError:
            return math.inf
        except ValueError:  # the logarithm of a negative number
            return math.nan

    return value


FUNCTIONS = {n: getattr(math, n) for n in ("exp", "expm1", "log", "tanh", "cosh")}
# Asking costs time: only formulas that go so far are made of these
FUNCTIONS |= {f"limit_{n}": _with_limits(FUNCTIONS[n]) for n in ("exp", "expm1", "log", "cosh")}


class _Inline(ast.NodeTransformer):
    """Turn a formula into what Python computes fastest: a V + b for lines, linoid written out."""

    def visit(self, node):
        line = _line(node)
        return line if line else super().visit(node)

    def visit_Call(self, node):
        if node.func.id == "series":
            value, _, *numbers = node.args
            centre, radius, first, *rest = map(ast.literal_eval, numbers)
            text = repr(first)
            for coefficient in rest:
                text = f"{coefficient!r} + d * ({text})"
            far = ast.unparse(self.visit(value))
            text = f"({text} if abs(d := V - {centre!r}) < {radius!r} else {far})"
            return ast.parse(text, mode="eval").body
        if node.func.id != "linoid":
            return self.generic_visit(node)
        x = self.visit(ast.UnaryOp(ast.USub(), node.args[0]))
        text = f"(x / expm1(x) if (x := {ast.unparse(x)}) else 1.0)"
        return ast.parse(text, mode="eval").body


def _line(node):
    """Return the expression as a V + b if that is what it amounts to and saves something."""
    if not isinstance(node, ast.BinOp | ast.UnaryOp) or any(
        isinstance(part, ast.Call | ast.IfExp) or (isinstance(part, ast.Name) and part.id == "ca")
        for part in ast.walk(node)
    ):
        return None
    f = eval(f"lambda V: {ast.unparse(node)}")
    try:
        a, b = (f(1024.0) - f(-1024.0)) / 2048, f(0.0)
        bent = (abs(f(v) - (a * v + b)) > 1e-12 * (abs(a * v) + abs(b)) for v in (-70, -3, 50))
        if any(bent):
            return None
    except ArithmeticError:  # 1 / V
        return None
    return ast.parse(f"{a!r} * V + {b!r}" if a else repr(b), mode="eval").body


def inline(formula, moved):
    """Return the formula's text, with V shifted by the name `moved` if there is one."""
    tree = ast.parse(ast.unparse(compiled(formula).tree), mode="eval")
    text = ast.unparse(_Inline().visit(tree))
    try:
        for v, ca in product((-FAR, FAR), (TRACE, MOST_CALCIUM)):
            eval(text, dict(FUNCTIONS), {"V": v, "ca": ca})
    except (ArithmeticError, ValueError):
        text = re.sub(r"\b(exp|expm1|cosh|log)\(", r"limit_\1(", text)
    return f"({text.replace('V', f'(V - {moved})') if moved else text})"


def kind_of(membrane):
    """Return what decides the text: the formulas, and which gates are shifted at all.

    And which channels let calcium in, or None where nobody keeps account of it.
    """
    carriers = None
    if membrane.calcium:
        names = [channel.name for channel in membrane.channels]
        carriers = tuple(names.index(name) for name in membrane.calcium.channels)
    return carriers, tuple(
        (
            isinstance(channel.reversal, ConstantField),
            tuple(
                (
                    (gate.states, gate.transitions, gate.opening)
                    if isinstance(gate, Scheme)
                    else (gate.alpha, gate.beta, gate.steady, gate.tau),
                    gate.power,
                    bool(gate.shift),
                )
                for gate in channel.gates
            ),
        )
        for channel in membrane.channels
    )


def numbers_of(membrane):
    """Return the numbers the compiled text takes, in its order."""
    numbers = [1 / membrane.capacitance]
    for channel in membrane.channels:
        field = channel.reversal
        if isinstance(field, ConstantField):
            z = field.valence
            scale = z / thermal_voltage(membrane.celsius)
            p = channel.conductance * z * FARADAY
            numbers += [scale, p * (field.inside - field.outside), p * field.outside]
        else:
            numbers += [channel.conductance, channel.reversal]
        for gate in channel.gates:
            if not gate.instantaneous:
                numbers.append(gate.factor(membrane.celsius))
            if gate.shift:
                numbers.append(gate.shift)
    if membrane.calcium:
        numbers += [membrane.calcium.rise, membrane.calcium.rest, 1 / membrane.calcium.tau]
    return tuple(numbers)


def count_states(channels):
    """Return how many gating variables take time, in the channels' part of a kind."""
    gates = [gate for _, gates in channels for gate, _, _ in gates]
    return sum(len(g[0]) if len(g) == 3 else bool(g[0] or g[3]) for g in gates)


def right_hand_side(kind, clamped):
    """Return one stage's lines, from u0 = V, u1, … to @0 = dV/dt, @1, …, and the names they use."""
    lines, numbers, total, state = ["V = u0"], ["per_c"], [], 1
    carriers, channels = kind
    if carriers:
        last = 1 + count_states(channels)
        lines.append(f"ca = u{last} if u{last} > {TRACE!r} else {TRACE!r}")
    for c, (constant_field, gates) in enumerate(channels):
        if constant_field:
            numbers += [f"z{c}", f"p{c}", f"q{c}"]
        else:
            numbers += [f"g{c}", f"e{c}"]
        opening = []
        for gate, power, moved in gates:
            if len(gate) == 4 and not (gate[0] or gate[3]):
                at_once = f"x{len(lines)}"
                numbers += [f"m{at_once}"] if moved else []
                lines.append(f"{at_once} = {inline(gate[2], f'm{at_once}' if moved else None)}")
                opening += [at_once] * power
                continue
            speed, shift = f"s{state}", f"m{state}" if moved else None
            numbers += [speed, shift] if shift else [speed]
            if len(gate) == 3:
                states, transitions, opened = gate
                place = {name: state + k for k, name in enumerate(states)}
                flows = {name: [] for name in states}
                for k, (source, target, rate) in enumerate(transitions):
                    lines.append(f"f{k} = {speed} * {inline(rate, shift)} * u{place[source]}")
                    flows[source].append(f"- f{k}")
                    flows[target].append(f"+ f{k}")
                for name in states:
                    lines.append(f"@{place[name]} = {' '.join(flows[name]) or '0.0'}")
                total_open = " + ".join(f"u{place[name]}" for name in opened)
                opening += [total_open if len(opened) == 1 else f"({total_open})"]
                state += len(states)
                continue
            alpha, beta, steady, tau = (f and inline(f, shift) for f in gate)
            if alpha:
                lines.append(f"a = {alpha}")
                lines.append(f"@{state} = {speed} * (a - (a + {beta}) * u{state})")
            else:
                lines.append(f"@{state} = {speed} * ({steady} - u{state}) / {tau}")
            opening += [f"u{state}"] * power
            state += 1
        if constant_field:
            # c_in L(x) − c_out L(−x) with L(−x) = L(x) − x
            y = f"y_{c}"  # its own: it is used where all currents are added up
            lines.append(f"{y} = z{c} * V")
            drive = f"(p{c} * {inline('linoid(V)', None).replace('V', y)} + q{c} * {y})"
            total.append(" * ".join([*opening, drive]))
        else:
            total.append(" * ".join([f"g{c}", *opening, f"(V - e{c})"]))
        if carriers and c in carriers:
            lines.append(f"ca{c} = {total[-1]}")
            total[-1] = f"ca{c}"
    if carriers:
        current = " + ".join(f"ca{c}" for c in carriers)
        lines.append(f"@{state} = -rise * ({current}) - (u{state} - rest) * pump")
        numbers += ["rise", "rest", "pump"]
        state += 1
    lines.append("@0 = rate" if clamped else f"@0 = per_c * (i - {' - '.join(total) or '0.0'})")
    return lines, numbers, state
