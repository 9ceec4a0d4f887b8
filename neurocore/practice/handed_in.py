"""What a class has handed in: folders, zips and notebooks as browsers and Moodle name them."""

import json
import os
import re
import shutil
import unicodedata
import warnings
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

_NOTEBOOK = re.compile(r"\.ipynb(\s*\(\d+\))?(\.json|\.txt)?$", re.IGNORECASE)
_COPY = re.compile(r"\s*\(\d+\)$")  # what a browser adds to a second download
_MOODLE = re.compile(r"^(.+_\d+)_assign(?:submission|feedback)_[a-z]+_?", re.IGNORECASE)
_ARCHIVE = re.compile(r"(\.(zip|rar|7z|tar|tgz|gz|bz2|xz))+$", re.IGNORECASE)
_JUNK = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")
_BESIDE = (".py", ".csv", ".txt", ".npy", ".npz", ".json")  # what notebooks of a class may share
_OWN = ("grades.csv", "replies.csv", "report.html", "grading.jsonl")
_LARGEST = 1 << 26  # bytes of a notebook; to read it takes many times as much
_UNPACKED = 1 << 30  # bytes that a zip may unpack to
_FILES = 10_000  # and the files in it
_DEPTH = 3  # of zips in zips


class Submission(NamedTuple):
    """A notebook, whose it is, and the folder that goes with it."""

    student: str
    path: Path
    root: Path
    shared: bool = False  # whether the folder is that of the whole class


class Trouble(NamedTuple):
    """Something that could not be read: whose ("" if nobody's), and the words."""

    student: str
    words: str


def find(folder, scratch):
    """Return the notebooks of a class, and what could not be read.

    Parameters
    ----------
    folder : pathlib.Path
        A folder, or a zip of one.
    scratch : pathlib.Path
        An empty folder. Zips are unpacked there.

    Returns
    -------
    (list of Submission, list of Trouble)
        Every student who handed anything in is in one of them.
    """
    found, troubles, names = [], [], {}
    if folder.is_file() and zipfile.is_zipfile(folder):
        folder = _within(_unpack(folder, scratch))
    entries = _entries(folder)
    for entry in entries:
        try:
            whose = _take(entry, len(entries) == 1, scratch, found, troubles)
        except (ValueError, OSError) as error:
            whose = _student(entry.name)
            troubles.append(Trouble(whose, f"`{entry.name}` cannot be opened: {error}"))
        names.setdefault(whose, []).append(f"`{entry.name}`")
    for whose, mine in names.items():
        if whose and len(mine) > 1 and not _MOODLE.match(mine[0].strip("`")):
            words = f"{', '.join(mine)} were taken for the work of one student, {whose}."
            troubles.append(Trouble("", f"{words} Are they of two? Then rename one."))
    return found, troubles


def _take(entry, alone, scratch, found, troubles):
    """Add what one entry of a class's folder holds; return whose it is, "" if nobody's."""
    student = _student(entry.name)
    if entry.is_symlink():
        troubles.append(Trouble("", f"`{entry.name}` is a link and was not followed."))
    elif entry.is_dir():
        _look_in(student, entry, scratch, found, troubles)
        return student
    elif entry.suffix.lower() == ".zip":
        unpacked = _unpack(entry, scratch)
        inside = _within(unpacked)
        entries = _entries(inside)
        moodle = any(_MOODLE.match(one.name) for one in entries)
        if moodle or (alone and sum(one.is_dir() for one in entries) > 1):  # a whole class
            more, other = find(inside, _room(scratch))
            found += more
            troubles += other
            return ""
        _look_in(student, unpacked, scratch, found, troubles)
        return student
    elif _NOTEBOOK.search(entry.name):
        found.append(Submission(student, entry, entry.parent, True))
        return student
    elif _ARCHIVE.search(entry.name) or _MOODLE.match(entry.name):
        troubles.append(Trouble(student, f"`{entry.name}` cannot be opened."))
        return student
    elif entry.suffix.lower() not in _BESIDE:
        troubles.append(Trouble("", f"`{entry.name}` is not a notebook and was left out."))
    return ""


def _look_in(student, root, scratch, found, troubles):
    """Add the notebooks of a student's folder, those in zips too, or say that there is none."""
    before = len(found)
    waiting = [(root, root, 0)]
    seen = []
    while waiting:
        folder, base, depth = waiting.pop()
        for entry in _entries(folder):
            if entry.is_symlink():
                troubles.append(Trouble(student, f"`{entry.name}` is a link: not followed."))
            elif entry.is_dir():
                waiting.append((entry, base, depth))
            elif _NOTEBOOK.search(entry.name):
                found.append(Submission(student, entry, base))
            elif entry.suffix.lower() == ".zip":
                try:
                    if depth == _DEPTH:
                        raise ValueError("too many zips in one another")
                    inside = _unpack(entry, scratch)
                    waiting.append((inside, inside, depth + 1))
                except (ValueError, OSError) as error:
                    words = f"`{entry.name}` cannot be opened: {error}"
                    troubles.append(Trouble(student, words))
            else:
                seen.append(entry.name)
    if before == len(found):
        names = ", ".join(f"`{name}`" for name in sorted(seen)[:5]) or "nothing"
        troubles.append(Trouble(student, f"There is no notebook. Handed in: {names}."))


