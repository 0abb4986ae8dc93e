"""The tour: six steps over the real window, at the first start and from the Help menu."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from nnstudio.app import theme
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.i18n import say
from nnstudio.core.text import mark, tr

#: What a step points at (an attribute of the window), its heading and its sentence.
STEPS = (
    ("databar", mark("Choose data"),
     mark("Points of the plane, images or your own table: what the network shall learn.")),
    ("canvas", mark("Build the network"),
     mark("Add layers with +, drag links, click anything to change it. Every edit can be undone.")),
    ("topbar", mark("Press Play"),
     mark("The network learns at once. Every setting here can be changed while it trains.")),
    ("area.right", mark("See what it has learned"),
     mark("What the network answers, for every point or for a digit that you draw.")),
    ("area.bottom", mark("See how it learns"),
     mark("Loss curves and weights, live. The View menu opens further panels.")),
    ("menuBar", mark("Nothing gets lost"),
     mark("Ctrl+Z undoes, Ctrl+S saves, Ctrl+K finds everything, F1 shows all keys. "
          "Unsaved work is kept by itself.")),
)  # fmt: skip
BUBBLE = 330
EDGE = 12
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class Overlay(QWidget):
    """Dims the window but for one part, and tells about that."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.over: Any = window  # its parts are found by name
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        say(self, name=mark("Tour"))
        self.step = 0
        self.heir: QWidget | None = None  # had the keyboard before
        self.bubble = QFrame(self)
        self.bubble.setObjectName("tourBubble")
        self.bubble.setFixedWidth(BUBBLE)
        self.title = QLabel(self.bubble)
        self.title.setProperty("role", "title")
        self.text = QLabel(self.bubble)
        self.text.setWordWrap(True)
        self.count = QLabel(self.bubble)
        self.count.setProperty("role", "muted")
        self.skip = say(QPushButton(self.bubble), text=mark("Skip the tour"))
        self.skip.setProperty("role", "link")
        self.skip.clicked.connect(self.end)
        self.next = QPushButton(self.bubble)
        self.next.setProperty("role", "primary")
        self.next.clicked.connect(self.forward)
        for button in (self.skip, self.next):
            button.installEventFilter(self)  # arrows would only move the focus
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.skip)
        row.addWidget(self.next)
        column = QVBoxLayout(self.bubble)
        column.setContentsMargins(16, 14, 14, 12)
        column.setSpacing(8)
        for part in (self.title, self.text):
            column.addWidget(part)
        column.addLayout(row)
        window.installEventFilter(self)
        self.hide()

    def begin(self) -> None:
        """Show the first step."""
        self.step = 0
        if self.isHidden():
            self.heir = self.over.focusWidget()
        self.setGeometry(self.over.rect())
        self.show()
        self.raise_()
        self.show_step()
        self.next.setFocus()

    @Slot()
    def forward(self) -> None:
        """The next step, or the end."""
        if self.step + 1 < len(STEPS):
            self.step += 1
            self.show_step()
        else:
            self.end()

    @Slot()
    def end(self) -> None:
        """The window is free again."""
        self.hide()
        heir = self.heir if self.heir is not None and isValid(self.heir) else None
        (heir or self.over.canvas).setFocus()

    def show_step(self) -> None:
        """Say the present step beside what it is about."""
        _, title, sentence = STEPS[self.step]
        self.title.setText(tr(title))
        self.text.setText(tr(sentence))
        self.count.setText(f"{self.step + 1} / {len(STEPS)}")
        last = self.step + 1 == len(STEPS)
        self.next.setText(tr("Done") if last else tr("Next"))
        self.skip.setVisible(not last)
        self.setAccessibleDescription(f"{tr(title)}. {tr(sentence)}")
        self.bubble.adjustSize()
        self.bubble.move(self._place(self.hole(), self.bubble.height()))
        self.update()

    def hole(self) -> QRect:
        """Where the part is that this step is about."""
        part = self.over
        for name in STEPS[self.step][0].split("."):
            part = getattr(part, name)
        widget = part() if callable(part) else part
        if not widget.isVisible():
            return QRect()
        return QRect(widget.mapTo(self.over, QPoint(0, 0)), widget.size())

    def _place(self, hole: QRect, height: int) -> QPoint:
        """Beside the hole where there is room: right, left, below, above, else inside it."""
        places = (
            QPoint(hole.right() + EDGE, hole.top() + 24),
            QPoint(hole.left() - BUBBLE - EDGE, hole.top() + 24),
            QPoint(hole.left() + 24, hole.bottom() + EDGE),
            QPoint(hole.left() + 24, hole.top() - height - EDGE),
            hole.center() - QPoint(BUBBLE // 2, height // 2),
        )
        inside = self.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        for place in places:
            if inside.contains(QRect(place, self.bubble.size())):
                return place
        return inside.center() - QPoint(BUBBLE // 2, height // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QPainterPath()
        shade.addRect(QRectF(self.rect()))
        hole = QPainterPath()
        hole.addRoundedRect(QRectF(self.hole()), 8, 8)
        colour = QColor(theme.current().text if not theme.current().dark else "#000000")
        colour.setAlphaF(0.5)
        painter.fillPath(shade.subtracted(hole), colour)
        painter.setPen(QColor(theme.current().accent))
        painter.drawPath(hole)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays in the bubble: what is below the shade is not to be used now."""
        self.next.setFocus() if self.skip.hasFocus() else self.skip.setFocus()
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere goes on."""
        self.forward()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Space):
            self.forward()
        elif event.key() == Qt.Key.Key_Left and self.step:
            self.step -= 1
            self.show_step()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The shade grows and shrinks with the window; arrows are the tour's."""
        if watched in (self.skip, self.next):
            if not isinstance(event, QKeyEvent) or event.key() not in ARROWS:
                return False
            if event.type() == QEvent.Type.KeyPress:
                self.keyPressEvent(event)
            return True
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self.over.rect())
            self.show_step()
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self.show_step()
        super().changeEvent(event)


@feature
class Tour(Feature):
    """Begins by itself once; the settings remember."""

    name = "tour"
    order = 970
    entries = (Entry("tour", mark("Tour"), "begin", menu="Help"),)

    overlay: Overlay | None = None

    def start(self) -> None:
        """At the first start of all, show it once the window stands."""
        settings = self.window.settings
        if settings.path is not None and settings.tour:
            self.timer = QTimer(self)
            self.timer.setSingleShot(True)
            self.timer.timeout.connect(self.begin)
            self.timer.start(900)

    @Slot()
    def begin(self) -> None:
        """Show the first step; the next start will not."""
        self.window.settings.tour = False
        if self.overlay is None:
            self.overlay = Overlay(self.window)
        self.overlay.begin()

    def stop(self) -> None:
        """Not any more."""
        if hasattr(self, "timer"):
            self.timer.stop()
