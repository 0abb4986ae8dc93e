"""The strip along the canvas' lower edge that shows the settings of the selected layers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolTip, QVBoxLayout, QWidget

from nnstudio.app.canvas import node_edits, node_facts
from nnstudio.app.canvas.advice_line import AdviceLine
from nnstudio.app.canvas.inspector_head import InspectorHead
from nnstudio.app.canvas.layer_form import GAP, LayerForm, beside_fields
from nnstudio.app.canvas.node_edits import NodeEdit
from nnstudio.app.document import Document
from nnstudio.app.widgets.fold import FoldButton
from nnstudio.app.widgets.sketch import SketchView
from nnstudio.core.data import Data
from nnstudio.core.editing.advice import Advice, advise
from nnstudio.core.network import Learning, Node
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, language, tr

#: Left, top, right, bottom; between the rows; and the least width of what is inside.
MARGINS = (12, 6, 8, 9)
SPACING = 5
LEAST = 300
#: Rows of fields that are shown before those that are seldom needed fold away.
ROWS = 2
ROW = 44
SELDOM = frozenset(
    ("dilation", "groups", "initializer", "use_bias", "frozen", "rate_factor", "epsilon",
     "momentum", "multiplier", "interpolation")
)  # fmt: skip
#: Below this width there is room for one picture only.
WIDE = 620


class Inspector(QFrame):
    """Name, formula, costs, fields, pictures and advice. Edits are told, never made here: what
    they come to is worked out of what the document is then, not of what was last shown."""

    edited = Signal(object)  # NodeEdit
    closed = Signal()
    room_changed = Signal()  # what is inside needs more room, or less

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self.document = document
        self.setObjectName("popup")
        self.nodes: tuple[str, ...] = ()
        self.form: LayerForm | None = None
        self.learning: LayerForm | None = None
        self.is_unfolded = False
        self._kind: tuple[Any, ...] = ()
        self._drawn: tuple[Any, ...] = ()
        self._advised: tuple[Any, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*MARGINS)
        self._column.setSpacing(SPACING)
        self.head = InspectorHead(self)
        self.head.closer.clicked.connect(self.closed)
        self._column.addWidget(self.head)
        self.advice = AdviceLine(self)
        self.advice.followed.connect(self._follow)
        self._column.addWidget(self.advice)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(12)
        self._column.addLayout(self._middle)
        self.sketches = (SketchView(self), SketchView(self))
        for view in self.sketches:
            self._middle.addWidget(view, 0, Qt.AlignmentFlag.AlignTop)
            view.hide()
        self.fold = FoldButton()
        self.fold_box = beside_fields(self.fold, self)
        self.fold.clicked.connect(self._unfold)
        self.fold_box.hide()
        self.hide()

    # --- showing ---

    def show_nodes(self, nodes: tuple[str, ...]) -> None:
        """Show the settings of one layer, or what several share; a form that is there already is
        kept, with its focus."""
        setup, data = self.document.setup, self.document.data
        network = setup.network
        self.nodes = nodes
        found = [network[node] for node in nodes]
        self.head.show_nodes(network, nodes)
        self.setAccessibleName(tr("Settings of {layer}", layer=self.head.title.text()))
        kind = (nodes, tuple(type(n.layer) for n in found), nodes[-1:] == (network.output.id,))
        if self.form is None or (*kind, language()) != self._kind:
            self._make_form(setup, found)
            self._kind = (*kind, language())
        assert self.form is not None
        self.form.show_values([n.layer for n in found])
        if self.learning is not None:
            self.learning.show_values([Learning(n.frozen, n.rate_factor) for n in found])
        self._draw(setup)
        self._advise(setup, data)

    def _draw(self, setup: Setup) -> None:
        """Make the pictures anew if what they show has changed."""
        key = tuple((setup.network[n].layer, setup.network.facts[n].parameters) for n in self.nodes)
        if key == self._drawn:
            return
        self._drawn = key
        for view, sketch in zip(self.sketches, node_facts.pictures(setup, self.nodes), strict=True):
            view.show_sketch(sketch)

    def _advise(self, setup: Setup, data: Data) -> None:
        key = (setup.network, setup.training.loss, id(data), self.nodes, language())
        if key != self._advised:
            self._advised = key
            told = [one for one in advise(setup, data) if one.node in self.nodes]
            self.advice.show_advice(told)

    def _make_form(self, setup: Setup, found: list[Node]) -> None:
        if self.form is not None:
            self._middle.removeWidget(self.form)
            self.form.flow.removeWidget(self.fold_box)
            self.fold_box.setParent(self)
            self.form.hide()
            self.form.deleteLater()
        layers = [node.layer for node in found]
        self.form = LayerForm(layers[0], self, node_facts.common_fields(layers))
        self.learning = None
        facts = [setup.network.facts[node.id] for node in found]
        if all(any(p.trainable for p in one.parameters) for one in facts):
            self.learning = LayerForm(Learning(), self.form, host=self.form)
            self.learning.edited.connect(self._tell_learning)
            self.learning.refused.connect(self._refuse)
        if setup.network.output.id in self.nodes:
            self.form.lock("units", tr("The data decides how many outputs there are."))
        if any(layer.arity == 0 for layer in layers):
            self.form.lock("shape", tr("The data decides the shape of an example."))
        self.form.edited.connect(self._tell)
        self.form.refused.connect(self._refuse)
        for child in self.form.findChildren(QWidget):
            child.installEventFilter(self)
        self.fold_box.setParent(self.form)
        self.form.flow.addWidget(self.fold_box)
        self._middle.insertWidget(0, self.form, 1, Qt.AlignmentFlag.AlignTop)
        self.form.show()
        for part in self.findChildren(QWidget):
            part.ensurePolished()  # the style decides how large it is
        self.form.flow.invalidate()

    def focus_first(self) -> None:
        """Put the keyboard into the first field."""
        for editor in self.form.editors.values() if self.form is not None else ():
            if editor.isEnabled():
                editor.setFocus(Qt.FocusReason.TabFocusReason)
                return

    # --- room ---

    def size_for(self, room: int) -> QSize:
        """The size for so many pixels of width: the fields take as many rows as they need; what
        is seldom changed folds away where they are many."""
        left, top, right, bottom = MARGINS
        inner = room - left - right - 2
        shown = [view for view in self.sketches if view.sketch is not None]
        if inner < WIDE:
            shown = shown[:1]
        for view in self.sketches:
            view.setVisible(view in shown)
        beside = sum(view.width() + self._middle.spacing() for view in shown)
        width = max(min(max(self.head.wanted(), self._row_width() + beside, LEAST), inner), 80)
        height = self.head.sizeHint().height()
        if not self.advice.isHidden():
            height += SPACING + self.advice.height_for(width)
        body = max([self._fold_for(width - beside), *(view.height() for view in shown)])
        if body:
            height += SPACING + body
        return QSize(width + left + right + 2, height + top + bottom + 2)

    def _row_width(self) -> int:
        """What all fields want side by side."""
        if self.form is None:
            return 0
        self._set_seldom(visible=True)
        self.fold_box.hide()
        wide: int = self.form.flow.width_in_one_row()
        return wide

    def _fold_for(self, width: int) -> int:
        """Fold or unfold for a width; gives the height of the fields."""
        if self.form is None:
            return 0
        self._set_seldom(visible=True)
        self.fold_box.hide()
        flow = self.form.flow
        high: int = flow.heightForWidth(width)
        if high > ROWS * (ROW + GAP) and self._seldom():
            self._set_seldom(visible=self.is_unfolded)
            self.fold.setChecked(self.is_unfolded)
            self.fold_box.show()
            high = flow.heightForWidth(width)
        flow.invalidate()
        return high

    def _seldom(self) -> list[QWidget]:
        forms = [form for form in (self.form, self.learning) if form is not None]
        return [pair for form in forms for name, pair in form.pairs.items() if name in SELDOM]

    def _set_seldom(self, *, visible: bool) -> None:
        for pair in self._seldom():
            pair.setVisible(visible)

    @Slot()
    def _unfold(self) -> None:
        self.is_unfolded = self.fold.isChecked()
        self.room_changed.emit()

    # --- telling ---

    def _emit(self, edit: NodeEdit | None) -> None:
        if edit is not None:
            self.edited.emit(edit)

    @Slot(str, object)
    def _tell(self, name: str, value: object) -> None:
        document = self.document
        if not self._stands():
            return
        try:
            self._emit(
                node_edits.change_field(document.setup, document.data, self.nodes, name, value)
            )
        except StudioError as error:
            self._refuse(error)

    @Slot(str, object)
    def _tell_learning(self, name: str, value: object) -> None:
        if self._stands():
            setup = self.document.setup
            self._emit(node_edits.change_learning(setup, self.nodes, name, value))

    @Slot(object)
    def _follow(self, advice: Advice) -> None:
        if self._stands():
            self._emit(node_edits.follow(self.document.setup, self.document.data, advice))

    def _stands(self) -> bool:
        """Whether the layers are still there: a list that is open outlives an undo."""
        network = self.document.setup.network
        return bool(self.nodes) and all(node in network for node in self.nodes)

    @Slot(object)
    def _refuse(self, error: StudioError) -> None:
        """Say beside the field why a value does not fit."""
        if self.form is not None:
            self.form.show_spec(self.form.spec)
        QToolTip.showText(self.mapToGlobal(QPoint(0, -self.height())), str(error), self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self.closed.emit()
            return True
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # a click beside a field is none on the canvas behind it

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            event.accept()  # Delete in a field edits the field, not the network
