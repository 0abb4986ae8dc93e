"""Painting the canvas from its cached parts: backdrop, links, live pictures, overlay."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap

from nnstudio.app import theme
from nnstudio.app.canvas.backdrop import draw_backdrop
from nnstudio.app.canvas.lettering import Lettering
from nnstudio.app.canvas.links import LinkImage, LinkRaster
from nnstudio.app.canvas.live import (
    draw_link_image,
    draw_live,
    draw_thin_links,
    make_frame,
    tile_boxes,
)
from nnstudio.app.canvas.measure import Picture, draw_links

if TYPE_CHECKING:
    from nnstudio.app.canvas.viewport import Viewport

#: Links are drawn at up to so many device pixels a scene pixel: beyond, softness is not seen.
MOST_LINK_SCALE = 1.5
#: So many links can be drawn on the GUI thread within about 30 ms.
MOST_LINKS_AT_ONCE = 130
#: Milliseconds without another zoom after which the backdrop is painted anew, and by how much it
#: is enlarged at most until then.
CALM, MOST_STRETCH = 150, 1.6
#: Seconds; zooms that follow each other faster are one movement.
GOES_ON = 0.3


class Scene:
    """What has been painted already, and how it comes together."""

    def __init__(self, canvas: Viewport) -> None:
        self._canvas = canvas
        self._text: Lettering | None = None
        self._font = ""
        self.raster: LinkRaster | None = None
        self.backdrop = QPixmap()
        self._area = QRectF()  # the part of the scene, zoomed, that the backdrop shows
        self._zoom = 1.0  # and at which zoom
        self._frames: dict[str, QPixmap] = {}
        self.hurried = False
        self._zoomed = 0.0  # when, by the clock
        self._calm = QTimer(canvas)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM)
        self._calm.timeout.connect(canvas.sharpen)
        self._links: LinkImage | None = None
        self._links_raster: LinkRaster | None = None

    def lettering(self, font: QFont) -> Lettering:
        """The fonts, made anew when the window's font changes."""
        if self._text is None or self._font != font.toString():
            self._text, self._font = Lettering(font), font.toString()
        return self._text

    def forget(self) -> None:
        """Paint the backdrop again at the next chance."""
        self.backdrop = QPixmap()
        self._frames.clear()

    def zoomed(self) -> None:
        """The zoom has changed. While it goes on changing, the backdrop is shown enlarged or
        reduced; it is painted again when there is time."""
        before, self._zoomed = self._zoomed, time.monotonic()
        ratio = self._canvas.camera.zoom / self._zoom
        if self._zoomed - before > GOES_ON or not 1 / MOST_STRETCH < ratio < MOST_STRETCH:
            self.forget()
        else:
            self._calm.start()
        if self.raster is not None and self.raster.scale != self.link_scale():
            self.make_raster(self.raster.thickness)

    def make_raster(self, thickness: float) -> None:
        """Prepare the links of the present layout."""
        groups = self._canvas.layout_now.groups
        self.raster = LinkRaster(groups, self.link_scale(), thickness)

    def link_scale(self) -> float:
        """Device pixels a scene pixel; where the network is shown small, a half or a quarter
        will do."""
        scale = min(MOST_LINK_SCALE, float(self._canvas.devicePixelRatioF()))
        while scale > 0.15 and self._canvas.camera.zoom * MOST_LINK_SCALE < scale * 0.75:
            scale /= 2
        return scale

    def take_links(self, picture: Picture) -> None:
        """Use the links that were drawn off the GUI thread, if they fit the layout."""
        if picture.raster is self.raster:
            self._links, self._links_raster = picture.links, picture.raster

    def current_links(self) -> LinkImage | None:
        """The links; drawn here only if few, right after the layout changed, and never in a hurry
        (while the window is being resized): ``thin_links`` bridge the time to the next picture."""
        picture = self._canvas.picture
        if self._links_raster is self.raster:
            return self._links
        if picture is None or self.raster is None:
            return None
        if self.hurried or self.raster.count > MOST_LINKS_AT_ONCE:
            return None
        self._links = draw_links(self.raster, picture.parameters, theme.current())
        self._links_raster = self.raster
        return self._links

    def _prepare(self, look: theme.Theme, text: Lettering) -> None:
        """Paint the backdrop and the thumbnails' frame at the current zoom."""
        canvas, layout = self._canvas, self._canvas.layout_now
        zoom, ratio = canvas.camera.zoom, canvas.devicePixelRatioF()
        # As much of the scene as shows, and half as much again on each side to pan within.
        whole = QRectF(0, 0, layout.width * zoom, layout.height * zoom)
        around = QRectF(canvas.rect()).translated(-canvas.camera.x, -canvas.camera.y)
        across, down = around.width() / 2, around.height() / 2
        area = around.adjusted(-across, -down, across, down).intersected(whole).toAlignedRect()
        self._area, self._zoom = QRectF(area), zoom
        pixels = area.size() * ratio
        self.backdrop = QPixmap(max(1, pixels.width()), max(1, pixels.height()))
        self.backdrop.setDevicePixelRatio(ratio)
        self.backdrop.fill(QColor(look.canvas))
        painter = QPainter(self.backdrop)
        painter.translate(-area.left(), -area.top())
        painter.scale(zoom, zoom)
        here = QRectF(area.left() / zoom, area.top() / zoom, area.width() / zoom,
                      area.height() / zoom)  # fmt: skip
        draw_backdrop(painter, canvas.columns, layout, look, text, here)
        painter.end()
        sizes = {box.width for boxes in layout.units.values() for box in boxes}
        if sizes:
            self._frames["unit"] = make_frame(max(sizes), ratio * zoom, look)
        for column in canvas.columns:
            if column.kind == "tiles":
                size = tile_boxes(layout, column)[0].width
                self._frames[column.id] = make_frame(size, ratio * zoom, look)

    def _stretched(self) -> QRectF:
        """The part of the scene that the backdrop shows, at the zoom of now."""
        share = self._canvas.camera.zoom / self._zoom
        area = self._area
        return QRectF(
            area.x() * share, area.y() * share, area.width() * share, area.height() * share
        )

    def draw(self, painter: QPainter) -> None:
        """Paint everything into the view."""
        canvas, look = self._canvas, theme.current()
        camera, layout = canvas.camera, canvas.layout_now
        text = self.lettering(canvas.font())
        area = QRectF(canvas.rect())
        whole = QRectF(0, 0, layout.width * camera.zoom, layout.height * camera.zoom)
        wanted = area.translated(-camera.x, -camera.y).intersected(whole)
        shown = self._stretched()
        if self.backdrop.isNull() or not shown.adjusted(-1, -1, 1, 1).contains(wanted):
            self._prepare(look, text)
            shown = self._stretched()
        shown.translate(camera.x, camera.y)
        if not shown.contains(area):
            painter.fillRect(area, QColor(look.canvas))
        if camera.zoom == self._zoom:
            painter.drawPixmap(shown.topLeft(), self.backdrop)
        else:
            painter.drawPixmap(shown, self.backdrop, QRectF(self.backdrop.rect()))
        painter.translate(camera.x, camera.y)
        if camera.zoom != 1.0:
            painter.scale(camera.zoom, camera.zoom)
        if canvas.picture is not None and canvas.picture.theme is look:
            links = self.current_links()
            if links is not None:
                draw_link_image(painter, links)
            else:
                draw_thin_links(painter, layout.groups, canvas.picture.parameters, look)
            left, _ = camera.to_scene(0, 0)
            right, _ = camera.to_scene(area.width(), 0)
            seen = [
                column
                for column in canvas.columns
                if column.has_body and left - 60 < layout.cards[column.id].right
                and layout.cards[column.id].x < right + 60
            ]  # fmt: skip
            draw_live(painter, seen, layout, canvas.picture, self._frames, look, text)
        canvas.draw_overlay(painter)
