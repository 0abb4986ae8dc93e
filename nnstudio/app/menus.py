"""The menu bar, from the table of actions and from what the program has to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QMenuBar

from nnstudio.app.entry import Entry
from nnstudio.app.i18n import say
from nnstudio.app.layouts import LABELS
from nnstudio.app.palettes.layer_groups import layer_groups
from nnstudio.app.training.statusbar import THEME_NAMES
from nnstudio.app.training.topbar import SPEEDS
from nnstudio.app.widgets.elided import ElidedLabel
from nnstudio.core import text
from nnstudio.core.setup import preset_names
from nnstudio.core.text import mark

if TYPE_CHECKING:
    from nnstudio.app.window import Window

SEPARATOR = "-"

#: Titles and entries; a name with “>” is a submenu that is filled below.
MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (mark("File"), ("open_csv", ">presets", SEPARATOR, "quit")),
    (mark("Edit"), ("undo", "redo")),
    (mark("Network"), (">layers", "remove", SEPARATOR, "move_earlier", "move_later")),
    (
        mark("Training"),
        ("play", SEPARATOR, "reset", "reset_new", SEPARATOR, ">speed"),
    ),
    (mark("View"), (">panels", ">layout", SEPARATOR, ">theme", ">language", SEPARATOR)),
    (mark("Help"), ()),
)

SUBMENUS = {
    "presets": mark("Presets"),
    "layers": mark("Add a layer"),
    "speed": mark("Speed"),
    "panels": mark("Panels"),
    "layout": mark("Layout"),
    "theme": mark("Theme"),
    "language": mark("Language"),
}

#: What presets are called; one that is not listed goes by its file's name.
PRESETS = {
    "circle": mark("Circle: the first network"),
    "xor": mark("XOR: why hidden layers"),
    "two-spirals": mark("Two spirals: a hard one"),
    "regression": mark("Bumps: regression"),
    "mnist-mlp": mark("MNIST: handwritten digits"),
    "mnist-cnn": mark("MNIST: convolutions"),
    "mnist-lenet": mark("MNIST: LeNet-5"),
    "mnist-resnet": mark("MNIST: a residual network"),
    "wide-dense": mark("Ten classes, 1000 inputs: speed"),
}

#: By which a language is found in the other one.
LANGUAGE_HELP = {
    "en": mark("The whole window in English"),
    "zh": mark("The whole window in Chinese"),
}

#: Room for the document's name.
NAME_WIDTH = 280


class BarMenu(QMenu):
    """A menu of the bar. Alt and its letter open it; where the title has no such letter, as in
    Chinese, it stands behind it."""

    def __init__(self, letter: str, parent: QMenuBar) -> None:
        super().__init__(parent)
        self.letter = letter

    def setTitle(self, title: str) -> None:
        """Underline the letter."""
        own = title.startswith(self.letter)
        super().setTitle(f"&{title}" if own else f"{title}(&{self.letter})")

    def plain_title(self) -> str:
        """The title in words."""
        return self.title().replace(f"(&{self.letter})", "").replace("&", "")


class Menus(QObject):
    """Fills the window's menu bar and keeps its ticks right."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.bar: QMenuBar = window.menuBar()
        self.menus: dict[str, BarMenu] = {}
        self.submenus: dict[str, QMenu] = {}
        self.groups: dict[str, QActionGroup] = {}
        brand = QLabel("NNStudio", self.bar)
        brand.setObjectName("brand")
        self.bar.setCornerWidget(brand, Qt.Corner.TopLeftCorner)
        self.name = ElidedLabel(self.bar)
        self.name.setObjectName("documentName")
        self.name.setFixedWidth(NAME_WIDTH)  # a menu bar asks for a corner's size only once
        self.name.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.bar.setCornerWidget(self.name, Qt.Corner.TopRightCorner)
        for title, entries in MENUS:
            menu = say(BarMenu(title[0], self.bar), title=title)
            for entry in entries:
                if entry == SEPARATOR:
                    menu.addSeparator()
                elif entry.startswith(">"):
                    menu.addMenu(self._submenu(entry[1:], menu))
                else:
                    menu.addAction(window.actions_by_name[entry])
            self.bar.addMenu(menu)
            self.menus[title] = menu
        self.key = QShortcut(QKeySequence("F10"), window)
        self.key.activated.connect(self.open_bar)
        for part in window.features.values():
            for feature_entry in part.entries:
                self._add_of_feature(feature_entry)

    def _add_of_feature(self, entry: Entry) -> None:
        if not entry.menu:
            return
        menu, action = self.menus[entry.menu], self.window.actions_by_name[entry.name]
        if entry.before:
            menu.insertAction(self.window.actions_by_name[entry.before], action)
        else:
            menu.addAction(action)
        if entry.rule:
            menu.insertSeparator(action)

    @Slot()
    def open_bar(self) -> None:
        """Open the first menu; arrows walk on."""
        self.bar.setActiveAction(self.bar.actions()[0])

    def _submenu(self, name: str, parent: QMenu) -> QMenu:
        menu = say(QMenu(parent), title=SUBMENUS[name])
        menu.setObjectName(name)
        self.submenus[name] = menu
        getattr(self, f"_fill_{name}")(menu)
        return menu

    def _add(
        self, menu: QMenu, label: str, data: object, group: str = "", help: str = ""
    ) -> QAction:
        """``help`` is a marked text by which the command palette finds it, too."""
        action = say(QAction(menu), text=label, tool_tip=help)
        action.setData(data)
        if group:
            action.setCheckable(True)
            if group not in self.groups:
                self.groups[group] = QActionGroup(menu)
            self.groups[group].addAction(action)
        menu.addAction(action)
        return action

    def _fill_presets(self, menu: QMenu) -> None:
        names = preset_names()
        order = [name for name in PRESETS if name in names]
        for name in order + [name for name in names if name not in order]:
            self._add(menu, PRESETS.get(name, name), name)
        menu.triggered.connect(self.window.open_preset)

    def _fill_layers(self, menu: QMenu) -> None:
        for group, classes in layer_groups().items():
            inner = say(QMenu(menu), title=group)
            menu.addMenu(inner)
            for cls in classes:
                self._add(inner, cls.label, cls.type_name)
        menu.triggered.connect(self.window.add_layer)

    def _fill_speed(self, menu: QMenu) -> None:
        for speed, label in SPEEDS.items():
            self._add(menu, label, speed, "speed")
        menu.triggered.connect(self.window.speed_triggered)

    def _fill_panels(self, menu: QMenu) -> None:
        for name, cls in self.window.area.classes.items():
            self._add(menu, cls.title, name, help=cls.help).setCheckable(True)
        menu.triggered.connect(self.window.panel_triggered)

    def _fill_layout(self, menu: QMenu) -> None:
        for name, label in LABELS.items():
            self._add(menu, label, name, "layout")
        layouts = self.window.features["layouts"]
        menu.triggered.connect(layouts.choose_action)  # type: ignore[attr-defined]

    def _fill_theme(self, menu: QMenu) -> None:
        for name, label in THEME_NAMES.items():
            self._add(menu, label, name, "theme")
        menu.triggered.connect(self.window.looks.theme_triggered)

    def _fill_language(self, menu: QMenu) -> None:
        for code, label in text.LANGUAGES.items():
            self._add(menu, label, code, "language", LANGUAGE_HELP[code])
        menu.triggered.connect(self.window.looks.language_triggered)

    def tick(self, group: str, data: object) -> None:
        """Tick one entry of a group."""
        for action in self.groups[group].actions():
            action.setChecked(action.data() == data)

    @Slot()
    def tick_panels(self) -> None:
        """Ticks say which panels are open; those that do not fit the data are not there, as in the
        panels' own list."""
        area = self.window.area
        for action in self.submenus["panels"].actions():
            action.setChecked(area.is_open(action.data()))
            action.setEnabled(area.fits(action.data()))
            action.setVisible(action.isEnabled())
