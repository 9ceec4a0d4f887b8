"""Runs the cells of a page. The worker hands over `page`, through which all output goes."""

import ast
import base64
import builtins
import functools
import importlib
import io
import itertools
import linecache
import logging
import os
import pprint
import re
import symtable
import sys
import time
import traceback

import page
from pyodide.code import CodeRunner
from pyodide.ffi import to_js

SHOWN = 200_000  # characters that one cell may print
LARGE = 1_000_000  # bytes of SVG above which a figure is shown as PNG
OWN = "<cell"

namespace = sys.modules["__main__"].__dict__
os.environ["MPLBACKEND"] = "agg"
os.environ["NEUROCORE_LIVE"] = "1"
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # "building the font cache"


class Stream(io.TextIOBase):
    """Sends what is written to the page: at once at first, then in pieces, up to a limit."""

    def __init__(self, name):
        self.name = name
        self.begin()

    def begin(self):
        """Begin a cell."""
        self.text, self.sent, self.left, self.lost, self.last = [], 0, SHOWN, 0, 0.0

    def writable(self):
        """Yes."""
        return True

    def write(self, text):
        """Take a text in; drop what is beyond the limit."""
        kept = text[: self.left]
        self.left -= len(kept)
        self.lost += len(text) - len(kept)
        if kept:
            self.text.append(kept)
            self.sent += 1
            if self.sent < 200 or time.monotonic() - self.last > 0.05:
                self.flush()
        return len(text)

    def flush(self):
        """Send what has gathered."""
        if self.text:
            page.show(self.name, "".join(self.text))
            self.text, self.last = [], time.monotonic()

    def end(self):
        """End a cell; say what was dropped."""
        self.flush()
        if self.lost:
            page.show(self.name, f"\n… and {self.lost:,} more characters that are not shown\n")


