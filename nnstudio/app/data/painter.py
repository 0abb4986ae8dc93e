"""Painting points: what the brushes do to the document, a stroke at a time, also while it trains.

A stroke is one edit that can be undone. The first one on another 2-D set takes its points over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnstudio.app.data.data_change import change_dataset
from nnstudio.app.document import Document
from nnstudio.core import fields
from nnstudio.core.data import PLANE_LIMIT
from nnstudio.core.plane import COLOURS, PlaneDataset
from nnstudio.core.text import StudioError, mark, tr
from nnstudio.datasets.painted import PaintedPoints, Painting, painted

PAINT, SPRAY, ERASE, MOVE = "paint", "spray", "erase", "move"
TOOLS: dict[str, str] = {
    PAINT: mark("Paint"),
    SPRAY: mark("Spray"),
    ERASE: mark("Erase"),
    MOVE: mark("Move"),
}
#: What a stroke of each tool is called in the Edit menu.
STROKES = {
    PAINT: mark("Paint points"),
    SPRAY: mark("Spray points"),
    ERASE: mark("Erase points"),
    MOVE: mark("Move points"),
}
#: Milliseconds between edits during a stroke, and points that a spray throws meanwhile.
BEAT, SPRAYED = 50, 3
#: Painted points of a stroke lie so far apart, in units of the plane and in brush sizes.
LEAST_GAP, GAP = 0.25, 0.8


class Painter(QObject):
    """The brush and the sheet. ``refused`` carries a ``StudioError``; ``changed`` says that the
    tool, the classes or the sheet did."""

    refused = Signal(object)
    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.tool = PAINT
        self.brush_class = 0
        self.number = 1.0  # what a point of a regression gets
        self.size = 0.6  # the brush's radius in units of the plane
        self.is_blank = False  # whether the next stroke begins on a new sheet
        self._random = np.random.default_rng()
        self._work: PaintedPoints | None = None
        self._tool = PAINT
        self._stroke = 0
        self._at = (0.0, 0.0)
        self._held = np.zeros(0, bool)
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT)
        self._beat.timeout.connect(self._tick)
        document.changed.connect(self._follow)

    # --- what there is ---

    @property
    def dataset(self) -> PlaneDataset | None:
        """The document's data set if it is of the plane."""
        found = self.document.setup.dataset
        return found if isinstance(found, PlaneDataset) else None

    @property
    def classifies(self) -> bool:
        """Whether points have a class, rather than a number."""
        return self.document.data.task == "classification"

    @property
    def classes(self) -> int:
        """How many classes there are brushes for."""
        return max(2, len(self.document.data.classes))

    @property
    def painting(self) -> Painting | None:
        """The points of a stroke under way that the document does not have yet."""
        return self._work.painting if self._work is not None else None

    def _sheet(self) -> PaintedPoints | None:
        """What the next stroke changes."""
        dataset = self.dataset
        if dataset is None:
            return None
        if not isinstance(dataset, PaintedPoints):
            dataset = painted(self.document.data, dataset)
        return dataset.with_painting(Painting()) if self.is_blank else dataset

    # --- strokes ---

    def begin(self, x: float, y: float, *, erase: bool = False) -> None:
        """A stroke begins at a point of the plane."""
        self._work = self._sheet()
        if self._work is None:
            return
        self._tool = ERASE if erase else self.tool
        self._stroke += 1
        self._at = (x, y)
        if self._tool == MOVE:
            self._held = self._work.painting.near(x, y, max(self.size, 0.3))
        elif self._tool == PAINT:
            self._add(np.array([[x, y]]))
        elif self._tool == SPRAY:
            self._spray()
        else:
            self._erase(x, y)
        self._beat.start()

    def move(self, x: float, y: float) -> None:
        """It goes on to another point."""
        if self._work is None:
            return
        before, away = np.array(self._at), np.array([x, y]) - self._at
        if self._tool == PAINT:
            gap = max(LEAST_GAP, GAP * self.size)
            count = int(np.hypot(*away) / gap)
            if count == 0:
                return
            steps = np.arange(1, count + 1)[:, None] * gap / np.hypot(*away)
            self._add(before + steps * away)
            x, y = (before + steps[-1] * away).tolist()
        elif self._tool == ERASE:
            for share in np.linspace(0, 1, 1 + int(np.hypot(*away) / self.size))[1:]:
                self._erase(*(before + share * away).tolist())
            self._erase(x, y)
        elif self._tool == MOVE and self._held.any():
            self._set(self._work.painting.moved(self._held, *away.tolist()))
        self._at = (x, y)

    def end(self) -> None:
        """It ends."""
        if self._work is not None:
            self._beat.stop()
            self._commit()
            self._work = None

    def stop(self) -> None:
        """No more strokes: the window closes."""
        self._beat.stop()
        self._work = None

    @Slot()
    def _tick(self) -> None:
        if self._work is not None and self._tool == SPRAY:
            self._spray()
        self._commit()

    def _spray(self) -> None:
        turn = self._random.uniform(0, 2 * np.pi, SPRAYED)
        far = self.size * np.sqrt(self._random.uniform(0, 1, SPRAYED))
        around = np.stack([np.cos(turn), np.sin(turn)], 1) * far[:, None]
        places = around + self._at
        self._add(places[np.abs(places).max(1) <= PLANE_LIMIT])

    def _add(self, places: np.ndarray) -> None:
        assert self._work is not None
        given = float(self.brush_class) if self.classifies else self.number
        self._set(self._work.painting.with_points(places, [given] * len(places)))

    def _erase(self, x: float, y: float) -> None:
        assert self._work is not None
        painting = self._work.painting
        if painting.points:
            self._set(painting.without(painting.near(x, y, self.size)))

    def _set(self, painting: Painting) -> None:
        assert self._work is not None
        self._work = self._work.with_painting(painting)

    def _commit(self) -> None:
        """Bring what was painted into the document."""
        work = self._work
        if work is None or not work.painting.points or work == self.document.setup.dataset:
            return
        if self._tool in (ERASE, MOVE) and work.painting == self._untouched():
            return
        self._change(work, tr(STROKES[self._tool]), f"paint.{self._stroke}")

    def _untouched(self) -> Painting | None:
        sheet = self._sheet()
        return sheet.painting if sheet is not None else None

    def _change(self, dataset: PaintedPoints, text: str, merge: str = "") -> None:
        try:
            change_dataset(self.document, dataset, text, merge)
        except StudioError as error:
            self.refused.emit(error)

    # --- the sheet ---

    def clear(self) -> None:
        """A new sheet: the present points go with the next stroke, not before."""
        self.is_blank = not self.is_blank
        if self.is_blank and self.tool in (ERASE, MOVE):
            self.tool = PAINT
        self.changed.emit()

    def choose(self, tool: str) -> None:
        """Take another tool."""
        self.tool = tool
        self.changed.emit()

    def choose_class(self, number: int) -> None:
        """Paint another class."""
        self.brush_class = number
        if self.tool in (ERASE, MOVE):
            self.tool = PAINT
        self.changed.emit()

    def set_classes(self, count: int) -> None:
        """So many classes; points of those that go, go with them."""
        sheet = self._sheet()
        if sheet is None or not 2 <= count <= len(COLOURS):
            return
        painting = sheet.painting
        if painting.points:
            painting = painting.without(painting.values() >= count)
        values: dict[str, Any] = {"classes": count, "painting": painting}
        self.brush_class = count - 1 if count > self.classes else min(self.brush_class, count - 1)
        if painting.points:
            self._change(fields.changed(sheet, **values), tr("Classes: {n}", n=count))
        self.changed.emit()

    def set_problem(self, problem: str) -> None:
        """Points with classes, or with numbers from −1 to 1."""
        sheet = self._sheet()
        if sheet is None or problem == sheet.problem or not sheet.painting.points:
            return
        values = sheet.painting.values()
        if problem == "regression":
            values = 2 * values / max(sheet.classes - 1, 1) - 1
        else:
            values = (values > 0).astype(float)
        together = zip(sheet.painting.points, values.tolist(), strict=True)
        painting = Painting(tuple((p[0], p[1], v, p[3]) for p, v in together))
        changes = {"problem": problem, "painting": painting, "classes": 2}
        self._change(fields.changed(sheet, **changes), tr("Problem"))
        self.brush_class = min(self.brush_class, 1)
        self.changed.emit()

    @Slot(object, object)
    def _follow(self, before: object, after: object) -> None:
        self.is_blank = False
        self.brush_class = min(self.brush_class, self.classes - 1)
        self.changed.emit()
