"""Images on the data page: a gallery by class, how they are prepared, and what augmentation makes
of them. A wrong label can be put right."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnstudio.app import theme
from nnstudio.app.data_page.gallery import Gallery, Pictures
from nnstudio.app.data_page.part_card import PartCard
from nnstudio.app.header import HeaderButton
from nnstudio.app.i18n import say
from nnstudio.app.job import Job
from nnstudio.app.widgets.combo import HEIGHT, Combo, Labelled
from nnstudio.core.data import Data
from nnstudio.core.recipes.recipe import Augmentation, Recipe
from nnstudio.core.sources.raw import RawStack
from nnstudio.core.text import mark, named, tr

SIDE = 262
#: Images of an augmentation's preview.
PREVIEWED = 8
PARTS = {"train": mark("Training"), "valid": mark("Validation"), "test": mark("Test")}


class GalleryPage(QWidget):
    """``part_edited(part, setting, value)`` asks for another recipe; ``label_corrected(row,
    class)`` for another label of a raw row."""

    part_edited = Signal(str, str, object)
    folds_wanted = Signal()
    label_corrected = Signal(str, str)
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data: Data | None = None
        self.stack: RawStack | None = None
        self.recipe: Recipe | None = None
        self.places = np.zeros(0, np.int64)  # of the shown pictures in the part
        self.step = 0
        self.part, self.kind = Combo(mark("Part"), self), Combo(mark("Class"), self)
        for combo in (self.part, self.kind):
            combo.activated.connect(self._fill)
        self.gallery = Gallery(self)
        self.gallery.chosen.connect(self._chosen)
        self.count = QLabel(self)
        self.count.setMinimumHeight(theme.pixels(HEIGHT))
        self.count.setProperty("role", "caption")
        self.label = Combo(mark("Label"), self)
        self.label.activated.connect(self._label_chosen)
        self.label_box = QFrame(self)
        self.label_box.setObjectName("card")
        self.name = QLabel(self.label_box)
        self.name.setProperty("role", "caption")
        self.name.setWordWrap(True)
        self.cards = {name: PartCard(name, self) for name in ("augmentation", "images", "split")}
        for card in self.cards.values():
            card.edited.connect(self.part_edited)
            card.folds_wanted.connect(self.folds_wanted)
            card.refused.connect(self.refused)
        self.preview = Gallery(self, tile=46)
        self.preview.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.preview.setFixedHeight(self.preview.row_height())
        self.preview.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.again = HeaderButton(mark("again"), mark("Other random changes."))
        self.again.clicked.connect(self._again)
        self.job = Job("nnstudio-preview", self)
        self.job.finished.connect(self._previewed)
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(Labelled(mark("Part"), self.part, parent=self))
        top.addWidget(Labelled(mark("Class"), self.kind, parent=self))
        top.addStretch(1)
        top.addWidget(self.count, 0, Qt.AlignmentFlag.AlignBottom)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(top)
        left.addWidget(self.gallery, 1)
        inside = QWidget(self)
        inside.setObjectName("column")
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, 4, 0)
        cards.setSpacing(10)
        box = QVBoxLayout(self.label_box)
        box.setContentsMargins(11, 9, 11, 11)
        box.addWidget(Labelled(mark("Label"), self.label, parent=self.label_box))
        box.addWidget(self.name)
        cards.addWidget(self.label_box)
        heading = QHBoxLayout()
        title = say(QLabel(self), text=mark("What training sees"))
        title.setProperty("role", "caption")
        heading.addWidget(title, 1)
        heading.addWidget(self.again)
        self.seen = QFrame(self)
        self.seen.setObjectName("card")
        seen = QVBoxLayout(self.seen)
        seen.setContentsMargins(11, 6, 8, 4)
        seen.setSpacing(4)
        seen.addLayout(heading)
        seen.addWidget(self.preview)
        left.addWidget(self.seen)
        for card in self.cards.values():
            cards.addWidget(card)
        cards.addStretch(1)
        side = QScrollArea(self)
        side.setWidget(inside)
        side.setWidgetResizable(True)
        side.setFixedWidth(SIDE)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.side = side
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(side)

    def show_data(self, data: Data, stack: RawStack | None, recipe: Recipe | None) -> None:
        """Show images; without a recipe there is nothing to prepare."""
        self.data, self.stack, self.recipe = data, stack, recipe
        self.side.setVisible(recipe is not None)
        self.seen.setVisible(recipe is not None)
        if recipe is not None:
            for card in self.cards.values():
                card.show_recipe(recipe)
        self._list()
        self._fill()

    def _list(self) -> None:
        assert self.data is not None
        parts = [name for name in PARTS if getattr(self.data, name) is not None]
        _fill_combo(self.part, [(name, tr(PARTS[name])) for name in parts])
        counts = np.zeros(len(self.data.classes), np.int64)
        for name in parts if self.data.classes else ():
            numbers = getattr(self.data, name).y[:, 0].astype(np.int64)
            counts += np.bincount(numbers, minlength=len(counts))
        classes = [
            (str(at), f"{named(name)}  ({counts[at]:,})")
            for at, name in enumerate(self.data.classes)
        ]
        _fill_combo(self.kind, [("", tr("All")), *classes])
        chosen = [(name, named(name)) for name in self.data.classes]
        _fill_combo(self.label, chosen)
        self.label_box.setVisible(bool(chosen) and self.recipe is not None)

    @Slot()
    def _fill(self) -> None:
        data = self.data
        if data is None:
            return
        part = getattr(data, self.part.currentData() or "train")
        kind = self.kind.currentData()
        numbers = part.y[:, 0].astype(int) if data.classes else np.zeros(len(part), int)
        places = np.flatnonzero(numbers == int(kind)) if kind else np.arange(len(part))
        self.places = places
        if part.x.ndim != 4 or part.x.shape[3] not in (1, 3):
            self.gallery.show_pictures(Pictures(np.zeros((0, 1, 1, 1), np.uint8), []))
        else:
            names = [named(name) for name in data.classes] or [""]
            captions = [names[number] for number in numbers[places].tolist()]
            self.gallery.show_pictures(Pictures(_Chosen(part.x, places), captions))  # type: ignore[arg-type]
        self.count.setText(tr("{n} images", n=f"{len(places):,}"))
        self.name.setText(tr("Choose an image to correct its label."))
        self.label.setEnabled(False)
        self._show_preview()

    def _show_preview(self) -> None:
        data, recipe = self.data, self.recipe
        if data is None or recipe is None or data.train.x.ndim != 4 or not len(data.train):
            return
        some = np.linspace(0, len(data.train) - 1, PREVIEWED).astype(int)
        names = [named(data.classes[int(n)]) if data.classes else "" for n in data.train.y[some, 0]]
        if recipe.augmentation.active:
            work = partial(augmented, data, some, recipe.augmentation, self.step)
            self.job.start(names, work)
        else:
            self.job.cancel()
            self._previewed(names, data.train.x[some])

    @Slot(object, object)
    def _previewed(self, names: list[str], shown: np.ndarray) -> None:
        self.preview.show_pictures(Pictures(shown, names))

    @Slot()
    def _again(self) -> None:
        self.step += 1
        self._show_preview()

    @Slot(int)
    def _chosen(self, place: int) -> None:
        data = self.data
        if data is None or not data.classes or self.recipe is None:
            return
        part = getattr(data, self.part.currentData())
        number = int(part.y[self.places[place], 0])
        self.label.setEnabled(True)
        self.label.setCurrentIndex(number)
        row = self._row(place)
        names = self.stack.names if self.stack is not None else ()
        self.name.setText(names[row] if names else tr("Image {n}", n=f"{row + 1:,}"))

    def _row(self, place: int) -> int:
        """The raw row of a shown picture."""
        data = self.data
        assert data is not None
        number = list(PARTS).index(self.part.currentData())
        at = int(self.places[place])
        return int(data.rows[number][at]) if len(data.rows) > number else at

    @Slot(int)
    def _label_chosen(self, at: int) -> None:
        place = self.gallery.current
        if self.data is None or place < 0:
            return
        row = self._row(place)
        names = self.stack.names if self.stack is not None else ()
        self.label_corrected.emit(names[row] if names else str(row), self.label.itemData(at))

    def changeEvent(self, event: QEvent) -> None:
        """Lists follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self.data is not None:
            self._list()
            self._fill()
        super().changeEvent(event)


def augmented(data: Data, rows: np.ndarray, how: Augmentation, step: int) -> np.ndarray:
    """What training would see of some images at a step: float32, 0 to 1."""
    from nnstudio.engine.augment import preview

    x = data.train.x[rows]
    seen = preview(x, how, 1, step, data.scale, data.shift)
    low, high = float(data.shift), float(data.shift + data.scale * 255)
    if x.dtype != np.uint8:
        low, high = float(x.min()), float(x.max())
    shown: np.ndarray = (seen - low) / max(high - low, 1e-9)
    return shown


class _Chosen:
    """Some images of many, looked up one by one: nothing is copied."""

    def __init__(self, x: np.ndarray, places: np.ndarray) -> None:
        self.x = x
        self.places = places
        self.shape = (len(places), *x.shape[1:])

    def __getitem__(self, place: int) -> np.ndarray:
        found: np.ndarray = self.x[self.places[place]]
        return found


def _fill_combo(combo: Combo, entries: list[tuple[str, str]]) -> None:
    """List (value, text), keeping what is chosen; tells nobody."""
    chosen = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    for value, text in entries:
        combo.addItem(text, value)
    combo.setCurrentIndex(max(0, combo.findData(chosen)))
    combo.blockSignals(False)
