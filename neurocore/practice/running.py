"""A notebook in a real kernel, as in Jupyter, but with limits and in a copy of its folder.

Nothing here knows what is right. `serve` is the kernel's side: behind a cell it hands what the
student answered to a judge that it is given by name.
"""

import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import neurocore

_HOME = str(Path(neurocore.__file__).parents[1])
_MEMORY = 4 << 30  # bytes of address space of a notebook's process
_FILE = 1 << 28  # bytes of a file that it writes
_MIME = "application/x-neurocore-replies+json"
_SHOWN = 200  # characters of an error's last line
_MARK = "NEUROCORE_GRADES_IN"  # the variable that marks what a notebook has started
_CHILD = """
import sys
if sys.path[0] == "":  # a student's random.py must not stop the kernel; IPython puts it back
    del sys.path[0]
from neurocore.practice.running import serve
serve()
"""
_ours = {}  # in the kernel: the judge, and what was handed to `check` in the cell before it


class Step(NamedTuple):
    """A code cell's source, and the problems that are judged behind it."""

    source: str
    problems: list[str]


class Run(NamedTuple):
    """What came of a notebook: the judge's lines, failed cells, and why it ended early, if so."""

    said: list[dict[str, str]]
    failed: list[tuple[int, str]]
    why: str


def run(steps, folder, seconds):
    """Run the code cells of a notebook in a kernel of its own.

    Parameters
    ----------
    steps : list of Step
        The cells in order. One that fails does not stop those below it.
    folder : pathlib.Path
        The kernel's working folder. The notebook may write there.
    seconds : float
        How long all of them may take.

    Returns
    -------
    Run
        Failed cells are counted from 1 among the code cells.
    """
    # With a loop of its own nothing of one notebook is left when the next begins.
    return asyncio.run(_run(steps, folder, seconds))


async def _run(steps, folder, seconds):
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbformat.v4 import new_code_cell, new_notebook

    said, failed, number, why = [], [], 0, ""
    deadline = monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="nc-", ignore_cleanup_errors=True) as scratch:
        spec = Path(scratch, "kernels", "graded", "kernel.json")
        spec.parent.mkdir(parents=True)
        argv = [sys.executable, "-c", _CHILD, "-f", "{connection_file}"]
        spec.write_text(
            json.dumps({"argv": argv, "language": "python", "display_name": "graded"}),
            encoding="utf-8",
        )
        manager = AsyncKernelManager(
            kernel_name="graded",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(spec.parents[1])]),
            connection_file=str(Path(scratch, "connection.json")),
        )
        client = _client()(
            new_notebook(cells=[new_code_cell()]),  # in whose place each cell runs
            km=manager,
            timeout_func=lambda cell: max(0.1, deadline - monotonic()),
            startup_timeout=max(1, seconds),
            store_widget_state=False,
            record_timing=False,
            allow_errors=True,
            skip_cells_with_tag="",
            log=_silent(),
        )
        try:
            kernel = client.async_setup_kernel(
                cleanup_kc=True,
                cwd=str(folder),
                env=_environment(scratch),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            async with kernel:
                client.shutdown_kernel = "immediate"
                deadline = monotonic() + seconds
                for number, step in enumerate(steps, start=1):
                    client.begin()
                    await client.async_execute_cell(new_code_cell(step.source), 0)
                    if client.error:
                        failed.append((number, client.error))
                    if step.problems or "check" in step.source:
                        client.begin()
                        judge = new_code_cell(_judge_cell(step.problems))
                        await client.async_execute_cell(judge, 0)
                        said += client.replies
                        if client.error:
                            why = f"could not be judged behind code cell {number}: {client.error}"
        except CellTimeoutError:
            return Run(said, failed, f"was stopped after {seconds:g} s in code cell {number}")
        except (DeadKernelError, RuntimeError):
            return Run(
                said, failed, f"broke down in code cell {number}" if number else "broke down"
            )
        finally:
            _end_all(scratch)
    return Run(said, failed, why)


def _end_all(scratch):
    """Kill what the notebook has started, which has our folder in its environment."""
    import psutil

    for _ in range(10):  # what is killed may just have started another
        ours = [
            process
            for process in psutil.process_iter(["environ"])
            if (process.info["environ"] or {}).get(_MARK) == scratch
        ]
        if not ours:
            return
        for process in ours:
            with suppress(psutil.Error):
                process.kill()


def _judge_cell(names):
    # an import could be rebound by the notebook, sys.modules is harder to lose by accident
    return (
        "__import__('sys').modules['neurocore.practice.running'].judge_behind("
        f"__import__('json').loads({json.dumps(names)!r}))"
    )


def _silent():
    log = logging.getLogger("neurocore.practice.running")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    return log


def _environment(scratch):
    """As in Jupyter: the plots' backend is left to the kernel. Settings of one's own stay out."""
    kept = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "NBGRADER_EXECUTION")}
    path = os.pathsep.join(filter(None, (_HOME, os.environ.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path, "IPYTHONDIR": str(Path(scratch, "ipython")), _MARK: scratch}


def _client():
    from nbclient import NotebookClient

    class Client(NotebookClient):
        """Keeps no output but the error's last line and the judge's replies."""

        def begin(self):
            self.error, self.replies = "", []

        def output(self, outs, msg, display_id, cell_index):
            content = msg["content"]
            if msg["msg_type"] == "error":
                line = f"{content['ename']}: {content['evalue']}".strip().split("\n")[0]
                self.error = line.removesuffix(":")[:_SHOWN]
            elif msg["msg_type"] == "display_data" and _MIME in content["data"]:
                self.replies += content["data"][_MIME]

    return Client


def serve():
    """Be the kernel: set the limits, watch `check`, keep output to itself, and serve cells."""
    with suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE, _FILE))
    from ipykernel.kernelapp import launch_new_instance
    from jupyter_client.session import Session

    from neurocore import practice

    send = Session.send

    def sent(self, stream, what, content=None, *args, **kwargs):
        kind, inside = (
            (what, content) if isinstance(what, str) else (what["msg_type"], what["content"])
        )
        if _counts(kind, inside):
            return send(self, stream, what, content, *args, **kwargs)

    Session.send = sent  # type: ignore[method-assign, assignment]

    judged, handed = practice._judged, {}

    def watched(found, answer, seed):
        if answer is not practice._FROM_NOTEBOOK:
            handed[found.id] = ([answer], seed)
        return judged(found, answer, seed)

    practice._judged = watched
    from neurocore.practice.grade import judge_answer

    _ours.update(judge=judge_answer, handed=handed)
    launch_new_instance()


def _counts(kind, content):
    """Whether the grader needs a message: no output is sent, and no error at full length."""
    if kind in ("error", "execute_reply") and "evalue" in content:
        content.update(evalue=content["evalue"][:_SHOWN], traceback=[])
    if kind == "execute_reply":
        content["payload"] = []  # such as a help page
    if kind == "display_data":
        return _MIME in content["data"]
    return kind not in ("stream", "execute_input", "execute_result", "update_display_data")


def judge_behind(names):
    """In the kernel: judge what the cell before handed to `check`, or else the variables."""
    from IPython.core.interactiveshell import InteractiveShell

    shell, handed = InteractiveShell.instance(), _ours["handed"]
    said = []
    for name in dict.fromkeys([*names, *handed]):
        said.append(_ours["judge"](name, shell.user_ns, *handed.get(name, ())))
    handed.clear()
    shell.display_pub.publish({_MIME: said})
