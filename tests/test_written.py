"""The grammar of numbers in text, against a second reading that shares nothing with the first."""

import itertools
import math
import random
import warnings
from fractions import Fraction

import numpy as np
import practice_cases as cases
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurocore.practice import Array, Numeric, Tolerance
from neurocore.practice.reading import written
from neurocore.problems import problems

MINUS = "-−–‐‑"
SPACES = ("", " ", "\u00a0", "\u2009", "\u202f", "  ")
SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def raised(power):
    """Return every way to write a power of ten behind "10"."""
    signed = [f"{power}"] if power >= 0 else [f"{minus}{-power}" for minus in MINUS]
    signed += [f"+{power}"] * (power >= 0)
    above = "⁻" * (power < 0) + "".join(SUPER[int(digit)] for digit in str(abs(power)))
    forms = [above] + ["⁺" + above] * (power >= 0)
    for text in signed:
        forms += [f"^{text}", f"**{text}", f" ^ {text}", f"^({text})", f"^{{{text}}}"]
    return signed, [f"10{form}" for form in forms]


def factors(power):
    """Return every way to write a power of ten behind a number."""
    signed, tens = raised(power)
    yield from (f"{e}{text}" for e in "eE" for text in signed)
    for times, ten in itertools.product("×·⋅∙*xX", tens):
        yield from (f"{times}{ten}", f" {times} {ten}", f"\u2009{times}\u00a0{ten}")


POWERS = (-12, -3, -1, 0, 1, 3, 8, 10)


@pytest.mark.parametrize("power", POWERS)
def test_every_way_to_write_a_power_of_ten(power):
    ways = list(factors(power))
    for digits, sign in itertools.product(
        ("66.57", "2.", ".5", "0.0", "007", "10", "12"), ("", "+", *MINUS, "- ")
    ):
        size = Fraction(digits.rstrip(".")) * Fraction(10) ** power
        expected = float(-size if sign[:1] in tuple(MINUS) else size)
        for factor in ways:
            for tail, unit in (("", ""), (" mV", "mV"), ("\u202fmV ", "mV"), ("*mV", "mV")):
                text = f"{sign}{digits}{factor}{tail}"
                assert written.read(text) == (expected, unit), text
    for ten in raised(power)[1]:
        assert written.read(f"−{ten} mS/cm²") == (-float(Fraction(10) ** power), "mS/cm²"), ten


@pytest.mark.parametrize(("size", "digit"), list(enumerate(SUPER)))
def test_every_raised_digit(size, digit):
    assert written.read(f"2×10{digit}") == (2 * 10**size, "")
    assert written.read(f"10⁻{digit} V") == (float(f"1e-{size}"), "V")


UNITS = (
    "mV", "%", "‰", "°", "°C", "°F", "Ω·cm", "/ms", "/ ms", "1 / ms", "µA/cm²", "mS cm⁻²",
    "mV×10³", "e8", "x10",
)  # fmt: skip


@pytest.mark.parametrize("space", [*SPACES, "\u200b", "\ufeff", "\n"])
@pytest.mark.parametrize("unit", UNITS)
def test_unit_behind_a_number(space, unit):
    if space or unit[0] not in "1e":
        assert written.read(f"{space}12.5{space}{unit}{space}") == (12.5, unit)


