"""The studio, writing ten times a second to a file where things are: for ``xvfb_editor``."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path


def watch(path):
    """Run the studio; ten times a second its state goes to a file."""
    import numpy as np
    from PySide6.QtCore import QObject, QPoint, QTimer, Slot

    from nnstudio.app.main import application
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    app = application(["nnstudio"])
    studio = Studio("mnist-lenet", None, Settings())
    window, canvas = studio.window, studio.window.canvas

    def centre(widget, at=None):
        at = at if at is not None else widget.rect().center()
        seen = widget.isVisible() and not widget.visibleRegion().isEmpty()
        place = widget.mapToGlobal(at)
        return [place.x(), place.y(), seen and widget.visibleRegion().contains(at)]

    def has_focus(editor):
        now = app.focusWidget()
        return now is not None and (now is editor or editor.isAncestorOf(now))

    def on_canvas(x, y):
        left, top = canvas.camera.to_view(x, y)
        place = canvas.mapToGlobal(QPoint(round(left), round(top)))
        return [place.x(), place.y()]

    class Hook(QObject):
        tick = 0

        @Slot()
        def write(self):
            self.tick += 1
            document, layout, latest = studio.document, canvas.layout_now, studio.session.latest
            made = hashlib.sha256()
            for key, value in sorted(latest.parameters.items()) if latest is not None else ():
                made.update(repr(key).encode() + np.ascontiguousarray(value).tobytes())
            form = canvas.inspector.form if canvas.inspector.isVisible() else None
            palette = window.databar.findChildren(QObject)
            state = {
                "tick": self.tick,
                "ready": studio.session.ready,
                "nodes": [
                    {"id": n.id, "type": n.layer.type_name, "inputs": n.inputs,
                     **{k: v for k, v in vars(n.layer).items() if not k.startswith("_")}}
                    for n in document.setup.network.nodes
                ],
                "parameters": document.setup.network.parameter_count,
                "may_run": canvas.first_fault() is None,
                "cards": {n: on_canvas(b.x + 9, b.y + 9) for n, b in layout.cards.items()},
                "ports": {n: on_canvas(*layout.port(n, right=True)) for n in layout.cards},
                "inserts": [[i.after, i.before, *on_canvas(*i.box.centre)] for i in layout.inserts],
                "palette": {
                    b.objectName(): centre(b) for b in palette
                    if b.objectName().endswith(".v1") and hasattr(b, "click")
                },
                "databar": centre(window.databar),
                "fields": {n: centre(e) for n, e in form.editors.items()} if form else {},
                "focus": next((n for n, e in form.editors.items() if has_focus(e)), "")
                if form else "",
                "joint": [[*centre(b), b.text(), b.isEnabled()] for b in canvas.joint_menu.buttons]
                if canvas.joint_menu.isVisible() else [],
                "insert_open": canvas.insert_menu.isVisible(),
                "selected": canvas.selected_node(),
                "playing": studio.session.playing,
                "play": centre(window.topbar.play),
                "step": latest.step if latest is not None else -1,
                "fits": latest is not None and set(latest.parameters) == {
                    (n, p.name) for n, f in document.setup.network.facts.items()
                    for p in f.parameters
                },
                "loss": latest.train_loss if latest is not None else None,
                "hash": made.hexdigest(),
                "undo": document.stack.undoText(),
                "index": document.stack.index(),
                "failures": [repr(one) for one in studio.bridge.failures],
            }  # fmt: skip
            fresh = Path(f"{path}.new")
            fresh.write_text(json.dumps(state, default=list))
            fresh.replace(path)

    hook = Hook()
    timer = QTimer(hook)
    timer.timeout.connect(hook.write)
    timer.start(100)
    window.resize(1440, 860)
    studio.start()
    app.exec()
    studio.document.stack.setClean()
    studio.close()


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
