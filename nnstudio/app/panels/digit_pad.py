"""Try the network on a drawing of your own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.analysis.centring import centre
from nnstudio.analysis.probability import class_probabilities
from nnstudio.app.backdrop import draw_message
from nnstudio.app.bars import Bar, Bars
from nnstudio.app.header import HeaderButton
from nnstudio.app.pad import Pad, ink_of
from nnstudio.app.panel import Panel, panel
from nnstudio.core.data import Data
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.scoring import gives_logits
from nnstudio.engine.view import View

#: Pictures up to this side can be drawn.
LARGEST = 64
#: The pad's part of the width, its gap to the bars, and the tallest it gets.
PAD_SHARE, GAP, TALLEST = 0.52, 10, 260


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture for the network, (rows, columns) 0 to 1; compared by identity."""

    picture: np.ndarray = field(repr=False)


def can_draw(data: Data) -> bool:
    """Whether the data is classes of small grey pictures."""
    shape = data.shape
    return (
        data.task == "classification"
        and len(shape) == 3
        and shape[2] == 1
        and max(shape[:2]) <= LARGEST
    )


def prepared(picture: np.ndarray, data: Data) -> np.ndarray:
    """A picture 0 to 1 as the network sees it: (1, rows, columns, 1) float32."""
    x = picture[None, :, :, None]
    if data.train.x.dtype == np.uint8:
        return data.prepared(np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8))
    return data.prepared(x.astype(np.float32))


def _picture(x: np.ndarray) -> np.ndarray:
    """An example of the data as ink, 0 to 1."""
    return x[..., 0] / 255 if x.dtype == np.uint8 else x[..., 0]


