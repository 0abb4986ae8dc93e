"""The canvas' fonts, derived from the window's, and how large texts are in them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

BASE = 13.0


class Lettering:
    """Three sizes of one face; ``scale`` is the window's font size over the base of 13 px."""

    def __init__(self, font: QFont) -> None:
        size = QFontInfo(font).pixelSize()
        self.scale = max(0.5, size / BASE)
        self.title = _sized(font, size, QFont.Weight.DemiBold)
        self.small = _sized(font, size * 12 / 13)
        self.tiny = _sized(font, size * 11 / 13)
        self.small_title = _sized(font, size * 11 / 13, QFont.Weight.DemiBold)
        self.least = _sized(font, size * 10 / 13)
        self._title = QFontMetricsF(self.title)
        self._small = QFontMetricsF(self.small)
        self._tiny = QFontMetricsF(self.tiny)

    def width(self, text: str, *, title: bool = False) -> float:
        """The width of one line of the title's or the small size."""
        return (self._title if title else self._small).horizontalAdvance(text)

    def height(self, text: str, width: float) -> float:
        """The height of the tiny size wrapped to a width."""
        area = QRectF(0, 0, width, 10_000)
        return self._tiny.boundingRect(area, int(Qt.TextFlag.TextWordWrap), text).height()

    def fitted(self, text: str, width: float, *, title: bool = False) -> tuple[QFont, str]:
        """One line in the usual size, in a smaller one if that fits, else cut with an ellipsis."""
        fonts = (self.title, self.small_title) if title else (self.small, self.tiny, self.least)
        for font in fonts:
            if QFontMetricsF(font).horizontalAdvance(text) <= width:
                return font, text
        cut = QFontMetricsF(fonts[-1]).elidedText(text, Qt.TextElideMode.ElideRight, width)
        return fonts[-1], cut

    def elided(self, text: str, width: float, *, title: bool = False) -> str:
        """One line cut to a width, with an ellipsis."""
        metrics = self._title if title else self._small
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def _sized(font: QFont, pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    made = QFont(font)
    made.setPixelSize(max(6, round(pixels)))
    made.setWeight(weight)
    return made