def _entries(folder):
    """Return what is in a folder without what systems and browsers leave there."""
    return sorted(
        entry
        for entry in folder.iterdir()
        if not entry.name.startswith(".") and entry.name not in (*_JUNK, *_OWN)
    )


def _student(name):
    """Return whose a file or folder is, by its name."""
    name = unicodedata.normalize("NFC", name)
    moodle = _MOODLE.match(name)
    if moodle:
        return moodle[1]
    bare = _ARCHIVE.sub("", _NOTEBOOK.sub("", name))
    return _COPY.sub("", bare).strip() or name


def _within(folder):
    """Return the folder in which the content begins: a zip often holds one folder that does."""
    entries = _entries(folder)
    while len(entries) == 1 and entries[0].is_dir() and not _MOODLE.match(entries[0].name):
        folder = entries[0]
        entries = _entries(folder)
    return folder


def _room(scratch):
    room = scratch / str(len(list(scratch.iterdir())))
    room.mkdir()
    return room


def _unpack(path, scratch):
    """Unpack a zip into a new folder; raise ValueError with the reason if that cannot be."""
    target = _room(scratch)
    try:
        _unpack_into(target, path)
    except (ValueError, OSError):
        raise
    except Exception as error:  # torn, encrypted, packed in an unknown way: each has its own
        raise ValueError(str(error)) from error
    return target


def _unpack_into(target, path):
    """Names that lead out of the folder, and too much, are refused."""
    left = _UNPACKED
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > _FILES:
            raise ValueError(f"it holds more than {_FILES} files")
        for info in infos:
            inside = PurePosixPath(info.filename.replace("\\", "/"))
            if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
                raise ValueError("it holds a path that leads out of it")
            if any(part in _JUNK or part.startswith(".") for part in inside.parts):
                continue
            place = target / inside
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as source, place.open("wb") as copy:
                while chunk := source.read(1 << 16):  # the sizes that it states may lie
                    left -= len(chunk)
                    if left < 0:
                        raise ValueError(f"it unpacks to more than {_UNPACKED >> 20} MB")
                    copy.write(chunk)


def read(path):
    """Return a notebook in the format 4.

    Raises
    ------
    ValueError
        With the reason, if it cannot be read, or is not written in Python.
    """
    import nbformat
    from nbformat import reader

    try:
        if Path(path).stat().st_size > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST >> 20} MB. Clear its outputs")
        text = Path(path).read_text(encoding="utf-8-sig")
        if not text.strip():
            raise ValueError("it is empty")
        if not isinstance(json.loads(text), dict):
            raise ValueError("it is not a notebook")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.convert(reader.reads(text), 4)
        for cell in notebook.cells:
            cell.source, cell.cell_type = "".join(cell.source), str(cell.cell_type)
            if not isinstance(cell.metadata.get("nbgrader", {}), dict):
                del cell.metadata["nbgrader"]
        metadata = notebook.get("metadata") or {}
        names = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
        language = names[1].get("name") or names[0].get("language") or "python"
    except json.JSONDecodeError as error:
        raise ValueError("it is damaged") from error
    except (UnicodeError, RecursionError, OSError) as error:
        raise ValueError("it is damaged") from error
    except ValueError:
        raise
    except Exception as error:  # what a foreign file breaks in the conversion is not foreseeable
        raise ValueError("it is not a notebook") from error
    if not re.fullmatch(r"i?python\d*", str(language), re.IGNORECASE):
        raise ValueError(f"it is set to the language {language}, not Python")
    return notebook


def goes_with(submission):
    """Return the files that decide what a notebook computes: itself, and what `copy` copies."""
    if submission.shared:
        beside = [path for path in submission.root.iterdir() if _is_beside(path)]
        found = [submission.path, *beside]
    else:
        walk = os.walk(submission.root)
        found = [Path(folder, name) for folder, _, names in walk for name in names]
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _is_beside(path):
    return path.name not in _OWN and path.suffix.lower() in _BESIDE and not path.is_symlink()


def copy(submission, target):
    """Copy the folder that goes with a notebook; return the notebook's folder in the copy.

    Of a folder that all students share, other notebooks, folders and zips stay out.
    """

    def left_out(folder, names):
        links = {n for n in names if (Path(folder) / n).is_symlink() or n in _JUNK}
        if not submission.shared:
            return links
        return links | {n for n in names if not _is_beside(Path(folder, n))}

    shutil.copytree(submission.root, target, ignore=left_out)
    return target / submission.path.parent.relative_to(submission.root)
