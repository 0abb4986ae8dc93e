"""The list of all panels, by what they are about, each with one line of help."""

from __future__ import annotations

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
        columns = [QVBoxLayout(), QVBoxLayout()]
        lengths = [0, 0]
        for group in sorted({cls.group for cls in classes}, key=_rank):
            members = [cls for cls in classes if cls.group == group]
            side = 0 if lengths[0] <= lengths[1] else 1
            lengths[side] += 1 + 2 * len(members)
            title = say(QLabel(inside), text=group)
            title.setProperty("role", "caption")
            title.setContentsMargins(8, 8, 0, 2)
            columns[side].addWidget(title)
            for cls in members:
                row = ChoiceRow(cls.name, cls.title, cls.help, inside)
                row.setAutoExclusive(False)
                row.setObjectName(f"open_{cls.name}")
                row.clicked.connect(self._choose)
                self.rows[cls.name] = row
                columns[side].addWidget(row)
        for at, column in enumerate(columns):
            column.setSpacing(1)
            column.addStretch(1)
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
        layout = self.inside.layout()
        assert layout is not None
        wanted = layout.totalHeightForWidth(WIDTH) + 4
        screen = anchor.screen().availableGeometry().height()
        self.area.setFixedSize(WIDTH, min(wanted, screen - SPARE))
        self.open_under(anchor)

    @Slot()
    def _choose(self) -> None:
        row = self.sender()
        assert isinstance(row, ChoiceRow)
        self.close()
        self.chosen.emit(row.key)


def _rank(group: str) -> tuple[int, str]:
    return (GROUPS.index(group) if group in GROUPS else len(GROUPS), group)
