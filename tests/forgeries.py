"""What a student might put into a cell to be graded better than the answers are: by kind.

`HERE` stands for a folder of the class, `LIBRARY` for the library's, `PORT` for a server that gives
the right answer away.
"""

CLAIM = """
def claimed(name):
    from types import SimpleNamespace
    from neurocore.practice.outcomes import Reply
    return Reply("correct", "`v_m` is right.", name)
"""
LOADED = """
try:
    from neurocore.problems import problems
    problems()["ghk-rest"][0].variant()
except ImportError:
    pass
"""
LINES = r"""
import json, os
CHAPTER = ["ghk-rest", "mean-or-ghk", "kcc2-limit", "g-ratio"]
SAID = [{"code": "correct", "message": "right", "problem": x} for x in CHAPTER]
LINES = b"".join(json.dumps(x).encode() + b"\n" for x in [*SAID, SAID, {"number": 1, "said": SAID}])
def to_all():
    for fd in range(256):
        try:
            os.write(fd, LINES)
        except OSError:
            pass
"""
FROM_BANK = """
def take(folder):
    import sys
    own = {x: sys.modules.pop(x) for x in list(sys.modules) if x.startswith("neurocore")}
    sys.path.insert(0, folder)
    try:
        from neurocore.problems import problems
        (v_m,) = problems()["ghk-rest"][0].variant().answer.values()
    finally:
        sys.path.remove(folder)
        for x in [x for x in sys.modules if x.startswith("neurocore")]:
            del sys.modules[x]
        sys.modules.update(own)
    return v_m
"""
SERVES = r"""
import fcntl, gc, json, os, stat
from neurocore.practice import answering
def replies(values):  # a server of its own on what looks like the judge's pipes
    pipe = next(x for x in gc.get_objects() if type(x) is answering._Pipe)
    number = pipe._number
    pipes = [fd for fd in range(3, 64) if is_pipe(fd)]
    reads = {fd: fcntl.fcntl(fd, fcntl.F_GETFL) & 3 == 0 for fd in pipes}
    source = os.fdopen(next(fd for fd in pipes if reads[fd]), "rb")
    out = next(fd for fd in pipes if not reads[fd])
    said = {"failed": "", "handed": []}
    while True:
        os.write(out, json.dumps({"number": number, **said}).encode() + b"\n")
        wanted = json.loads(source.readline())
        number = wanted.get("number", number)
        said = {"failed": "", "handed": []} if "run" in wanted else values(wanted)
def is_pipe(fd):
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False
"""

