"""Every sentence of the book is its own: no eight words in a row from the texts it goes beyond."""

import hashlib
import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TAKEN = Path(__file__).with_name("words_of_sources.txt")
PAGES = sorted(
    path
    for folder in ("book", "exercises", "neurocore/problems")
    for pattern in ("*.ipynb", "*.md")
    for path in (ROOT / folder).rglob(pattern)
    if ".ipynb_checkpoints" not in path.parts
)
RUN = 8


def prose(path):
    """Return all that a page says: Markdown, code, captions and alternative texts."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    parts = []
    for cell in json.loads(text)["cells"]:
        parts.append("".join(cell["source"]))
        parts += strings(cell["metadata"])
    return "\n\n".join(parts)


def strings(tree):
    if isinstance(tree, str):
        return [tree]
    branches = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [text for branch in branches for text in strings(branch)]


def words(text):
    """Return the words alone, so that markup, mathematics and numbers hide no copy."""
    text = re.sub(r"\[@[^\]]*\]|\(@[^)]*\)", " ", text)  # the seeds' marks
    text = re.sub(r"\{cite[^}]*\}`[^`]*`", " ", text)
    text = re.sub(r"\{[\w:-]+\}`([^`<]*)(?:<[^>]*>)?`", r"\1", text)  # roles keep what is read
    text = re.sub(r"\]\([^)]*\)", "]", text)  # so do links
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]*\$", " ", text, flags=re.DOTALL)
    return re.findall(r"[a-z]+", text.lower().replace("’", "").replace("'", ""))


def runs(text):
    listed = words(text)
    return {" ".join(listed[i : i + RUN]) for i in range(len(listed) - RUN + 1)}


def fingerprint(run):
    return hashlib.sha256(run.encode()).hexdigest()[:12]


@pytest.fixture(scope="module")
def taken():
    """Fingerprints of each eight words in a row of the source texts, which are not ours to print.

    `python tests/test_words.py FOLDER` writes them anew from the texts in a folder.
    """
    found = set(TAKEN.read_text().split())
    assert len(found) > 3000
    return found


def test_the_pages_are_found():
    assert ROOT / "book" / "principles" / "resting-potential.ipynb" in PAGES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_eight_words_in_a_row_are_taken_from_a_source(path, taken):
    assert not [run for run in runs(prose(path)) if fingerprint(run) in taken]


@pytest.mark.parametrize(
    "copy",
    [
        "At rest, {term}`a pump <Na/K pump>` burns **fuel** all day and all night.",
        "At rest a pump burns $2$ fuel all\nday {cite}`key` and all night.",
        "[At rest a](https://example.org) pump burns fuel [all](@entry_id:7) day and all night.",
    ],
)
def test_a_copy_is_found_under_its_markup(copy):
    assert runs(copy) & runs("at rest a pump burns fuel all day and all night")


if __name__ == "__main__":
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(sys.argv[1]).iterdir())]
    TAKEN.write_text("\n".join(sorted(map(fingerprint, set().union(*map(runs, texts))))) + "\n")
