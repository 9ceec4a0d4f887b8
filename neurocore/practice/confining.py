"""Where a notebook runs: in a library without answers, and shut in as far as the platform allows.

On Linux `unshare` gives it namespaces of its own: no network, no processes but its own, and a file
system in memory that holds what Python needs, read-only, and a copy of the student's folder.
Whoever may not make namespaces is told so by `why_open`. Limits on memory, processes, files and
time hold everywhere but on Windows, which knows the time alone.
"""

import os
import shlex
import shutil
import site
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path

import neurocore

LIBRARY = Path(neurocore.__file__).parent
MARK = "NEUROCORE_GRADES_IN"
"""The variable that marks what a notebook has started."""
MEMORY = 4 << 30  # bytes, of a process and of all of a notebook's processes together
PROCESSES = 100
_FILE = 1 << 28  # bytes of a file
_WRITTEN = 1 << 29  # bytes of all that a notebook writes, where it has a file system of its own
_ABSENT = {
    "": {"problems", "front_end"},
    "practice": {"kinds", "confining", "grade", "handed_in", "judging", "notebooks", "report",
                 "running", "seeds"},
}  # fmt: skip
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_SETTINGS = ("alternatives", "fonts", "ld.so.cache", "localtime", "passwd", "group", "ssl")
_USERS = 1 << 30  # where no system has users
_numbers = count(os.getpid() << 12)
_DEVICES = ("full", "null", "random", "urandom", "zero")
_KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "PATH", "SYSTEMROOT", "TZ")


def stripped(target):
    """Copy the library without the problems and whatever judges them; return the copy's folder."""

    def left_out(folder, names):
        place = Path(folder).relative_to(LIBRARY).parts
        absent = _ABSENT.get("/".join(part for part in place if part != "__pycache__"), ())
        return {name for name in names if name.partition(".")[0] in absent}

    shutil.copytree(LIBRARY, target / LIBRARY.name, ignore=left_out)
    return target


@cache
def why_open():
    """Return why notebooks are not shut in on this machine, in words; "" if they are."""
    if sys.platform != "linux":
        return "namespaces are Linux's"
    try:
        with tempfile.TemporaryDirectory(prefix="nc-") as scratch:
            folder = Path(scratch, "library", LIBRARY.name)
            folder.mkdir(parents=True)
            command = _shut_in([sys.executable, "-c", ""], folder, Path(scratch), folder)
            subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    except subprocess.CalledProcessError as error:
        return (error.stderr.strip().splitlines() or ["`unshare` failed"])[-1]
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return ""


def sockets():
    """Return where a kernel's sockets may be: without a network in a file of a short name."""
    return "tcp" if why_open() else "/tmp/kernel"


