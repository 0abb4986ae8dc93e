"""The list of all panels, by what they are about, each with one line of help."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnstudio.app.i18n import say
from nnstudio.app.panel import Panel
from nnstudio.app.widgets.popup import ChoiceRow, Popup
from nnstudio.core.text import mark

#: The order of the headings; others follow.
GROUPS = (
    mark("Training"),
    mark("Predictions"),
    mark("One example"),
    mark("Inside the network"),
    mark("Weights"),
)
WIDTH = 560
#: Left free of the screen above and below the list.
SPARE = 48


class PanelChooser(Popup):
    """``chosen`` carries a panel's name."""

    chosen = Signal(str)

    def __init__(self, classes: list[type[Panel]], parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: dict[str, ChoiceRow] = {}
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget(area)
        inside.setObjectName("column")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        self.columns = [QVBoxLayout(), QVBoxLayout()]
        self.groups: dict[str, QWidget] = {}
        for group in sorted({cls.group for cls in classes}, key=_rank):
            part = self.groups[group] = QWidget(inside)
            lines = QVBoxLayout(part)
            lines.setContentsMargins(0, 0, 0, 0)
            lines.setSpacing(1)
            title = say(QLabel(part), text=group)
            title.setProperty("role", "caption")
            title.setContentsMargins(8, 8, 0, 2)
            lines.addWidget(title)
            for cls in (cls for cls in classes if cls.group == group):
                row = ChoiceRow(cls.name, cls.title, cls.help, part)
                row.setAutoExclusive(False)
                row.setObjectName(f"open_{cls.name}")
                row.clicked.connect(self._choose)
                self.rows[cls.name] = row
                lines.addWidget(row)
        for at, column in enumerate(self.columns):
            column.setSpacing(1)
            grid.addLayout(column, 0, at)
            grid.setColumnStretch(at, 1)
        area.setWidget(inside)
        self.area, self.inside = area, inside
        self.column.setContentsMargins(6, 6, 6, 6)
        self.column.addWidget(area)

    def open_for(self, anchor: QWidget, is_open: set[str], unfit: set[str]) -> None:
        """Show under a button; open panels are ticked, those that do not fit the data grey."""
        for name, row in self.rows.items():
            row.setChecked(name in is_open)
            row.setVisible(name not in unfit)
        self._balance(unfit)
        layout = self.inside.layout()
        assert layout is not None
        wanted = layout.totalHeightForWidth(WIDTH) + 4
        screen = anchor.screen().availableGeometry().height()
        self.area.setFixedSize(WIDTH, min(wanted, screen - SPARE))
        self.open_under(anchor)

    def _balance(self, unfit: set[str]) -> None:
        """Two columns as equal as whole groups can be, those of the left in their order first."""
        heights = {}
        for group, part in self.groups.items():
            fit = [row for row in part.findChildren(ChoiceRow) if row.key not in unfit]
            part.setVisible(bool(fit))
            heights[group] = sum(row.heightForWidth(WIDTH // 2) for row in fit) + 24 * bool(fit)
        first, *others = self.groups
        ways = [
            {first, *chosen} for n in range(len(others) + 1) for chosen in combinations(others, n)
        ]
        whole = sum(heights.values())
        left = min(ways, key=lambda way: abs(2 * sum(heights[group] for group in way) - whole))
        for column in self.columns:
            while column.count():
                column.takeAt(0)
        for group, part in self.groups.items():
            self.columns[group not in left].addWidget(part)
        for column in self.columns:
            column.addStretch(1)

    @Slot()
    def _choose(self) -> None:
        row = self.sender()
        assert isinstance(row, ChoiceRow)
        self.close()
        self.chosen.emit(row.key)


def _rank(group: str) -> tuple[int, str]:
    return (GROUPS.index(group) if group in GROUPS else len(GROUPS), group)
