"""Drawing points of one's own: brushes on the output, or on a large board in place of the
network."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot

from nnstudio.app.data.brush_box import BrushBox
from nnstudio.app.data.paint_layer import PaintLayer
from nnstudio.app.data.painter import Painter
from nnstudio.app.data.plane_page import PlanePage
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.panels.output_surface import OutputSurface
from nnstudio.core.text import mark

BOARD = "board"


class Board(OutputSurface):
    """The decision surface as large as there is room."""

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        return QSize(600, 600)


@feature
class Painting(Feature):
    """Painting goes on until it is ended, or other than 2-D data comes."""

    name = "painting"
    order = 20
    entries = (
        Entry(
            "draw_points", mark("Draw points"), "toggle", "P", checkable=True,
            help=mark("Paint, spray, erase and move points of the plane (P)"), menu="Edit",
            rule=True,
        ),
    )  # fmt: skip

    def start(self) -> None:
        """The painter, the box in the 2-D page, and a layer over the output."""
        window = self.window
        self.painter = Painter(window.document, self)
        self.painter.refused.connect(window.notice.show_error)
        self.box: BrushBox | None = None
        self.layers: list[PaintLayer] = []
        self._had_validation = False
        page = window.databar.pages["2-D"]
        assert isinstance(page, PlanePage)
        self.page = page
        page.draw.clicked.connect(self.toggle)
        window.document.changed.connect(self._follow)
        window.stage.changed.connect(self._stage_changed)

    @property
    def is_on(self) -> bool:
        """Whether one paints."""
        return self.box is not None and not self.box.isHidden()

    @Slot()
    def toggle(self) -> None:
        """Begin or end painting."""
        self.set_on(not self.is_on)

    @Slot()
    def end(self) -> None:
        """Put the brushes away."""
        self.set_on(False)

    def set_on(self, wanted: bool) -> None:
        """Take the brushes out, where there is a plane to paint on, or put them away."""
        wanted = wanted and self.painter.dataset is not None
        if wanted and self.box is None:
            self._make()
        if self.box is None:
            self.window.actions_by_name["draw_points"].setChecked(False)
            return
        if wanted and not self.is_on:
            self._had_validation = self.layers[0].surface.shows_validation
        elif self.is_on and not wanted:
            self.layers[0].surface.show_validation(self._had_validation)
        self.painter.end()
        self.painter.is_blank = False
        self.box.setVisible(wanted)
        self.page.draw.setVisible(not wanted)
        self.window.actions_by_name["draw_points"].setChecked(wanted)
        for layer in self.layers:
            layer.setVisible(wanted)
            if wanted:
                layer.surface.show_validation()  # else half of what is painted would not show
        if wanted:
            self.box.follow()
            self.window.area.set_open("output", True)
            self.window.databar.ensureWidgetVisible(self.box)
        elif self.window.stage.current == BOARD:
            self.window.stage.leave()

    def _make(self) -> None:
        self.box = BrushBox(self.painter, self.page)
        self.box.hide()  # in a column that is put away it counts as shown otherwise
        self.box.done.connect(self.end)
        self.box.enlarged.connect(self.enlarge)
        self.page.add_brushes(self.box)
        surface = self.window.area.panel("output")
        assert isinstance(surface, OutputSurface)
        self.layers.append(PaintLayer(surface, self.painter))

    @Slot()
    def enlarge(self) -> None:
        """The large board, or back to the network."""
        stage = self.window.stage
        if stage.current == BOARD:
            stage.leave()
            return
        if BOARD not in stage.pages:
            board = Board(self.window.document, self.window.session)
            stage.add(BOARD, mark("Draw points"), board)
            self.window.bridge.add(board)
            board.show_validation()
            layer = PaintLayer(board, self.painter)
            layer.show()
            self.layers.append(layer)
        stage.open(BOARD)

    @Slot(str)
    def _stage_changed(self, name: str) -> None:
        if self.box is not None:
            self.box.board.setChecked(name == BOARD)

    @Slot(object, object)
    def _follow(self, before: object, after: object) -> None:
        if self.is_on and self.painter.dataset is None:
            self.set_on(False)

    def stop(self) -> None:
        """No stroke outlives the window."""
        self.painter.stop()
