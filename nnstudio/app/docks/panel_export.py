"""A panel as a file: its picture as PNG or SVG, its numbers as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.panel import Panel, Table
from nnstudio.core import atomic
from nnstudio.core.text import StudioError, mark

#: Pixels of a PNG for each point of the screen.
SHARPNESS = 2


def png(panel: QWidget) -> bytes:
    """The panel as it is on the screen, twice as sharp."""
    image = QImage(panel.size() * SHARPNESS, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SHARPNESS)
    image.fill(QColor(theme.current().panel))
    painter = QPainter(image)
    _draw(panel, painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def svg(panel: QWidget) -> bytes:
    """The panel as shapes and text, for any size."""
    from PySide6.QtSvg import QSvgGenerator

    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setSize(panel.size())
    made.setViewBox(QRect(QPoint(0, 0), panel.size()))
    made.setTitle(panel.accessibleName())
    painter = QPainter(made)
    painter.fillRect(panel.rect(), QColor(theme.current().panel))
    _draw(panel, painter)
    painter.end()
    buffer.close()
    return bytes(content.data())


def _draw(panel: QWidget, painter: QPainter) -> None:
    flags = QWidget.RenderFlag.DrawChildren
    panel.render(painter, QPoint(0, 0), QRegion(), flags)


def csv_bytes(table: Table) -> bytes:
    """Headings and rows, UTF-8 with the mark by which spreadsheets know it."""
    headings, rows = table
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_plain(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    """NumPy numbers as Python's; a number that is not known is an empty cell."""
    value = value.item() if hasattr(value, "item") else value
    return "" if isinstance(value, float) and value != value else value


def write(panel: Panel, path: str) -> None:
    """Write by the file's ending; raises ``StudioError``."""
    ending = Path(path).suffix.lower()
    if ending == ".png":
        atomic.write(path, png(panel))
    elif ending == ".svg":
        atomic.write(path, svg(panel))
    elif ending == ".csv":
        table = panel.numbers()
        if table is None:
            raise StudioError(mark("There are no numbers to write yet. Train first."))
        atomic.write(path, csv_bytes(table))
    else:
        raise StudioError(
            mark("“{file}” should end in .png, .svg or .csv."), file=Path(path).name[:80]
        )