def start(source, root, folder, scratch, seconds):
    """Start Python for a notebook, with a pipe to it and one from it.

    Parameters
    ----------
    source : str
        What Python runs, with the library without answers.
    root, folder : pathlib.Path
        A copy of the student's folder, and the folder in it that the notebook works in.
    scratch : pathlib.Path
        An empty folder for what it needs besides.
    seconds : float
        How long it may compute, as a limit of the system, a good deal above what is waited for.

    Returns
    -------
    subprocess.Popen
    """
    home = scratch / "home"
    _make_home(home)
    settings = {name: os.environ[name] for name in _KEPT if name in os.environ} | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "PYTHONPATH": str(stripped(scratch / "library")),
        "TMPDIR": str(home),
        MARK: str(scratch),
    }
    command = [sys.executable, "-c", _LIMITS.format(**_limits(seconds)) + source]
    if not why_open():
        command = _shut_in(command, root, scratch, folder)
    return subprocess.Popen(
        command,
        cwd=folder,
        env=settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _make_home(home):
    """What matplotlib knows of the fonts goes with it, or each notebook would look for them."""
    (home / "matplotlib").mkdir(parents=True)
    with suppress(ImportError, OSError):
        import matplotlib.font_manager

        for path in Path(matplotlib.get_cachedir()).glob("fontlist*.json"):
            shutil.copy(path, home / "matplotlib")


_LIMITS = """
try:
    import resource
except ImportError:  # Windows has none
    pass
else:
    for what, most in {limits}:
        what = getattr(resource, what)
        hard = resource.getrlimit(what)[1]
        most = most if hard < 0 else min(most, hard)
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):  # macOS knows the limit of memory, and does not keep it
            pass
"""


def _limits(seconds):
    import psutil

    most = 2 * PROCESSES  # threads count too
    if os.name == "posix" and (os.getuid() or why_open()):
        for process in psutil.process_iter(["num_threads", "uids"]):  # the system counts them too
            if process.info["uids"] and process.info["uids"].real == os.getuid():
                most += process.info["num_threads"] or 0
    return {
        "limits": [
            ("RLIMIT_AS", MEMORY),
            ("RLIMIT_FSIZE", _FILE),
            ("RLIMIT_CORE", 0),
            ("RLIMIT_NPROC", most),
            ("RLIMIT_CPU", 60 + 4 * int(seconds)),
        ]
    }


def _shut_in(command, root, scratch, folder):
    """Return a command that runs another in namespaces of its own.

    Its root is a file system in memory. `unshare` ends with this process, and with it all of them.
    """
    new = scratch / "root"
    new.mkdir()
    size = _WRITTEN + sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    lines = [
        "set -e",
        f"mount -t tmpfs -o size={size},nr_inodes=200k,mode=755 tmpfs {_q(new)}",
        f"cd {_q(new)}",
        "mkdir -p proc dev/shm tmp etc",
        "ln -s /proc/self/fd dev/fd",
        "mount -t proc proc proc",
        "for x in sys sysrq-trigger irq bus fs; do",
        "  if [ -e proc/$x ]; then mount --bind proc/$x proc/$x; fi",
        "  if [ -e proc/$x ]; then mount -o remount,bind,ro,nosuid,nodev proc/$x; fi",
        "done",
    ]
    for name in _DEVICES:
        lines += [f"touch dev/{name}", f"mount --bind /dev/{name} dev/{name}"]
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            lines.append(f"ln -s {_q(os.readlink(path))} .{_q(path)}")
        elif path.exists():
            lines += _bound(path, path)
    for path in _pythons():
        lines += _bound(path, path)
    for name in _SETTINGS:
        if Path("/etc", name).exists():
            lines += _bound(Path("/etc", name), Path("/etc", name))
    inside = [LIBRARY.is_relative_to(path) for path in (*map(Path, _SYSTEM), *_pythons())]
    if any(inside):  # an installed library is where Python is
        lines += _bound(scratch / "library" / LIBRARY.name, LIBRARY)
    for path in (root, scratch / "home", scratch / "library"):
        if path.exists():
            lines += [f"mkdir -p .{_q(path)}", f"cp -RP {_q(path)}/. .{_q(path)}"]
    user = ""
    if not os.getuid():  # the system sets root no limit of processes: take a user of its own
        number = _USERS + next(_numbers) % _USERS
        user = f"--reuid={number} --regid={number} --clear-groups"
        lines += ["chmod 1777 tmp dev/shm"]
        lines += [
            f"chown -R {number}:{number} .{_q(path)}"
            for path in (root, scratch / "home")
            if path.exists()
        ]
    lines += [
        "mkdir old",
        "pivot_root . old",
        "cd /",
        "umount -l old",
        "rmdir old",
        f"cd {_q(folder)}",
        # The shell stays as the first process, which nothing in here can end or become.
        f"setpriv {user} --no-new-privs --bounding-set=-all --inh-caps=-all "
        + shlex.join(map(str, command)),
    ]
    own = ["--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child"]
    if os.getuid():
        own += ["--user", "--map-root-user"]
    return ["setpriv", "--pdeathsig", "KILL", "unshare", *own, "sh", "-c", "\n".join(lines)]


def _pythons():
    """Return the folders that Python and its packages are in, outer ones first."""
    places = {sys.base_prefix, sys.prefix, *site.getsitepackages()}
    if site.ENABLE_USER_SITE:
        places.add(site.getusersitepackages())
    places |= {str(Path(place).resolve()) for place in places}
    found = []
    for place in sorted(map(Path, places), key=lambda path: len(path.parts)):
        covered = (*map(Path, _SYSTEM), *found)
        if place.exists() and not any(place.is_relative_to(other) for other in covered):
            found.append(place)
    return found


def _bound(source, target):
    """Return lines that show something in the new root, read-only."""
    there = f".{_q(target)}"
    make = f"mkdir -p {there}" if source.is_dir() else f"touch {there}"
    return [
        make,
        f"mount --rbind {_q(source)} {there}",
        f"mount -o remount,bind,ro,nosuid,nodev {there}",
    ]


def _q(path):
    return shlex.quote(str(path))


def end_all(process, scratch):
    """Kill a notebook's process and all that it has started, which has our mark."""
    import psutil

    with suppress(OSError):
        process.kill()
    if not why_open():  # its namespace ended with it
        return
    for _ in range(10):  # what is killed may just have started another
        ours = [
            other
            for other in psutil.process_iter(["environ"])
            if (other.info["environ"] or {}).get(MARK) == str(scratch)
        ]
        if not ours:
            return
        for other in ours:
            with suppress(psutil.Error):
                other.kill()


def taken(process):
    """Return how many processes a notebook has, and the bytes of memory that they hold."""
    import psutil

    try:
        first = psutil.Process(process.pid)
        found = [first, *first.children(recursive=True)]
    except psutil.Error:
        return 0, 0
    if len(found) > PROCESSES:
        return len(found), 0
    memory = 0
    for measure in ("rss", "pss"):  # the first is quick, and counts twice what two share
        memory = sum(_held(one, measure) for one in found)
        if memory <= MEMORY:
            break
    return len(found), memory


def _held(process, measure):
    import psutil

    with suppress(psutil.Error):
        if measure == "rss":
            return process.memory_info().rss
        full = process.memory_full_info()
        return getattr(full, "pss", full.rss)
    return 0
