"""Formulas in V, kept as text: what may stand in one, and its value at every potential.

A formula is a quotient more often than not, and where numerator and denominator vanish together it
has a limit but no value: (V + 40) / (1 − exp(−(V + 40) / 10)) is 0/0 at −40 mV, and close by it has
lost its digits. There the formula is replaced by its Taylor series, whose coefficients are means
over a small circle in the complex plane around the point (Cauchy's integral; Lyness and Moler 1967,
SIAM J Numer Anal 4:202–210). The circle keeps clear of the singular point, so no digit is lost.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike

from ._arguments import FloatOrArray, numbers, plain
from ._search import bisect, lowest
from .ions import bernoulli

V = TypeVar("V", bound=FloatOrArray)

LOWEST, HIGHEST = -200.0, 200.0  # mV: where a formula must hold
GRID = np.linspace(LOWEST, HIGHEST, 1601)
LEAST_CALCIUM, MOST_CALCIUM = 1e-6, 10.0  # mM: likewise, where one depends on it
SOME_CALCIUM = np.geomspace(LEAST_CALCIUM, MOST_CALCIUM, 36)
LARGEST = 1e300  # what is beyond counts as infinite
ORDER = 8  # of the series
POINTS = 64  # on the circle


@overload
def linoid(x: float) -> float: ...
@overload
def linoid(x: ArrayLike) -> FloatOrArray: ...
def linoid(x):
    """Return x / (1 − exp(−x)), whose value at 0 is 1.

    The form of α_m and α_n in Hodgkin and Huxley (1952) and of the constant-field current.

    Parameters
    ----------
    x : float or array
        A pure number.

    Returns
    -------
    float or array
        Of the shape of `x`.
    """
    return plain(bernoulli(-numbers("x", x)))


def _series(value, v, centre, radius, *coefficients):
    """Return `value`, or near the centre the sum of a series in v − centre."""
    return np.where(abs(v - centre) < radius, np.polyval(coefficients, v - centre), value)


NAMES = {n: getattr(np, n) for n in ("exp", "log", "tanh", "cosh")}
NAMES |= {"linoid": lambda x: bernoulli(-x)}
ALLOWED = f"allowed are V, numbers, + - * / **, {', '.join(sorted(NAMES))} and a if V < b else c"
ALLOWED += "; and ca (mM) in a gate"
_ARRAYS = NAMES | {"where": np.where, "series": _series}
_COMPLEX = NAMES | {"linoid": lambda x: -x / np.expm1(-x)}

_OPERATORS = ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow
_COMPARISONS = ast.Lt | ast.LtE | ast.Gt | ast.GtE | ast.Eq | ast.NotEq


def check(
    name: str,
    text: str,
    *,
    above: float | None = None,
    most: float | None = None,
    calcium: bool = False,
) -> None:
    """Check a formula, and that its values are finite, at least 0 and within what is allowed.

    Parameters
    ----------
    name : str
        What to call it in an error.
    text : str
        The formula.
    above, most : float, optional
        Open lower and closed upper limit of its values.
    calcium : bool
        Whether it may depend on ``ca``, the concentration of calcium (mM).

    Raises
    ------
    TypeError
        If it is not text.
    ValueError
        If it is not a formula, or has a value that is not allowed between −200 and 200 mV, at
        1 nM to 10 mM of calcium.
    """
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a formula in V written as text, got {text!r}")
    _check(name, text, above, most, calcium)


@lru_cache(maxsize=1024)
def _check(name, text, above, most, calcium):
    try:
        formula = compiled(text)
    except ValueError as error:
        raise ValueError(f"{name} must be a formula in V, but {text!r} {error}") from None
    if formula.calcium and not calcium:
        raise ValueError(f"{name} must be a formula in V alone, but {text!r} uses ca")
    span = f"from {LOWEST:g} to {HIGHEST:g} mV"
    for pole in formula.poles:
        near, nearer = (
            np.abs(formula(pole + d * np.array([-1, 1]), SOME_CALCIUM[0])).max()
            for d in (1e-6, 1e-9)
        )
        if nearer > 10 * near:
            raise ValueError(
                f"{name} must be finite {span}, but {text!r} divides by 0 at {pole:.6g} mV"
            )
    v = np.union1d(GRID, formula.special)
    ca = None
    if formula.calcium:
        v, ca = (x.ravel() for x in np.meshgrid(v[::8], SOME_CALCIUM))
    values = formula(v, ca)
    good, allowed = values >= 0, "at least 0"
    if above is not None:
        good, allowed = values > above, f"greater than {above:g}"
    if most is not None:
        good, allowed = (values >= 0) & (values <= most + 1e-9), f"from 0 to {most:g}"
    good &= values < LARGEST
    if not good.all():
        raise ValueError(
            f"{name} must be finite and {allowed} {span}, but {text!r} is "
            f"{values[~good][0]:g} at {v[~good][0]:.6g} mV"
            + ("" if ca is None else f" and {ca[~good][0]:.3g} mM")
        )


@lru_cache(maxsize=1024)
def compiled(text: str) -> Formula:
    """Return the `Formula` of a text; ValueError with what is wrong with it, if anything is."""
    try:
        return Formula(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None


class Formula:
    """A formula in V that can be evaluated on an array, and written out for one number.

    Attributes
    ----------
    tree : ast.expr
        The formula, its series being calls ``series(formula, V, centre, radius, *coefficients)``.
    special, poles : list of float
        Where a denominator vanishes (mV); and which of these points have no limit.
    calcium : bool
        Whether it depends on ``ca``, too.
    """

    def __init__(self, text: str) -> None:
        self.special, self.poles = [], []
        parsed = _parsed(text)
        self.calcium = _uses(parsed, "ca")
        self.tree = self._smooth(parsed)
        arrays = ast.fix_missing_locations(ast.Expression(_Arrays().visit(_copy(self.tree))))
        self._code = compile(arrays, text, "eval")
        try:
            self(GRID[:1], SOME_CALCIUM[:1])
        except ArithmeticError as error:  # of numbers alone, as in 1 / 0
            raise ValueError(f"has no value: {error}") from None

    def __call__(self, v: V, ca: FloatOrArray | None = None) -> V:
        """Return the values at `v` (mV, array), and at `ca` (mM, array) if it depends on it."""
        with np.errstate(all="ignore"):
            if self.calcium and ca is not None:
                return eval(self._code, _ARRAYS, {"V": v, "ca": ca}) + 0.0 * (v + ca)
            return eval(self._code, _ARRAYS, {"V": v}) + 0.0 * v

    def _smooth(self, node):
        """Return the node with a series for each point where it has a limit but no value.

        Of a node with conditions, or with calcium, the parts without.
        """
        if _uses(node, "ca") or any(isinstance(part, ast.IfExp) for part in ast.walk(node)):
            for name, value in ast.iter_fields(node):
                if isinstance(value, ast.expr) and not isinstance(value, ast.Compare):
                    setattr(node, name, self._smooth(value))
                elif isinstance(value, list):
                    setattr(node, name, [self._smooth(v) for v in value])
            return node
        denominators = [d for part in ast.walk(node) for d in _denominators(part)]
        zeros = sorted({zero for d in denominators for zero in _zeros(d)})
        self.special += zeros
        plain = node
        for zero in zeros:
            found = _taylor(_function(plain, _COMPLEX), zero)
            if found is None:
                self.poles.append(zero)
                continue
            radius, coefficients = found
            numbers = [ast.Constant(x) for x in (zero, radius, *coefficients)]
            v, series = (ast.Name(name, ast.Load()) for name in ("V", "series"))
            node = ast.Call(series, [node, v, *numbers], [])
        return node


def _uses(node, name):
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _copy(node):
    return ast.parse(ast.unparse(node), mode="eval").body


def _function(node, names):
    """Return an expression without conditions as a function of V."""
    tree = ast.fix_missing_locations(ast.Expression(_copy(node)))
    code = compile(tree, "formula", "eval")

    def evaluate(v):
        with np.errstate(all="ignore"):
            return eval(code, names, {"V": v}) + 0.0 * v

    return evaluate


class _Arrays(ast.NodeTransformer):
    """Turn conditions into numpy's."""

    def visit_IfExp(self, node):
        parts = [self.visit(part) for part in (node.test, node.body, node.orelse)]
        return ast.Call(ast.Name("where", ast.Load()), parts, [])


