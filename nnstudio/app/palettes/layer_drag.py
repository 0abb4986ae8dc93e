"""Layers on their way from the palette: what a drag carries, and what it looks like."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QDrag, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from nnstudio.app import icons, theme
from nnstudio.app.palettes.layer_groups import icon_name
from nnstudio.core import registry
from nnstudio.core.contracts import Layer
from nnstudio.core.editing.fragments import Fragment, from_text
from nnstudio.core.editing.user_blocks import UserBlock
from nnstudio.core.text import StudioError, tr

#: A drag's kind; what it carries is the type name of a layer.
MIME = "application/x-nnstudio-layer"

#: A block of one's own; what it carries is its layers as text.
BLOCK_MIME = "application/x-nnstudio-block"

HEIGHT = 30


def carry(type_name: str) -> QMimeData:
    """What a drag of a layer carries."""
    data = QMimeData()
    data.setData(MIME, type_name.encode())
    return data


def dragged_layer(data: QMimeData) -> str:
    """The type name of the layer that a drag carries; empty if it carries something else."""
    if not data.hasFormat(MIME):
        return ""
    name = data.data(MIME).toStdString()
    try:
        found = registry.find(Layer, name)
    except StudioError:
        return ""
    return name if found.arity != 0 else ""


def carry_block(block: UserBlock) -> QMimeData:
    """What a drag of a block carries."""
    data = QMimeData()
    data.setData(BLOCK_MIME, block.fragment.to_text().encode())
    return data


def dragged_block(data: QMimeData) -> Fragment | None:
    """The layers of the block that a drag carries, if it carries one."""
    if not data.hasFormat(BLOCK_MIME):
        return None
    try:
        return from_text(bytes(data.data(BLOCK_MIME).data()).decode())
    except (StudioError, UnicodeDecodeError):
        return None


def picture(icon: str, label: str, ratio: float = 1.0) -> QPixmap:
    """The small card that follows the pointer: icon and name."""
    look = theme.current()
    font = theme.font(13, bold=True)
    width = QFontMetrics(font).horizontalAdvance(label) + 46
    made = QPixmap(round(width * ratio), round(HEIGHT * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.accent), 1.4))
    painter.setBrush(QColor(look.panel))
    painter.drawRoundedRect(QRectF(1, 1, width - 2, HEIGHT - 2), 7, 7)
    drawn = icons.pixmap(icon, 18, colour=look.accent, ratio=ratio)
    painter.drawPixmap(9, 6, drawn)
    painter.setPen(QColor(look.text))
    painter.setFont(font)
    inside = QRectF(34, 0, width - 36, HEIGHT)
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, label)
    painter.end()
    return made


def start(source: QWidget, cls: type[Layer]) -> None:
    """Drag a layer from a widget; comes back when it has been dropped, or not."""
    _start(source, carry(cls.type_name), icon_name(cls), tr(cls.label))


def start_block(source: QWidget, block: UserBlock) -> None:
    """The same with a block."""
    _start(source, carry_block(block), "layers/block", block.name)


def _start(source: QWidget, data: QMimeData, icon: str, label: str) -> None:
    drag = QDrag(source)
    drag.setMimeData(data)
    drag.setPixmap(picture(icon, label, source.devicePixelRatioF()))
    drag.setHotSpot(QPoint(17, HEIGHT // 2))
    drag.exec(Qt.DropAction.CopyAction)
