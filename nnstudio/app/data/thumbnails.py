"""Small pictures of data sets, drawn from their real data, to choose from."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nnstudio.app import theme
from nnstudio.app.class_colours import class_colour
from nnstudio.app.i18n import say
from nnstudio.core import fields
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import PLANE_LIMIT, Data
from nnstudio.core.text import tr

#: Examples that a thumbnail draws.
FEW = 120


def small(cls: type[Dataset]) -> Any:
    """A data set of a kind with few examples: quick to load, and enough to draw."""
    values = {}
    for name, field in fields.fields_of(cls).items():
        if field.kind == "integer" and name.endswith(("points", "examples")):
            values[name] = max(FEW, int(field.minimum or 0))
    return fields.build(cls, values)


class Thumbnail(QAbstractButton):
    """One data set; chosen ones have a blue outline. The picture is drawn once a theme and size."""

    def __init__(self, dataset_class: type[Dataset], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dataset_class = dataset_class
        self.data: Data | None = None
        self._picture: tuple[Any, QPixmap] | None = None
        self.setObjectName(dataset_class.type_name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        say(self, name=dataset_class.label, description=dataset_class.help)

    def nextCheckState(self) -> None:
        """A click asks for the data set; the document says whether it is chosen."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Outline and picture."""
        look = theme.current()
        ratio = self.devicePixelRatioF()
        key = (look.name, self.size(), ratio, id(self.data))
        if self._picture is None or self._picture[0] != key:
            self._picture = (key, self._drawn(ratio))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        colour = look.accent if chosen or self.hasFocus() else look.hairline
        if self.underMouse() and not chosen:
            colour = look.earlier
        width = 2.0 if chosen else 1.0
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(QColor(look.panel))
        edge = width / 2 + (0 if chosen else 0.5)
        rect = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        painter.drawRoundedRect(rect, 6, 6)
        painter.drawPixmap(0, 0, self._picture[1])
        if self.hasFocus() and chosen:
            painter.setPen(QPen(QColor(look.accent), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), 4, 4)
        painter.end()

    def _drawn(self, ratio: float) -> QPixmap:
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        if self.data is not None:
            painter = QPainter(pixmap)
            self.draw(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4), self.data)
            painter.end()
        return pixmap

    def draw(self, painter: QPainter, rect: QRectF, data: Data) -> None:
        """Draw the picture; what it shows depends on the kind of data."""
        raise NotImplementedError


class PlaneThumbnail(Thumbnail):
    """Points in blue and orange; for regression their colour is their value."""

    def __init__(self, dataset_class: type[Dataset], parent: QWidget | None = None) -> None:
        super().__init__(dataset_class, parent)
        self.data = small(dataset_class).load()
        self._tell()

    def _tell(self) -> None:
        self.setToolTip(f"{tr(self.dataset_class.label)}\n{tr(self.dataset_class.help)}")

    def changeEvent(self, event: QEvent) -> None:
        """The tip follows the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(47, 47)

    def hasHeightForWidth(self) -> bool:
        """As high as wide."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as wide."""
        return min(width, 64)

    def draw(self, painter: QPainter, rect: QRectF, data: Data) -> None:
        """Dots."""
        assert data.points is not None and data.valid_points is not None
        points = np.concatenate([data.points, data.valid_points])
        target = np.concatenate([data.train.y, data.valid.y])[:, 0]
        if data.task == "classification":
            colours = [QColor(class_colour(int(number))) for number in target.tolist()]
        else:
            value = np.clip(target / max(float(np.abs(target).max()), 1e-9), -1, 1)
            lut = theme.diverging_lut()[np.round((value + 1) * 127.5).astype(int)]
            colours = [QColor(*colour) for colour in lut.tolist()]
        scale = min(rect.width(), rect.height()) / (2 * PLANE_LIMIT)
        x = rect.center().x() + points[:, 0] * scale
        y = rect.center().y() - points[:, 1] * scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for px, py, colour in zip(x.tolist(), y.tolist(), colours, strict=True):
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(px, py), 1.5, 1.5)


class ImagesThumbnail(Thumbnail):
    """Images of as many classes as two rows have room for."""

    def sizeHint(self) -> QSize:
        """Half a column."""
        return QSize(98, 66)

    def draw(self, painter: QPainter, rect: QRectF, data: Data) -> None:
        """Ink on paper: dark on light, light on dark, as the theme has it."""
        labels = data.train.y[:, 0].astype(int)
        count = max(len(data.classes), 1)
        if data.task == "regression":  # the first ten, whatever they show
            count = min(10, len(data.train))
            labels = np.arange(len(data.train))
        columns = min((count + 1) // 2, max(1, int(2 * rect.width() / rect.height())))
        count = min(count, 2 * columns)
        side = min((rect.width() - 4) / columns, (rect.height() - 4) / 2)
        left = rect.center().x() - side * columns / 2
        top = rect.center().y() - side
        ink = QColor(theme.current().text)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number in range(count):
            where = np.flatnonzero(labels == number)
            if not len(where):
                continue
            image = _inked(data.train.x[where[0]], ink)
            place = QRectF(
                left + side * (number % columns), top + side * (number // columns), side, side
            )
            painter.drawImage(place.adjusted(2, 2, -2, -2), image, QRectF(image.rect()))


def _inked(pixels: np.ndarray, ink: QColor) -> QImage:
    """(h, w, 1) uint8 -> an image of ink whose opacity is the pixel."""
    height, width = pixels.shape[:2]
    rgba = np.empty((height, width, 4), np.uint8)
    rgba[..., 0], rgba[..., 1], rgba[..., 2] = ink.red(), ink.green(), ink.blue()
    rgba[..., 3] = pixels[..., 0]
    image = QImage(rgba.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return image.copy(QRect(0, 0, width, height))
