"""Running a student's function where it can do no harm, and only for so long.

On Linux the function runs in a forked process: it needs no pickling, sees the notebook's
variables as they are, and is killed when its time is up, whatever it catches. On Windows and
macOS, where forking is not safe or not there, it runs in a thread that is abandoned when its
time is up. In the browser there is neither: it runs in place, and the page, which is told through
`watch`, ends the worker and starts a new one.
"""

import builtins
import contextlib
import io
import json
import logging
import os
import select
import signal
import sys
import threading
import time
import warnings

_PRINTED = 200  # characters of what a function prints that are shown
_LONGEST = 1 << 20  # bytes of a result
_SLOWNESS = 4  # how much longer Python may take in a browser
_MEMORY = 2 << 30  # bytes that a function may take beyond what the notebook holds


watch = None
"""In a page: called with the seconds that a function may take, and with 0 when it is back."""


class Stopped(Exception):
    """The time was up."""


class Crashed(Exception):
    """The process died, or sent nothing that can be read."""


class AskedForInput(Exception):
    """The function called `input`."""


def run(work, seconds):
    """Return what `work()` returns, with its printing caught and `input` refused.

    Parameters
    ----------
    work : callable
        Takes nothing, returns something that JSON can hold.
    seconds : float
        How long it may take.

    Returns
    -------
    (object, str)
        The result, and the beginning of what was printed.

    Raises
    ------
    Stopped, Crashed
        If the time is up, or if the process dies.
    """
    if sys.platform == "linux":
        return _in_process(work, seconds)
    if sys.platform == "emscripten":
        return _in_page(work, seconds)
    return _in_thread(work, seconds)


class _Printed(io.TextIOBase):
    """Keeps the beginning of what is written, and no more."""

    def __init__(self):
        self.text = ""

    def writable(self):
        return True

    def write(self, text):
        self.text += text[: _PRINTED - len(self.text)]
        return len(text)


def _no_input(*_):
    raise AskedForInput


def _quietly(work):
    printed = _Printed()
    asking, builtins.input = builtins.input, _no_input
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            return work(), printed.text
    finally:
        builtins.input = asking


def _in_page(work, seconds):
    if watch is None:  # JupyterLite
        return _quietly(work)
    watch(_SLOWNESS * seconds)
    try:
        return _quietly(work)
    finally:
        watch(0)


def _in_process(work, seconds):  # pragma: no mutate block (mutants kill more than the child)
    reading, writing = os.pipe()
    mark = os.urandom(16).hex().encode()  # what the function itself writes in the pipe has none
    with warnings.catch_warnings():
        # The kernel has threads. The child runs nothing that takes their locks, and a child that
        # hangs nevertheless is stopped when its time is up.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _confine()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(mark + json.dumps(_quietly(work)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        received = _received(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # and with it what the function has started
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not received.startswith(mark):
        raise Crashed
    try:
        return tuple(json.loads(received.removeprefix(mark)))
    except ValueError as error:
        raise Crashed from error


def _confine():
    """Cut the child off from the notebook's streams and from the machine's memory."""
    import resource

    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()  # what the kernel has to say about a figure shown in a child
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    with contextlib.suppress(OSError, ValueError):  # a machine may not let itself be limited
        with open("/proc/self/statm") as file:
            held = int(file.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = held + _MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


def _received(pipe, deadline):
    received = b""
    while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        piece = os.read(pipe, 1 << 16)
        received += piece
        if not piece:
            return received
        if len(received) > _LONGEST:
            raise Crashed
    raise Stopped


def _in_thread(work, seconds):
    outcome = []
    thread = threading.Thread(target=lambda: outcome.append(work()), daemon=True)

    def wait():
        thread.start()
        thread.join(seconds)

    _, printed = _quietly(wait)
    if thread.is_alive():
        raise Stopped
    if not outcome:
        raise Crashed
    return outcome[0], printed