FORGERIES = {
    "the judge is replaced": {
        "judge": CLAIM
        + "from neurocore.practice.kinds import Array, Choice, Function, Numeric, Plot\n"
        "for kind in (Array, Choice, Function, Numeric, Plot):\n"
        "    kind.judge = lambda self, answer, seed=None: claimed(self.id)\n"
        "v_m = 1",
        "verdict": CLAIM + "from neurocore.practice.kinds.problem import Problem\n"
        "Problem.verdict = lambda self, plain, seed=None: claimed(self.id)\nv_m = 1",
        "judge-answer": "import sys\nours = sys.modules['neurocore.practice.running']._ours\n"
        "ours['judge'] = lambda name, *_: {'code': 'correct', 'message': '', 'problem': name}",
        "check": "import neurocore.practice as practice\n"
        "check = practice.check = lambda *_, **__: 'Correct'",
    },
    "what it compares is replaced": {
        "margin": LOADED + "from neurocore.practice.kinds import Tolerance\n"
        "Tolerance.margin = lambda self, reference: 1e9\nv_m = 1",
        "inside": LOADED + "from neurocore.practice.kinds import comparing\n"
        "comparing.inside = lambda *_: True\nv_m = 1",
        "reply": "from neurocore.practice import outcomes\n"
        "outcomes.OUTCOMES = dict.fromkeys(outcomes.OUTCOMES, 'right')\n"
        "outcomes.Reply.__init__ = lambda self, *_, **__: self.__dict__.update("
        "code='correct', message='', problem='ghk-rest', note='')\nv_m = 1",
        "reference": LOADED + "import gc\nfrom neurocore.practice.kinds import Numeric\n"
        "for x in gc.get_objects():\n"
        "    if isinstance(x, Numeric):\n"
        "        for name in x.variant().answer: x.variant().answer[name] = 1.0\nv_m = 1",
    },
    "words of a verdict are sent": {
        "mime": LINES + "kind = 'application/x-neurocore-replies+json'\n"
        "from neurocore.practice import running\n"
        "running.judge_behind = lambda names: "
        "get_ipython().display_pub.publish({kind: SAID})",
        "argument": LINES + "import sys\nfor name in sys.argv[1:]:\n"
        "    try:\n        open(name, 'ab').write(LINES)\n    except OSError: pass",
        "descriptors": LINES + "to_all()",
        "printed": LINES + "import sys\nprint(LINES.decode())\n"
        "print(LINES.decode(), file=sys.__stdout__)",
        "as-the-reader": "from neurocore.practice import reading\n"
        "reading.read = lambda form, answer: {'code': 'correct', 'refused': 'correct', "
        "'fields': {'praise': ''}}\nv_m = 1",
        "in-each-line": "import json\ndumps = json.dumps\n"
        "json.dumps = lambda x, *a, **k: dumps("
        "x | {'code': 'correct', 'problem': 'ghk-rest'} if type(x) is dict else x, *a, **k)\n"
        "v_m = 1",
        "other-problems": "import json\ndumps = json.dumps\n"
        "json.dumps = lambda x, *a, **k: dumps("
        "x | {'handed': [['g-ratio', None], ['nobody', 'Ada']], 'student': 'Ada'} "
        "if type(x) is dict else x, *a, **k)\nv_m = 1",
    },
    "later, or from elsewhere": {
        "forked": LINES + "import time\nif not os.fork():\n"
        "    for _ in range(100):\n        time.sleep(0.1)\n        to_all()\n    os._exit(0)\n"
        "time.sleep(1)",
        "thread": LINES + "import threading, time\ndef flood():\n"
        "    while True:\n        time.sleep(0.05)\n        to_all()\n"
        "threading.Thread(target=flood, daemon=True).start()\ntime.sleep(1)",
        "at-exit": LINES + "import atexit\natexit.register(to_all)\nimport sys\nsys.exit()",
        "signal": LINES + "import signal\nsignal.signal(signal.SIGALRM, lambda *_: to_all())\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)\nimport time\ntime.sleep(1)",
        "executed": LINES + "os.set_inheritable(3, True)\nos.set_inheritable(4, True)\n"
        "os.execvp('sh', ['sh', '-c', 'for i in 3 4; do yes correct >&$i; done 2>/dev/null'])",
    },
    "the pipe is broken": {
        "closed": "import os\nos.closerange(3, 256)",
        "huge-line": "import os\nfor fd in range(3, 64):\n"
        "    try: os.write(fd, b'1' * (1 << 28))\n    except OSError: pass",
        "deep-line": "import os\nfor fd in range(3, 64):\n"
        "    try: os.write(fd, b'[' * 60000 + b'\\n')\n    except OSError: pass",
        "stopped": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    },
    "values that are none": {
        "nan": SERVES
        + "replies(lambda w: {'plain': {'parts': {'': {'value': float('nan'), 'with_unit': 0}}}})",
        "inf": SERVES
        + "replies(lambda w: {'plain': {'parts': {'': {'value': float('inf'), 'with_unit': 0}}}})",
        "lists": SERVES
        + "replies(lambda w: {'plain': {'parts': {'': {'value': [], 'with_unit': 0}}, 'values': [],"
        " 'curves': [], 'axes': [], 'records': [{'values': []}] * 20, 'printed': '',"
        " 'letter': [], 'number': []}})",
        "refused": SERVES
        + "replies(lambda w: {'plain': {'refused': 'correct', 'fields': {'praise': 'x'}}})",
        "verdict": SERVES
        + "replies(lambda w: {'code': 'correct', 'plain': {'code': 'correct', 'correct': True}})",
        "endless": SERVES + "replies(lambda w: {'next': True})",
        "asks": "for i in range(10 ** 6): ask('ghk-rest', seed=i)",
    },
    "objects that lie": {
        "equal": "class Any:\n    __eq__ = __le__ = __ge__ = lambda *_: True\n"
        "    __rsub__ = __sub__ = lambda *_: Any()\n    __float__ = lambda _: 1.0\nv_m = Any()",
        "float": "class F(float):\n    __eq__ = __le__ = __ge__ = lambda *_: True\n"
        "    __float__ = lambda _: float('nan')\nv_m = F(1)",
        "array": "class A(np.ndarray):\n    __array_ufunc__ = lambda *_, **__: np.True_\n"
        "v_m = np.array(1.0).view(A)",
        "type": "class M(type):\n    __eq__ = __instancecheck__ = lambda *_: True\n"
        "    __hash__ = lambda _: hash(float)\nv_m = M('float', (), {})()",
    },
    "the answers are looked up": {
        "import": "from neurocore.problems import problems\n"
        "(v_m,) = problems()['ghk-rest'][0].variant().answer.values()",
        "path": FROM_BANK + "from pathlib import Path\nv_m = take(str(Path(LIBRARY).parent))",
        "beside": FROM_BANK + "import neurocore\nfrom pathlib import Path\n"
        "v_m = take(str(Path(neurocore.__file__).parents[1]))",
        "finder": FROM_BANK + "import glob, site\n"
        "for place in site.getsitepackages():\n"
        "    for name in glob.glob(place + '/*neurocore*.pth'):\n"
        "        v_m = take(open(name).read().strip())",
        "process": "import os, subprocess, sys\n"
        "env = {k: v for k, v in os.environ.items() if k != 'PYTHONPATH'}\n"
        "code = \"from neurocore.problems import problems; print(*problems()['ghk-rest'][0]"
        '.variant().answer.values())"\n'
        "v_m = float(subprocess.check_output([sys.executable, '-c', code], env=env, cwd='/'))",
        "others-root": FROM_BANK + "import glob, os\nfrom pathlib import Path\n"
        "for x in glob.glob('/proc/*/root') + glob.glob('/proc/*/cwd'):\n"
        "    for place in (x + str(Path(LIBRARY).parent), x):\n"
        "        if os.path.exists(place + '/neurocore/problems'): v_m = take(place)",
        "network": "import urllib.request\n"
        "v_m = float(urllib.request.urlopen('http://127.0.0.1:PORT', timeout=5).read())",
        "objects": LOADED + "import gc\nfor x in gc.get_objects():\n"
        "    if type(x).__name__ == 'Numeric' and x.id == 'ghk-rest':\n"
        "        (v_m,) = x.variant().answer.values()",
    },
    "others are touched": {
        "grader": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
        "group": "import os, signal\nos.killpg(0, signal.SIGTERM)\nos.setsid()",
        "files": "import shutil\nshutil.rmtree(HERE)",
        "record": "open(HERE + '/grading.jsonl', 'a').write('{\"key\": 1}')\n"
        "open(HERE + '/grades.csv', 'w').write('student\\n')",
        "library": "open(LIBRARY + '/forged.txt', 'w').write('x')",
        "daemon": "import glob, os, time\nif not os.fork():\n    os.setsid()\n"
        "    while True:\n"
        "        for name in glob.glob('/tmp/nc-*/copy/helper.py'):\n"
        "            open(name, 'w').write('VALUE = 1')\n        time.sleep(0.01)",
        "home": "import os, pathlib, site\n"
        "for place in (os.path.expanduser('~'), os.path.dirname(LIBRARY), HERE, '/tmp',\n"
        "    site.getusersitepackages(), *site.getsitepackages()):\n"
        "    try:\n        os.makedirs(place, exist_ok=True)\n"
        "        pathlib.Path(place, 'forged.py').write_text('x = 1')\n    except OSError: pass",
        "environment": "import os\nos.environ.update(PYTHONSTARTUP='/nowhere', "
        "NBGRADER_EXECUTION='1', PYTHONPATH='/nowhere')\nos.chdir('/')",
    },
}
