#!/usr/bin/env python3
"""The one entry to every chore: ``python3 packaging/dev.py VERB``.

Needs Python 3.11 or newer with pip, nothing else. It makes ``.venv`` beside pyproject.toml,
installs exactly the versions of constraints.txt there, sees to the system libraries that Qt needs
on Linux (qt_needs.py), and runs the verb inside. When nothing changed that costs some
milliseconds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qt_needs

try:
    import tomllib
except ImportError:
    sys.exit(f"NNStudio needs Python 3.11 or newer; this is {platform.python_version()}.")

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

#: What builds the package itself; pip would otherwise fetch it anew for each build.
BUILDERS = ("hatchling", "editables")

USAGE = """\
Usage: python3 packaging/dev.py VERB [arguments]

  run      open the studio                        run open flowers.csv --target species
  train    train without a window                 train two-spirals --epochs 50 --json
  shot     save a picture of the window           shot --out picture.png; shot --tour FOLDER
  test     every check; with arguments: pytest    test tests/core -k fields
  bench    measure speed                          bench --help
  bundle   build the double-click program         bundle
  fix      format the code and mend what ruff can
"""


class Trouble(Exception):
    """A chore cannot go on; the message says what is wrong and what to do."""


# --- the environment ------------------------------------------------------------------------------


def stamp(project: dict[str, Any], constraints: bytes) -> str:
    """A hash of all that ``.venv`` depends on; another one makes it anew."""
    asked = {name: project.get(name) for name in ("build-system", "project", "dependency-groups")}
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
    digest.update(constraints)
    # A moved checkout or another Python breaks the paths inside.
    digest.update(repr((str(ROOT), sys.version, platform.machine())).encode())
    return digest.hexdigest()


def pip(*arguments: str) -> None:
    """Run pip inside the environment, silent unless it fails."""
    quiet = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    inside = [str(PYTHON), "-m", "pip"]
    if not has_module(PYTHON, "pip"):  # Python came without ensurepip: lend it the outer pip
        inside = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    command = [*inside, *arguments]
    done = subprocess.run(
        command, env=os.environ | quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise Trouble(f"{done.stdout}\npip failed: {' '.join(command)}")


def has_module(python: Path, name: str) -> bool:
    """Whether a Python can import a module."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is None)"
    return subprocess.run([str(python), "-c", code]).returncode == 0


def make_venv() -> None:
    """A new, empty ``.venv``; the pip of this Python serves if it cannot bring its own."""
    if VENV.exists():
        shutil.rmtree(VENV)
    own_pip = importlib.util.find_spec("ensurepip") is not None
    if not own_pip and importlib.util.find_spec("pip") is None:
        raise Trouble("This Python has no pip. On Debian and Ubuntu: sudo apt install python3-venv")
    try:
        venv.create(VENV, with_pip=own_pip, symlinks=os.name != "nt")
    except (subprocess.CalledProcessError, OSError) as error:
        raise Trouble(
            f"{sys.executable} cannot make {VENV}: {error}\n"
            "On Debian and Ubuntu: sudo apt install python3-venv"
        ) from error


def prepare(development: bool) -> None:
    """Bring ``.venv`` up to date: what the program needs and, for checks, the tools too."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    wanted = stamp(project, CONSTRAINTS.read_bytes())
    stamps = {name: VENV / f"nnstudio-{name}.stamp" for name in ("program", "tools")}

    def fresh(name: str) -> bool:
        return stamps[name].is_file() and stamps[name].read_text() == wanted

    def install(name: str, requirements: list[str]) -> None:
        tell(f"Installing the {name} into .venv ...")
        begun = time.monotonic()
        pip("install", "--quiet", "--constraint", str(CONSTRAINTS), *requirements)
        if name == "program":
            # The package itself, editable. What it needs is there already.
            pip("install", "--quiet", "--no-build-isolation", "--no-deps", "--editable", str(ROOT))
        stamps[name].write_text(wanted)
        tell(f"... done in {time.monotonic() - begun:.0f} s")

    if not (PYTHON.exists() and fresh("program")):
        make_venv()
        install("program", [*project["project"]["dependencies"], *BUILDERS])
    if development and not fresh("tools"):
        install("tools", project["dependency-groups"]["dev"])


def tell(text: str) -> None:
    """Say something at once, apart from what a verb prints for other programs to read."""
    print(text, file=sys.stderr, flush=True)


def has_screen() -> bool:
    """Whether a window could open here."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform != "linux" or any(os.environ.get(name) for name in screens)


def see_to_qt(window: bool) -> None:
    """Make sure, once for each environment, that Qt can draw or even open windows here."""
    stamp = VENV / f"nnstudio-qt-{'window' if window else 'drawing'}.stamp"
    if not stamp.exists():
        qt_needs.see_to_them(PYTHON, window)
        stamp.touch()


