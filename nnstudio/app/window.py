"""The window: it puts the parts in their places and passes what people want to where it is done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
)

from nnstudio.app.actions import Actions
from nnstudio.app.bridge import Bridge
from nnstudio.app.canvas.canvas import NetworkCanvas
from nnstudio.app.data.data_change import data_of
from nnstudio.app.data.data_opener import DataOpener, dropped_path
from nnstudio.app.data.databar import DataBar
from nnstudio.app.docks.panel_area import PanelArea
from nnstudio.app.document import Document
from nnstudio.app.feature import Feature, features
from nnstudio.app.i18n import say
from nnstudio.app.looks import Looks
from nnstudio.app.menus import Menus
from nnstudio.app.settings import Settings
from nnstudio.app.stage import Stage
from nnstudio.app.tab_order import Reading
from nnstudio.app.time.reset_run import reset_run
from nnstudio.app.training.endings import why_over
from nnstudio.app.training.statusbar import StatusLine
from nnstudio.app.training.topbar import TopBar
from nnstudio.app.widgets.notice import NoticeBar
from nnstudio.app.window_layout import WindowLayout
from nnstudio.core import text
from nnstudio.core.setup import Setup, preset
from nnstudio.core.text import StudioError, mark, named, tr
from nnstudio.engine.session import Session
from nnstudio.engine.view import Snapshot


class Window(QMainWindow):
    """Menu bar, top bar, data column, canvas, panels, status line."""

    def __init__(
        self, document: Document, session: Session, bridge: Bridge, settings: Settings
    ) -> None:
        self.looks = Looks(settings)  # first: a widget keeps the type that it was made in
        super().__init__()
        self.looks.setParent(self)
        self.document = document
        self.session = session
        self.bridge = bridge
        self.settings = settings
        self.setMinimumSize(900, 600)
        self.setAcceptDrops(True)
        self.actions_by_name = Actions(self)
        self.features: dict[str, Feature] = {cls.name: cls(self) for cls in features()}
        for part in self.features.values():
            self.actions_by_name.add_all(part.entries, part)
        self.addActions(self.actions_by_name.all())
        # With a parent from the start: moving a widget with all it holds into a window is dear.
        self.topbar = TopBar(document, session, self.actions_by_name, self)
        self.notice = NoticeBar(self)
        self.databar = DataBar(document, self)
        self.canvas = NetworkCanvas(document, session, self)
        self.stage = Stage(self.canvas, self)
        self.area = PanelArea(document, session, bridge, settings, self)
        self.status = StatusLine(document, session, self)
        self.opener = DataOpener(self)
        self._error: StudioError | None = None
        self._failures, self._ended = 0, False
        self._assemble()
        self.menus = Menus(self)
        self._connect()
        self._restore()
        self._show_looks()
        self.show_document()
        self.canvas.setFocus()
        for part in self.features.values():
            part.start()
        self.looks.dress()
        for error in settings.notices:
            self.notice.show_error(error)

    # --- building ---

    def _assemble(self) -> None:
        self.columns = QSplitter(Qt.Orientation.Horizontal, self)
        for part in (self.databar, self.stage, self.area.right):
            self.columns.addWidget(part)
        self.columns.setStretchFactor(1, 1)
        self.rows = QSplitter(Qt.Orientation.Vertical, self)
        self.rows.addWidget(self.columns)
        self.rows.addWidget(self.area.bottom)
        self.rows.setStretchFactor(0, 1)
        for splitter in (self.columns, self.rows):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self.places = WindowLayout(self.settings, self.columns, self.rows, self.area.bottom)
        self.reading = Reading(self)
        column = QVBoxLayout(self.reading)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.topbar)
        column.addWidget(self.notice)
        column.addWidget(self.rows, 1)
        column.addWidget(self.status)
        self.setCentralWidget(self.reading)

    def _connect(self) -> None:
        self.bridge.add(self.canvas, self.canvas.hint)
        self.bridge.snapshot_changed.connect(self._take_snapshot)
        self.document.changed.connect(self._follow)
        for part in (self.topbar, self.databar):
            part.refused.connect(self.notice.show_error)
        self.topbar.speed_chosen.connect(self.set_speed)
        self.databar.open_wanted.connect(self.opener.open)
        self.databar.folder_wanted.connect(self.opener.open_folder)
        self.opener.chosen.connect(self.open_path)
        self.databar.layer_chosen.connect(self.canvas.add_layer)
        self.databar.setup_opened.connect(self.session.reset)
        self.canvas.weight_edited.connect(self._edit_weight)
        self.canvas.selection_changed.connect(self._show_selection)
        self.area.changed.connect(self.menus.tick_panels)
        self.status.theme_chosen.connect(self.looks.set_theme)
        self.status.language_chosen.connect(self.looks.set_language)
        self.looks.changed.connect(self._show_looks)
        stack = self.document.stack
        stack.undoTextChanged.connect(self._show_undo)
        stack.redoTextChanged.connect(self._show_redo)
        for name, signal in (("undo", stack.canUndoChanged), ("redo", stack.canRedoChanged)):
            self.actions_by_name[name].setEnabled(False)
            signal.connect(self.actions_by_name[name].setEnabled)

    def _restore(self) -> None:
        self.places.restore(self)
        self.suit_speed()
        self.menus.tick_panels()
        self._show_selection(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first real size decides the parts' sizes."""
        super().resizeEvent(event)
        self.places.fit(event.size())

    def showEvent(self, event: QShowEvent) -> None:
        """From now on the sizes are the person's."""
        super().showEvent(event)
        self.places.shown = True

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close unless something of it must be settled first."""
        if self._ended or all(part.may_close() for part in self.features.values()):
            self.end()
            super().closeEvent(event)
        else:
            event.ignore()

    def end(self) -> None:
        """Remember the layout, keep unsaved work, and let no thread outlive the window."""
        if not self._ended:
            self._ended = True
            self.places.save(self)
            self.databar.stop()
            self.area.stop()
            for part in self.features.values():
                part.stop()

    # --- showing ---

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self.topbar.show_snapshot(snapshot)
        self.status.show_snapshot(snapshot)
        self._show_play()
        if snapshot.error is not self._error:
            if snapshot.error is not None and not self.canvas.shows(snapshot.error):
                self.notice.show_error(snapshot.error)
            elif self.notice.error is self._error:
                self.notice.dismiss()
            self._error = snapshot.error
        if len(self.bridge.failures) > self._failures:
            self._failures = len(self.bridge.failures)
            self.notice.show_text(mark("A view could not be drawn; training goes on."), "warning")

    def _show_play(self) -> None:
        playing = self.session.playing
        action = self.actions_by_name["play"]
        if action.data() != playing:
            action.setData(playing)
            say(action, text=mark("Pause") if playing else mark("Play"))
        self.topbar.play.set_playing(playing)

    @Slot(object, object)
    def _follow(self, before: Setup, after: Setup) -> None:
        self.show_document()
        self._show_selection(self.canvas.selected_node())
        if self.notice.error is not None and self.notice.error is not self._error:
            self.notice.dismiss()  # what was refused has been put right, or left behind
        if before.dataset.group != after.dataset.group:
            self.suit_speed()
        other_data = data_of(before) != data_of(after)
        if self.document.travels:
            return
        if before.training.seed != after.training.seed or other_data:
            playing = self.session.playing
            self.session.reset()  # what was learned of other data is in the way here
            if playing and other_data:
                self.session.play()

    def show_document(self) -> None:
        """The document's name, and whether something of it is not saved."""
        name = self.document.title or named(self.document.data.name)
        self.menus.name.show_text(f"{name} •" if self.isWindowModified() else name)
        self.setWindowTitle(f"{name}[*]")  # Qt adds the program's name

    @Slot(str)
    def _show_undo(self, what: str) -> None:
        self.actions_by_name["undo"].setText(f"{tr('Undo')} {what}".replace("&", "&&").strip())

    @Slot(str)
    def _show_redo(self, what: str) -> None:
        self.actions_by_name["redo"].setText(f"{tr('Redo')} {what}".replace("&", "&&").strip())

    @Slot(object)
    def _show_selection(self, node: str | None) -> None:
        movable = node is not None and self.canvas.is_movable(node)
        for name in ("remove", "move_earlier", "move_later"):
            self.actions_by_name[name].setEnabled(movable)

    @Slot()
    def _show_looks(self) -> None:
        self.bridge.refresh()
        self.status.show_choices(self.settings.theme, text.language())
        self.menus.tick("theme", self.settings.theme)
        self.menus.tick("language", text.language())

    def changeEvent(self, event: QEvent) -> None:
        """What is composed of words follows the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "menus"):
            self._show_undo(self.document.stack.undoText())
            self._show_redo(self.document.stack.redoText())
            self.show_document()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Space presses the control that has the keyboard; anywhere else it means Play."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            focus = self.focusWidget()
            if event.key() == Qt.Key.Key_Space and isinstance(focus, (QAbstractButton, QComboBox)):
                event.accept()
                return True
        return bool(super().event(event))

    # --- training ---

    @Slot()
    def toggle_play(self) -> None:
        """Play or pause."""
        if self.session.playing:
            self.session.pause()
        elif self.canvas.may_run():
            over = why_over(self.document.setup.training, self.session.latest)
            if over and self.session.settled:  # else the latest may be of the network before
                self.notice.show_text(over)
                return
            self.session.play()
        self._show_play()

    @Slot()
    def reset(self) -> None:
        """Back to the first weights; undo brings back what was learned."""
        reset_run(self.session, self.document.stack)
        self._show_play()

    @Slot()
    def reset_new(self) -> None:
        """Back to step 0 with other first weights; undo brings the old seed back."""
        setup = self.document.setup
        seed = setup.training.seed % (2**31 - 1) + 1
        self.document.edit(tr("New weights"), setup.with_training(seed=seed))
        self._show_play()

    @Slot(int)
    def set_speed(self, steps_per_second: int) -> None:
        """Train so many steps a second; 0: as fast as possible. Remembered for 2-D data."""
        if self.document.setup.dataset.group == "2-D":
            self.settings.plane_speed = steps_per_second
        self._use_speed(steps_per_second)

    def suit_speed(self) -> None:
        """A small network on 2-D data learns in milliseconds: slow enough to watch, at first."""
        plane = self.document.setup.dataset.group == "2-D"
        self._use_speed(self.settings.plane_speed if plane else 0)

    def _use_speed(self, steps_per_second: int) -> None:
        self.session.set_speed(float(steps_per_second) if steps_per_second else None)
        self.topbar.show_speed(steps_per_second)
        self.menus.tick("speed", steps_per_second)

    @Slot(QAction)
    def speed_triggered(self, action: QAction) -> None:
        """A speed of the menu."""
        self.set_speed(action.data())

    # --- editing ---

    @Slot()
    def undo(self) -> None:
        """Take the last edit back."""
        self.document.stack.undo()

    @Slot()
    def redo(self) -> None:
        """Make it again."""
        self.document.stack.redo()

    @Slot(QAction)
    def add_layer(self, action: QAction) -> None:
        """A layer of the menu."""
        self.canvas.add_layer(action.data())

    @Slot()
    def remove_layer(self) -> None:
        """Remove the selected layer."""
        self.canvas.remove_selected()

    @Slot()
    def move_earlier(self) -> None:
        """Move the selected layer towards the input."""
        self.canvas.move_selected(-1)

    @Slot()
    def move_later(self) -> None:
        """Move the selected layer towards the output."""
        self.canvas.move_selected(1)

    @Slot(str, str, object, float, float)
    def _edit_weight(
        self, node: str, name: str, index: tuple[int, ...], value: float, before: float
    ) -> None:
        what = tr("Weight") if name == "weight" else tr("Bias")
        edit_text = tr("{setting}: {value}", setting=what, value=f"{value:.4g}")
        self.document.edit_weight(edit_text, node, name, index, value, before)

    # --- opening ---

    @Slot(QAction)
    def open_preset(self, action: QAction) -> None:
        """Put a preset in place, once its data is there."""
        try:
            found = preset(action.data())
        except StudioError as error:
            self.notice.show_error(error)
            return
        self.databar.open_setup(found, tr("Preset: {name}", name=action.text()))

    @Slot()
    def open_data(self) -> None:
        """Choose a file of data; the window stays usable meanwhile."""
        self.opener.open()

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Open a file or folder: the first feature that knows it takes it."""
        self.notice.dismiss()
        for part in self.features.values():
            if part.opens(path):
                return

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A single file or folder may be dropped; what it is, its content says."""
        if dropped_path(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        if path := dropped_path(event.mimeData()):
            event.acceptProposedAction()
            self.open_path(path)

    # --- looks ---

    @Slot(QAction)
    def panel_triggered(self, action: QAction) -> None:
        """Open or close a panel."""
        self.area.set_open(action.data(), action.isChecked())