def display(*values):
    """Show values in the richest form that they know."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    for value in values:
        if _is_figure(value):
            _draw(value)
        elif (rich := _html(value)) is not None:
            page.show("html", rich)
        elif words := _call(value, "_repr_markdown_") or _call(value, "_repr_latex_"):
            page.show("markdown", words)
        elif svg := _call(value, "_repr_svg_"):
            page.show("svg", svg)
        elif png := _call(value, "_repr_png_"):
            page.show("png", base64.b64encode(png).decode())
        else:
            containers = isinstance(value, (dict, list, tuple, set))
            text = pprint.pformat(value, sort_dicts=False) if containers else repr(value)
            page.show("text", text[:SHOWN])


def _call(value, name):
    method = getattr(type(value), name, None)
    return method(value) if callable(method) else None


def _html(value):
    bundle = _call(value, "_repr_mimebundle_")
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    return (data or {}).get("text/html") or _call(value, "_repr_html_")


def _is_figure(value):
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def _is_drawn(value, depth=3):
    """Whether a value is, or holds, what matplotlib has drawn: the figure shows it."""
    if "matplotlib.figure" not in sys.modules or not depth:
        return False
    from matplotlib.artist import Artist
    from matplotlib.colorbar import Colorbar
    from matplotlib.container import Container

    if isinstance(value, Artist | Colorbar | Container):
        return not _is_figure(value)
    if isinstance(value, dict):
        value = list(value.values())
    if type(value).__name__ == "ndarray" and value.dtype == object:
        value = value.ravel().tolist()
    return isinstance(value, list | tuple) and any(
        _is_figure(part) or _is_drawn(part, depth - 1) for part in value
    )


def _draw(figure):
    import matplotlib.pyplot as plt

    out = io.BytesIO()
    figure.savefig(out, format="svg", bbox_inches="tight")
    if len(out.getvalue()) < LARGE:
        page.show("svg", out.getvalue().decode())
    else:
        out = io.BytesIO()
        figure.savefig(out, format="png", bbox_inches="tight", dpi=144)
        page.show("png", base64.b64encode(out.getvalue()).decode())
    plt.close(figure)


def _draw_open():
    """Draw the figures that a cell has opened; return them."""
    if "matplotlib.pyplot" not in sys.modules:
        return []
    import matplotlib.pyplot as plt

    figures = [plt.figure(number) for number in plt.get_fignums()]
    for figure in figures:
        _draw(figure)
    return figures


def _close_figures():
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@functools.lru_cache(1000)
def _global_names(source):
    """Return the names that a source takes from outside, and those that it binds."""
    used, bound = set(), set()

    def visit(table, top):
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if top and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                bound.add(name)
            elif symbol.is_referenced() and (top or symbol.is_global()):
                used.add(name)
        for child in table.get_children():
            visit(child, False)

    try:
        visit(symtable.symtable(_without_magics(source), OWN, "exec"), True)
    except SyntaxError:  # the cell will say so itself; an await outside a function is none
        return set(), set()
    return used - bound, bound


def _giver(name, above):
    """Return which cell above binds a name last; None if none does."""
    found = (i for i in reversed(range(len(above))) if name in _global_names(above[i])[1])
    return next(found, None)


def _define(source, above):
    """Run what the cells above say of the names that a source needs and nobody has defined."""
    for name in _global_names(source)[0]:
        if name in namespace or hasattr(builtins, name):
            continue
        if (index := _giver(name, above)) is None:
            continue
        text = above[index]
        imports = [
            node
            for node in ast.parse(text).body
            if isinstance(node, ast.Import | ast.ImportFrom)
            and name in {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        ]
        if imports:
            text = "\n".join(ast.unparse(node) for node in imports)
        _define(text, above[:index])
        before = dict(namespace)
        exec(compile(text, f"{OWN} above>", "exec"), namespace)
        if not imports:
            _remember(index, above[index], before)


# What a check judges is what stands in the cells now. So the page remembers what each cell has
# done, by its place: the number of code cells above it.
ran = {}  # place: the text that has run, or None if it has to again; when; the names it gave
given = {}  # name: whose value it holds, and since when
ticks = itertools.count(1)


def _remember(place, text, before, failed=False):
    """Note what a cell has given, after it ran; `before` is the namespace as it was."""
    now = next(ticks)
    changed = {name for name, value in namespace.items() if before.get(name, ticks) is not value}
    # A value of its own that is the same as before may be the old one: a run without it will tell.
    unsure = any(giver == place for name, (giver, _) in given.items() if name not in changed)
    given.update(dict.fromkeys(changed, (place, now)))
    names = changed | (_global_names(text)[1] & set(namespace))
    ran[place] = (None if failed or unsure else text, now, names)


def _forget(place):
    """Forget what a cell has given, and every name whose cell gives it no more."""
    for name, (giver, _) in list(given.items()):
        if giver == place or name not in ran[giver][2]:
            namespace.pop(name, None)
            del given[name]
            for other, (_, when, names) in ran.items():
                if name in names:
                    ran[other] = (None, when, names)


def due(source, above, section):
    """Return which cells have to run before a check does, so that it judges what stands there.

    Parameters
    ----------
    source : str
        The check.
    above : list of str
        The code cells above it, as they stand.
    section : list of int
        Which of them the check is about.

    Returns
    -------
    list of int
        Those of the section that have changed since they ran, and what changed that these use;
        or that use a name whose value has changed. None if the check judges nothing, as
        `hint(…)` alone.
    """
    if "check" not in _global_names(source)[0]:
        return None
    found, seen = [], set()

    def visit(place):
        if place in seen:
            return
        seen.add(place)
        used = _global_names(above[place])[0]
        for name in used:
            for giver in (given.get(name, (None, 0))[0], _giver(name, above[:place])):
                if giver is not None and giver < place and (giver in ran or giver in section):
                    visit(giver)
        text, when, _ = ran.get(place, (None, 0, ()))
        givers = [given[name] for name in used if name in given]
        if text != above[place] or any(
            giver in found or (giver != place and since > when) for giver, since in givers
        ):
            found.append(place)

    for place in section:
        visit(place)
    return to_js(found)


def _prepare(source, above):
    """Define what a cell needs from the cells above it, without showing what they show."""
    shown = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = io.StringIO()
    try:
        _define(source, above)
    finally:
        sys.stdout, sys.stderr = shown
        _close_figures()


def _watch(seconds):
    from neurocore.practice.outcomes import reply

    page.limit(seconds, reply("invalid.time", seconds=seconds)._repr_html_() if seconds else "")


class Store:
    """Progress in the browser's own storage."""

    def read(self):
        """Return the record's text, or None."""
        return page.readProgress()

    def write(self, text):
        """Keep the record's text."""
        page.writeProgress(text)

    def set_aside(self):
        """Move away what cannot be read; return where to."""
        return page.setProgressAside()


STORE = Store()


def _join_page():
    """Let the exercises keep their record here, and be stopped by the page."""
    from neurocore.practice import progress
    from neurocore.practice.reading import sandbox

    sandbox.watch = _watch
    progress.use(STORE)


def merge(text):
    """Take in another record; return how many events were new, or why it was refused."""
    _join_page()
    from neurocore.practice import progress

    try:
        return progress.merge(text)
    except ValueError as error:
        return str(error)


def write_again():
    """Write the record after another page has changed it."""
    from neurocore.practice import progress

    progress.merge(progress.export())


def forget():
    """Begin a new record, for another page did."""
    if progress := sys.modules.get("neurocore.practice.progress"):
        progress.begin(STORE)


