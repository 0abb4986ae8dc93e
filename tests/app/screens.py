"""Every screen of the window, by name: how to get there. Pictures and the access tests share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from nnstudio.app.canvas.context_menu import open_menu
from nnstudio.app.data.data_change import Request, put_data
from nnstudio.app.experiment_page import ExperimentPage
from nnstudio.app.training.topbar import TopBar
from nnstudio.app.window import Window
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.setup import preset, preset_names
from nnstudio.core.text import StudioError, mark

#: Layers whose settings differ most in kind.
LAYERS = {"dense": "Dense.v1", "convolution": "Conv2D.v1", "dropout": "Dropout.v1"}


@dataclass(frozen=True)
class Screen:
    """``setup`` is a preset or a type of data set; ``open`` shows the screen in a window that has
    it; ``trains`` says that the screen is best looked at while it trains."""

    name: str
    setup: str
    open: Callable[[Window], object]
    trains: bool = False


def put(window: Window, what: str) -> None:
    """Give the window a preset, or a data set with what the window makes of it."""
    if what in preset_names():
        setup = preset(what)
        if window.document.setup.name != what:
            put_data(window.document, Request(setup.dataset, "", setup=setup), setup.dataset.load())
        return
    dataset: Any = registry.find(Dataset, what)()
    if not isinstance(window.document.setup.dataset, type(dataset)):
        put_data(window.document, Request(dataset, ""), dataset.load())


def tidy(window: Window, edits: int) -> None:
    """Close everything that a screen has opened, and undo to so many edits."""
    presentation: Any = window.features["presentation"]
    presentation.leave()
    for widget in QApplication.topLevelWidgets():
        if widget is not window and widget.isVisible():
            widget.close()
    tour: Any = window.features["tour"]
    if tour.overlay is not None:
        tour.overlay.end()
    for popup in window.canvas.popups():
        popup.close_popup()
    for name in ("gallery", "command-palette"):
        box = getattr(window.features[name], "box", None)
        if box is not None:
            box.close_popup()
    painting: Any = window.features["painting"]
    painting.end()
    window.canvas.select(None)
    window.stage.leave()
    window.notice.dismiss()
    window.area.reset()
    window.document.stack.setIndex(edits)


def picture(window: Window) -> QPixmap:
    """The window with the menus and small windows over it, where they are on the screen."""
    shown = window.grab()
    painter = QPainter(shown)
    others = [w for w in QApplication.topLevelWidgets() if w is not window and w.isVisible()]
    others.sort(key=_depth)  # a list of a small window over that window
    for other in others:
        if other.windowType() != Qt.WindowType.Popup:  # a window manager would centre it
            at = QPoint(
                (window.width() - other.width()) // 2, (window.height() - other.height()) // 2
            )
        else:
            at = other.geometry().topLeft() - window.geometry().topLeft()
        grabbed = other.grab()
        painter.drawPixmap(at, grabbed)
        painter.setPen(Qt.GlobalColor.gray)
        size = grabbed.deviceIndependentSize().toSize()
        painter.drawRect(at.x() - 1, at.y() - 1, size.width() + 1, size.height() + 1)
    painter.end()
    return shown


def _depth(widget: QWidget) -> int:
    """How many parents a widget has, over the edges of windows."""
    above = widget.parentWidget()
    return 0 if above is None else 1 + _depth(above)


# --- ways to get there ---


def act(name: str) -> Callable[[Window], object]:
    """Trigger an action."""
    return lambda window: window.actions_by_name[name].trigger()


def nothing(window: Window) -> None:
    """The window itself."""


def menu(title: str, inner: str = "") -> Callable[[Window], object]:
    """Open a menu, and one inside it."""

    def run(window: Window) -> None:
        opened = window.menus.menus[title]
        action = opened.menuAction()
        place = window.menuBar().actionGeometry(action).bottomLeft()
        opened.popup(window.menuBar().mapToGlobal(place))
        if inner:
            sub = window.menus.submenus[inner]
            corner = opened.actionGeometry(sub.menuAction()).topRight()
            sub.popup(opened.mapToGlobal(corner))

    return run


def box(name: str) -> Callable[[Window], object]:
    """Open a box of the top bar."""

    def run(window: Window) -> None:
        controls = window.topbar.controls
        if name in controls.boxes and controls.boxes[name].parentWidget() is not controls:
            controls.more.open_popup()
        getattr(controls, name).open_popup()

    return run


def combo(of: Callable[[TopBar], Any]) -> Callable[[Window], object]:
    """Open a list of the top bar."""

    def run(window: Window) -> None:
        found = of(window.topbar)
        found.showPopup() if isinstance(found, QComboBox) else found.open_menu()

    return run


def layer(kind: str) -> Callable[[Window], object]:
    """Select the first layer of a kind: its settings show."""

    def run(window: Window) -> None:
        for node in window.document.setup.network.nodes:
            if node.layer.type_name == LAYERS[kind]:
                window.canvas.select(node.id)
                return

    return run


def panel(name: str) -> Callable[[Window], object]:
    """Open a panel."""
    return lambda window: window.area.set_open(name, True)


def tour_step(number: int) -> Callable[[Window], object]:
    """A step of the tour."""

    def run(window: Window) -> None:
        tour: Any = window.features["tour"]
        tour.begin()
        for _ in range(number):
            tour.overlay.forward()

    return run


def insert(window: Window) -> None:
    """The list of layers of a "+"."""
    window.canvas.offer_insert(window.document.setup.network.nodes[1].id)


def experiment(kind: str) -> Callable[[Window], object]:
    """A tab of the experiments."""

    def run(window: Window) -> None:
        window.actions_by_name["twin"].trigger()
        page = window.stage.pages["experiments"].content
        assert isinstance(page, ExperimentPage)
        page.tabs.choose(kind)
        page.choose(kind)

    return run


def notice(kind: str) -> Callable[[Window], object]:
    """A message of a kind."""

    def run(window: Window) -> None:
        if kind == "error":
            error = StudioError(mark("“{file}” could not be written."), file="ada/net.nnst")
            window.notice.show_error(error)
        elif kind == "offer":
            autosave: Any = window.features["autosave"]
            choices = {
                mark("Open the copy"): autosave.open_first,
                mark("Next copy"): autosave.skip_first,
                mark("Delete it"): autosave.delete_first,
            }
            values = {"name": "two-spirals", "when": "2026-05-04 10:15", "more": 2}
            text = mark(
                "“{name}” of {when} was not saved when the program ended. More copies: {more}."
            )
            window.notice.offer(StudioError(text, **values), choices)
        else:
            window.notice.show_text(mark("The recording is saved."), kind)

    return run


def panel_menu(window: Window) -> None:
    """What can be done with a panel."""
    for group in window.area._groups.values():
        if "loss" in group.group.names:
            group.more_button.click()


def chooser(window: Window) -> None:
    """Which panels there are."""
    for group in window.area._groups.values():
        if "loss" in group.group.names:
            group.add_button.click()


def canvas_menu(window: Window) -> None:
    """The menu of a layer."""
    window.canvas.select(window.document.setup.network.nodes[1].id)
    open_menu(window.canvas, QPoint(), by_keyboard=True)


SPIRALS, MLP, CNN, IRIS, DIABETES = (
    "two-spirals", "mnist-mlp", "mnist-cnn", "Iris.v1", "Diabetes.v1",
)  # fmt: skip

SCREENS = (
    Screen("plane", SPIRALS, nothing, trains=True),
    Screen("menu-file", SPIRALS, menu("File", "presets")),
    Screen("menu-edit", SPIRALS, menu("Edit")),
    Screen("menu-network", SPIRALS, menu("Network", "layers")),
    Screen("menu-training", SPIRALS, menu("Training", "speed")),
    Screen("menu-view", SPIRALS, menu("View", "panels")),
    Screen("menu-help", SPIRALS, menu("Help")),
    Screen("box-optimizer", SPIRALS, box("optimizer")),
    Screen("box-loss", SPIRALS, box("loss")),
    Screen("box-schedule", SPIRALS, box("schedule")),
    Screen("box-regularization", SPIRALS, box("regularization")),
    Screen("box-more", SPIRALS, box("more")),
    Screen("list-rate", SPIRALS, combo(lambda bar: bar.controls.learning_rate)),
    Screen("list-speed", SPIRALS, combo(lambda bar: bar.speed)),
    Screen("inspector-dense", SPIRALS, layer("dense")),
    Screen("insert", SPIRALS, insert),
    Screen("canvas-menu", SPIRALS, canvas_menu),
    Screen("commands", SPIRALS, act("commands")),
    Screen("gallery", SPIRALS, act("gallery")),
    Screen("paint", SPIRALS, act("draw_points")),
    Screen("empty", SPIRALS, act("empty_network")),
    Screen("preferences", SPIRALS, act("preferences")),
    Screen("about", SPIRALS, act("about")),
    Screen("glossary", SPIRALS, act("glossary")),
    Screen("shortcuts", SPIRALS, act("shortcuts")),
    *(Screen(f"tour-{n + 1}", SPIRALS, tour_step(n)) for n in range(6)),
    Screen("export", SPIRALS, act("export")),
    Screen("import", SPIRALS, act("import")),
    Screen("record", SPIRALS, act("record")),
    Screen("twin", SPIRALS, experiment("twin")),
    Screen("seeds", SPIRALS, experiment("seeds")),
    Screen("rate-finder", SPIRALS, experiment("rate")),
    *(Screen(f"notice-{kind}", SPIRALS, notice(kind)) for kind in
      ("info", "good", "warning", "error", "offer")),
    Screen("panel-menu", SPIRALS, panel_menu),
    Screen("panel-chooser", SPIRALS, chooser),
    Screen("data-plane", SPIRALS, act("data_page")),
    Screen("symbols", SPIRALS, act("draw_symbols")),
    Screen("presentation", SPIRALS, act("full_screen"), trains=True),
    Screen("table", IRIS, nothing, trains=True),
    Screen("data-table", IRIS, act("data_page")),
    Screen("wrong-table", IRIS, act("most_wrong")),
    Screen("regression-table", DIABETES, nothing, trains=True),
    Screen("images", MLP, nothing, trains=True),
    Screen("data-images", MLP, act("data_page")),
    Screen("wrong-images", MLP, act("most_wrong"), trains=True),
    Screen("convolutions", CNN, nothing, trains=True),
    Screen("inspector-convolution", CNN, layer("convolution")),
    Screen("inspector-dropout", CNN, layer("dropout")),
)  # fmt: skip


def parts(window: Window) -> list[QWidget]:
    """The window and every other that is open now."""
    return [
        window,
        *(w for w in QApplication.topLevelWidgets() if w is not window and w.isVisible()),
    ]
