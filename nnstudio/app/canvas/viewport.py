"""The canvas as a view: it is fed like a panel, lays the network out, paints, zooms and pans."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.canvas import measure as measuring
from nnstudio.app.canvas.boxes import Box
from nnstudio.app.canvas.camera import LEAST, READABLE, Camera
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.layout import Layout, arrange
from nnstudio.app.canvas.links import DASH_PERIOD
from nnstudio.app.canvas.measure import Picture, Request
from nnstudio.app.canvas.scene import Scene
from nnstudio.app.canvas.stretch import stretch_of
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
        self.picture_before: Picture | None = None  # that of the step before it
        self.example = 0  # which example is shown where there is no plane
        self.still = False  # for those whom motion disturbs: nothing flows along the links
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
            0.0 if self.still else time.perf_counter() * FLOW % DASH_PERIOD,
        )

    @staticmethod
    def measure(view: View, request: Request) -> Picture | None:
        """The picture of a snapshot; runs off the GUI thread."""
        return measuring.measure(view, request)

    def display(self, result: Picture | None) -> None:
        """Show a picture, unless the network has changed since."""
        if result is None or result.network != self.document.setup.network:
            return
        if self.picture is not None and self.picture.step != result.step:
            self.picture_before = self.picture
        self.picture = result
        self.scene.take_links(result)
        self._picture_changed(result)
        self.update()

    def _picture_changed(self, picture: Picture) -> None:
        """New numbers are there, for whoever shows them."""

    # --- where things are ---

    @Slot()
    def fit(self) -> None:
        """Show the whole network, however small it becomes."""
        self.is_moved = False
        self.lay_out(fit=True, least=LEAST)

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom around a point of the view."""
        self.is_moved = True
        self.camera.zoom_at(factor, at.x(), at.y())
        self.scene.zoomed()
        self.camera_moved()

    @Slot()
    def sharpen(self) -> None:
        """Zooming has come to rest: paint as finely as it can be seen."""
        self.scene.forget()
        self.update()

    def pan(self, by: QPointF) -> None:
        """Move the scene."""
        self.is_moved = True
        scene = (self.layout_now.width, self.layout_now.height)
        self.camera.pan(by.x(), by.y(), scene, (self.width(), self.height()))
        self.camera_moved()

    def camera_moved(self) -> None:
        """The camera shows something else."""
        self.update()

    def show_box(self, box: Box) -> None:
        """Pan so far that a box of the scene shows."""
        area = self.view_rect(box)
        edge = 24
        right, bottom = self.width() - edge, self.height() - round(self.reserved()) - edge
        dx = max(0, edge - area.left()) or min(0, right - area.right())
        dy = max(0, edge // 2 - area.top()) or min(0, bottom - area.bottom())
        wide = self.layout_now.width * self.camera.zoom > self.width() + 1
        if dx and (wide or self.is_moved):
            moved, self.is_moved = self.is_moved, True
            self.pan(QPointF(dx, dy if moved else 0))

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

    def lay_out(self, *, fit: bool, least: float = READABLE) -> None:
        """Place everything anew; ``fit`` also shows as much of it as can be read."""
        text = self.scene.lettering(self.font())
        width, height, below = float(self.width()), float(self.height()), self.reserved()
        stretch = stretch_of(self.columns, width, text, text.scale)
        zoom = max(READABLE, width / max(width, stretch.view))
        if zoom > 0.995:
            zoom = 1.0  # what is shown smaller has room for more below the cards
        self.layout_now = arrange(
            self.columns, width, height / zoom, text, text.scale, below / zoom, stretch
        )
        if fit:
            view = (width, height - below)
            self.camera.fit((self.layout_now.width, self.layout_now.height), view, least)
        self.scene.forget()
        self.scene.hurried = False
        self.scene.make_raster(text.scale)
        self.camera_moved()

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
