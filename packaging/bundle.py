"""The double-click program: a folder that needs no Python, an archive and a package of it.

``dev.py bundle`` builds it for the system it runs on, with every kernel compiled for both levels
of x86-64 (with and without AVX2), so that nothing is compiled at the very first start, then tries
it out (``smoke``) and says what takes the space. On Linux machine code is loaded without its
compiler (code_store.py), so Numba and LLVM, a third of the size, stay at home. Linux is built
and tested; the recipes for Windows and macOS in packaging/windows and packaging/macos are not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
DIST = ROOT / "dist"
NAME = "nnstudio"
#: Compiled code is shipped for processors with AVX2 and for any other.
LEVELS = ("x86-64-v3", "x86-64")
#: What the program does not use; each was found by looking for what takes the space.
EXCLUDED = (
    "tkinter", "matplotlib", "IPython", "torch", "scipy", "sklearn", "pandas", "jax", "PIL.ImageTk",
    "numba.cuda", "numba.tests", "numpy.tests", "onnx.reference", "onnx.backend", "onnxruntime",
    "h5py", "keras",
    "pyqtgraph.examples", "pyqtgraph.opengl", "pytest", "hypothesis", "setuptools",
    "pip", "PyInstaller",
    "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtQuickWidgets", "PySide6.QtQuickControls2",
    "PySide6.QtDesigner", "PySide6.QtHelp", "PySide6.QtSql", "PySide6.QtTest",
    "PySide6.QtConcurrent", "PySide6.QtNetwork", "PySide6.QtXml",
    "PySide6.QtUiTools", "PySide6.QtDBus",
    "readline",  # nothing asks for lines, and its library is under the GPL
)  # fmt: skip
#: With all code compiled, the compiler itself; elsewhere than on Linux its cache needs it.
COMPILER = ("numba", "llvmlite") if sys.platform == "linux" else ()
#: Qt libraries and plugins that come along unasked and are never loaded.
SHED = (
    *(f"*Qt6{name}*" for name in (
        "Qml", "Quick", "Pdf", "VirtualKeyboard", "WebEngine", "Designer", "Help", "Sql", "Test",
        "ShaderTools", "3D", "Labs",
    )),
    "_avif*", "libavif-*",
    # GTK's looks with all that they need; the window has looks of its own.
    *(f"lib{name}*" for name in (
        "qgtk3", "gtk-3", "gdk-3", "gdk_pixbuf", "atk-", "atspi", "cairo", "pango", "pixman",
        "thai", "datrie", "epoxy", "gio-2", "gobject-2", "gmodule-2", "mount.so", "blkid",
        "Xcomposite", "Xdamage", "Xinerama", "jpeg.so",
    )),
    # Screens without a window system, and what reaches the network.
    *(f"lib{name}*" for name in (
        "qvnc", "qeglfs", "qlinuxfb", "qminimalegl", "qtuiotouch", "qevdev", "Qt6EglF",
        "Qt6Network", "gssapi", "krb5", "k5crypto", "com_err", "keyutils",
    )),
)  # fmt: skip
SHED_FOLDERS = (
    *(f"{place}/{name}" for place in ("PySide6/Qt", "PySide6") for name in (
        "qml", "plugins/qmltooling", "plugins/virtualkeyboard", "plugins/sqldrivers",
        "plugins/designer", "plugins/networkinformation", "plugins/tls",
    )),
    "PySide6/Qt/plugins/egldeviceintegrations", "PySide6/scripts", "onnx/backend", "onnx/reference",
)  # fmt: skip
#: Large libraries that come with symbols which only a debugger reads.
STRIPPED = ("libllvmlite.so", "_polars_runtime*.so", "libpython3*.so*")
KEPT_LANGUAGES = ("qt_zh_CN", "qtbase_zh_CN", "qt_en", "qtbase_en")


def build() -> Path:
    """Let PyInstaller collect the program; gives its folder."""
    import licences

    separator = os.pathsep
    command = [
        sys.executable, "-m", "PyInstaller", "--noconfirm", "--onedir", "--name", NAME,
        "--distpath", str(DIST), "--workpath", str(BUILD), "--specpath", str(BUILD),
        "--log-level", "WARN",
        "--add-data", f"{ROOT / 'resources'}{separator}resources",
        "--paths", str(ROOT),
        "--collect-submodules", "nnstudio",
        *(() if COMPILER else ("--hidden-import", "numba._devicearray")),
        "--copy-metadata", "numba", "--copy-metadata", "llvmlite", "--copy-metadata", "numpy",
        *(part for name in EXCLUDED + COMPILER for part in ("--exclude-module", name)),
    ]  # fmt: skip
    if sys.platform != "linux":
        command += ["--icon", str(icon())]
    if os.name == "nt":  # a console program, for its verbs, whose own console does not show
        command += ["--hide-console", "hide-early"]
    subprocess.run([*command, str(ROOT / "packaging" / "launch.py")], check=True, cwd=ROOT)
    folder = DIST / NAME
    # As source, beside the archive of all other modules: compiled code is found by its hash.
    inside = folder / "_internal" / "nnstudio"
    shutil.copytree(
        ROOT / "nnstudio", inside, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    shed(folder / "_internal")
    for file in licences.leave(BUILD / NAME, folder / "_internal"):
        say(f"no licence is known for {file}")
    return folder


def icon() -> Path:
    """The program's icon as a picture that PyInstaller makes Windows' and macOS's from."""
    import linux_package

    BUILD.mkdir(exist_ok=True)
    shutil.rmtree(BUILD / "icons", ignore_errors=True)
    linux_package.icons(BUILD / "icons")
    return BUILD / "icons" / "256x256" / "apps" / "nnstudio.png"