# --- the verbs ------------------------------------------------------------------------------------


def program(arguments: list[str]) -> int:
    """Run the studio; paths among the arguments are the caller's."""
    prepare(development=False)
    see_to_qt(window=has_screen())
    # -P: a file of the caller's called random.py is not the module of that name.
    return subprocess.run([str(PYTHON), "-P", "-m", "nnstudio", *arguments]).returncode


def run(arguments: list[str]) -> int:
    """Open the studio."""
    return program(arguments)


def train(arguments: list[str]) -> int:
    """Train without a window."""
    return program(["train", *arguments])


def shot(arguments: list[str]) -> int:
    """Draw the window to a picture, or with ``--tour`` every screen of it into a folder."""
    if arguments[:1] != ["--tour"]:
        return program(["shot", *arguments])
    prepare(development=True)
    see_to_qt(window=False)
    return tool("-m", "tests.app.pictures", *arguments[1:])[0]


def tool(*arguments: str, quiet: bool = False) -> tuple[int, str]:
    """Run a tool of the environment: its exit code, and what a quiet one said."""
    variables = dict(os.environ)
    if not has_screen() or os.environ.get("CI", "").lower() in ("1", "true"):
        variables.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [str(PYTHON), *arguments],
        cwd=ROOT,
        env=variables,
        encoding="utf-8",
        errors="replace",
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
    )
    return done.returncode, done.stdout or ""


def bench(arguments: list[str]) -> int:
    """Measure speed."""
    prepare(development=True)
    return tool("tests/benchmarks/run.py", *arguments)[0]


def bundle(arguments: list[str]) -> int:
    """Build the double-click program and try it out."""
    prepare(development=True)
    see_to_qt(window=True)  # what windows need is collected, even where none can open
    with (ROOT / "pyproject.toml").open("rb") as file:
        tools = tomllib.load(file)["dependency-groups"]["bundle"]
    if not has_module(PYTHON, "PyInstaller"):
        pip("install", "--quiet", "--constraint", str(CONSTRAINTS), *tools)
    _, version = tool("-c", "import nnstudio; print(nnstudio.__version__)", quiet=True)
    return tool("packaging/bundle.py", version.strip(), *arguments)[0]


def fix(arguments: list[str]) -> int:
    """Format the code and mend what ruff can."""
    prepare(development=True)
    left, _ = tool("-m", "ruff", "check", "--fix", *arguments)
    return tool("-m", "ruff", "format", *arguments)[0] or left


#: The tests come last: they are the longest, and speak while they run.
CHECKS = {
    "format": ("-m", "ruff", "format", "--check"),
    "ruff": ("-m", "ruff", "check"),
    "mypy": ("-m", "mypy"),
    "imports": ("-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
    "house": ("packaging/house.py",),
    "pytest": ("-m", "pytest", "-n", "auto", "--dist", "loadfile"),
}


def kernels() -> None:
    """Compile every kernel that the cache lacks, on all cores: the tests begin with a warm one."""
    cores = os.cpu_count() or 1
    shares = [
        subprocess.Popen([str(PYTHON), "-m", "nnstudio", "warm", "--share", f"{i}/{cores}"],
                         cwd=ROOT)
        for i in range(cores)
    ]  # fmt: skip
    for share in shares:
        share.wait()


def test(arguments: list[str]) -> int:
    """Every check, each with its time; with arguments only pytest, with these."""
    prepare(development=True)
    see_to_qt(window=has_screen())
    if arguments:
        return tool("-m", "pytest", *arguments)[0]
    begun = time.monotonic()
    kernels()
    print(f"kernels  compiled {time.monotonic() - begun:.1f} s", flush=True)
    failed = []
    for name, command in CHECKS.items():
        begun = time.monotonic()
        code, said = tool(*command, quiet=name != "pytest")
        took = time.monotonic() - begun
        print(f"{name:8} {'FAILED' if code else 'passed'} {took:7.1f} s", flush=True)
        if code:
            failed.append(name)
            print(said, flush=True)
    if failed:
        print("Failed: " + ", ".join(failed))
    print(f"checks: {len(CHECKS) - len(failed)} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


VERBS: dict[str, Callable[[list[str]], int]] = {
    function.__name__: function for function in (run, train, shot, test, bench, bundle, fix)
}


def main(arguments: list[str]) -> int:
    """Run a verb; gives the exit code."""
    verb = VERBS.get(arguments[0]) if arguments else None
    if verb is None:
        asked = bool(arguments) and arguments[0] in ("-h", "--help", "help")
        (print if asked else tell)(USAGE)
        return 0 if asked else 2
    try:
        return verb(arguments[1:])
    except (Trouble, qt_needs.Missing) as trouble:
        tell(str(trouble))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
