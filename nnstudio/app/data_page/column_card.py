"""One column: what it is taken for, what becomes of it, and what it is like."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.app.data_page.charts import Distribution, short, text_of
from nnstudio.app.data_page.inspection import Look
from nnstudio.app.forms import SpecForm
from nnstudio.app.i18n import say
from nnstudio.core.recipes.recipe import ColumnRecipe
from nnstudio.core.sources.raw import CATEGORY, DATE, NUMBER, RawColumn
from nnstudio.core.text import mark, tr

#: Which settings have a meaning for which kind of column.
SETTINGS = {
    NUMBER: ("kind", "missing", "scale", "clip"),
    DATE: ("kind", "missing", "scale"),
    CATEGORY: ("kind", "missing", "encode"),
}


class ColumnCard(QFrame):
    """``edited(column, setting, value)`` when a setting is changed; ``target_wanted(column)``."""

    edited = Signal(str, str, object)
    target_wanted = Signal(str)
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.column: RawColumn | None = None
        self.look: Look | None = None
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.title.setWordWrap(True)
        self.facts = QLabel(self)
        self.facts.setProperty("role", "caption")
        self.facts.setWordWrap(True)
        self.chart = Distribution(self)
        self.target = say(
            QPushButton(self),
            text=mark("Predict this column"),
            tool_tip=mark("Makes this column the target, and the present one an input."),
        )
        self.target.clicked.connect(self._want_target)
        self.form = SpecForm(ColumnRecipe(), self)
        self.form.edited.connect(self._edited)
        self.form.refused.connect(self.refused)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 9, 11, 11)
        column.setSpacing(7)
        for part in (self.title, self.facts, self.chart, self.target, self.form):
            column.addWidget(part)

    def show_column(
        self, column: RawColumn, look: Look, recipe: ColumnRecipe, is_target: bool
    ) -> None:
        """Show a column and what a recipe does with it."""
        self.column, self.look = column, look
        self.title.setText(column.name)
        self.chart.show_look(look)
        self.target.setVisible(not is_target and recipe.kind != "ignore")
        self.form.show_spec(recipe)
        kind = recipe.kind if recipe.kind != "automatic" else column.kind
        shown: tuple[str, ...] = SETTINGS.get(kind, ("kind",))
        if is_target:
            shown = ("kind",)
        for name, editor in self.form.editors.items():
            editor.setVisible(name in shown)
            self.form.labels[name].setVisible(name in shown)
        self._tell()

    def _tell(self) -> None:
        if self.look is None:
            return
        stats = self.look.summary
        lines = [tr("{n} different values", n=f"{stats.distinct:,}")]
        if self.look.histogram.edges is not None:
            lines = [
                tr("mean {mean} · deviation {deviation}", mean=short(stats.mean),
                   deviation=short(stats.deviation)),
                tr("median {median} · {n} different values",
                   median=text_of(stats.median, stats.kind), n=f"{stats.distinct:,}"),
            ]  # fmt: skip
            if stats.outliers:
                lines.append(tr("{n} outliers", n=f"{stats.outliers:,}"))
        if stats.kind == DATE:
            lines = lines[-1:]
        if stats.missing:
            lines.append(
                tr(
                    "{n} missing ({percent} %)",
                    n=f"{stats.missing:,}",
                    percent=f"{100 * stats.missing / max(stats.rows, 1):.1f}",
                )
            )
        self.facts.setText("\n".join(lines))

    def changeEvent(self, event: QEvent) -> None:
        """The figures' words follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)

    @Slot()
    def _want_target(self) -> None:
        if self.column is not None:
            self.target_wanted.emit(self.column.name)

    @Slot(str, object)
    def _edited(self, name: str, value: Any) -> None:
        if self.column is not None:
            self.edited.emit(self.column.name, name, value)
