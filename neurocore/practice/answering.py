"""The notebook's side: a Jupyter kernel that runs cells and says, as plain data, what they left.

Here nothing is known of what is right. Over a pipe comes what is to be done, a line of JSON each,
and a line of JSON answers it: see `serve`. Whatever a student's code does to this process, it can
only claim values for the variable that it was asked about.
"""

import asyncio
import json
import os
import sys
import threading

from neurocore import practice
from neurocore.practice import reading
from neurocore.practice.outcomes import Question, Reply

_SHOWN = 200  # characters of an error's last line
MOST = 50
"""How many answers count of those that one cell hands to `check`."""
_LATER = "Your answer is taken as it is here, and judged when the class is graded."
_handed = {}  # by problem and seed: the answers of the cell that runs


class _Pipe:
    """Lines of JSON to the judge and from it."""

    def __init__(self, incoming, outgoing):
        self._in, self._out = incoming, outgoing
        self._lock = threading.Lock()
        self._number = None  # of what is to be done: its answer carries it

    def receive(self):
        line = self._in.readline()
        if not line:  # the judge has left, and waits for nothing that the notebook would still do
            os._exit(0)
        found = json.loads(line)
        self._number = found.pop("number", self._number)
        return found

    def send(self, answer):
        line = json.dumps({"number": self._number, **answer})
        self._out.write(line.encode() + b"\n")
        self._out.flush()

    def ask(self, question):
        with self._lock:
            self.send(question)
            return self.receive()


def serve(names, sockets):
    """Be a kernel, and do what the judge's lines say, till they end.

    `names` says for each problem how its variable is called, and `sockets` where those that Jupyter
    insists on are: "tcp", or a path. Of the lines

    - ``{"run": source}`` runs a cell; the answer is ``{"failed": words, "handed": [[problem,
      seed], …]}``: "" if it did not fail, and what it handed to `check`.
    - ``{"read": form, "handed": n}`` reads the n-th of them, or where n is null the variable of
      the form's name; the answer is ``{"plain": what reading.read gives}``, or ``{}`` if it is
      not set.

    Till it answers, this side may ask ``{"ask": [problem, seed]}`` for a question's words, and
    ``{"next": true}`` for the next inputs of a student's function.
    """
    pipe = _Pipe(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what a notebook prints is nobody's
        os.dup2(nowhere, stream)
    _without_verdicts(pipe, names)
    asyncio.run(_serve(pipe, sockets))


async def _serve(pipe, sockets):
    kernel, loop = _kernel(sockets), asyncio.get_running_loop()
    while True:
        wanted = await loop.run_in_executor(None, pipe.receive)
        if "run" in wanted:
            _handed.clear()
            failed = await _run(kernel, wanted["run"])
            pipe.send({"failed": failed, "handed": [key for key, _ in _answers()]})
        elif "read" not in wanted:  # it comes too late for a function that was stopped
            continue
        elif wanted["handed"] is not None:
            pipe.send(_read(wanted["read"], _answers()[wanted["handed"]][1], pipe))
        elif wanted["read"]["name"] in kernel.shell.user_ns:
            pipe.send(_read(wanted["read"], kernel.shell.user_ns[wanted["read"]["name"]], pipe))
        else:
            pipe.send({})


def _kernel(sockets):
    """Return Jupyter's own kernel, which nobody listens to."""
    from ipykernel.kernelapp import IPKernelApp
    from jupyter_client.session import Session

    Session.send = lambda *_, **__: None  # type: ignore[method-assign]
    where = {} if sockets == "tcp" else {"transport": "ipc", "ip": sockets}
    app = IPKernelApp.instance(connection_file=f"{os.environ['HOME']}/kernel.json", **where)
    app.initialize([])
    return app.kernel


async def _run(kernel, source):
    message = kernel.session.msg("execute_request", {"code": source})
    kernel.set_parent([], message)
    try:
        done = await kernel.do_execute(source, silent=False, store_history=True)
    except BaseException as error:  # such as a magic that ends IPython
        return type(error).__name__
    if done["status"] == "ok":
        return ""
    line = f"{done['ename']}: {done['evalue']}".strip().split("\n")[0]
    return line.removesuffix(":")[:_SHOWN]


def _answers():
    return list(_handed.items())[-MOST:]


def _read(form, answer, pipe):
    if form["kind"] == "Function":
        form = form | {"calls": iter(lambda: pipe.ask({"next": True})["call"], None)}
    return {"plain": reading.read(form, answer)}


def _without_verdicts(pipe, names):
    """Put in the place of `check` and the others what needs no answers."""
    unset = object()

    def ask(problem, *, seed=None):
        said = pipe.ask({"ask": [problem, seed]})
        return Question(said["question"]) if "question" in said else Reply(**said["reply"])

    def check(problem, answer=unset, *, seed=None):
        known = type(problem) is str and problem in names and not practice.strange_seed(seed)
        if known and answer is unset:
            caller = sys._getframe(1)
            answer = caller.f_globals.get(names[problem], unset)
            answer = caller.f_locals.get(names[problem], answer)
        if known and answer is not unset:
            _handed[problem, seed] = answer
        return Reply("received", _LATER, problem)

    def later(problem, *, seed=None):
        return Reply("received", _LATER, problem)

    practice.ask, practice.check, practice.hint, practice.solution = ask, check, later, later
    practice.progress.summary = lambda: Reply("received", _LATER)  # type: ignore
