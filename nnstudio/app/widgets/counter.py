"""A running number under a caption, of fixed width, so that nothing beside it jumps."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.app import theme
from nnstudio.core.text import tr

CAPTION = 11
#: Between a caption and its number on one line.
GAP = 6
#: A name that changes is an event for assistive technology: not one a frame.
TELL_MILLISECONDS = 250
#: Between a number and its suffix there.
SUFFIX_GAP = 3
#: The smallest type that a number is drawn in.
LEAST = 9
#: Pixels of “of 5”.
SUFFIX, INLINE_SUFFIX = 13, 11


class Counter(QWidget):
    """EPOCH or STEP. A number too wide for its place is drawn smaller, never cut."""

    def __init__(
        self, caption: str, pixels: int, room: str, *, strong: bool, parent: QWidget | None = None
    ) -> None:
        """``room`` is a text as wide as the place should be, such as ``"99,999"``."""
        super().__init__(parent)
        self.caption = caption
        self.pixels = pixels
        self.room = room
        self.strong = strong
        self.number = 0
        self.suffix = ""
        self.inline = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(TELL_MILLISECONDS)
        self._telling.timeout.connect(self._tell)
        self._tell()

    def show_number(self, number: int, suffix: str = "") -> None:
        """Show a number with thousands separators and a small suffix such as ``of 5``."""
        if (number, suffix) != (self.number, self.suffix):
            if suffix != self.suffix:
                self.updateGeometry()
            self.number, self.suffix = number, suffix
            if not self._telling.isActive():
                self._telling.start()
            self.update()

    def set_pixels(self, pixels: int) -> None:
        """Another size of type, for a narrow window."""
        if pixels != self.pixels:
            self.pixels = pixels
            self.updateGeometry()

    def set_inline(self, inline: bool) -> None:
        """Caption and number in one low line, for a narrow window."""
        if inline != self.inline:
            self.inline = inline
            self.updateGeometry()
            self.update()

    @property
    def text(self) -> str:
        """The number as shown."""
        return f"{self.number:,}"

    @Slot()
    def _tell(self) -> None:
        self.setAccessibleName(f"{tr(self.caption)} {self.text} {self.suffix}".strip())

    def sizeHint(self) -> QSize:
        """The room for the number, or for the caption if that is wider."""
        number = QFontMetrics(theme.font(self.pixels, bold=True)).horizontalAdvance(self.room)
        caption = QFontMetrics(theme.font(CAPTION)).horizontalAdvance(tr(self.caption).upper())
        if self.suffix:
            small = QFontMetrics(theme.font(INLINE_SUFFIX if self.inline else SUFFIX))
            number += small.horizontalAdvance(self.suffix)
            number += SUFFIX_GAP if self.inline else GAP
        if self.inline:
            room = caption + GAP + max(number, self._together())
            return QSize(room, theme.pixels(20))
        return QSize(max(number, caption) + 4, theme.pixels(44))

    def _together(self) -> int:
        """The least room for the largest number that the suffix speaks of, and the suffix."""
        if not self.suffix:
            return 0
        largest = "".join(letter for letter in self.suffix if letter in "0123456789,")
        number = QFontMetrics(theme.font(LEAST, bold=True)).horizontalAdvance(largest)
        return (
            number
            + QFontMetrics(theme.font(INLINE_SUFFIX)).horizontalAdvance(self.suffix)
            + SUFFIX_GAP
            + 1
        )

    def changeEvent(self, event: QEvent) -> None:
        """The caption follows the language."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self._tell()
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Caption above, number below on one base line with its neighbours."""
        look = theme.current()
        painter = QPainter(self)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(CAPTION))
        painter.setPen(QColor(look.muted))
        caption = tr(self.caption).upper()
        top, height = (0, self.height()) if self.inline else (theme.pixels(2), theme.pixels(14))
        painter.drawText(QRectF(0, top, self.width(), height), flags, caption)
        left = painter.fontMetrics().horizontalAdvance(caption) + GAP if self.inline else 0
        suffix_font = theme.font(INLINE_SUFFIX if self.inline else SUFFIX)
        gap = SUFFIX_GAP if self.inline else 6
        suffix_room = 0.0
        if self.suffix:
            suffix_room = QFontMetrics(suffix_font).horizontalAdvance(self.suffix) + gap
        pixels = self.pixels
        while pixels > LEAST:
            width = QFontMetrics(theme.font(pixels, bold=True)).horizontalAdvance(self.text)
            if left + width + suffix_room <= self.width():
                break
            pixels -= 1
        painter.setFont(theme.font(pixels, bold=True))
        painter.setPen(QColor(look.text if self.strong else look.muted))
        baseline = theme.pixels(15 if self.inline else 36)
        painter.drawText(left, baseline, self.text)
        if self.suffix:
            width = painter.fontMetrics().horizontalAdvance(self.text)
            painter.setFont(suffix_font)
            painter.setPen(QColor(look.muted))
            painter.drawText(left + round(width) + gap, baseline, self.suffix)
        painter.end()
