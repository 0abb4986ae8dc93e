"""Lesions: numbers of a layer that are set to zero by hand, to see what is missing, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from nnstudio.app.canvas.columns import unit_text
from nnstudio.app.canvas.hints import number_at
from nnstudio.app.document import Place
from nnstudio.core.text import tr

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas


@dataclass
class Lesion:
    """What stood there, and the undo stack's length once it was silenced and once it was brought
    back (0: it has not been)."""

    numbers: list[tuple[Place, float]]
    made: int
    mended: int = 0


class Lesions(QObject):
    """Remembers what stood where something was silenced; a unit is its bias with all weights that
    enter it. Each lesion is one undoable edit."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.kept: dict[Place, Lesion] = {}
        canvas.document.stack.indexChanged.connect(self._stack_moved)
        editor = canvas.weight_editor
        editor.lesion_wanted.connect(self.toggle)
        editor.freeze_wanted.connect(self.freeze)

    def show(self) -> None:
        """Let the editor's buttons say what they do."""
        editor, network = self.canvas.weight_editor, self.canvas.document.setup.network
        place = editor.place
        if place is not None and place[0] in network:
            editor.show_state(lesioned=self._is_lesioned(place), frozen=network[place[0]].frozen)

    def _is_lesioned(self, place: Place) -> bool:
        return place in self.kept and not self.kept[place].mended

    @Slot(int)
    def _stack_moved(self, index: int) -> None:
        """An undone lesion is none, nor is one of work that was put away; an undone mend is none
        either."""
        self.kept = {place: one for place, one in self.kept.items() if one.made <= index}
        for one in self.kept.values():
            if one.mended > index:
                one.mended = 0
        self.show()

    @Slot(str, str, object)
    def toggle(self, node: str, name: str, index: tuple[int, ...]) -> None:
        """Silence a link or a unit, or bring it back."""
        place = (node, name, tuple(index))
        column = self.canvas.by_id.get(node)
        if column is None:
            return
        what = unit_text(column, index[-1]) if len(index) == 1 else tr("Weight")
        document = self.canvas.document
        if self._is_lesioned(place):
            lesion = self.kept[place]
            changes = [(there, 0.0, value) for there, value in lesion.numbers]
            if document.edit_weights(tr("Restore {what}", what=what), changes):
                lesion.mended = document.stack.index()
        else:
            now = [(there, self._value(there)) for there in self._places(place)]
            known = [(there, value) for there, value in now if value is not None]
            changes = [(there, value, 0.0) for there, value in known]
            if document.edit_weights(tr("Zero {what}", what=what), changes):
                self.kept[place] = Lesion(known, document.stack.index())
        self.show()

    def _places(self, place: Place) -> list[Place]:
        node, _, index = place
        if len(index) == 2:
            return [place]
        found = [place]
        picture = self.canvas.picture
        weight = picture.parameters.get((node, "weight")) if picture is not None else None
        if weight is not None and weight.ndim == 2:
            found += [(node, "weight", (i, index[0])) for i in range(len(weight))]
        return found

    def _value(self, place: Place) -> float | None:
        return number_at(self.canvas.picture, *place)

    @Slot(str)
    def freeze(self, node: str) -> None:
        """Freeze the layer of the number that is being edited, or thaw it."""
        self.canvas.freeze(node)
        self.show()
