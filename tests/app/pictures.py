"""Pictures of every screen, to be looked at.

``python -m tests.app.pictures FOLDER`` or ``dev.py shot --tour FOLDER``: English and Chinese,
three themes, two sizes, each picture called after screen, language, theme and size. ``--scales``
draws the main screens at Qt's scale factors and in 4K, each scale in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.app import screens
from tests.app.screens import SCREENS, Screen
from tests.turns import turn

LANGUAGES, THEMES, SIZES = ("en", "zh"), ("light", "dark", "contrast"), ("1440x900", "1024x768")
#: What is drawn at every scale.
MAIN = ("plane", "convolutions", "table", "box-optimizer", "preferences", "commands")
#: Qt's scale, and the window's size in its own pixels.
SCALES = (
    ("1", "1440x900"), ("1.25", "1440x900"), ("1.5", "1280x720"), ("2", "1024x768"),
    ("1", "3840x2160"), ("2", "1920x1080"),
)  # fmt: skip


def pump(seconds):
    """Let the window live."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        turn()
        time.sleep(0.002)


def wait(holds, seconds=60):
    """Let the window live until something holds."""
    end = time.perf_counter() + seconds
    while not holds() and time.perf_counter() < end:
        pump(0.02)


def draw(studio, screen: Screen, options, folder: Path) -> None:
    """One screen in every language, theme and size."""
    window = studio.window
    for language in options.languages:
        for look in options.themes:
            window.looks.set_language(language)
            window.looks.set_theme(look)
            pump(0.05)  # what was opened anew has its place
            edits = window.document.stack.index()
            screen.open(window)
            pump(options.settle)
            file = folder / f"{screen.name}-{language}-{look}-{options.sizes[0]}.png"
            screens.picture(window).save(str(file))
            screens.tidy(window, edits)


def tour(options) -> None:
    """All screens, those of one setup after each other in one window."""
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [s for s in SCREENS if not options.only or s.name in options.only]
    for setup in dict.fromkeys(screen.setup for screen in wanted):
        of_setup = [screen for screen in wanted if screen.setup == setup]
        draw_setup(setup, of_setup, options, folder)


def draw_setup(setup, wanted, options, folder):
    """A window of its own for each setup."""
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    studio = Studio("two-spirals", None, Settings())
    try:
        width, height = map(int, options.sizes[0].split("x"))
        studio.window.resize(width, height)
        studio.start()
        wait(lambda: studio.session.ready)
        screens.put(studio.window, setup)
        studio.session.play()
        pump(options.seconds)
        training = True
        for screen in sorted(wanted, key=lambda one: not one.trains):
            if training and not screen.trains:
                training = False
                studio.session.pause()
                pump(1.0)
            draw(studio, screen, options, folder)
            print(screen.name, file=sys.stderr, flush=True)
    finally:
        studio.document.stack.setClean()
        studio.close()


def apart(options, scale: str, size: str, folder: Path, chosen: list[str]) -> None:
    """A process whose screen is as large as the window, at one of Qt's scales: Qt reads both once,
    when a process begins."""
    with tempfile.TemporaryDirectory() as home:
        screen = {"name": "picture", "x": 0, "y": 0, "logicalDpi": 96, "dpr": 1}
        width, height = (int(float(scale) * int(number)) for number in size.split("x"))
        file = Path(home) / "screen.json"
        file.write_text(json.dumps({"screens": [{**screen, "width": width, "height": height}]}))
        command = [
            sys.executable, "-m", "tests.app.pictures", str(folder), "--here", "--sizes", size,
            "--seconds", str(options.seconds), "--settle", str(options.settle), *chosen,
        ]  # fmt: skip
        names = ("config", "data", "state")
        own = {f"XDG_{name.upper()}_HOME": str(Path(home) / name) for name in names}
        own |= {"QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": f"offscreen:configfile={file}"}
        subprocess.run(command, env={**os.environ, **own}, check=True)


def main(arguments=None) -> None:
    """Read what is wanted and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--themes", nargs="+", default=THEMES, choices=THEMES)
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--only", nargs="+", default=(), choices=[s.name for s in SCREENS])
    parser.add_argument("--seconds", type=float, default=6.0, help="of training, first")
    parser.add_argument("--settle", type=float, default=0.35, help="seconds before each picture")
    parser.add_argument("--scales", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.scales:
        chosen = ["--languages", "en", "--themes", "light", "--only", *(options.only or MAIN)]
        for scale, size in SCALES:
            apart(options, scale, size, Path(options.folder) / f"scale-{scale}-{size}", chosen)
        return
    if not options.here:
        chosen = ["--languages", *options.languages, "--themes", *options.themes]
        chosen += ["--only", *options.only] if options.only else []
        for size in options.sizes:
            apart(options, "1", size, Path(options.folder), chosen)
        return
    from nnstudio.core.compiled import jit

    os.environ.setdefault("NUMBA_CACHE_DIR", str(jit.cache_folder()))
    from nnstudio.app.main import application

    keep = application(["pictures"])
    tour(options)
    del keep


if __name__ == "__main__":
    main()
