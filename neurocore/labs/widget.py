"""The one widget class: a pure function, what moves it, and what is drawn of it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import anywidget
import traitlets

from .description import Panel, Slider, Switch, first_cursor, say
from .picture import picture
from .table import answer, cached_table, evaluate, pack

__all__ = ["Lab"]

STATIC = Path(__file__).parent / "static"


class Lab(anywidget.AnyWidget):
    """A pure function under the reader's hand.

    With a kernel, the function is called at each move of a slider. While the
    book is built (the environment variable ``NEUROCORE_TABLES`` names a folder
    then), the lab is written as HTML that carries a table of answers, and the
    same front end reads the table. In a page of the book that runs Python
    itself (``NEUROCORE_LIVE`` is set), the page asks for each frame.

    Parameters
    ----------
    function : callable
        Keyword arguments as the sliders name them; returns a dict of numbers
        and arrays. It neither draws nor keeps state. An integer
        ``outcome`` among its outputs picks the sentence of `summary`.
    sliders : sequence of Slider or Switch
    panels : sequence of Traces or Bars
    title : str
    summary : sequence of str
        What is seen, in words: shown, and read out. See `say`.
    attempt, notice : str
        What to try, and what to see when it is done.
    time : str, optional
        The output that is the labs' time axis; bars and readings follow a
        cursor on it.
    start : float, optional
        Where the cursor begins, in the unit of `time`; by default at the end.
    """

    _esm = STATIC / "lab.js"
    _css = STATIC / "lab.css"
    spec = traitlets.Dict().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        function: Callable[..., Mapping[str, object]],
        sliders: Sequence[Slider | Switch],
        panels: Sequence[Panel],
        *,
        title: str,
        summary: Sequence[str],
        attempt: str,
        notice: str,
        time: str = "",
        start: float | None = None,
    ) -> None:
        self.function = function
        self.sliders, self.panels = tuple(sliders), tuple(panels)
        self.title, self.summary = title, tuple(summary)
        self.time, self.start = time, start
        self.attempt, self.notice = attempt, notice
        self.key = function.__name__.replace("_", "-")
        settings = {slider.name: float(slider.value) for slider in self.sliders}
        frame = evaluate(function, settings)
        super().__init__(
            spec={
                "key": self.key,
                "function": f"{function.__module__}:{function.__qualname__}",
                "sliders": [slider.describe() for slider in self.sliders],
                "panels": [panel.describe() for panel in self.panels],
                "summary": list(self.summary),
                "time": time,
            },
            html=picture(self, frame),
            settings=settings,
            frame=pack(settings, frame),
        )
        self.observe(self._answer, "settings")

    def _answer(self, change):
        self.frame = answer(self.function, change.new)

    def open(self) -> None:
        """Reach for the kernel's front end, which a page being built does not have."""
        if not (_tables() or _live()):
            super().open()

    def say(self) -> str:
        """What the lab shows at its present settings, as one sentence."""
        frame = evaluate(self.function, self.settings)
        return say(self.summary, frame, first_cursor(frame, self.time, self.start))

    def _repr_mimebundle_(self, **kwargs):
        folder = _tables()
        if not (folder or _live()):
            bundle = super()._repr_mimebundle_(**kwargs)
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            return {**(data or {}), "text/plain": f"{self.title}: {self.say()}"}
        state = {"spec": self.spec, "settings": self.settings}
        if folder:
            state["table"] = cached_table(self.function, self.sliders, folder)
        else:
            data = base64.b64encode(self.frame["data"]).decode()
            state["frame"] = {**self.frame, "data": data}
        text = json.dumps(state).replace("<", "\\u003c")
        page = f'<script type="application/json" class="nc-state">{text}</script>'
        return {
            "text/html": f"<div class='nc-root'>{self.html}{page}</div>",
            "text/plain": self.say(),
        }


def _tables():
    return os.environ.get("NEUROCORE_TABLES")


def _live():
    return os.environ.get("NEUROCORE_LIVE")
