"""Whose numbers are whose: from a class list, or a secret, to each student's seed."""

import csv
import hashlib
import hmac
import re
import unicodedata
from pathlib import Path

_MOODLE = re.compile(r"_\d+$")  # what Moodle puts behind a name, another number for each task


def add_arguments(parser):
    """Add to a command what says whose numbers are whose."""
    parser.add_argument(
        "--class-list", help="a CSV file with the columns student and seed: each has own numbers"
    )
    parser.add_argument(
        "--secret", help="a file with a secret, from which the seeds are derived that are not given"
    )


def from_arguments(arguments):
    """Return the function that a command's arguments ask for, or None; see `seeds`.

    Raises
    ------
    ValueError, OSError
        If a file cannot be used.
    """
    if not arguments.class_list and not arguments.secret:
        return None
    listed = read_list(arguments.class_list) if arguments.class_list else None
    secret = Path(arguments.secret).read_bytes().strip() if arguments.secret else b""
    if arguments.secret and len(secret) < 8:
        raise ValueError(f"secret must have 8 characters or more; {arguments.secret} has fewer")
    return lambda students: seeds(students, listed, secret)


def read_list(path):
    """Return the seed of each student in a class list, "" where none is given.

    Raises
    ------
    ValueError
        If it has no column of students, or names one twice.
    """
    with open(path, newline="", encoding="utf-8-sig") as file:
        text = file.read()
    dialect = "excel" if text.partition("\n")[0].count(";") == 0 else _Semicolons
    rows = list(csv.DictReader(text.splitlines(), dialect=dialect))
    found = {}
    for row in rows:
        row = {str(key).strip().casefold(): str(x or "").strip() for key, x in row.items()}
        if "student" not in row:
            raise ValueError(f"class list must have a column student; {path} has {', '.join(row)}")
        if plain(row["student"]) in found:
            raise ValueError(f"class list names {row['student']!r} twice")
        if row["student"]:
            found[plain(row["student"])] = row.get("seed", "")
    if not found:
        raise ValueError(f"class list must name students; {path} names none")
    return found


class _Semicolons(csv.excel):
    delimiter = ";"  # as spreadsheets write it where the comma parts the decimals


def plain(name):
    """Return a student's name as it is compared: one way of writing accents, no Moodle number."""
    return _MOODLE.sub("", unicodedata.normalize("NFC", name).strip())


def derived(secret, student):
    """Return the seed that a secret gives a student: who does not know it cannot tell it."""
    return hmac.new(secret, plain(student).encode(), hashlib.sha256).hexdigest()[:12]


def seeds(students, listed, secret):
    """Return each student's seed.

    Parameters
    ----------
    students : set of str
        Who handed in something. Without a class list each gets a seed.
    listed : dict of str to str, or None
        The class list: those of it who handed in nothing have numbers too, which another may
        have answered.
    secret : bytes
        Gives the seeds that the list does not.

    Returns
    -------
    dict of str to str
        Students who are not in the list are left out.
    """
    names = {plain(student): student for student in students}
    if listed is None:
        listed = dict.fromkeys(names, "")
    found = {}
    for name, seed in listed.items():
        if not seed and not secret:
            raise ValueError(f"class list must have a seed for {name!r}, or give --secret")
        found[names.get(name, name)] = seed or derived(secret, name)
    return found