NO_NUMBERS = (
    "", "mV", "mV 12.5", "mV12", "$12", "~12", "≈ 12 mV", "12 ± 1", "±12", "12-13", "12–13 mV",
     "12..13", "inf", "nan", "-inf mV", "--5", "+-5", "5%%", "50 % mV", "½", "1/2",
    "1/2 mV", "2 1/2", "5 1/2 ms", "1,5", "1.234,5", "1,234.5", "1.234.567", "1 234", "66\u00a0570",
    "1'000", "1_000", "0_1", "１２.５", "١٢", "१२ mV", "1²", "5⁸ mV", "10^3.5",
    "10^--3", "2×10^+-3", "10^", "10^^3",
    "10^8^2", "10^(8", "10^8)", "10^(8}", "2 10^8", "2×100", "-66.57×100 mV", "-66.57*10 mV",
    "2×10^3×10^2", "2e3×10^3", "2×1e8", "2××10^8", "2×10⁸⁸^2", "12 mV?", "12 mV (about)",
    "<12 mV", "12, mV", "2×10⁸1/ms", "1e3,5", "10⁸10", "e8", "×10^8", ".", "-", "5 m_V", "5 m=V",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_with_a_unit(text):
    assert written.read(text) is None


@pytest.mark.parametrize("mark", "()[]{}<>_,;:=?!~±'\"`")
def test_what_no_unit_holds(mark):
    assert written.read(f"5 m{mark}V") is None


def test_what_parts_digits():
    for text in ("1,5", " +1,5", "−1,5", "- 1,5", "1.2,3", "1.2.3", "12, 5", "1 5 mV"):
        assert written.is_parted(text), text
    for mark in ",'’_٫٬\u202f":
        assert written.is_parted(f"1{mark}5"), mark
    for text in ("15 mV", "1.25", "1.5e3", "1,", "1. 5", "1-5", "mV 1,5"):
        assert not written.is_parted(text), text


def test_powers_among_units():
    for unit in ("e8", "E8", "x3", "X 8", "mV×10³", "10 mV", "V e-3", "V e+3", "x 10", "V e 3"):
        assert written.has_power(unit), unit
    for unit in ("mV", "m1", "/ms", "he8", "e"):
        assert not written.has_power(unit), unit


def test_how_long_a_text_may_be():
    assert written.read(f"{'0' * 97}5 V") is not None
    assert written.read(f"{'0' * 98}5 V") is None


# A reader of its own: character by character, in fractions, with no pattern.
class Tokens:
    def __init__(self, text):
        self.left = text.translate({0x200B: " ", 0x2060: " ", 0xFEFF: " "})

    def take(self, characters):
        if self.left and self.left[0] in characters:
            first, self.left = self.left[0], self.left[1:]
            return first
        return ""

    def run(self, characters):
        found = ""
        while piece := self.take(characters):
            found += piece
        return found

    def spaces(self):
        size = len(self.left)
        self.left = self.left.lstrip()
        return size - len(self.left)

    def starts(self, text):
        if self.left.startswith(text):
            self.left = self.left[len(text) :]
            return True
        return False

    def attempt(self, rule):
        before = self.left
        found = rule()
        if found is None:
            self.left = before
        return found


DIGITS = "0123456789"


def whole(t):
    sign = t.take("+" + MINUS)
    digits = t.run(DIGITS)
    if not digits:
        return None
    return -int(digits) if sign and sign in MINUS else int(digits)


def ten(t):
    if not t.starts("10"):
        return None

    def above():
        sign, digits = t.take("⁺⁻"), t.run(SUPER)
        size = "".join(str(SUPER.index(x)) for x in digits)
        return None if not digits else int(size) * (-1 if sign == "⁻" else 1)

    power = t.attempt(above)
    if power is not None:
        return power
    t.spaces()
    if not (t.starts("**") or t.starts("^")):
        return None
    t.spaces()
    opened = t.take("({")
    power = whole(t)
    if power is None or (opened and not t.starts({"(": ")", "{": "}"}[opened])):
        return None
    return power


def times_ten(t):
    t.spaces()
    if not t.take("×·⋅∙*xX"):
        return None
    t.spaces()
    return ten(t)


def exponent(t):
    return whole(t) if t.take("eE") else None


def mantissa(t):
    before = t.run(DIGITS)
    point = t.take(".")
    after = t.run(DIGITS) if point else ""
    if not before and not after:
        return None
    return Fraction(int(before + after), 10 ** len(after))


def own_reading(text):
    """Return the value and the unit in a text, or None."""
    t = Tokens(text)
    t.spaces()
    sign = t.take("+" + MINUS)
    t.spaces()
    power, size = t.attempt(lambda: ten(t)), Fraction(1)
    if power is None:
        size = mantissa(t)
        if size is None:
            return None
        power = t.attempt(lambda: exponent(t))
        if power is None:
            power = t.attempt(lambda: times_ten(t)) or 0
    power = max(-2000, min(2000, power))  # beyond what a float holds
    value = size * Fraction(10) ** power * (-1 if sign and sign in MINUS else 1)
    space, left = t.spaces(), t.left.strip()
    if not left:
        return value, ""
    if left[0] in "×·⋅∙*":
        left, space = left[1:].strip(), 1
    unit, start = left, left
    if start.startswith("1") and space:
        start = start[1:].lstrip()
        if not start.startswith("/"):
            return None
    if start.startswith("/"):
        start = start[1:].lstrip()
    elif left in ("%", "‰", "°", "°C", "°F"):
        return value, unit
    if not start or not start[0].isalpha() or set(start) & set("()[]{}<>_,;:=?!~±'\"`"):
        return None
    return value, unit


def same(text):
    ours, theirs = written.read(text), own_reading(text)
    if theirs is None:
        assert ours is None, text
    else:
        assert ours is not None, text
        try:
            value = float(theirs[0])
        except OverflowError:
            value = math.inf if theirs[0] > 0 else -math.inf
        assert ours.value == value, text
        assert ours.unit.translate(ALIKE) == theirs[1].translate(ALIKE), text


ALIKE = dict.fromkeys(map(ord, "−–‐‑"), "-")
PIECES = [
    *"0123459.eExX×·*^⁸³⁻+-−–/%‰,_()", " ", "\u2009", "mV", "10", "10^", "10**", "1/", "ms", "²",
]  # fmt: skip


@pytest.mark.parametrize("text", ["1e5.5", "1e+", "5 /", "10 ^8", "5x10^3^2", "10e8", "2e3."])
def test_two_readings_agree(text):
    same(text)


@settings(max_examples=50)
@given(st.integers(0, 2**32))
def test_two_readings_agree_on_any_pieces(seed):
    """Hundreds of texts an example: hypothesis would take a hundred times as long to draw them."""
    choose = random.Random(seed)
    for _ in range(400):
        same("".join(choose.choices(PIECES, k=choose.randrange(10))))


def test_two_readings_agree_on_short_texts():
    for size in range(5):
        for pieces in itertools.product(
            ("1", "0", ".", "e", "×", "^", "-", " ", "m", "/"), repeat=size
        ):
            same("".join(pieces))


@given(st.text(max_size=30) | st.text("0123456789.e^*() -+/", max_size=120))
def test_any_text_is_read_or_not(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert written.read(text) is None or isinstance(written.read(text).value, float)
        for asked in (written.is_blank, written.is_parted, written.is_formula, written.has_power):
            assert asked(text) in (True, False)


def one(value, unit="mV"):
    return cases.problem(
        Numeric,
        **cases.common("one", "x", unit=unit, tolerance=Tolerance(relative=1e-6)),
        answer=value,
        mistakes=tuple(cases.Slip(f"m{i}", value * (1.7 + i)) for i in range(3)),
    )


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_cannot_be_read_is_told_what_to_write(text):
    for problem in (one(12.0), one(12.0, ""), one(0.5, "%"), one(66.57e3)):
        reply = problem.judge(text)
        assert reply.outcome in ("invalid", "unanswered"), text
        assert (
            ": put your answer" in reply.message
            or "empty" in reply.message
            or any(
                words in reply.message
                for words in ("as in", "Drop the quotes", "Write `", "Leave the")
            )
        ), reply.message


# What a student means by each is beyond doubt: (text, value, unit that is wanted).
RIGHT = [
    ("2.8726e8", 2.8726e8, ""),
    ("2.8726 × 10^8", 2.8726e8, ""),
    ("287.26·10⁶", 2.8726e8, ""),
    ("10^8", 1e8, ""),
    ("50 %", 0.5, ""),
    ("50%", 50, "%"),
    ("5 ‰", 0.5, "%"),
    ("0.1 1/ms", 0.1, "1/ms"),
    ("0.1/ms", 0.1, "1/ms"),
    ("100 /s", 0.1, "1/ms"),
    ("5e-3 mm", 5, "µm"),
    ("1e3 mV", 1, "V"),
    ("-66.57×10⁻³ V", -66.57, "mV"),
    ("−6.657×10^1 mV", -66.57, "mV"),
    ("12.5 millivolts", 12.5, "mV"),
    ("12.5 Millivolt", 12.5, "mV"),
    ("2 ms", 2, "ms"),
    ("2 milliseconds", 2, "ms"),
    ("2 mS", 2, "mS"),
    ("2 millisiemens", 2, "mS"),
    ("12 °C", 12, "°C"),
    ("3 microamperes/centimeter^2", 3, "µA/cm²"),
]
WRONG = [
    ("-66.57×10³ mV", -66.57, "mV", "near.prefix"),
    ("-66.57×100 mV", -66.57, "mV", "invalid.text"),
    ("-66.57×10 mV", -66.57, "mV", "invalid.text"),
    ("-66.57 mV×10³", -66.57, "mV", "invalid.text"),
    ("-66.57 10³ mV", -66.57, "mV", "invalid.decimal"),
    ("2.87 e8", 2.87e8, "", "invalid.text"),
    ("2.87x108", 2.87e8, "", "invalid.text"),
    ("12 mv", 12, "mV", "invalid.unit"),
    ("12 MV", 12, "mV", "near.prefix"),
    ("12.5 m V", 12.5, "mV", "invalid.unit"),
    ("2 mS", 2, "ms", "invalid.unit"),
    ("2 ms", 2, "mS", "invalid.unit"),
    ("2 S", 2, "s", "invalid.unit"),
    ("2 mM", 2, "mm", "invalid.unit"),
    ("0.5", 0.5, "%", "invalid.text"),
    ("50", 0.5, "", "near.power"),
    ("RT/F*log(5/140)", 12, "mV", "invalid.formula"),
    ("61.5*log10(4/140)", 12, "mV", "invalid.formula"),
    ("1/2", 0.5, "", "invalid.formula"),
    ("-66.57×100", -6657, "", "invalid.formula"),
    ("12-13", 12, "mV", "invalid.text"),
    ("k_o - k_i", 12, "mV", "invalid.formula"),
    ("-exp(3)", 12, "mV", "invalid.formula"),
    (" 61.5*2 ", 12, "mV", "invalid.formula"),
    ("5 − k_o", 12, "mV", "invalid.formula"),
    ("k_o - 5", 12, "mV", "invalid.formula"),
    (" −12,5", -12.5, "", "invalid.decimal"),
    ("12 ± 1", 12, "mV", "invalid.text"),
    ("66 570 mV", 66570, "mV", "invalid.decimal"),
    ("1_000", 1000, "", "invalid.decimal"),
    ("1.234.567 mV", 1.234, "mV", "invalid.decimal"),
    ("12,5", 12.5, "", "invalid.decimal"),
    ("1e400 mV", 12, "mV", "invalid.infinite"),
    ("5 mV0", 5, "", "invalid.unit"),
    ("12 \u017fecond", 12, "s", "invalid.unit"),
    ("12.5 bananas", 12.5, "mV", "invalid.unit"),
    ("1e--5", 1e-5, "", "invalid.unit"),
    ("2e3e4", 2e7, "", "invalid.text"),
    ("3 A/m·s", 3, "A/m", "invalid.unit"),
    ("12" + "0" * 99, 12, "", "invalid.text"),
]


@pytest.mark.parametrize(("text", "value", "unit"), RIGHT)
@pytest.mark.parametrize("form", [str, np.str_, np.array], ids=["str", "np.str_", "array"])
def test_what_is_right(text, value, unit, form):
    assert one(value, unit).judge(form(text)).correct


@pytest.mark.parametrize(("text", "value", "unit", "code"), WRONG)
@pytest.mark.parametrize("form", [str, np.str_, np.array], ids=["str", "np.str_", "array"])
def test_what_is_not(text, value, unit, code, form):
    assert one(value, unit).judge(form(text)).code == code


def test_the_reported_answer():
    rest = problems()["ghk-rest"][0]
    assert rest.judge("-66.57 mV").correct
    assert rest.judge("-66.57×10⁻³ V").correct
    assert rest.judge("-66.57×10³ mV").code == "near.prefix"
    for text in (
        "-66.57×100 mV",
        "-66.57×10 mV",
        "-66.57 mV×10³",
        "-66.57 10³ mV",
        "-66.57 10^0 mV",
    ):
        assert rest.judge(text).outcome == "invalid"


BLANKS = (
    "____",
    "?",
    "???",
    "TODO",
    "todo:",
    "FIXME",
    "…",
    "...",
    "-",
    "n/a",
    "N.A.",
    "TBD",
    "xxx",
    "None",
    "your answer here",
    "# YOUR ANSWER",
    "\u200b_",
)


@pytest.mark.parametrize("text", [*BLANKS, "", "   ", "\u00a0", "\n"])
def test_blanks_are_no_answers(text):
    for form in (str, np.str_, np.array):
        for problem in cases.PROBLEMS:
            if (
                problem not in (cases.rate, cases.current, cases.nernst_line, cases.decays)
                or form is str
            ):
                assert problem.judge(form(text)).outcome == "unanswered", (problem.id, form)
    code = "unanswered.blank" if text.strip() else "unanswered.empty"
    assert cases.potassium.judge(text).code == code
    assert cases.pair.judge((-89.06, text)).code == "invalid.missing"
    assert cases.pair.judge((text, text)).code == code
    assert cases.pair.judge({"e_k": text, "rt_f": 26.73}).message.startswith(
        "These parts are still missing: `e_k`."
    )
    assert cases.trace.judge([text] * 6).code == code
    assert cases.rate.judge(lambda v: text).outcome == "unanswered"


def test_text_in_lists_arrays_and_dictionaries():
    texts = ["-8.906×10⁻² V", "26.73 mV"]
    for answer in (
        texts,
        tuple(texts),
        np.array(texts),
        np.array(texts, object),
        dict(e_k=texts[0], rt_f=texts[1]),
        [np.str_(x) for x in texts],
        {np.str_("e_k"): np.array(texts[0]), "rt_f": 26.73},
        np.array(texts, np.dtypes.StringDType()),
    ):
        assert cases.pair.judge(answer).correct, answer
    values = [f"{x:.6f}e-3 V" for x in -10 * np.exp(-cases.TIMES / 2)]
    for answer in (
        values,
        np.array(values),
        np.array(values, object),
        np.array(values, np.dtypes.StringDType()),
        np.array([-10.0, *values[1:]], object),
        [np.array(x) for x in values],
    ):
        assert cases.trace.judge(answer).correct, answer
    assert cases.trace.judge(np.array(values[:5])).code == "invalid.shape"
    assert cases.trace.judge(np.array([b"1 mV"] * 6)).code == "invalid.type"
    grid = cases.problem(
        Array,
        **cases.common("grid", "x", unit="mV", tolerance=Tolerance(0.1)),
        answer=[[1, 2], [3, 4]],
        mistakes=tuple(cases.Slip(f"m{i}", np.full((2, 2), i)) for i in (5, 6, 7)),
    )
    assert grid.judge(np.array([["1 mV", "2e-3 V"], ["3mV", "4 mV"]])).correct
    for answer in (b"-89.06 mV", bytearray(b"1"), np.bytes_(b"-89.06 mV")):
        reply = cases.potassium.judge(answer)
        assert (reply.code, "is bytes, not text" in reply.message) == ("invalid.type", True)


@pytest.mark.parametrize(
    "answer",
    [
        "b 1",
        "B1",
        "(b1)",
        "b.1",
        "b1.",
        "b) 1",
        "(b) (1)",
        "b-1",
        "[b, 1]",
        np.str_("b1"),
        ("(b)", 1),
        (np.str_("b"), np.int64(1)),
    ],
)
def test_ways_to_write_a_choice(answer):
    assert cases.chosen.judge(answer).correct


@pytest.mark.parametrize(
    "answer",
    ["b1?", "!b1", "b≠1", "b 1 2", "b11", "bb1", "ab1", "~b1", "b¹", "ｂ1", "b1 2", "1", b"b1"],
)
def test_choices_in_doubt_are_refused(answer):
    assert cases.chosen.judge(answer).code == "invalid.option"
