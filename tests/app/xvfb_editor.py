"""LeNet-5 and a residual net built in a real window with real X events, from an empty canvas.

``python -m tests.app.xvfb_editor [FOLDER]`` starts Xvfb, a window manager and the studio, and plays
a person with xdotool: drags and double-clicks out of the palette, keys, links pulled from port to
port, Play, undo to the empty canvas and redo. A timer inside the studio only reads (``xvfb_state``)
and writes where things are to a file. Pictures go to FOLDER. It ends with 1 if anything is
not as it should be. Needs Xvfb, openbox, xdotool and import (ImageMagick).
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DISPLAY = os.environ.get("EDITOR_DISPLAY", ":11")
PATIENCE = 90.0
LENET = [
    "Input",
    "Conv2D",
    "AvgPool2D",
    "Conv2D",
    "AvgPool2D",
    "Flatten",
    "Dense",
    "Dense",
    "Dense",
]


class Person:
    """Looks at the state, moves the pointer and presses keys."""

    def __init__(self, path, folder):
        self.path, self.folder = path, folder

    def do(self, *words):
        subprocess.run(["xdotool", *map(str, words)], check=True, timeout=60)

    def state(self):
        """What is so after everything before."""
        begin = self._read()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            now = self._read()
            if now is not None and (begin is None or now["tick"] >= begin["tick"] + 2):
                return now
            time.sleep(0.05)
        raise SystemExit("the window says nothing any more")

    def _read(self):
        with contextlib.suppress(OSError, ValueError):
            return json.loads(self.path.read_text())
        return None

    def until(self, holds, what):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            now = self.state()
            if holds(now):
                return now
        self.picture("wrong")
        raise SystemExit(f"waited in vain: {what}; {json.dumps(now)[:3000]}")

    def move(self, x, y):
        # Not --sync: where the pointer is there already that waits for ever.
        self.do("mousemove", x, y)
        time.sleep(0.05)

    def click(self, x, y, button=1):
        self.move(x, y)
        self.do("click", button)

    def drag(self, start, end):
        self.move(*start)
        self.do("mousedown", 1)
        for share in (0.1, 0.25, 0.5, 0.75, 0.95, 1.0):
            x, y = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
            self.do("mousemove", x, y)
            time.sleep(0.12)
        time.sleep(0.3)
        self.do("mouseup", 1)

    def key(self, *names):
        for name in names:
            self.do("key", "--clearmodifiers", name)
            time.sleep(0.03)

    def type(self, text):
        self.do("type", "--delay", 25, text)

    def picture(self, name):
        target = self.folder / f"{name}.png"
        subprocess.run(["import", "-window", "root", str(target)], check=True, timeout=60)

    # --- what a person does with the editor ---

    def kinds(self, state):
        return [node["type"].split(".")[0] for node in state["nodes"]]

    def added(self, before, kind):
        count = len(before["nodes"])
        now = self.until(lambda s: len(s["nodes"]) == count + 1, f"one {kind} more")
        old = {node["id"] for node in before["nodes"]}
        (new,) = [node for node in now["nodes"] if node["id"] not in old]
        assert new["type"] == kind, (new, kind)
        return new["id"]

    def in_palette(self, kind):
        """Where a layer's button is, scrolled to if need be."""
        for _ in range(30):
            now = self.state()
            x, y, seen = now["palette"][kind]
            if seen:
                return x, y
            self.move(*now["databar"][:2])
            self.do("click", "--repeat", 4, "--delay", 30, 5 if y > now["databar"][1] else 4)
        raise SystemExit(f"{kind} cannot be scrolled to")

    def double(self, kind):
        """A double-click in the palette: one layer after the selected one."""
        before = self.state()
        self.move(*self.in_palette(kind))
        self.do("click", "--repeat", 2, "--delay", 60, 1)
        node = self.added(before, kind)
        time.sleep(0.3)
        assert len(self.state()["nodes"]) == len(before["nodes"]) + 1, "a double-click added two"
        return node

    def drag_in(self, kind, after):
        """A drag out of the palette onto the “+” after a layer."""
        start = self.in_palette(kind)
        before = self.state()
        (x, y) = next(i[2:] for i in before["inserts"] if i[0] == after)
        self.drag(start, (x, y))
        return self.added(before, kind)

    def insert(self, after, words, kind):
        """By keyboard: a card is clicked, Ins, some letters, Enter."""
        before = self.state()
        self.click(*before["cards"][after])
        self.until(lambda s: s["selected"] == after, "the card to be selected")
        self.key("Insert")
        self.until(lambda s: s["insert_open"], "the list of layers")
        self.type(words)
        self.key("Return")
        return self.added(before, kind)

    def fill(self, node, **values):
        """Type values into the inspector's fields."""
        now = self.state()
        if now["selected"] != node:
            self.click(*now["cards"][node])
        for name, (text, wanted) in values.items():
            self.click(*self.field(name))
            if isinstance(wanted, str):  # a list opens, and takes letters
                time.sleep(0.8)
            else:
                self.until(lambda s, n=name: s["focus"] == n, f"the keyboard in {name}")
                self.key("ctrl+a")
            self.type(text)
            self.key("Return")

            def is_set(s, n=name, w=wanted):
                return next(x for x in s["nodes"] if x["id"] == node)[n] == w

            self.until(is_set, f"{node}.{name} = {wanted}")

    def field(self, name):
        """Where a field of the inspector is, once it stays there."""
        last = None
        while True:
            now = self.until(lambda s: s["fields"].get(name, [0, 0, 0])[2], f"field {name}")
            if now["fields"][name] == last:
                return last[:2]
            last = now["fields"][name]

    def empty(self):
        """An empty network, by the command palette."""
        self.key("ctrl+k")
        time.sleep(0.6)
        self.type("empty network")
        time.sleep(0.3)
        self.key("Return")
        return self.until(lambda s: len(s["nodes"]) == 1, "an empty network")

    def train(self, steps=3):
        """Reset, then single steps; gives the hash of the parameters."""
        self.key("ctrl+r")
        self.until(lambda s: s["fits"] and s["step"] == 0 and not s["playing"], "the beginning")
        for number in range(1, steps + 1):
            self.key("s")
            now = self.until(lambda s, n=number: s["step"] == n, f"step {number}")
        return now["hash"]

    def play(self):
        """Press Play with the pointer, let it train, and pause."""
        now = self.state()
        self.click(*now["play"][:2])
        first = self.until(lambda s: s["playing"] and s["step"] > 5, "training to begin")
        later = self.until(lambda s: s["step"] > first["step"] + 20, "training to go on")
        assert later["loss"] == later["loss"], "the loss is not a number"
        return later

    def pause(self):
        now = self.state()
        self.click(*now["play"][:2])
        self.until(lambda s: not s["playing"], "a pause")

    def focus_canvas(self):
        """A click on an empty place of the canvas selects nothing."""
        self.key("Escape")
        self.key("Escape")

    def there_and_back(self):
        """Ctrl+Z to the empty canvas, Ctrl+Shift+Z back; the same numbers."""
        trained, end = self.train(), self.state()
        undone, now = 0, end
        while len(now["nodes"]) > 1 and undone < 200:
            self.key("ctrl+z")
            now, undone = self.state(), undone + 1
        assert len(now["nodes"]) == 1, "the undo did not reach the empty canvas"
        self.picture("undone")
        for _ in range(undone):
            self.key("ctrl+shift+z")
        now = self.until(lambda s: s["index"] == end["index"], "the redo to end")
        assert now["nodes"] == end["nodes"], "the redo gave another network"
        again = self.train()
        assert again == trained, "the redo gave other numbers"
        return undone, trained


