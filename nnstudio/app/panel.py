"""What a panel is: a pure ``measure`` off the GUI thread, and ``display`` on it.

A panel is one file in ``app/panels/`` with one class registered under this contract; it is
discovered, listed in the View menu and fed by the bridge. A hidden panel costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from nnstudio.app.document import Document
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

if TYPE_CHECKING:
    from nnstudio.engine.session import Session

#: What a view says while there is nothing to show.
NO_NETWORK = mark("This appears when there is a network with data.")
#: A heading for each column, and the rows below it.
Table = tuple[Sequence[str], Iterable[Sequence[Any]]]

_panels: dict[str, type[Panel]] = {}

_LOOK_CHANGED = (
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
    QEvent.Type.LanguageChange,
)


class Panel(QWidget):
    """One view of training.

    ``document_changed`` is called while the panel is visible, and once when it is shown, so a
    constructor need not call it.
    """

    name: ClassVar[str] = ""  # stable id, such as "loss"
    title: ClassVar[str] = ""  # marked text shown as its heading
    help: ClassVar[str] = ""  # marked sentence for the list of panels
    group: ClassVar[str] = mark("Training")  # its heading in that list
    place: ClassVar[str] = "bottom"  # "bottom" or "right"
    at_first: ClassVar[bool] = False  # open in a window that nobody has arranged yet
    order: ClassVar[int] = 100  # position among the panels of its place
    fits: ClassVar[tuple[str, ...]] = ()  # shown for these kinds of data; empty: for all
    settles: ClassVar[bool] = False  # it goes on over several measures of one snapshot
    paints_whole: ClassVar[bool] = False  # ``display`` asks for all of it to be painted
    when_wide: ClassVar[tuple[str, ...]] = ()  # for such data ("Images/classification") open at
    # first in a window that is wide enough
    rate: float = 30.0  # at most so many measures a second

    choice_made = Signal(object)  # plain JSON to be given back to ``recall`` at the next start

    def __init__(
        self, document: Document, session: Session | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.session = session
        self._missed = True  # something changed while nobody looked
        self.setAccessibleName(tr(self.title))
        document.changed.connect(self._setup_changed)

    def request(self) -> Any:
        """What ``measure`` should look at, read on the GUI thread (a size, a choice).

        Requests are compared: one that differs from the last is measured at once, even while
        training rests. Large ones should compare by identity.
        """
        return None

    @staticmethod
    def measure(view: View, request: Any) -> Any:
        """Compute what to show from one snapshot; runs off the GUI thread, returns copies."""
        return None

    def display(self, result: Any) -> None:
        """Show what ``measure`` gave; runs on the GUI thread and takes a few milliseconds."""

    def document_changed(self) -> None:
        """Called when the setup, the data, the language or the theme changed."""

    def header_widgets(self) -> list[QWidget]:
        """Small controls shown at the right of the panel's heading."""
        return []

    def numbers(self) -> Table | None:
        """What the panel shows as numbers, for a file; None if there is nothing yet."""
        return None

    def recall(self, kept: Any) -> None:
        """Take up what ``choice_made`` carried last, or None. It comes from a file that anybody
        may have edited: what is unfit is to be ignored."""

    def summary(self) -> str:
        """One sentence that says what the panel shows, for a screen reader."""
        return ""

    # --- being told ---

    @Slot(object, object)
    def _setup_changed(self, before: object, after: object) -> None:
        self._news()

    def _news(self) -> None:
        if self.isVisible():
            self._missed = False
            self.document_changed()
        else:
            self._missed = True

    def changeEvent(self, event: QEvent) -> None:
        """Theme and language change live."""
        super().changeEvent(event)
        if event.type() in _LOOK_CHANGED and getattr(self, "document", None) is not None:
            self.setAccessibleName(tr(self.title))
            self._news()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed while hidden."""
        super().showEvent(event)
        self._catch_up()

    def _catch_up(self) -> None:
        if self._missed:
            self._missed = False
            self.document_changed()

    def event(self, event: QEvent) -> bool:
        """Whoever turns to the panel hears what it shows now."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.Enter):
            self.tell()
        return super().event(event)

    def tell(self) -> None:
        """Let assistive technology know what is shown now, be it about to be seen only."""
        self._catch_up()
        self.setAccessibleDescription(self.summary())


def panel(cls: type[Panel]) -> type[Panel]:
    """Register a panel."""
    _panels[cls.name] = cls
    return cls


def panels() -> list[type[Panel]]:
    """All panels, in order."""
    from nnstudio.core.registry import discover

    discover("nnstudio.app.panels")
    return sorted(_panels.values(), key=lambda cls: (cls.place, cls.order))