def shed(inside: Path) -> None:
    """Take out what is never loaded."""
    for pattern in SHED:
        for file in inside.rglob(pattern):
            file.unlink()
    for name in SHED_FOLDERS:
        shutil.rmtree(inside / name, ignore_errors=True)
    if sys.platform == "linux" and shutil.which("strip"):  # on macOS it would break signatures
        for pattern in STRIPPED:
            for file in inside.rglob(pattern):
                if not file.is_symlink():
                    subprocess.run(["strip", "--strip-unneeded", str(file)], check=True)
    for file in inside.rglob("*.qm"):
        if file.stem not in KEPT_LANGUAGES:
            file.unlink()
    shutil.rmtree(inside / "resources" / "pictures", ignore_errors=True)
    for name in ("tests", "test"):
        for folder in [found for found in inside.rglob(name) if found.is_dir()]:
            shutil.rmtree(folder, ignore_errors=True)


def warm(folder: Path) -> None:
    """Compile every kernel for every level, on all cores: from source, or by the built program
    where it brings its compiler. What an earlier build of the same kernels compiled is used again.
    """
    what = [sys.executable, "-m", "nnstudio"] if COMPILER else [program(folder)]
    begin = time.monotonic()
    source = stamp(folder)
    cores = os.cpu_count() or 1
    shares = [("--share", f"{i}/{cores}") for i in range(cores)]
    for arguments in (shares, [("--plain",)]):  # the last sees to it that it is complete
        running = []
        for level in LEVELS:
            target = BUILD / "compiled" / source / level
            target.mkdir(parents=True, exist_ok=True)
            variables = os.environ | {
                "NUMBA_CPU_NAME": level, "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(target),
            }  # fmt: skip
            running += [
                subprocess.Popen([*what, "warm", *words], env=variables, cwd=ROOT,
                                 stdout=subprocess.DEVNULL)
                for words in arguments
            ]  # fmt: skip
        if sum(process.wait() for process in running):
            raise RuntimeError("compiling failed")
    inside = folder / "_internal" / "nnstudio" / "compiled"
    for level in LEVELS:
        shutil.copytree(BUILD / "compiled" / source / level, inside / level)
        (inside / level / "stamp").write_text(source)
    say(f"compiled for {', '.join(LEVELS)} in {time.monotonic() - begin:.0f} s")


def stamp(folder: Path) -> str:
    """The source stamp as the built program sees it."""
    done = subprocess.run([program(folder), "warm", "--stamp"], check=True, capture_output=True)
    return done.stdout.decode().strip()


def program(folder: Path) -> str:
    """The executable of a built folder."""
    return str(folder / (NAME + (".exe" if os.name == "nt" else "")))


def sizes(folder: Path) -> str:
    """What takes the space, the largest first."""
    inside = folder / "_internal"
    found: dict[str, int] = {}
    for file in inside.rglob("*"):
        if file.is_file() and not file.is_symlink():
            part = file.relative_to(inside).parts[0]
            found[part] = found.get(part, 0) + file.stat().st_size
    lines = [f"{size / 1e6:8.1f} MB  {name}" for name, size in
             sorted(found.items(), key=lambda item: -item[1])[:14]]  # fmt: skip
    return "\n".join([*lines, f"{sum(found.values()) / 1e6:8.1f} MB  in all"])


