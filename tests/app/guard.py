"""What must not happen while a window is played with, and what must not leave it.

``Guard`` collects exceptions of every thread, Qt's warnings and stalls (with what the window's
thread was doing), and keeps file dialogs, other programs and questions away.
"""

from __future__ import annotations

import contextlib
import faulthandler
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from unittest import mock

from PySide6.QtCore import (
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    QProcess,
    Qt,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDesktopServices, QDrag, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox

#: No event may hold the window longer than this, in seconds.
STALL = 0.25
#: What the offscreen platform says of itself, and QTest of a window that has become smaller.
HARMLESS = ("This plugin does not support", "Mouse event at")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Guard(QObject):
    """A context; afterwards ``faults`` should be empty."""

    def __init__(self, pick, tells=False):
        super().__init__()
        self.tells = tells
        self.random = pick
        self.nested = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._rescue)
        self.faults = []
        self._told_of = None
        self.doing = ""
        self.stalls = []  # (seconds, seconds of the thread itself, what was done, where)
        self.slowest = (0.0, 0.0, "")
        self.dropped = Counter()
        self._begin = 0.0
        self._stacks = []
        self._over = threading.Event()
        self._exits = contextlib.ExitStack()
        self._keep = []  # what is dragged outlives the drop

    def __enter__(self):
        use = self._exits.enter_context
        use(mock.patch.object(sys, "excepthook", self._raised))
        use(mock.patch.object(threading, "excepthook", self._raised_in_thread))
        use(mock.patch.object(sys, "unraisablehook", self._unraisable))
        for name in ("open", "show"):
            use(mock.patch.object(QFileDialog, name, lambda dialog: None, create=True))
        use(mock.patch.object(QFileDialog, "exec", lambda dialog: 0, create=True))
        use(mock.patch.object(QMessageBox, "exec", self._answer, create=True))
        use(mock.patch.object(QProcess, "startDetached", lambda *_: (True, 0)))
        use(mock.patch.object(QDesktopServices, "openUrl", lambda *_: True))
        use(mock.patch.object(QDrag, "exec", lambda drag, *_: self._drop(drag)))
        before = qInstallMessageHandler(self._told)
        self._exits.callback(qInstallMessageHandler, before)
        self._main = threading.get_ident()
        self._sampler = threading.Thread(target=self._sample, name="sampler", daemon=True)
        self._sampler.start()
        self._timer.start(100)
        if self.tells:  # slow: every call of Python is looked at
            sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        if self.tells:
            sys.settrace(None)
        self._timer.stop()
        self._over.set()
        self._sampler.join()
        self._exits.close()

    # --- faults ---

    def fault(self, text):
        """Remember one, with what was being done."""
        self.faults.append(f"[{self.doing}] {text}")
        print(f"FAULT {self.faults[-1]}", file=sys.stderr, flush=True)

    def _raised(self, kind, error, trace):
        self.fault("".join(traceback.format_exception(kind, error, trace)))

    def raised(self, error):
        """An exception that somebody caught."""
        self._raised(type(error), error, error.__traceback__)

    def _trace(self, frame, kind, _):
        """Tell of what leaves a handler of events before Qt has it: where Python has called Qt and
        Qt the handler, PySide with Python 3.11 may take an error for an exception object, and end
        in a segmentation fault with no word of the error."""
        code = frame.f_code
        handles = code.co_name.endswith("Event") or code.co_name in ("event", "eventFilter")
        return self._trace_handler if handles and "/nnstudio/" in code.co_filename else None

    def _trace_handler(self, frame, kind, found):
        if kind == "exception" and found[0] is not self._told_of:
            self._told_of = found[0]
            lines = traceback.format_exception_only(found[0], found[1])
            where = "".join(traceback.format_tb(found[2]))
            print(f"LEAVES [{self.doing}] {where}{''.join(lines)}", file=sys.stderr, flush=True)
        return self._trace_handler

    def _raised_in_thread(self, args):
        self._raised(args.exc_type, args.exc_value, args.exc_traceback)

    def _unraisable(self, args):
        self._raised(args.exc_type, args.exc_value, args.exc_traceback)

    def _told(self, kind, context, text):
        bad = kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)
        if bad and not text.startswith(HARMLESS):
            where = "".join(traceback.format_stack(limit=12))
            self.fault(f"Qt: {text}\n{where}")

    # --- stalls ---

    @contextlib.contextmanager
    def watched(self, what):
        """One event with all that follows from it at once."""
        self.doing, self._stacks, self.nested = what, [], False
        own, self._begin = time.thread_time(), time.perf_counter()
        yield
        spent, own = time.perf_counter() - self._begin, time.thread_time() - own
        self._begin = 0.0
        if self.nested:  # it waited for an answer
            return
        if spent > self.slowest[0]:
            self.slowest = (spent, own, self.doing)
        if spent > STALL:
            seen = Counter(self._stacks).most_common(2)
            self.stalls.append((spent, own, self.doing, seen))

    def _sample(self):
        # Not by sys._current_frames: who holds a frame keeps its painters alive.
        with tempfile.TemporaryFile("w+") as store:
            while not self._over.wait(0.04):
                if self._begin and time.perf_counter() - self._begin > 0.08:
                    store.seek(0)
                    store.truncate()
                    faulthandler.dump_traceback(store, all_threads=True)
                    store.seek(0)
                    _, _, own = store.read().partition(f"{self._main:#018x} (most recent")
                    own = own.partition("\n\n")[0].splitlines()[1:]
                    ours = [x for x in own if "/nnstudio/" in x or "pyqtgraph" in x]
                    short = [x.rpartition("/")[2].replace('", line ', ":") for x in ours[:6]]
                    self._stacks.append(" < ".join(short))

    # --- loops within loops ---

    @Slot()
    def _rescue(self):
        """A menu that waits for its answer gets one; else its event would never end."""
        if not self._begin or time.perf_counter() - self._begin < 0.2:
            return
        self.nested = True
        found = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if isinstance(found, QMenu) and self.random.random() < 0.7:
            for _ in range(self.random.randrange(1, 8)):
                QTest.keyClick(found, Qt.Key.Key_Down)
            QTest.keyClick(found, Qt.Key.Key_Return)
        elif found is not None:
            found.close()

    # --- what is kept away ---

    def _answer(self, box):
        buttons = box.buttons()
        if buttons:
            self.random.choice(buttons).click()
        return box.standardButton(box.clickedButton()).value if box.clickedButton() else 0

    def _drop(self, drag):
        """A drag is over at once: what is carried lands somewhere, or nowhere."""
        windows = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        window = self.random.choice(windows)
        at = QPoint(
            self.random.randrange(max(1, window.width())),
            self.random.randrange(max(1, window.height())),
        )
        target = window.childAt(at) or window
        while target is not None and not target.acceptDrops():
            target = None if target.isWindow() else target.parentWidget()
        data = QMimeData()
        for kind in drag.mimeData().formats():
            data.setData(kind, drag.mimeData().data(kind))
        self._keep = [data]
        if target is None:
            return Qt.DropAction.IgnoreAction
        place = target.mapFrom(window, at) if target is not window else at
        action = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
        enter = QDragEnterEvent(place, action, data, LEFT, NONE)
        QApplication.sendEvent(target, enter)
        if not enter.isAccepted():
            return Qt.DropAction.IgnoreAction
        if self.random.random() < 0.2:
            QApplication.sendEvent(target, QDragLeaveEvent())
            return Qt.DropAction.IgnoreAction
        drop = QDropEvent(QPointF(place), action, data, LEFT, NONE)
        QApplication.sendEvent(target, drop)
        self.dropped[type(target).__name__] += 1
        return drop.dropAction() if drop.isAccepted() else Qt.DropAction.IgnoreAction
