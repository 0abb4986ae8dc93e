"""Icons: SVG drawings in ``resources/icons``, tinted with a colour and sharp on every screen.

The drawings use ``currentColor``; a tint is a text replacement before rendering. Rendered pixmaps
are kept in Qt's own pixmap cache, which dies with the application.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from nnstudio.app import theme
from nnstudio.core.resources import resource


@cache
def drawing(name: str) -> str:
    """The SVG text of an icon; raises ``FileNotFoundError`` for an unknown one."""
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, size: int = 18, *, colour: str = "", ratio: float = 1.0) -> QPixmap:
    """An icon of ``size`` logical pixels in a colour (default: the theme's text)."""
    colour = colour or theme.current().text
    key = f"nnstudio/{name}/{size}/{colour}/{ratio:.3f}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    svg = drawing(name).replace("currentColor", colour)
    made = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(made.rect()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, made)
    return made


def icon(name: str, size: int = 18, *, colour: str = "") -> QIcon:
    """An icon for menus and standard buttons, at one, two and three pixels a point."""
    made = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        made.addPixmap(pixmap(name, size, colour=colour, ratio=ratio))
    faint = theme.current().earlier
    made.addPixmap(pixmap(name, size, colour=faint, ratio=2.0), QIcon.Mode.Disabled)
    return made
