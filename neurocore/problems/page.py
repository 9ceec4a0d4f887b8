"""From a page of Markdown to a problem.

A page begins with its settings, in TOML between two lines of `+++`. Then comes the question, and
under headings of the second level the words of what follows:

    ## mistake CODE     what went wrong; after a blank line, a question that leads on
    ## hint             three times, each saying more
    ## solution         the worked solution
    ## figure           what its figure shows, where the chapter's Python draws one
    ## options, ## reasons      the lists of a `Choice`

Numbers stand in braces: a parameter, or what the chapter's function of the problem's name returns.
"""

import re
import tomllib

from neurocore.practice import kinds

_PAGE = re.compile(r"\+\+\+\n(.*?)^\+\+\+\n(.*)", re.M | re.S)
_HEADING = re.compile(r"^## +(mistake +([\w-]+)|hint|solution|figure|options|reasons) *$", re.M)
_OWN_LINES = re.compile(r"[|\-+*>]|\d+\. ")  # tables and lists
_FROM_PYTHON = ("parameters", "inputs", "special", "low", "high", "points", "tolerance")


def read(path, chapter):
    """Return the problem that a page describes.

    Parameters
    ----------
    path : pathlib.Path or importlib.resources.abc.Traversable
        The page; its name is the problem's id.
    chapter : module
        The chapter's Python, with the function of the problem's numbers.

    Returns
    -------
    Problem

    Raises
    ------
    ValueError
        To the author, naming the page and what is wrong with it.
    """
    problem_id = path.name.removesuffix(".md")
    name = problem_id.replace("-", "_")
    try:
        settings, question, sections = _parts(path.read_text(encoding="utf-8"))
        fields = {key: _setting(key, value, chapter) for key, value in settings.items()}
        kind = getattr(kinds, fields.pop("kind"))
        if kind is kinds.Choice:
            fields |= _choice(fields, sections, getattr(chapter, name, lambda p: {}))
        else:
            fields["numbers"] = getattr(chapter, name)
        return kind(
            id=problem_id,
            ask=question,
            mistakes=tuple(_mistake(code, text) for what, code, text in sections if code),
            hints=tuple(_prose(text) for what, _, text in sections if what == "hint"),
            solution=_prose(_only(sections, "solution")),
            alt=_prose(_only(sections, "figure")),
            draw=getattr(chapter, f"draw_{name}", None),
            **fields,
        )
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _parts(text):
    """Return the settings, the question and the sections (heading, code, text) of a page."""
    page = _PAGE.fullmatch(text)
    if not page:
        raise ValueError("a page begins with `+++`, its settings, and `+++` again")
    settings, body = page.groups()
    question, *pieces = _HEADING.split(body)
    sections = [
        (what.split()[0], code, words.strip("\n"))
        for what, code, words in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True)
    ]
    stray = re.search(r"^##.*", "\n".join((question, *pieces[2::3])), re.M)
    if stray:
        raise ValueError(f"there is no section {stray[0]!r}")
    return tomllib.loads(settings), question.strip("\n"), sections


def _setting(key, value, chapter):
    """Return a setting as the kinds take it; a name in capitals stands in the chapter's Python."""
    if key in _FROM_PYTHON and type(value) is str and value.isupper():
        return getattr(chapter, value)
    if key == "parameters":
        return {n: kinds.Vary(**v) if isinstance(v, dict) else v for n, v in value.items()}
    if key == "tolerance":
        if value.keys() <= {"absolute", "relative"}:
            return kinds.Tolerance(**value)
        return {part: kinds.Tolerance(**rule) for part, rule in value.items()}
    if key == "inputs":
        return {name: tuple(ends) for name, ends in value.items()}
    if key == "special":
        return tuple(map(tuple, value))
    return kinds.Axis(**value) if key in ("x", "y") else value


def _choice(fields, sections, numbers):
    """Return the lists of a choice, and its answer and mistakes: "b2", or "*3" for any letter."""
    marks = {"answer": fields.pop("answer"), **fields.pop("choices")}
    pairs = {
        code: (None if mark[0] == "*" else mark[0], None if mark[1] == "*" else int(mark[1]))
        for code, mark in marks.items()
    }
    lists = {
        what: tuple(_prose(x) for x in re.split(r"^- ", _only(sections, what), flags=re.M)[1:])
        for what in ("options", "reasons")
    }
    return lists | {"numbers": lambda p: pairs | numbers(p)}


def _only(sections, wanted):
    texts = [text for what, _, text in sections if what == wanted]
    if len(texts) > 1:
        raise ValueError(f"there are {len(texts)} sections `## {wanted}`")
    return texts[0] if texts else ""


def _mistake(code, text):
    message, blank, question = text.partition("\n\n")
    if not blank:
        raise ValueError(f"mistake {code!r} needs a question after a blank line")
    return kinds.Mistake(code, _prose(message), _prose(question))


def _prose(text):
    """Return words with each paragraph on one line; tables, lists and code keep their lines."""
    pieces = re.split(r"(^```.*?^```$)", text.strip("\n"), flags=re.M | re.S)
    pieces[::2] = [
        re.sub(r"(?<=[^\n])\n(?=[^\n])(?!" + _OWN_LINES.pattern + ")", " ", words)
        for words in pieces[::2]
    ]
    return "".join(pieces)
