"""Pasting or opening the source of a network: what was read of it stands beside it at once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QKeyEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import theme
from nnstudio.app.i18n import say
from nnstudio.app.widgets.file_dialog import FileDialog
from nnstudio.core.exchange.imported import Reading
from nnstudio.core.shapes import shape_text
from nnstudio.core.text import StudioError, mark, tr

#: How long typing rests before the text is read again, in milliseconds.
REST = 250
#: The line that an entry of the lists speaks of.
LINE = Qt.ItemDataRole.UserRole


class ImportWindow(QWidget):
    """``changed(text)`` when there is another text to read, ``file_chosen(path)`` for a file,
    ``accepted(reading)`` when its network is wanted."""

    changed = Signal(str)
    file_chosen = Signal(str)
    accepted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog)
        say(self, name=mark("Import"))
        self.reading: Reading | None = None
        self.error: StudioError | None = None
        self.dialog: QFileDialog | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(REST)
        self.timer.timeout.connect(self._send)
        self.text = say(
            QPlainTextEdit(self), name=mark("Source"),
            placeholder=mark("Paste Keras or PyTorch source here. It is read, never executed."),
        )  # fmt: skip
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self.timer.start)
        self.facts = QLabel(self)
        self.facts.setWordWrap(True)
        self.facts.setProperty("role", "title")
        self.layers = say(QListWidget(self), name=mark("What was read"))
        self.remarks_title = say(QLabel(self), text=mark("What was not read"))
        self.remarks_title.setProperty("role", "caption")
        self.remarks = say(QListWidget(self), name=mark("What was not read"))
        self.remarks.setWordWrap(True)
        self.remarks.setMaximumHeight(150)
        for one in (self.layers, self.remarks):
            one.currentItemChanged.connect(self._go_to)
            one.itemClicked.connect(self._go_to)
        self.open = say(QPushButton(self), text=mark("Open a file…"))
        self.open.clicked.connect(self._browse)
        self.close_button = say(QPushButton(self), text=mark("Close"))
        self.close_button.clicked.connect(self.hide)
        self.use = say(QPushButton(self), text=mark("Use this network"))
        self.use.setProperty("role", "primary")
        self.use.clicked.connect(self._accept)
        self._lay_out()
        self._tell()

    def _lay_out(self) -> None:
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.facts)
        column.addWidget(self.layers, 1)
        column.addWidget(self.remarks_title)
        column.addWidget(self.remarks)
        both = QSplitter(Qt.Orientation.Horizontal, self)
        both.addWidget(self.text)
        both.addWidget(side)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        both.setChildrenCollapsible(False)
        both.setObjectName("halves")
        both.setHandleWidth(12)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.use)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        rows.addWidget(both, 1)
        rows.addLayout(buttons)
        self.setMinimumSize(640, 380)

    def sizeHint(self) -> QSize:
        """Room for a model of usual size."""
        return QSize(940, 560)

    # --- showing ---

    def ask(self) -> None:
        """Show it in front."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.text.setFocus()

    def show_text(self, text: str) -> None:
        """Put a text in place without reading it again."""
        self.text.blockSignals(True)
        self.text.setPlainText(text)
        self.text.blockSignals(False)
        self.timer.stop()

    def show_reading(self, reading: Reading | None, error: StudioError | None = None) -> None:
        """Show what was read, or why nothing was."""
        self.reading, self.error = reading, error
        self._tell()

    def _tell(self) -> None:
        self.setWindowTitle(tr("Import"))
        reading = self.reading
        self.use.setEnabled(reading is not None)
        self.layers.clear()
        self.remarks.clear()
        remarks = [] if reading is None else [(m.line, str(m.text)) for m in reading.remarks]
        if reading is None:
            self.facts.setText(str(self.error) if self.error is not None else tr("Nothing yet"))
        else:
            network = reading.network
            self.facts.setText(tr(
                "{n} layers, {count} parameters", n=len(network.nodes) - 1,
                count=f"{network.parameter_count:,}",
            ))  # fmt: skip
            for number, node in enumerate(network.nodes):
                shape = network.facts[node.id].shape or ()
                words = [tr(node.layer.label), node.layer.summary() if number else "",
                         shape_text(shape)]  # fmt: skip
                line = reading.lines[number] if reading.lines else 0
                self._entry(self.layers, " · ".join(word for word in words if word), line)
            for name, value in self._settings(reading):
                self._entry(self.layers, f"{name}: {value}", 0)
        for line, text in remarks:
            shown = f"{tr('line {n}', n=line)}: {text}" if line else text
            self._entry(self.remarks, shown, line)
        for part in (self.remarks, self.remarks_title):
            part.setVisible(bool(remarks))
        self._mark_lines([line for line, _ in remarks if line])

    @staticmethod
    def _settings(reading: Reading) -> list[tuple[str, str]]:
        from nnstudio.core.fields import fields_of
        from nnstudio.core.setup import Training

        declared = fields_of(Training)
        labels = {"optimizer": tr("Optimizer"), "loss": tr("Loss"), "schedule": tr("Schedule")}
        found = []
        for name, value in reading.training.items():
            if name in labels:
                found.append((labels[name], tr(value.label)))
            elif name in declared:
                found.append((tr(declared[name].label), f"{value:g}" if isinstance(
                    value, float) else str(value)))  # fmt: skip
        return found

    @staticmethod
    def _entry(parent: QListWidget, text: str, line: int) -> None:
        item = QListWidgetItem(text, parent)
        item.setData(LINE, line)

    def _mark_lines(self, lines: list[int]) -> None:
        """Lines with a remark have a soft ground."""
        found = []
        colour = QColor(theme.current().warn)
        colour.setAlpha(56)
        for line in lines:
            block = self.text.document().findBlockByNumber(line - 1)
            if block.isValid():
                one = QTextEdit.ExtraSelection()
                one.cursor = QTextCursor(block)  # type: ignore[attr-defined]
                ground = QTextCharFormat()
                ground.setBackground(colour)
                ground.setProperty(QTextFormat.Property.FullWidthSelection, True)
                one.format = ground  # type: ignore[attr-defined]
                found.append(one)
        self.text.setExtraSelections(found)

    def changeEvent(self, event: QEvent) -> None:
        """Words follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    # --- what people do ---

    @Slot()
    def _send(self) -> None:
        text = self.text.toPlainText()
        if text.strip() and self.reading is None:
            self.facts.setText(tr("Reading…"))
        self.changed.emit(text)

    @Slot()
    def _go_to(self) -> None:
        parent = self.sender()
        item = parent.currentItem() if isinstance(parent, QListWidget) else None
        line = item.data(LINE) if item is not None else 0
        block = self.text.document().findBlockByNumber(line - 1)
        if line and block.isValid():
            self.text.setTextCursor(QTextCursor(block))
            self.text.ensureCursorVisible()

    @Slot()
    def _browse(self) -> None:
        if self.dialog is None:
            self.dialog = FileDialog(self)
            self.dialog.setModal(False)
            self.dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            self.dialog.fileSelected.connect(self.file_chosen)
        self.dialog.setWindowTitle(tr("Import"))
        self.dialog.setNameFilters([
            tr("Networks ({endings})", endings="*.py *.onnx"), tr("All files (*)")
        ])  # fmt: skip
        self.dialog.show()

    @Slot()
    def _accept(self) -> None:
        if self.reading is not None:
            self.accepted.emit(self.reading)
