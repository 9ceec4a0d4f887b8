"""The page "Your progress": what does not depend on the reader, written while the book is built.

The bank's problems are listed with links to their places; `progress.ts` fills in where the reader
stands. A place is the section of a chapter's notebook that holds the problem's answer cell; it
gets the problem's name as its anchor, so that ``exercises/resting-potential.html#ghk-rest`` works.
"""

import sys
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from neurocore import hodgkin_huxley, patch, pulse, simulate
from neurocore.practice import notebooks
from neurocore.problems import CHAPTERS, problems

logger = logging.getLogger(__name__)
BANK = Path(sys.modules[problems.__module__].__file__).parent
WIDTH, HEIGHT = 36, 50  # of one problem's piece of trace
PULSES = {"open": 0.0, "tried": 13.2, "solved": 20.0}  # µA/cm² for 0.5 ms


def _page(chapter):
    return f"exercises/{Path(notebooks.path(chapter)).stem}"


def name_places(app, doctree):
    """Give each problem's section the problem's name as an anchor."""
    chapter = next((c for c in CHAPTERS if _page(c) == app.env.docname), None)
    if chapter is None:
        return
    places = {}
    for cell in doctree.findall(nodes.container):
        mark = cell.get("cell_metadata", {}).get("nbgrader", {})
        if mark.get("solution"):
            places[mark["grade_id"].removesuffix("-answer")] = cell.parent
    for problem, own in problems().values():
        if own != chapter:
            continue
        if problem.id not in places:
            logger.warning("%s has no place for the problem %r", app.env.docname, problem.id)
        elif problem.id not in places[problem.id]["ids"]:
            places[problem.id]["ids"].append(problem.id)


def _trace(amplitude):
    """Return what a squid axon makes of a pulse, as an SVG path: rest, or not quite, or a spike."""
    run = simulate(patch(hodgkin_huxley()), pulse(amplitude, 2.0, 0.5), 18.0, sample=0.25)
    points = zip(run.t / 18 * WIDTH, HEIGHT * (1 - (run.v + 80) / 120), strict=True)
    return "M" + " ".join(f"{x:g} {y:.1f}" for x, y in points)


def _overview(directive):
    symbols = "".join(
        f'<symbol id="p-{state}" viewBox="0 0 {WIDTH} {HEIGHT}" overflow="visible">'
        f'<path d="{_trace(amplitude)}" vector-effect="non-scaling-stroke"/></symbol>'
        for state, amplitude in PULSES.items()
    )
    return (
        f'<svg class="p-symbols" aria-hidden="true">{symbols}</svg>'
        '<div class="p-notice" role="status"></div>'
        '<div class="p-overview p-live"><div class="p-count">'
        f'<p><b data-p="solved">–</b> of {len(problems())} solved</p>'
        '<div class="p-bar" aria-hidden="true"><i></i><i></i></div><p data-p="rest"></p></div>'
        '<div class="p-next"><p>What to look at next</p><p data-p="next"></p>'
        '<p data-p="why"></p></div></div>'
    )


def _chapters(directive):
    longest = max(sum(own == chapter for _, own in problems().values()) for chapter in CHAPTERS)
    rows = ""
    for chapter, title in CHAPTERS.items():
        count = sum(own == chapter for _, own in problems().values())
        pieces = "".join(
            f'<use href="#p-open" x="{i * WIDTH}" width="{WIDTH}" height="{HEIGHT}"/>'
            for i in range(count)
        )
        rows += (
            f'<li data-chapter="{chapter}">{directive.link(chapter, title)}'
            f'<span class="p-share"><b>–</b> of {count}</span>'
            f'<svg viewBox="0 0 {longest * WIDTH} {HEIGHT}" aria-hidden="true">{pieces}</svg></li>'
        )
    legend = "".join(
        f'<span><svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<use href="#p-{state}" class="p-{state}" width="{WIDTH}" height="{HEIGHT}"/></svg>'
        f" {words}</span>"
        for state, words in (("solved", "solved"), ("tried", "tried"), ("open", "not attempted"))
    )
    return (
        f'<div class="p-live"><ul class="p-chapters">{rows}</ul><p class="p-legend">{legend}</p>'
        "</div>"
    )


def _keep(directive):
    return (
        '<div class="p-keep p-live">'
        '<button type="button" data-p="export">Save a copy</button> '
        '<label>Bring in a copy <input type="file" accept=".json,application/json"></label> '
        '<button type="button" data-p="afresh">Start afresh</button>'
        '<p data-p="said" role="status"></p><p data-p="aside"></p></div>'
    )


def _problems(directive):
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Problem", "State", "Attempts", "Hints", "Solutions")
    )
    tables = ""
    for chapter, title in CHAPTERS.items():
        rows = "".join(
            f'<tr data-problem="{problem.id}">'
            f'<th scope="row">{directive.link(chapter, problem.title, problem.id)} '
            f"<small>{problem.level}</small></th><td></td><td></td><td></td><td></td></tr>"
            for problem, own in problems().values()
            if own == chapter
        )
        tables += (
            f'<h3>{escape(title)}</h3><table class="p-table"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
    return tables


class ProgressDirective(SphinxDirective):
    """``{progress} overview``, ``chapters``, ``keep`` or ``problems``: a part of the page."""

    required_arguments = 1

    def run(self):
        """Return the part as HTML."""
        parts = {f.__name__[1:]: f for f in (_overview, _chapters, _keep, _problems)}
        if self.arguments[0] not in parts:
            raise self.error(f"progress has the parts {', '.join(parts)}")
        for path in BANK.rglob("*.*"):  # a changed problem makes this page anew
            self.env.note_dependency(str(path))
        return [nodes.raw("", parts[self.arguments[0]](self), format="html")]

    def link(self, chapter, words, anchor=""):
        """Return a link to a chapter's exercises."""
        page, anchor = _page(chapter), anchor and f"#{anchor}"
        if page not in self.env.found_docs:
            logger.warning("%s has problems, but is not in _toc.yml", page)
        address = self.env.app.builder.get_relative_uri(self.env.docname, page)
        return f'<a href="{address}{anchor}">{escape(words)}</a>'


def add_script(app, pagename, templatename, context, doctree):
    """Load the page's script and style there alone."""
    if doctree is not None and '<div class="p-overview' in context.get("body", ""):
        app.add_js_file("progress.js", loading_method="defer")
        app.add_css_file("progress.css")


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("progress", ProgressDirective)
    app.connect("doctree-read", name_places)
    app.connect("html-page-context", add_script, priority=400)  # before the files are tidied
    return {"parallel_read_safe": True, "env_version": 1}
