"""Choosing an optimizer, a loss or a schedule: what each one does, and its own settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnstudio.analysis.sketches import Sketch
from nnstudio.app.concept_tips import concept_tip
from nnstudio.app.forms import SpecForm
from nnstudio.app.widgets.formula import FormulaLabel
from nnstudio.app.widgets.popup import ChoiceRow, PopupBox
from nnstudio.app.widgets.sketch import SketchView
from nnstudio.core import fields, registry
from nnstudio.core.text import tr

#: Letters of a name that is short.
SHORT = 14
#: The list scrolls when it is higher; beside it there is room for words and settings.
MOST_HEIGHT = 400
DETAIL_WIDTH = 268
PICTURE = QSize(DETAIL_WIDTH - 20, 108)


class RowList(QScrollArea):
    """Rows below each other, as wide as the widest, scrolling when they are many."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.inside = QWidget()
        self.inside.setObjectName("column")
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(1)
        self.setWidget(self.inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def suit(self) -> None:
        """Take the size that the visible rows need."""
        self.inside.adjustSize()
        wanted: QSize = self.inside.sizeHint()
        high = wanted.height() > MOST_HEIGHT
        bar = self.verticalScrollBar().sizeHint().width() if high else 0
        self.setFixedSize(wanted.width() + bar, min(wanted.height(), MOST_HEIGHT))


class Detail(QWidget):
    """What the chosen concept is: name, help, formula, a picture, and a form if it has settings.

    ``picture`` draws a concept with its present settings, if there is anything to draw. The form is
    made when it is looked at: most of those who open another network never do.
    """

    edited = Signal(str, object)
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec: Any = None
        self._form: SpecForm | None = None
        self.setFixedWidth(DETAIL_WIDTH)
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.help = QLabel(self)
        self.help.setProperty("role", "muted")
        self.formula = FormulaLabel(self, pixels=13)
        self.picture: Callable[[Any], Sketch | None] | None = None
        self.view = SketchView(self, PICTURE)
        self.view.hide()
        self.line = QFrame(self)
        self.line.setObjectName("line")
        self.line.setFixedHeight(1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 3, 4, 2)
        self.column.setSpacing(5)
        for label in (self.title, self.help, self.formula):
            label.setWordWrap(True)
            self.column.addWidget(label)
        for label in (self.title, self.help):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.column.addSpacing(3)
        self.column.addWidget(self.view)
        self.column.addWidget(self.line)
        self.column.addSpacing(3)
        self.column.addStretch(1)

    def draw(self, spec: Any) -> None:
        """Draw the picture if somebody looks, or is about to."""
        if self.picture is not None and (self.isVisible() or self.view.sketch is None):
            self.view.show_sketch(self.picture(spec))

    def make_form(self) -> SpecForm | None:
        """The settings of what is chosen, if it has any."""
        if self._form is None and self.spec is not None and fields.fields_of(self.spec):
            self._form = SpecForm(self.spec, self)
            self._form.edited.connect(self.edited)
            self._form.refused.connect(self.refused)
            self.column.insertWidget(self.column.count() - 1, self._form)
            self._form.show()
        return self._form

    def show_spec(self, spec: Any, *, same_class: bool) -> None:
        """Show another concept, or the same one with other settings."""
        self.spec = spec
        self.title.setText(tr(spec.label))
        self.help.setText(tr(spec.help))
        formula = getattr(spec, "formula", "")
        self.formula.show_formula(tr(formula) if formula else "")
        self.formula.setVisible(bool(formula))
        self.draw(spec)
        self.line.setVisible(bool(fields.fields_of(spec)))
        if self._form is not None and same_class:
            self._form.show_spec(spec)
        elif self._form is not None:
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        if self.isVisible():
            self.make_form()


class SpecPicker(PopupBox):
    """A box whose popup lists the concepts of one contract, with words and a form beside the list.

    ``edited`` carries the new spec, ``refused`` a ``StudioError``.
    """

    edited = Signal(object)
    refused = Signal(object)

    def __init__(
        self, contract: type, name: str, usual: str = "", parent: QWidget | None = None
    ) -> None:
        """``usual`` is the type name of what is meant when nothing has been chosen."""
        super().__init__(name, parent)
        self.contract = contract
        self.usual = registry.find(contract, usual)() if usual else None
        self.spec: Any = None
        found = registry.table(contract).values()
        self.classes = sorted(found, key=lambda cls: str(cls.label).casefold())
        # Short names get room for the longest, so that nothing moves; long ones for themselves.
        self.widest = [cls.label for cls in self.classes if len(cls.label) <= SHORT]
        self.rows: dict[str, ChoiceRow] = {}
        self._memory: dict[str, Any] = {}
        self.list = RowList(self.popup)
        for cls in self.classes:
            row = ChoiceRow(cls.type_name, cls.label, parent=self.list.widget())
            row.setObjectName(cls.type_name)
            row.setToolTip(concept_tip(cls))
            row.clicked.connect(self._picked)
            self.rows[cls.type_name] = row
            self.list.column.addWidget(row)
        self.list.column.addStretch(1)
        self.detail = Detail(self.popup)
        self.detail.edited.connect(self._field_edited)
        self.detail.refused.connect(self.refused)
        sides = QHBoxLayout()
        sides.setSpacing(6)
        sides.addWidget(self.list, 0, Qt.AlignmentFlag.AlignTop)
        rule = QFrame(self.popup)
        rule.setObjectName("line")
        rule.setFixedWidth(1)
        sides.addWidget(rule)
        sides.addWidget(self.detail)
        self.popup.column.setContentsMargins(8, 8, 10, 10)
        self.popup.column.addLayout(sides)

    @property
    def form(self) -> SpecForm | None:
        """The settings of what is chosen, if it has any."""
        return self.detail.make_form()

    def offer(self, task: str) -> None:
        """List only what suits a kind of problem (losses)."""
        for cls in self.classes:
            tasks = getattr(cls, "tasks", ())
            self.rows[cls.type_name].setVisible(not tasks or task in tasks)

    @Slot()
    def open_popup(self) -> None:
        """Show the list, with what is chosen in sight."""
        self.list.suit()
        self.detail.make_form()
        if self.spec is not None and self.detail.picture is not None:
            self.detail.view.show_sketch(self.detail.picture(self.spec))
        super().open_popup()
        if self.spec is not None:
            self.list.ensureWidgetVisible(self.rows[self.spec.type_name])

    def show_spec(self, spec: Any) -> None:
        """Show what is chosen now; tells nobody."""
        if spec is None:
            self.show_text("")
            return
        same_class = self.spec is not None and type(self.spec) is type(spec)
        self.spec = spec
        self._memory[spec.type_name] = spec
        self.show_text(tr(spec.label))
        self.rows[spec.type_name].setChecked(True)
        self.detail.show_spec(spec, same_class=same_class)
        if not same_class:
            self.updateGeometry()
        if self.popup.isVisible():
            self.popup.adjustSize()

    @Slot()
    def _picked(self) -> None:
        cls = registry.find(self.contract, self.sender().objectName())
        if self.spec is not None and type(self.spec) is cls:
            return
        # Settings made before on the same optimizer come back with it.
        self.edited.emit(self._memory.get(cls.type_name) or cls())

    @Slot(str, object)
    def _field_edited(self, name: str, value: Any) -> None:
        self.edited.emit(fields.changed(self.spec, **{name: value}))

    def changeEvent(self, event: QEvent) -> None:
        """Label and tips follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "list"):
            for cls in self.classes:
                self.rows[cls.type_name].setToolTip(concept_tip(cls))
        if event.type() == QEvent.Type.LanguageChange and self.spec is not None:
            self.show_text(tr(self.spec.label))
            self.detail.show_spec(self.spec, same_class=True)
            self.updateGeometry()
        super().changeEvent(event)