def archive(folder: Path, version: str) -> Path:
    """A tar.xz of the folder."""
    target = DIST / f"{NAME}-{version}-linux-x86_64.tar.xz"
    packer = shutil.which("xz")
    if packer is None:
        with tarfile.open(target, "w:xz", preset=6) as file:
            file.add(folder, NAME)
        return target
    with target.open("wb") as out:
        tar = subprocess.Popen(
            ["tar", "--sort=name", "-C", str(DIST), "-cf", "-", NAME], stdout=subprocess.PIPE
        )
        subprocess.run([packer, "-9", "-T0", "-c"], stdin=tar.stdout, stdout=out, check=True)
        if tar.wait():
            raise RuntimeError("tar failed")
    return target


def say(text: str) -> None:
    """Tell on standard error, apart from what a verb prints."""
    print(text, file=sys.stderr, flush=True)


# --- trying it out --------------------------------------------------------------------------------


def nobody() -> dict[str, Any]:
    """How to run a program as somebody without rights: to root every folder can be written."""
    if os.name == "nt" or os.geteuid():
        return {}
    return {"user": 65534, "group": 65534, "extra_groups": []}


def lock(folder: Path, shut: bool) -> None:
    """Let nobody write to the program's folder, or its owner again."""
    if os.name != "nt":
        subprocess.run(["chmod", "-R", "a-w" if shut else "u+w", str(folder)], check=True)


def unmet(folder: Path) -> set[str]:
    """Libraries that windows need and that neither the program brings nor this machine has: of such
    a machine's users none could open it, and a start off screen does not tell."""
    plugins = folder / "_internal" / "PySide6" / "Qt" / "plugins"
    missing = set()
    for file in [*plugins.glob("platforms/*.so"), *plugins.glob("xcbglintegrations/*.so")]:
        told = subprocess.run(["ldd", str(file)], check=True, capture_output=True, text=True).stdout
        missing |= {line.split()[0] for line in told.splitlines() if "not found" in line}
    return missing


def smoke(folder: Path) -> dict[str, object]:
    """Start the program twice as a stranger's machine would: from another directory, read-only,
    with a home that cannot be written. Raises ``AssertionError`` if anything is amiss."""
    if sys.platform == "linux":
        lacking = unmet(folder)
        assert not lacking, f"windows need {', '.join(sorted(lacking))}"
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        here.chmod(0o755)
        shut = here / "home"
        shut.mkdir(mode=0o500)
        keep = ["PATH", "LANG", "DISPLAY", "XAUTHORITY"]
        if os.name == "nt":
            keep = list(os.environ)  # much of Windows needs its variables
        variables = {key: os.environ[key] for key in keep if key in os.environ} | {
            "HOME": str(shut), "XDG_CACHE_HOME": str(shut / "none"), "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": name, "LOCALAPPDATA": str(shut), "APPDATA": str(shut),
        }  # fmt: skip
        lock(folder, True)
        try:
            for number in (1, 2):
                begin = time.time()
                done = subprocess.run(
                    [program(folder), "try", "--preset", "mnist-mlp", "--seconds", "1"],
                    env=variables, cwd=here, capture_output=True, text=True, timeout=240,
                    **nobody(),
                )  # fmt: skip
                if done.returncode:
                    raise AssertionError(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
                told = json.loads(done.stdout.splitlines()[-1])
                told["seconds"] = round(time.time() - begin, 2)
                told["first_paint_s"] = round(told.pop("painted") - begin, 2)
                assert told["compiled"] == 0, told
                assert told["steps"] > 0, told
                assert all(told["registry"].values()), told
                figures[f"start {number}"] = told
            assert not list(shut.iterdir()), "something was written to the home"
        finally:
            lock(folder, False)
    return figures


# --- the verb -------------------------------------------------------------------------------------


def main(version: str) -> int:
    """Everything; prints the figures as JSON."""
    import linux_package

    shutil.rmtree(DIST / NAME, ignore_errors=True)
    say("Collecting ...")
    folder = build()
    warm(folder)
    say(sizes(folder))
    figures = smoke(folder)
    if sys.platform == "linux":
        say("Packing ...")
        made = (archive(folder, version), linux_package.deb(folder, DIST, version))
        figures["MB"] = {file.name: round(file.stat().st_size / 1e6, 1) for file in made}
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
