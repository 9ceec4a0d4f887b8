"""What a lecturer gets: two tables, a page, and a few lines on the screen."""

import csv
import html
from collections import Counter
from pathlib import Path

from neurocore.problems import problems

FILES = ("grades.csv", "replies.csv", "report.html")
_MOST = 20  # mistakes that are listed
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0;
  border-bottom: 1px solid #8886 }
td.number { text-align: right; font-variant-numeric: tabular-nums }
td { overflow-wrap: anywhere }
code { font-size: .9em }
details { border-bottom: 1px solid #8886; padding: .3rem 0 }
summary { cursor: pointer }
.open { border-left: 4px solid #b35900; padding-left: .8rem }
"""


def write(grades, folder, why_open=""):
    """Write the tables and the page into a folder.

    Parameters
    ----------
    grades : list of neurocore.practice.grade.Grade
        What came of the class.
    folder : str or pathlib.Path
        Where they go.
    why_open : str
        Why notebooks were not shut in, if so; see `confining.why_open`.
    """
    asked = _asked(grades)
    solved = {(g.student, g.problem): int(g.code == "correct") for g in grades}
    with (Path(folder) / "grades.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", "solved", "of", *asked])
        for student in _students(grades):
            mine = [solved.get((student, problem), "") for problem in asked]
            count = sum(x == 1 for x in mine)
            table.writerow([_text(student), count, len(asked), *mine])
    with (Path(folder) / "replies.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", "problem", "code", "message"])
        table.writerows(map(_text, g) for g in grades)
    page = _page(grades, why_open)
    (Path(folder) / "report.html").write_text(page, encoding="utf-8")


def _text(value):
    """Return words that a spreadsheet takes for words: it works out what begins as a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def summary(grades, why_open=""):
    """Return what a teacher wants to know first: who solved how much, and what went wrong most."""
    students = _students(grades)
    lines = [f"{len(students)} students, {len(_asked(grades))} problems"]
    for student, solved in _solved(grades).items():
        lines.append(f"  {student}: {solved} solved")
    wrong = _mistakes(grades)
    if wrong:
        lines.append("Known mistakes, the most frequent first:")
        lines += [f"  {n} × {code} in {problem}" for (problem, code), n in wrong[:10]]
    for g in grades:
        if not g.problem:
            lines.append(f"Look at {g.student}: {g.message}" if g.student else f"Note: {g.message}")
    if why_open:
        lines.append(f"Note: {_open(why_open)}")
    return "\n".join(_line(words) for words in lines)


def _line(words):
    """Return words as one line that the screen takes for nothing more."""
    words = "".join(x if x.isprintable() else " " for x in words)
    return words[: len(words) - len(words.lstrip())] + " ".join(words.split())


def _open(why):
    return (
        f"The notebooks were not shut in, for {why}. They could not forge a grade by what they "
        "said, but could read all that you can, the book's answers too, and use the network."
    )


def _students(grades):
    return list(dict.fromkeys(g.student for g in grades if g.student))


def _asked(grades):
    return [name for name in problems() if name in {g.problem for g in grades}]


def _solved(grades):
    found = dict.fromkeys(_students(grades), 0)
    for g in grades:
        if g.code == "correct":
            found[g.student] += 1
    return found


def _mistakes(grades):
    named = (g for g in grades if g.code.startswith(("mistake", "near")))
    return Counter((g.problem, g.code) for g in named).most_common()


def _page(grades, why_open):
    asked, bank = _asked(grades), problems()
    count = len(asked)
    solved = _solved(grades)
    per_problem = Counter(g.problem for g in grades if g.code == "correct")
    answered = Counter(
        g.problem for g in grades if g.problem and not g.code.startswith("unanswered")
    )
    shut = (
        f'<p class="open">{_escaped(_open(why_open))}</p>'
        if why_open
        else "<p>Each notebook ran shut in: without a network and without the answers, with a "
        "file system and processes of its own.</p>"
    )
    parts = [
        f"<h1>{len(solved)} students, {count} problems</h1>",
        shut,
        "<h2>The commonest mistakes</h2>",
        _table(
            ("times", "problem", "mistake"),
            [(n, bank[name][0].title, code) for (name, code), n in _mistakes(grades)[:_MOST]],
        ),
        "<h2>Problems</h2>",
        _table(
            ("solved", "answered", "problem"),
            [(per_problem[name], answered[name], bank[name][0].title) for name in asked],
        ),
        "<h2>Students</h2>",
        *(_sheet(student, solved[student], count, grades, bank) for student in solved),
    ]
    notes = [g.message for g in grades if not g.student]
    if notes:
        words = "".join(f"<li>{_escaped(note)}</li>" for note in notes)
        parts.append(f"<h2>Notes</h2><ul>{words}</ul>")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Grades</title>'
        f"<meta http-equiv='Content-Security-Policy' content=\"{_POLICY}\">"
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style><body>{''.join(parts)}</body></html>\n"
    )


def _sheet(student, solved, count, grades, bank):
    """Return a student's sheet: what there is to say, and the reply to each answer."""
    mine = [g for g in grades if g.student == student]
    said = "".join(f"<li>{_escaped(g.message)}</li>" for g in mine if not g.problem)
    rows = [(bank[g.problem][0].title, g.code, g.message) for g in mine if g.problem]
    return (
        f"<details><summary><b>{_escaped(student)}</b>: {solved} of {count} solved"
        f"{', with a remark' if said else ''}</summary>"
        f"{f'<ul>{said}</ul>' if said else ''}"
        f"{_table(('problem', 'code', 'reply'), rows)}</details>"
    )


def _table(heads, rows):
    if not rows:
        return "<p>None.</p>"
    top = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value):
    number = ' class="number"' if isinstance(value, int) else ""
    return f"<td{number}>{_escaped(value)}</td>"


def _escaped(value):
    return html.escape(str(value))