def lenet(person):
    person.empty()
    person.picture("empty")
    first = person.double("Conv2D.v1")
    person.fill(first, filters=("6", 6), kernel=("5, 5", [5, 5]), padding=("same", "same"),
                activation=("tanh", "tanh"))  # fmt: skip
    pool = person.drag_in("AvgPool2D.v1", first)
    second = person.insert(pool, "conv 2-d", "Conv2D.v1")
    person.fill(second, filters=("16", 16), kernel=("5, 5", [5, 5]), activation=("tanh", "tanh"))
    last_pool = person.drag_in("AvgPool2D.v1", second)
    flat = person.insert(last_pool, "flatten", "Flatten.v1")
    person.insert(flat, "dense", "Dense.v1")
    for units in (84, 120):
        hidden = person.insert(flat, "dense", "Dense.v1")
        person.fill(hidden, units=(str(units), units), activation=("tanh", "tanh"))
    now = person.state()
    assert person.kinds(now) == LENET, person.kinds(now)
    assert now["parameters"] == 61_706 and now["may_run"], now["parameters"]
    person.play()
    person.focus_canvas()
    person.picture("lenet")
    person.pause()
    print("LeNet-5:", *person.there_and_back(), flush=True)


def residual(person):
    person.empty()
    first = person.double("Conv2D.v1")
    person.fill(first, filters=("8", 8), padding=("same", "same"))
    second = person.insert(first, "conv 2-d", "Conv2D.v1")
    person.fill(second, filters=("8", 8), padding=("same", "same"))
    pool = person.drag_in("GlobalAvgPool.v1", second)
    person.insert(pool, "dense", "Dense.v1")
    now = person.state()
    person.drag(tuple(now["ports"][first]), tuple(now["cards"][pool]))
    now = person.until(lambda s: s["joint"], "the choice of joints")
    person.picture("joint")
    x, y, _, _, enabled = now["joint"][0]
    assert enabled
    person.click(x, y)
    now = person.until(lambda s: "Add" in person.kinds(s), "an Add")
    joint = next(node for node in now["nodes"] if node["type"] == "Add.v1")
    assert joint["inputs"] == [second, first], joint
    person.play()
    person.focus_canvas()
    person.picture("residual")
    person.pause()
    print("residual net:", *person.there_and_back(), flush=True)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as exits:
        environment = dict(os.environ, DISPLAY=DISPLAY, QT_QPA_PLATFORM="xcb")
        from nnstudio.core.compiled import jit

        environment.setdefault("NUMBA_CACHE_DIR", str(jit.cache_folder()))
        for name in ("CONFIG", "DATA", "STATE"):
            environment[f"XDG_{name}_HOME"] = str(Path(place) / name.lower())
        os.environ["DISPLAY"] = DISPLAY

        def start(*words):
            process = subprocess.Popen(words, env=environment)
            exits.callback(process.wait, 10)
            exits.callback(process.terminate)
            return process

        start("Xvfb", DISPLAY, "-screen", "0", "1440x900x24")
        time.sleep(1.5)
        start("openbox", "--sm-disable")
        time.sleep(1.0)
        path = Path(place) / "state.json"
        start(sys.executable, "-m", "tests.app.xvfb_state", str(path))
        end = time.monotonic() + PATIENCE
        while not path.exists():
            if time.monotonic() > end:
                raise SystemExit("the window does not open")
            time.sleep(0.2)
        person = Person(path, folder)
        person.until(lambda s: s["ready"], "the engine")
        try:
            lenet(person)
            residual(person)
        except BaseException:
            person.picture("wrong")
            raise
        failures = person.state()["failures"]
        assert not failures, failures


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()))
