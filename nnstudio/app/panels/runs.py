"""All runs of this sitting, as a tree: opened again, named, pinned, hidden, exported, deleted."""

from __future__ import annotations

import csv
import dataclasses
import io
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QHeaderView,
    QLabel,
    QMenu,
    QMessageBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import theme
from nnstudio.app.figures import loss_text
from nnstudio.app.i18n import say
from nnstudio.app.panel import Panel, panel
from nnstudio.app.time.run_names import run_colour, run_name
from nnstudio.app.widgets.file_dialog import FileDialog
from nnstudio.core import atomic
from nnstudio.core.text import StudioError, language, mark, tr
from nnstudio.engine.history import Curves
from nnstudio.engine.runs import Run
from nnstudio.engine.view import View

NAME, STEPS, LOSS, NOTES = range(4)
COLUMNS = (mark("Run"), mark("Steps"), mark("Validation loss"), mark("Notes"))
NUMBER = Qt.ItemDataRole.UserRole

#: What can be done to a run: name, text, key.
ACTIONS = (
    ("open", mark("Go on with this run"), "Return"),
    ("rename", mark("Rename"), "F2"),
    ("note", mark("Write a note"), ""),
    ("pin", mark("Pin"), ""),
    ("hide", mark("Hide its curve"), ""),
    ("export", mark("Export curves as CSV…"), ""),
    ("delete", mark("Delete this run"), "Del"),
)


@dataclasses.dataclass(frozen=True)
class Request:
    """``stamp`` tells one state of the list from another."""

    stamp: tuple[Any, ...]
    runs: tuple[Run, ...] = dataclasses.field(compare=False)
    present: int = 0
    best: float = float("nan")


def lowest(curves: Curves | None) -> float:
    """The lowest validation loss, NaN if none was measured."""
    if curves is None or not np.isfinite(curves.valid_loss).any():
        return float("nan")
    return float(np.nanmin(curves.valid_loss))