# --- what may stand there ------------------------------------------------------------------------


def _parsed(text):
    """Return the tree of a text, all of its numbers floats, or raise ValueError: "uses …"."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = error.msg if isinstance(error, SyntaxError) else "too long or not text"
        raise ValueError(f"is not one: {why}") from None
    return _allowed(tree)


def _allowed(node):
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            try:
                return ast.Constant(float(value))
            except OverflowError:
                raise ValueError("holds a number too large") from None
        case ast.Name(id="V" | "ca"):
            return node
        case ast.Name(id=name) if name in NAMES:
            raise ValueError(f"uses the function {name} without its argument, as in {name}(V)")
        case ast.Name(id=name):
            raise ValueError(f"uses {name!r}; {ALLOWED}")
        case ast.BinOp(op=ast.BitXor()):
            raise ValueError("uses ^; a power is written V**2")
        case ast.BinOp(left, op, right) if isinstance(op, _OPERATORS):
            return ast.BinOp(_allowed(left), op, _allowed(right))
        case ast.UnaryOp(op, operand) if isinstance(op, ast.USub | ast.UAdd):
            return ast.UnaryOp(op, _allowed(operand))
        case ast.Call(ast.Name(id=name), [argument], []) if name in NAMES:
            return ast.Call(node.func, [_allowed(argument)], [])
        case ast.Call(ast.Name(id=name)) if name in NAMES:
            raise ValueError(f"must give {name} one argument, as in {name}(V)")
        case ast.Call(ast.Name(id=name)) if name != "V":
            raise ValueError(f"uses {name!r}; {ALLOWED}")
        case ast.Call(ast.Attribute(attr=name)) if name in NAMES:
            raise ValueError(f"uses {ast.unparse(node.func)}; write {name} alone")
        case ast.Call(func=ast.Constant() | ast.Name() | ast.BinOp()):
            raise ValueError(f"lacks a * before the bracket in {ast.unparse(node)!r}")
        case ast.IfExp(ast.Compare(left, [op], [right]) as test, body, orelse):
            parts = [*ast.walk(left), *ast.walk(right)]
            awkward = ast.Div | ast.Pow | ast.Call | ast.IfExp
            if isinstance(op, _COMPARISONS) and not any(isinstance(p, awkward) for p in parts):
                test = ast.Compare(_allowed(left), [op], [_allowed(right)])
                return ast.IfExp(test, _allowed(body), _allowed(orelse))
            raise ValueError(f"uses the condition {ast.unparse(test)!r}; write one as in V < -80")
        case ast.IfExp(test=test):
            raise ValueError(
                f"uses the condition {ast.unparse(test)!r}; write one comparison, as in V < -80, "
                "and nest the rest: a if V < -80 else (b if V < -60 else c)"
            )
    raise ValueError(f"uses {ast.unparse(node)!r}; {ALLOWED}")


# --- points where it has a limit but no value ----------------------------------------------------


def _denominators(node):
    """Return what must not be 0 in this operation: its factors, if it is a product."""
    match node:
        case ast.BinOp(_, ast.Div(), divisor):
            return _factors(divisor)
        case ast.BinOp(base, ast.Pow(), ast.UnaryOp(ast.USub())):
            return _factors(base)
    return []


def _factors(node):
    match node:
        case ast.BinOp(left, ast.Mult(), right):
            return _factors(left) + _factors(right)
        case ast.BinOp(left, ast.Div(), _) | ast.BinOp(left, ast.Pow(), _):
            return _factors(left)
        case ast.UnaryOp(_, operand):
            return _factors(operand)
        case _ if any(isinstance(part, ast.Name) and part.id == "V" for part in ast.walk(node)):
            return [node]
    return []


def _zeros(node):
    """Return where an expression is 0 (mV), in the range that is checked."""
    f = _function(node, _ARRAYS)
    try:
        values = f(GRID)
    except ArithmeticError:
        return []
    zero = np.pad(values == 0, 1)
    zeros = list(GRID[zero[1:-1] & ~(zero[:-2] & zero[2:])])
    for k in np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0):

        def turned(v, before=values[k]):
            return f(v) * before <= 0

        zeros.append(bisect(turned, GRID[k], GRID[k + 1]))
    size = np.abs(values)
    for k in np.flatnonzero((size[1:-1] < size[:-2]) & (size[1:-1] < size[2:])) + 1:
        # a double zero does not change its sign
        zero = lowest(lambda v: abs(f(v)), GRID[k - 1], GRID[k + 1], 1e-14)
        if abs(f(zero)) < 1e-12 * size[k]:
            zeros.append(zero)
    # the same point, found in two ways, counts once
    zeros = np.sort(np.array(zeros, float))
    return zeros[np.diff(zeros, prepend=-np.inf) > 1e-6].tolist()


def _taylor(f, centre):
    """Return within which distance (mV) of a point to use which series, highest power first.

    None if f is infinite there, or needs no series.
    """
    angle = (np.arange(POINTS) + 0.5) * 2 * np.pi / POINTS
    turns = np.exp(1j * angle)
    powers = np.arange(-ORDER, ORDER + 1)
    for radius in (1.0, 0.1, 0.01):
        values = f(centre + radius * turns)
        if not np.isfinite(values).all():
            continue
        parts = (values * np.exp(-1j * np.outer(powers, angle))).mean(axis=1).real
        scale = np.abs(parts).max()
        falls = scale == 0 or abs(parts[-1]) < 1e-3 * scale
        if falls and np.all(np.abs(parts[:ORDER]) < 1e-9 * scale):
            near = 0.1 ** np.arange(ORDER + 1)
            series = parts[ORDER:]
            felt = np.flatnonzero(np.abs(series) * near > 1e-16 * scale)
            length = felt[-1] + 1 if felt.size else 1
            series = (series / radius ** np.arange(ORDER + 1))[:length]
            return 0.1 * radius, series[::-1].tolist()
    return None
