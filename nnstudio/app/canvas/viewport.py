"""The canvas as a view: it is fed like a panel, lays the network out, paints, zooms and pans."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.canvas import measure as measuring
from nnstudio.app.canvas.camera import Camera
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.layout import Box, Layout, arrange
from nnstudio.app.canvas.links import DASH_PERIOD, LinkRaster
from nnstudio.app.canvas.measure import Picture, Request
from nnstudio.app.canvas.scene import Scene
from nnstudio.app.document import Document
from nnstudio.app.panel import Panel
from nnstudio.engine.session import Session
from nnstudio.engine.view import View

#: How fast the dashes flow along the links while the network trains, in pixels a second.
FLOW = 22.0


class Viewport(Panel):
    """Shows the columns of a network live."""

    def __init__(
        self, document: Document, session: Session | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, session, parent)
        self.columns: tuple[Column, ...] = ()
        self.by_id: dict[str, Column] = {}
        self.layout_now = Layout(1, 1)
        self.camera = Camera()
        self.picture: Picture | None = None
        self.example = 0  # which example is shown where there is no plane
        self.is_moved = False  # whether somebody zoomed or panned
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 240)
        self.scene = Scene(self)

    def sizeHint(self) -> QSize:
        return QSize(880, 500)

    # --- fed like a panel ---

    def request(self) -> Request:
        """What to measure next."""
        return Request(
            self.document.setup.network,
            self.columns,
            theme.current(),
            self.scene.raster,
            self.example,
            time.perf_counter() * FLOW % DASH_PERIOD,
        )

    @staticmethod
    def measure(view: View, request: Request) -> Picture | None:
        """The picture of a snapshot; runs off the GUI thread."""
        return measuring.measure(view, request)

    def display(self, result: Picture | None) -> None:
        """Show a picture, unless the network has changed since."""
        if result is None or result.network != self.document.setup.network:
            return
        self.picture = result
        self.scene.take_links(result)
        self._picture_changed(result)
        self.update()

    def _picture_changed(self, picture: Picture) -> None:
        """New numbers are there, for whoever shows them."""

    # --- where things are ---

    @Slot()
    def fit(self) -> None:
        """Show the whole network."""
        self.is_moved = False
        self.lay_out(fit=True)

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom around a point of the view."""
        self.is_moved = True
        self.camera.zoom_at(factor, at.x(), at.y())
        self.scene.forget()
        self.update()

    def pan(self, by: QPointF) -> None:
        """Move the scene."""
        self.is_moved = True
        scene = (self.layout_now.width, self.layout_now.height)
        self.camera.pan(by.x(), by.y(), scene, (self.width(), self.height()))
        self.update()

    def scroll_by(self, dx: float, dy: float) -> None:
        """Move the scene if there is more of it than fits."""
        wide = self.layout_now.width * self.camera.zoom > self.width() + 1
        high = self.layout_now.height * self.camera.zoom > self.height() + 1
        if wide and not high and not dx:
            dx, dy = dy, 0.0
        if wide or high:
            self.pan(QPointF(dx if wide else 0.0, dy if high else 0.0))

    def view_rect(self, box: Box) -> QRect:
        """Where a box of the scene lies in the view."""
        x, y = self.camera.to_view(box.x, box.y)
        zoom = self.camera.zoom
        return QRect(round(x), round(y), round(box.width * zoom), round(box.height * zoom))

    def reserved(self) -> float:
        """Pixels at the lower edge that something else covers."""
        return 0.0

    def lay_out(self, *, fit: bool) -> None:
        """Place everything anew; ``fit`` also shows all of it."""
        text = self.scene.lettering(self.font())
        self.layout_now = arrange(
            self.columns, self.width(), self.height(), text, text.scale, self.reserved()
        )
        if fit:
            view = (float(self.width()), self.height() - self.reserved())
            self.camera.fit((self.layout_now.width, self.layout_now.height), view)
        self.scene.forget()
        self.scene.hurried = False
        self.scene.raster = LinkRaster(self.layout_now.groups, self.scene.link_scale(), text.scale)
        self.update()

    def draw_overlay(self, painter: QPainter) -> None:
        """Paint what answers pointer and keyboard, in scene coordinates."""

    # --- Qt's events ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self.scene.draw(painter)
        finally:  # a painter left open would take the program down
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.lay_out(fit=not self.is_moved)
        self.scene.hurried = True
