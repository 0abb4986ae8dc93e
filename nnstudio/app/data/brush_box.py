"""The brushes: which tool, which class or number, how large; shown in the data column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import theme
from nnstudio.app.class_colours import class_colour
from nnstudio.app.data.painter import TOOLS, Painter
from nnstudio.app.i18n import say
from nnstudio.app.widgets.buttons import IconButton
from nnstudio.app.widgets.chips import OneOf
from nnstudio.app.widgets.flow import FlowLayout
from nnstudio.app.widgets.segmented import SegmentedTabs
from nnstudio.app.widgets.slider import LabelledSlider
from nnstudio.core.fields import Field
from nnstudio.core.plane import COLOURS
from nnstudio.core.text import mark, tr

SIZE = Field("real", mark("Brush"), mark("The brush’s radius."), minimum=0.1, maximum=3.0, step=0.1)
NUMBER = Field(
    "real", mark("Value"), mark("The number that painted points get."),
    minimum=-1.0, maximum=1.0, step=0.1,
)  # fmt: skip
PROBLEMS: dict[str, str] = {"classification": mark("Classes"), "regression": mark("Numbers")}


TOOL_HELPS = {
    "paint": mark("A click or a stroke leaves points, each where the pointer is."),
    "spray": mark("Scatters points around the pointer, more of them the longer it stays."),
    "erase": mark("Takes away the points under the pointer."),
    "move": mark("Drags the points under the pointer along."),
}
PROBLEM_HELPS = {
    "classification": mark("Every point belongs to a class, which the network learns to tell."),
    "regression": mark("Every point has a number, which the network learns to predict."),
}


class ClassDot(QAbstractButton):
    """The brush of one class: a dot in its colour, ringed when chosen."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self.setCheckable(True)
        self.setFixedSize(QSize(24, 24))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setObjectName(f"brush_{number}")
        say(self, name=COLOURS[number], tool_tip=mark("Paint points of this class."))

    def nextCheckState(self) -> None:
        """The painter says which one is chosen."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(QColor(theme.current().accent), 1.8 if self.isChecked() else 1))
            painter.drawEllipse(middle, 10.6, 10.6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(class_colour(self.number)))
        painter.drawEllipse(middle, 7.5, 7.5)
        painter.end()


class BrushBox(QFrame):
    """``done`` when painting ends, ``enlarged`` when a large board is wanted."""

    done = Signal()
    enlarged = Signal()

    def __init__(self, painter: Painter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.painter = painter
        title = say(QLabel(self), text=mark("Draw points"))
        title.setProperty("role", "title")
        self.finish = IconButton("close", mark("Stop drawing"), size=20, frame=False)
        self.finish.clicked.connect(self.done)
        self.problem = SegmentedTabs(PROBLEMS, mark("Problem"), helps=PROBLEM_HELPS)
        self.problem.chosen.connect(painter.set_problem)
        self.tools = OneOf(TOOLS, mark("Tool"), self, TOOL_HELPS)
        self.tools.chosen.connect(painter.choose)
        self.dots = [ClassDot(number, self) for number in range(len(COLOURS))]
        self.fewer = IconButton("minus", mark("Remove the last class"), size=22, frame=False)
        self.more = IconButton("plus", mark("Add a class"), size=22, frame=False)
        self.fewer.clicked.connect(self._remove_class)
        self.more.clicked.connect(self._add_class)
        self.number = LabelledSlider(NUMBER, painter.number, parent=self)
        self.number.edited.connect(self._set_number)
        self.size_slider = LabelledSlider(SIZE, painter.size, parent=self)
        self.size_slider.edited.connect(self._set_size)
        self.sheet = say(
            QPushButton(self),
            text=mark("New sheet"),
            tool_tip=mark("Begin with no points; the present ones go with the first stroke."),
        )
        self.sheet.setCheckable(True)
        self.sheet.clicked.connect(self._new_sheet)
        self.board = say(
            QPushButton(self),
            text=mark("Large board"),
            tool_tip=mark("Paint on a large board in place of the network, or go back to it."),
        )
        self.board.setCheckable(True)
        self.board.clicked.connect(self.enlarged)
        self.count = QLabel(self)
        self.count.setProperty("role", "caption")
        self.count.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(title, 1)
        top.addWidget(self.finish)
        dots = QHBoxLayout()
        dots.setSpacing(1)
        for dot in self.dots:
            dot.clicked.connect(self._choose_class)
            dots.addWidget(dot)
        dots.addStretch(1)
        dots.addWidget(self.fewer)
        dots.addWidget(self.more)
        buttons = QWidget(self)
        below = FlowLayout(buttons, gap=5)
        below.addWidget(self.sheet)
        below.addWidget(self.board)
        policy = buttons.sizePolicy()
        policy.setHeightForWidth(True)
        buttons.setSizePolicy(policy)
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 7, 9, 9)
        column.setSpacing(7)
        column.addLayout(top)
        column.addWidget(self.tools)
        column.addWidget(self.problem)
        column.addLayout(dots)
        column.addWidget(self.number)
        column.addWidget(self.size_slider)
        column.addWidget(buttons)
        column.addWidget(self.count)
        painter.changed.connect(self.follow)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Show the painter's tool, classes and points."""
        painter = self.painter
        self.tools.choose(painter.tool)
        classifies = painter.classifies
        self.problem.choose("classification" if classifies else "regression")
        for dot in self.dots:
            dot.setVisible(classifies and dot.number < painter.classes)
            dot.setChecked(dot.number == painter.brush_class)
        self.fewer.setVisible(classifies)
        self.more.setVisible(classifies)
        self.fewer.setEnabled(painter.classes > 2)
        self.more.setEnabled(painter.classes < len(COLOURS))
        self.number.setVisible(not classifies)
        self.sheet.setChecked(painter.is_blank)
        data = painter.document.data
        self.count.setText(tr("{n} points", n=f"{len(data.train) + len(data.valid):,}"))

    def changeEvent(self, event: QEvent) -> None:
        """The count follows the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.follow()
        super().changeEvent(event)

    @Slot()
    def _choose_class(self) -> None:
        dot = self.sender()
        assert isinstance(dot, ClassDot)
        self.painter.choose_class(dot.number)

    @Slot()
    def _add_class(self) -> None:
        self.painter.set_classes(self.painter.classes + 1)

    @Slot()
    def _remove_class(self) -> None:
        self.painter.set_classes(self.painter.classes - 1)

    @Slot(object)
    def _set_number(self, value: float) -> None:
        self.painter.number = value

    @Slot(object)
    def _set_size(self, value: float) -> None:
        self.painter.size = value
        self.painter.changed.emit()

    @Slot()
    def _new_sheet(self) -> None:
        self.painter.clear()
