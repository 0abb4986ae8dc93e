"""Where panels live: stacked in the right column, side by side along the bottom, as tabs, or in
windows of their own. A panel is made when it is first opened."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from nnstudio.app import panel_memory
from nnstudio.app.bridge import Bridge
from nnstudio.app.docks.panel_chooser import PanelChooser
from nnstudio.app.docks.panel_frame import PanelFrame
from nnstudio.app.docks.panel_group import PanelGroup
from nnstudio.app.docks.panel_layout import Group, PanelLayout
from nnstudio.app.docks.panel_menu import PanelMenu
from nnstudio.app.docks.panel_window import PanelWindow
from nnstudio.app.document import Document
from nnstudio.app.layouts import ARRANGEMENTS, USUAL
from nnstudio.app.panel import Panel, panels
from nnstudio.app.settings import Settings
from nnstudio.app.window_layout import bottom_sizes
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError
from nnstudio.engine.session import Session

#: More groups than this along the bottom would be too narrow; further panels become tabs.
MOST_SIDE_BY_SIDE = 3
#: From this width on, in points, a window begins with more panels along the bottom.
WIDE = 1280


class PanelArea(QObject):
    """Shows the panels that are wanted and fit the data.

    ``changed`` says that some panel was opened, closed or moved; ``refused`` carries why a file
    could not be written, ``written`` its path.
    """

    changed = Signal()
    refused = Signal(object)
    written = Signal(str)

    def __init__(
        self,
        document: Document,
        session: Session,
        bridge: Bridge,
        settings: Settings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.session = session
        self.bridge = bridge
        self.settings = settings
        self.classes: dict[str, type[Panel]] = {cls.name: cls for cls in panels()}
        self.frames: dict[str, PanelFrame] = {}  # of panels that have been opened
        self._groups: dict[int, PanelGroup] = {}  # by the identity of their Group
        self._windows: dict[int, PanelWindow] = {}
        # Without a parent a panel that is shown here would be a window of its own.
        self.bottom = QSplitter(Qt.Orientation.Horizontal, parent)
        self.bottom.setHandleWidth(1)
        self.bottom.setChildrenCollapsible(False)
        self.right = QScrollArea(parent)
        self.right.setWidgetResizable(True)
        self.right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.right.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.right.setMinimumWidth(260)
        inside = QWidget(self.right)
        inside.setObjectName("column")
        self.stack = QVBoxLayout(inside)
        self.stack.setContentsMargins(0, 2, 0, 4)
        self.stack.setSpacing(0)
        self.stack.addStretch(1)
        self.right.setWidget(inside)
        self.chooser: PanelChooser | None = None
        self._adding: Group | None = None
        self.menu = PanelMenu(self, parent)
        known = set(self.classes)
        self.fixed = False  # while presenting, no panel comes by itself
        self._width = 0
        self._kind = self._present_kind()
        self.layout = PanelLayout.from_text(settings.panels, known) or self.usual_layout()
        document.changed.connect(self._follow)
        parent.installEventFilter(self)
        self.arrange()

    def usual_layout(self) -> PanelLayout:
        """As a window begins: what the chosen layout has, and the usual one in a wide window some
        more that suit the data."""
        made = ARRANGEMENTS[self.settings.layout].panels(self.classes)
        if self.settings.layout == USUAL and self._width >= WIDE:
            for cls in self.classes.values():
                if self._kind in cls.when_wide and cls.name not in made.names():
                    made.places[cls.place].append(Group([cls.name]))
        return made

    def _present_kind(self) -> str:
        return f"{self.document.setup.dataset.group}/{self.document.data.task}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window gets another size."""
        if watched is self.parent() and isinstance(event, QResizeEvent):
            self.suit(event.size().width())
        return False

    def suit(self, width: int) -> None:
        """The window has this width now. As long as nobody has arranged its panels, those that
        suit it and the data are open."""
        if self.fixed:
            return
        before = (self._width >= WIDE, self._kind)
        self._width, self._kind = width, self._present_kind()
        if self.settings.panels or before == (width >= WIDE, self._kind):
            return
        wanted = self.usual_layout()
        for name in set(self.layout.names()) - set(wanted.names()):
            self.layout.remove(name)
        for name in wanted.names():
            if not self.is_open(name):
                place = self.classes[name].place
                groups = self.layout.places[place]
                self.layout.add_group(name, place, self._usual_position(name, groups))
        self.arrange()
        self.bottom.setSizes(bottom_sizes(max(1, self.bottom.width()), self.bottom.count()))

    # --- asking ---

    def fits(self, name: str) -> bool:
        """Whether a panel is meant for the present kind of data."""
        fits = self.classes[name].fits
        return not fits or self.document.setup.dataset.group in fits

    def windows(self) -> list[PanelWindow]:
        """The windows of floating panels."""
        return list(self._windows.values())

    def is_open(self, name: str) -> bool:
        """Whether a panel is wanted (it may still not fit the data)."""
        return self.layout.find(name) is not None

    def panel(self, name: str) -> Panel:
        """The panel of a name, made if it was not there."""
        return self._frame(name).panel

    def _frame(self, name: str) -> PanelFrame:
        if name not in self.frames:
            cls = self.classes[name]
            home = self.right if cls.place == "right" else self.bottom
            holder = home.viewport() if isinstance(home, QScrollArea) else self.parent()
            assert isinstance(holder, QWidget)
            panel = cls(self.document, self.session, holder)
            panel.hide()
            panel.recall(panel_memory.kept(self.settings, name))
            panel.choice_made.connect(self._keep_choice)
            self.frames[name] = PanelFrame(panel, holder)
            self.frames[name].hide()
            panel.show()
            self.bridge.add(panel)
        return self.frames[name]

    @Slot(object)
    def _keep_choice(self, value: object) -> None:
        panel = self.sender()
        assert isinstance(panel, Panel)
        panel_memory.keep(self.settings, panel.name, value)

    # --- changing ---

    def set_open(self, name: str, wanted: bool) -> None:
        """Open a panel in its usual place, or close it; either is remembered."""
        if wanted == self.is_open(name):
            if wanted:
                self._bring_forward(name)
            return
        if not wanted:
            self.layout.remove(name)
        else:
            place = self.classes[name].place
            groups = self.layout.places[place]
            shown = [g for g in groups if any(self.fits(n) for n in g.names)]
            if place == "bottom" and len(shown) >= MOST_SIDE_BY_SIDE:
                self.layout.add_tab(name, shown[-1])
            else:
                self.layout.add_group(name, place, self._usual_position(name, groups))
        self._remember()

    def _usual_position(self, name: str, groups: list[Group]) -> int:
        order = self.classes[name].order
        for at, group in enumerate(groups):
            if min(self.classes[other].order for other in group.names) > order:
                return at
        return len(groups)

    def _bring_forward(self, name: str) -> None:
        found = self.layout.find(name)
        if found is not None and found[1].current != name:
            found[1].current = name
            self._remember()

    def move_to_tab(self, name: str, group: Group) -> None:
        """Make a panel a tab of a group."""
        self.layout.add_tab(name, group)
        self._remember()

    def move_beside(self, name: str, group: Group, after: bool) -> None:
        """Give a panel a place of its own before or after a group."""
        found = next((p for p, g in self.layout.all() if g is group), None)
        if found is None or (group.names == [name]):
            return
        groups = self.layout.places[found]
        at = next(i for i, g in enumerate(groups) if g is group) + after
        self.layout.add_group(name, found, at)
        self._remember()

    def move_to(self, name: str, place: str) -> None:
        """Give a panel a place of its own in the column, at the bottom or in a window."""
        made = self.layout.add_group(name, place)
        if place == "floating":
            at = QCursor.pos()
            made.rectangle = (at.x() - 60, at.y() - 12, 480, 340)
        self._remember()

    def reset(self) -> None:
        """Everything as a window begins."""
        self.show_layout(self.usual_layout())

    def show_layout(self, layout: PanelLayout) -> None:
        """These panels, in these places, from now on."""
        self.layout = layout
        self._remember()

    def _remember(self) -> None:
        before = [self.bottom.widget(at) for at in range(self.bottom.count())]
        self.settings.panels = self.layout.to_text()
        self.arrange()
        if before != [self.bottom.widget(at) for at in range(self.bottom.count())]:
            self.bottom.setSizes([self.bottom.width()] * self.bottom.count())

    # --- showing ---

    def arrange(self) -> None:
        """Show what is wanted and fits."""
        wanted = {id(group): (place, group) for place, group in self.layout.all()}
        for key in [key for key in self._groups if key not in wanted]:
            self._forget(key)
        shown_places: set[str] = set()
        for place in self.layout.places:
            for at, group in enumerate(self.layout.places[place]):
                widget = self._widget(group, place, at)
                fitting = [self._frame(name) for name in group.names if self.fits(name)]
                widget.show_frames(fitting)
                window = self._windows.get(id(group))
                (window or widget).setVisible(bool(fitting))
                if fitting:
                    shown_places.add(place)
        for name, frame in self.frames.items():
            if frame.group is None or not self.is_open(name) or not self.fits(name):
                frame.hide()
        self.right.setVisible("right" in shown_places)
        self.bottom.setVisible("bottom" in shown_places)
        self.changed.emit()

    def _widget(self, group: Group, place: str, at: int) -> PanelGroup:
        widget = self._groups.get(id(group))
        if widget is not None and widget.place != place:
            self._forget(id(group))
            widget = None
        if widget is None:
            home = self.parent()
            if place == "right":
                home = self.right.widget()
            assert isinstance(home, QWidget)
            widget = PanelGroup(group, place, home)
            widget.dropped.connect(self._drop)
            widget.dropped_outside.connect(self._float)
            widget.close_wanted.connect(self._close)
            widget.add_wanted.connect(self._choose)
            widget.more_wanted.connect(self.menu.open)
            widget.turned.connect(self._turned)
            self._groups[id(group)] = widget
            if place == "floating":
                window = PanelWindow(widget, home)
                window.closed.connect(self._window_closed)
                window.moved.connect(self._window_moved)
                if group.rectangle is not None:
                    window.setGeometry(QRect(*group.rectangle))
                self._windows[id(group)] = window
        if place == "bottom" and self.bottom.indexOf(widget) != at:
            self.bottom.insertWidget(at, widget)
        elif place == "right" and self.stack.indexOf(widget) != at:
            self.stack.insertWidget(at, widget)
        return widget

    def _forget(self, key: int) -> None:
        widget = self._groups.pop(key)
        home = self.parent()
        assert isinstance(home, QWidget)
        for frame in self.frames.values():
            if widget.isAncestorOf(frame):  # also one that does not show, as it does not fit
                if frame.group is widget:
                    widget.release(frame)
                frame.setParent(home)  # else it would go with the group
        window = self._windows.pop(key, None)
        gone: QWidget = window or widget
        gone.hide()
        gone.setParent(None)
        gone.deleteLater()

    def stop(self) -> None:
        """The window closes: its panels' windows go with it."""
        for window in self._windows.values():
            window.blockSignals(True)
            window.close()

    # --- what people do ---

    @Slot(str, str)
    def _drop(self, name: str, zone: str) -> None:
        target = self.sender()
        assert isinstance(target, PanelGroup)
        if name not in self.classes:
            return
        if zone == "tab":
            self.move_to_tab(name, target.group)
        else:
            self.move_beside(name, target.group, zone == "after")

    @Slot(str)
    def _float(self, name: str) -> None:
        if self.is_open(name):
            self.move_to(name, "floating")

    @Slot(str)
    def _close(self, name: str) -> None:
        self.set_open(name, False)

    @Slot(str)
    def _turned(self, name: str) -> None:
        self.settings.panels = self.layout.to_text()

    @Slot()
    def _choose(self) -> None:
        target = self.sender()
        assert isinstance(target, PanelGroup)
        self._adding = target.group
        if self.chooser is None:
            home = self.parent()
            assert isinstance(home, QWidget)
            classes = sorted(self.classes.values(), key=lambda cls: cls.order)
            self.chooser = PanelChooser(classes, home)
            self.chooser.chosen.connect(self._add)
        unfit = {name for name in self.classes if not self.fits(name)}
        self.chooser.open_for(target.add_button, set(self.layout.names()), unfit)

    @Slot(str)
    def _add(self, name: str) -> None:
        if self._adding is not None:
            self.move_to_tab(name, self._adding)

    @Slot(object)
    def _window_closed(self, group: Group) -> None:
        for name in list(group.names):
            self.layout.remove(name)
        self._remember()

    @Slot()
    def _window_moved(self) -> None:
        self.settings.panels = self.layout.to_text()

    @Slot(object, object)
    def _follow(self, before: Setup, after: Setup) -> None:
        self.suit(self._width)
        if before.dataset.group != after.dataset.group:
            self.arrange()

    def export(self, name: str, path: str) -> None:
        """Write a panel to a file by its ending; ``written`` or ``refused`` tells."""
        from nnstudio.app.docks.panel_export import write

        try:
            write(self.panel(name), path)
        except StudioError as error:
            self.refused.emit(error)
        else:
            self.written.emit(path)