def curves_as_csv(curves: Curves) -> str:
    """A line a point, with the names of the columns first; what was not measured is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = curves.columns()
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(["" if not np.isfinite(v) else f"{v:.9g}" for v in row])
    return out.getvalue()


@panel
class RunsPanel(Panel):
    """A tree; the present run is bold."""

    name = "runs"
    title = mark("Runs")
    help = mark("All runs of this sitting: open one again, name, pin, hide, export or delete it.")
    place = "bottom"
    order = 15
    rate = 4.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._shown: Request | None = None
        self._made: dict[int, QTreeWidgetItem] = {}
        self._filling = False
        self._dressed: tuple[Any, ...] = ()
        self.dialog: QFileDialog | None = None
        self.tree = QTreeWidget(self)
        self.tree.setColumnCount(len(COLUMNS))
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        self.tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.tree.setEditTriggers(QTreeWidget.EditTrigger.NoEditTriggers)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.itemDoubleClicked.connect(self._double_clicked)
        self.tree.itemChanged.connect(self._edited)
        header = self.tree.header()
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (STEPS, LOSS, NOTES):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        self.empty = say(QLabel(self), text=mark("Runs appear here once training begins."))
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.addWidget(self.empty)
        column_layout.addWidget(self.tree, 1)
        self.menu = QMenu(self)
        self.choices: dict[str, QAction] = {}
        for name, text, _ in ACTIONS:
            action = say(QAction(self.menu), text=text)
            action.setData(name)
            self.menu.addAction(action)
            self.choices[name] = action
        self.menu.triggered.connect(self._chosen)

    def request(self) -> Request:
        """The runs, and how far the present one is."""
        if self.session is None:
            return Request((), ())
        runs = self.session.runs
        present = runs.present
        number = present.number if present is not None else 0
        best = lowest(self.session.curves()) if present is not None else float("nan")
        stamp = (runs.version, number, present.steps if present is not None else 0)
        return Request(stamp, tuple(runs.all()), number, best)

    @staticmethod
    def measure(view: View, request: Request) -> Request:
        """Nothing is to be computed."""
        return request

    def display(self, result: Request) -> None:
        """Fill the tree anew if runs came or changed; else only the figures of the present one."""
        if self.tree.state() == QTreeWidget.State.EditingState:
            return
        before = self._shown
        self._shown = result
        self._filling = True
        if before is None or before.stamp[:2] != result.stamp[:2]:
            self._fill(result)
        else:  # each text makes the tree look at all of its rows again
            for run in result.runs:
                if run.number == result.present:
                    self._show_figures(self._made[run.number], run, result.best)
        self._filling = False
        self.empty.setVisible(not result.runs)
        self.tree.setVisible(bool(result.runs))

    @staticmethod
    def _show_figures(item: QTreeWidgetItem, run: Run, best: float) -> None:
        for column, text in ((STEPS, f"{run.steps:,}"), (LOSS, loss_text(best))):
            if item.text(column) != text:
                item.setText(column, text)

    def _fill(self, result: Request) -> None:
        chosen = self.selected()
        self.tree.clear()
        made = self._made = {}
        for run in sorted(result.runs, key=lambda r: (not r.pinned, r.number)):
            item = QTreeWidgetItem()
            item.setData(NAME, NUMBER, run.number)
            item.setText(NAME, run_name(run) + ("  ★" if run.pinned else ""))
            present = run.number == result.present
            item.setIcon(NAME, self._dot(run, present))
            item.setText(NOTES, run.notes)
            self._show_figures(item, run, result.best if present else lowest(run.curves))
            middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            for column in (STEPS, LOSS):
                item.setTextAlignment(column, middle)
            font = theme.font(12, bold=present)
            for column in range(len(COLUMNS)):
                item.setFont(column, font)
                if run.hidden:
                    item.setForeground(column, QColor(theme.current().muted))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            if run.parent:
                tip = tr("Branched at step {step}", step=f"{run.branched_at:,}")
                item.setToolTip(NAME, tip)
            made[run.number] = item
        for run in result.runs:
            item = made[run.number]
            if run.parent in made and run.parent != run.number:
                made[run.parent].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
        self.tree.expandAll()
        if chosen in made:
            self.tree.setCurrentItem(made[chosen])

    def _dot(self, run: Run, present: bool) -> QIcon:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(round(12 * ratio), round(12 * ratio)))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colour = QColor(theme.current().accent if present else run_colour(run))
        colour.setAlphaF(0.3 if run.hidden else 1.0)
        painter.setBrush(colour)
        painter.drawEllipse(1, 1, 10, 10)
        painter.end()
        return QIcon(picture)

    def document_changed(self) -> None:
        """Words and colours; what an edit changes here comes by ``display``."""
        dressed = (theme.current(), theme.scale(), language())
        if dressed == self._dressed:
            return
        self._dressed = dressed
        self.tree.setHeaderLabels([tr(name) for name in COLUMNS])
        say(self.tree, name=mark("Runs"))
        if self._shown is not None:
            self._filling = True
            self._fill(self._shown)
            self._filling = False

    def summary(self) -> str:
        """How many runs there are."""
        count = len(self.request().runs)  # of now: what a tab hides is filled when it is seen
        return tr("1 run.") if count == 1 else tr("{n} runs.", n=count)

    # --- what is done to them ---

    def selected(self) -> int:
        """The number of the chosen run, 0 without one."""
        item = self.tree.currentItem()
        return int(item.data(NAME, NUMBER)) if item is not None else 0

    def _chosen_run(self) -> Run | None:
        """The chosen run; None without one, or if it was forgotten since it was shown."""
        return self.session.runs.get(self.selected()) if self.session is not None else None

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        if item is None or self.session is None:
            return
        self.tree.setCurrentItem(item)
        run = self._chosen_run()
        if run is None:  # forgotten since it was shown
            self.display(self.request())
            return
        present = self._shown is not None and run.number == self._shown.present
        say(self.choices["pin"], text=mark("Unpin") if run.pinned else mark("Pin"))
        hide = mark("Show its curve") if run.hidden else mark("Hide its curve")
        say(self.choices["hide"], text=hide)
        for name in ("open", "delete", "hide"):
            self.choices[name].setEnabled(not present)
        self.menu.popup(self.tree.viewport().mapToGlobal(at))

    @Slot(QTreeWidgetItem, int)
    def _double_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == NOTES:
            self.tree.editItem(item, NOTES)
        else:
            self.act("open")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, F2 renames, Delete deletes."""
        keys = {Qt.Key.Key_Return: "open", Qt.Key.Key_F2: "rename", Qt.Key.Key_Delete: "delete"}
        if Qt.Key(event.key()) in keys:
            self.act(keys[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        self.act(action.data())

    def act(self, what: str) -> None:
        """Do one of ``ACTIONS`` to the chosen run."""
        run, item = self._chosen_run(), self.tree.currentItem()
        if self.session is None or run is None or item is None:
            return
        if self.tree.state() == QTreeWidget.State.EditingState:
            return  # the second click of two in the menu
        runs, number = self.session.runs, run.number
        if what == "open":
            self.document.run_wanted.emit(number)
        elif what == "rename":
            self._filling = True
            item.setText(NAME, run_name(run))
            self._filling = False
            self.tree.editItem(item, NAME)
        elif what == "note":
            self.tree.editItem(item, NOTES)
        elif what == "pin":
            runs.change(number, pinned=not run.pinned)
        elif what == "hide":
            runs.change(number, hidden=not run.hidden)
        elif what == "delete":
            runs.delete(number)
        elif what == "export":
            self._export(run)
        if what in ("pin", "hide", "delete"):
            self.display(self.request())

    @Slot(QTreeWidgetItem, int)
    def _edited(self, item: QTreeWidgetItem, column: int) -> None:
        if self._filling or self.session is None or column not in (NAME, NOTES):
            return
        key = "name" if column == NAME else "notes"
        self.session.runs.change(int(item.data(NAME, NUMBER)), **{key: item.text(column).strip()})

    def _export(self, run: Run) -> None:
        self.dialog = FileDialog(self)
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setDefaultSuffix("csv")
        self.dialog.selectFile(f"{run_name(run)}.csv")
        self.dialog.fileSelected.connect(self.export_to)
        self.dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the chosen run's curves."""
        run = self._chosen_run()
        if self.session is None or run is None:
            return
        text = curves_as_csv(run.curves or self.session.curves())
        try:
            atomic.write(path, text.encode())
        except StudioError as error:
            box = QMessageBox(self)
            box.setText(str(error))
            box.open()
