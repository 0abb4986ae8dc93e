"""The names of a group's panels: a title if there is one, tabs if there are more. A name can be
dragged to another place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QFocusEvent, QFontMetrics, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QSizePolicy, QTabBar, QWidget

from nnstudio.app import theme

#: What a dragged panel is called on its way.
HEIGHT, GAP, NARROWEST = 24, 10, 72
MIME = "application/x-nnstudio-panel"


class PanelTabs(QTabBar):
    """``dropped_outside`` carries the name of a panel that was dropped on no group; ``focused``
    says that the keyboard came."""

    dropped_outside = Signal(str)
    focused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panelTabs")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.pixels(HEIGHT))
        self._pressed: QPointF | None = None

    def show_names(self, names: list[tuple[str, str]], current: str) -> None:
        """(name, title) of each panel."""
        self.blockSignals(True)
        shown = [(self.tabData(at), self.tabText(at)) for at in range(self.count())]
        if shown != names:
            while self.count():
                self.removeTab(0)
            for name, title in names:
                self.setTabData(self.addTab(title), name)
            self.setUsesScrollButtons(len(names) > 1)
            self.setProperty("single", len(names) == 1)
            self.style().unpolish(self)
            self.style().polish(self)
            self.updateGeometry()
        for at, (name, _) in enumerate(names):
            if name == current:
                self.setCurrentIndex(at)
        self.blockSignals(False)

    def tabSizeHint(self, index: int) -> QSize:
        font = theme.font(13, bold=self.count() == 1)
        width = QFontMetrics(font).horizontalAdvance(self.tabText(index))
        return QSize(width + GAP + 2, theme.pixels(HEIGHT))

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def sizeHint(self) -> QSize:
        widths = [self.tabSizeHint(at).width() for at in range(self.count())]
        return QSize(sum(widths), theme.pixels(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        few = self.count() > 1
        return QSize(NARROWEST if few else min(NARROWEST, self.sizeHint().width()), HEIGHT)

    def name_at(self, index: int) -> str:
        """The panel of a tab."""
        return str(self.tabData(index) or "")

    def changeEvent(self, event: QEvent) -> None:
        """As high as the text needs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(theme.pixels(HEIGHT))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    # --- dragging ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        left = event.button() == Qt.MouseButton.LeftButton
        over = self.tabAt(event.position().toPoint()) >= 0
        self._pressed = event.position() if left and over else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._pressed is None:
            return
        away = (event.position() - self._pressed).manhattanLength()
        if away >= 2 * QApplication.startDragDistance():
            index = self.tabAt(self._pressed.toPoint())
            self._pressed = None
            if index >= 0:
                self._drag(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._pressed = None

    def _drag(self, index: int) -> None:
        name, place = self.name_at(index), self.tabRect(index)
        picture: QPixmap = self.grab(place)
        carried = QMimeData()
        carried.setData(MIME, name.encode())
        drag = QDrag(self)
        drag.setMimeData(carried)
        drag.setPixmap(picture)
        if drag.exec(Qt.DropAction.MoveAction) == Qt.DropAction.IgnoreAction:
            self.dropped_outside.emit(name)