@panel
class DigitPad(Panel):
    """Draw, and the probabilities follow."""

    name = "pad"
    title = mark("Try it")
    help = mark("Draw a picture and see what the network takes it for.")
    group = mark("Predictions")
    place = "right"
    at_first = True
    order = 11
    fits = ("Images",)
    rate = 30.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._drawing: Drawing | None = None
        self._data: Data | None = None
        self._truth: int | None = None
        self._probabilities: np.ndarray | None = None
        self._random = np.random.default_rng()
        self.pad = Pad(self)
        self.bars = Bars(self)
        self.pad.changed.connect(self._drawn)
        self.pad.cleared.connect(self._cleared)
        self._example = HeaderButton(
            mark("example"), mark("Take a random picture from the validation data.")
        )
        self._paste = HeaderButton(
            mark("paste"), mark("Paste a picture from the clipboard (Ctrl+V).")
        )
        self._clear = HeaderButton(mark("clear"), mark("Take a new sheet (Esc)."))
        self._example.clicked.connect(self.take_example)
        self._paste.clicked.connect(self.paste)
        self._clear.clicked.connect(self.pad.clear)
        self.setAcceptDrops(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._adopt()

    # --- size: no layout, since its own height for a width would hide the panel's ---

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(TALLEST, max(100, round((width - GAP) * PAD_SHARE)))

    def sizeHint(self) -> QSize:
        return QSize(290, 148)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        data = self.document.data
        wide = data.shape[1] / data.shape[0] if can_draw(data) else 1.0
        room = round((self.width() - GAP) * PAD_SHARE)
        side = min(self.height(), round(room / max(wide, 1.0)))
        width = min(room, round(side * wide))
        self.pad.setGeometry(0, 0, width, side)
        self.bars.setGeometry(width + GAP, 0, self.width() - width - GAP, side)

    # --- measuring ---

    def request(self) -> Drawing | None:
        """The drawing."""
        return self._drawing

    @staticmethod
    def measure(view: View, request: Drawing | None) -> tuple[Drawing, np.ndarray] | None:
        """The probabilities of each class."""
        if request is None or not can_draw(view.data):
            return None
        if request.picture.shape != view.data.shape[:2]:
            return None
        output = view.predict(prepared(request.picture, view.data))
        return request, class_probabilities(output, gives_logits(view.setup.network))[0]

    def display(self, result: tuple[Drawing, np.ndarray]) -> None:
        """Move the bars."""
        drawing, probabilities = result
        if drawing is self._drawing:
            self._probabilities = probabilities
            self._show_bars()

    def _show_bars(self) -> None:
        names = self.document.data.classes
        values = self._probabilities
        if values is None or len(values) != len(names):
            values = np.full(len(names), np.nan)
        known = len(values) > 0 and not np.isnan(values).any()
        best = int(values.argmax()) if known else -1
        self.bars.show_bars(
            [
                Bar(
                    named(names[i]),
                    float(values[i]),
                    f"{values[i] * 100:.0f} %" if i == best else "",
                    i == best,
                    f"{values[i] * 100:.2f} %" if best >= 0 else "",
                )
                for i in range(len(names))
            ],
            np.argsort(-values, kind="stable").tolist(),
        )

    def document_changed(self) -> None:
        """Other data needs other paper."""
        self._adopt()
        self._show_bars()

    def _adopt(self) -> None:
        data = self.document.data
        usable = can_draw(data)
        self.pad.setVisible(usable)
        self.bars.setVisible(usable)
        self.pad.setAccessibleName(tr("Paper to draw on"))
        self.bars.setAccessibleName(tr("Probabilities"))
        if data is self._data:
            return
        self._data = data
        if usable and (self._drawing is None or self.pad.inviting or self._outgrown(data)):
            self.pad.reset(*data.shape[:2])
            self._cleared()
            self._invite()

    def _outgrown(self, data: Data) -> bool:
        return data.shape[:2] != (self.pad.rows, self.pad.columns)

    def _invite(self) -> None:
        """Begin with the first validation picture, so that the bars move from the start."""
        data = self.document.data
        if len(data.valid):
            picture = _picture(data.valid.x[0])
            self.pad.show_picture(picture, inviting=True)
            self._see(picture)

    def header_widgets(self) -> list[QWidget]:
        """Example, paste, clear."""
        return [self._example, self._paste, self._clear]

    def summary(self) -> str:
        """What the network takes the drawing for."""
        values, classes = self._probabilities, self.document.data.classes
        # Before the first measure of other data there may be answers of the old.
        known = values is not None and self._drawing is not None and len(values) == len(classes)
        if values is None or not known or np.isnan(values).any():
            return tr("Draw a picture to see what the network takes it for.")
        best = int(values.argmax())
        return tr(
            "The network takes the drawing for {name}, with {percent} %.",
            name=named(classes[best]),
            percent=round(float(values[best]) * 100),
        )

    # --- acting ---

    def _see(self, picture: np.ndarray) -> None:
        self._drawing = Drawing(picture.astype(np.float32))

    @Slot()
    def _drawn(self) -> None:
        if self.pad.blank:
            self._cleared()
        else:
            self._see(centre(self.pad.ink, self.pad.rows, self.pad.columns))

    @Slot()
    def _cleared(self) -> None:
        self._drawing = None
        self._probabilities = None
        self._show_bars()

    @Slot()
    def take_example(self) -> None:
        """A random validation picture, just as it is in the data."""
        data = self.document.data
        if not can_draw(data) or len(data.valid) == 0:
            return
        picture = _picture(data.valid.x[int(self._random.integers(len(data.valid)))])
        self.pad.show_picture(picture)
        self._see(picture)

    @Slot()
    def paste(self) -> None:
        """The clipboard's picture, if it holds one."""
        image = QGuiApplication.clipboard().image()
        if not image.isNull():
            self.take_image(image)

    def take_image(self, image: QImage) -> None:
        """Any picture: ink found, centred and scaled like the data's."""
        if not can_draw(self.document.data):
            return
        picture = centre(ink_of(image), self.pad.rows, self.pad.columns)
        if picture.any():
            self.pad.show_picture(picture)
            self._see(picture)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A picture or a picture's file."""
        found = event.mimeData()
        if found.hasImage():
            self.take_image(QImage(found.imageData()))
        elif found.hasUrls():
            self.take_image(QImage(found.urls()[0].toLocalFile()))
        event.acceptProposedAction()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not can_draw(self.document.data):
            painter = QPainter(self)
            draw_message(
                painter,
                QRectF(self.rect()),
                tr("Drawing works with grey pictures of up to 64 × 64."),
            )
            painter.end()