async def run(source, number, above, judged):
    """Run a cell.

    Parameters
    ----------
    source : str
    number : int
        Which cell of the page it is, for tracebacks.
    above : list of str
        The cells above, for names that it needs.
    judged : bool
        Whether it is a check or runs for one: then names that no cell gives any more are
        forgotten first.

    Returns
    -------
    str
        "" or the name of the exception that ended it.
    """
    name = f"{OWN} {number}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    streams = (sys.stdout, sys.stderr)
    for stream in streams:
        stream.begin()
    place, failed = len(above), True
    if judged:
        _forget(place)
    before = dict(namespace)
    try:
        code = _without_magics(source, name)
        runner = CodeRunner(
            code,
            filename=name,
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            quiet_trailing_semicolon=True,
        ).compile()
        above = [_without_magics(text) for text in above]
        _prepare(code, above)
        before = dict(namespace)
        if "neurocore.practice" in sys.modules or re.search(r"\bpractice\b", source):
            _join_page()
        value = await runner.run_async(namespace)
        drawn = _draw_open()
        if value is not None:
            namespace["_"] = value
            if not _is_drawn(value) and not any(value is figure for figure in drawn):
                display(value)
        failed = False
        return ""
    except BaseException as error:
        _close_figures()
        page.show("error", _explain(error))
        return type(error).__name__
    finally:
        _remember(place, source, before, failed)
        if judged and failed:
            _forget(place)
        for stream in streams:
            stream.end()


# What Jupyter adds to Python. What would change nothing here is taken as an empty line.
MAGIC = re.compile(r"^\s*(?:[\w., ]*=\s*)?(?P<sign>%%|%|!)\s*(?P<name>\w*)|^\s*\?*[\w.]+\?*\s*$")
EMPTY = {"matplotlib", "config", "load_ext", "reload_ext", "autoreload", "precision"}
TIMED = "How long a cell took stands beside Run; `time.perf_counter()` times a part of it."
INSTALLED = "There is nothing to install: an import loads what the book has."
INSTEAD = {"time": TIMED, "timeit": TIMED, "pip": INSTALLED, "conda": INSTALLED}
INSTEAD |= {"!": "There is no command line in a page.", "?": "`help(name)` tells of a name."}


def _without_magics(source, name=None):
    """Return a source without the lines of Jupyter's own that change nothing.

    Others raise SyntaxError if the cell's name is given. Only what is no Python is looked at.
    """
    while True:
        try:
            compile(source, OWN, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            return source
        except SyntaxError as error:
            lines = source.splitlines()
            place = (error.lineno or 0) - 1
        line = lines[place] if 0 <= place < len(lines) else ""
        magic = MAGIC.search(line)
        if not magic or not (magic["sign"] or "?" in line):
            return source  # Python itself will say what is wrong
        sign, word = magic["sign"] or "?", magic["name"]
        if (sign == "%" and word in EMPTY) or (sign == "%%" and word == "time"):
            lines[place] = ""
            source = "\n".join(lines)
        elif name:
            instead = INSTEAD.get(word) or INSTEAD.get(sign, "")
            words = f"`{line.strip()}` is Jupyter's own, which a cell in the page does not know."
            raise SyntaxError(f"{words} {instead}".strip(), (name, place + 1, 1, line))
        else:
            return source


def _explain(error):
    """Write a traceback of the reader's own frames alone."""
    report = traceback.TracebackException.from_exception(error, compact=True)
    part = report
    while part is not None:
        own = [frame for frame in part.stack if frame.filename.startswith(OWN)]
        part.stack = traceback.StackSummary.from_list(own)
        part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
    return "".join(report.format()).strip()[-SHOWN:]


def complete(text):
    """Return all names that a name, or the last attribute of a dotted one, may become.

    The page narrows the list while the reader types on, so it must be whole.
    Attributes are listed, not looked at: a lazy package loads none of them.
    """
    *path, begun = text.split(".")
    names = {**vars(builtins), **namespace}
    try:
        if path:
            value = names[path[0]]
            for name in path[1:]:
                value = getattr(value, name)
            names = dir(value)
    except Exception:  # no such thing yet, or one that does not tell
        names = []
    hidden = not begun.startswith("_")
    return to_js([n for n in names if n.startswith(begun) and not (hidden and n.startswith("_"))])


def answer(function, settings):
    """Call a lab's function: "module:name"."""
    from neurocore.labs import table

    module, name = function.split(":")
    function = getattr(importlib.import_module(module), name)
    return to_js(table.answer(function, settings), dict_converter=page.fromEntries)


def _no_input(prompt=""):
    raise RuntimeError("a cell in the page cannot ask for input: give the value to a name instead")


builtins.input = _no_input
builtins.display = display
sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
