"""Everything that the window can do, as one flat list of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.app.i18n import SAID
from nnstudio.app.palettes.fuzzy import explained_by, score
from nnstudio.app.palettes.layer_groups import icon_name
from nnstudio.core import registry
from nnstudio.core.contracts import Layer
from nnstudio.core.text import StudioError, mark, tr

if TYPE_CHECKING:
    from nnstudio.app.window import Window


@dataclass(frozen=True, eq=False)
class Command:
    """One thing to do. ``key`` is its English name, under which it is remembered. ``help`` and a
    layer's ``group`` are marked texts, by which it is found when nothing is called what was typed.
    """

    key: str
    text: str
    where: str
    run: Callable[[], object]
    shortcut: str = ""
    icon: str = ""
    help: str = ""
    group: str = ""
    is_possible: bool = True
    is_on: bool = False

    def fit(self, query: str) -> float:
        """How well a query means it, in either language."""
        own = max(score(query, self.text), score(query, self.key))
        placed = 0.4 * score(query, f"{self.where} {self.text}")
        return (
            own or placed or 0.1 * explained_by(query, self.key, self.text, self.help, self.group)
        )


def commands(window: Window) -> list[Command]:
    """All commands as they are now."""
    found: dict[str, Command] = {}
    for menu in window.menus.menus.values():
        for command in _of_menu(menu, (_english(menu),), (menu.plain_title(),)):
            found.setdefault(command.key, command)
    for command in (*_specs(window), *_settings(window)):
        found.setdefault(command.key, command)
    return list(found.values())


def _english(thing: QMenu | QAction) -> str:
    said = thing.property(SAID) or {}
    text = said.get("text") or said.get("title")
    if not text:
        text = thing.title() if isinstance(thing, QMenu) else thing.text()
    return str(text).replace("&", "")


def _of_menu(menu: QMenu, english: tuple[str, ...], local: tuple[str, ...]) -> Iterator[Command]:
    menu.aboutToShow.emit()  # some fill themselves when they open
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _of_menu(inner, (*english, _english(inner)), (*local, inner.title()))
        elif not action.isSeparator() and action.text():
            yield _of_action(action, menu, english, local)


def _of_action(
    action: QAction, menu: QMenu, english: tuple[str, ...], local: tuple[str, ...]
) -> Command:
    text, key, icon = action.text().replace("&&", "&"), _english(action), ""
    layer = _layer(action.data())
    if layer is not None:
        text, key = tr("Add {layer}", layer=tr(layer.label)), f"Add {layer.label}"
        icon = icon_name(layer)
    elif len(local) > 1:
        text = tr("{setting}: {value}", setting=local[-1], value=text)
        key = f"{english[-1]}: {key}"
    said = action.property(SAID) or {}
    explained = said.get("tool_tip", "")
    if explained == said.get("text"):  # many have no more to say than their name
        explained = ""
    return Command(
        key,
        text,
        " › ".join(local),
        action.trigger,
        action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
        icon,
        layer.help if layer is not None else explained,
        layer.group if layer is not None else "",
        action.isEnabled(),
        action.isCheckable() and action.isChecked(),
    )


def _layer(data: object) -> type[Layer] | None:
    if not isinstance(data, str) or "." not in data:
        return None
    try:
        found: type[Layer] = registry.find(Layer, data)
    except StudioError:
        return None
    return found


def _specs(window: Window) -> Iterator[Command]:
    """Each optimizer, loss and schedule."""
    controls = window.topbar.controls
    task = window.document.data.task
    for name, label in (
        ("optimizer", mark("Optimizer")),
        ("loss", mark("Loss")),
        ("schedule", mark("Schedule")),
    ):
        picker = controls.specs[name]
        for cls in picker.classes:
            tasks = getattr(cls, "tasks", ())
            yield Command(
                f"{label}: {cls.label}",
                tr("{setting}: {value}", setting=tr(label), value=tr(cls.label)),
                tr("Training"),
                picker.rows[cls.type_name].click,
                help=cls.help,
                is_possible=not tasks or task in tasks,
                is_on=type(picker.spec) is cls,
            )


def _settings(window: Window) -> Iterator[Command]:
    """Each number of training: the keyboard goes to it."""
    controls = window.topbar.controls
    for number in controls.numbers.values():
        yield Command(
            f"Set {number.field.label}",
            tr("Set {setting}", setting=tr(number.field.label)),
            tr("Training"),
            _Focus(number),
            help=number.field.help,
        )
    for name, editor in controls.more.form.editors.items():
        field = controls.more.form.fields[name]
        yield Command(
            f"Set {field.label}",
            tr("Set {setting}", setting=tr(field.label)),
            tr("Training"),
            _Focus(editor, controls.more.open_popup),
            help=field.help,
        )


class _Focus:
    """Gives a control the keyboard, once what holds it is open."""

    def __init__(self, control: QWidget, first: Callable[[], object] | None = None) -> None:
        self.control = control
        self.first = first

    def __call__(self) -> None:
        if self.first is not None:
            self.first()
        entry = getattr(self.control, "entry", self.control)
        entry.setFocus()
        if hasattr(entry, "selectAll"):
            entry.selectAll()
