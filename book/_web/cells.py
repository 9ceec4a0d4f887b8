"""Runs the cells of a page. The worker hands over `page`, through which all output goes."""

import ast
import base64
import builtins
import importlib
import io
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
    if "matplotlib.pyplot" in sys.modules:
        import matplotlib.pyplot as plt

        for number in plt.get_fignums():
            _draw(plt.figure(number))


def _close_figures():
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


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
        visit(symtable.symtable(source, OWN, "exec"), True)
    except SyntaxError:  # the cell will say so itself; an await outside a function is none
        return set(), set()
    return used - bound, bound


def _define(source, above):
    """Run what the cells above say of the names that a source needs and nobody has defined."""
    for name in _global_names(source)[0]:
        if name in namespace or hasattr(builtins, name):
            continue
        for index in reversed(range(len(above))):
            text = above[index]
            if name not in _global_names(text)[1]:
                continue
            imports = [
                node
                for node in ast.parse(text).body
                if isinstance(node, ast.Import | ast.ImportFrom)
                and name in {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            ]
            if imports:
                text = "\n".join(ast.unparse(node) for node in imports)
            _define(text, above[:index])
            exec(compile(text, f"{OWN} above>", "exec"), namespace)
            break


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


def _join_page():
    """Let the exercises keep their record here, and be stopped by the page."""
    from neurocore.practice import progress, sandbox

    sandbox.watch = _watch

    class Store:
        """Progress in the browser's own storage."""

        def read(self):
            return page.readProgress()

        def write(self, text):
            page.writeProgress(text)

        def set_aside(self):
            return page.setProgressAside()

    if type(progress._record._store).__name__ != "Store":
        progress.use(Store())


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
        progress._record = progress.Record(progress._record._store)


async def run(source, number, above):
    """Run a cell.

    Parameters
    ----------
    source : str
    number : int
        Which cell of the page it is, for tracebacks.
    above : list of str
        The cells above, for names that it needs.

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
    try:
        runner = CodeRunner(
            source,
            filename=name,
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            quiet_trailing_semicolon=True,
        ).compile()
        _prepare(source, above)
        if "neurocore.practice" in sys.modules or re.search(r"\bpractice\b", source):
            _join_page()
        value = await runner.run_async(namespace)
        _draw_open()
        if value is not None:
            namespace["_"] = value
            display(value)
        return ""
    except BaseException as error:
        _close_figures()
        page.show("error", _explain(error))
        return type(error).__name__
    finally:
        for stream in streams:
            stream.end()


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
