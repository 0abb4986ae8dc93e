"""Other data for the document: load it, fit the network to it, one undoable edit."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from nnstudio.app.document import Document
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data
from nnstudio.core.defaults import setup_for
from nnstudio.core.fitting import fit
from nnstudio.core.setup import Setup, preset, preset_names
from nnstudio.core.text import StudioError, mark

#: What a group begins with if no preset is made for the very data set.
GROUP_PRESETS = {"2-D": "two-spirals", "Images": "mnist-mlp"}


def data_of(setup: Setup) -> tuple[type, str]:
    """Which data a setup is for, whatever its noise or its size: the kind, and the file if any."""
    return type(setup.dataset), str(getattr(setup.dataset, "path", ""))


def preset_for(dataset: Dataset) -> Setup | None:
    """The preset made for a kind of data set, or None."""
    for name in preset_names():
        found = preset(name)
        if type(found.dataset) is type(dataset):
            return found
    return None


def adapted(setup: Setup, dataset: Dataset, data: Data) -> Setup:
    """A setup for other data: the network is kept and fitted where that makes sense.

    Data of another group (from points to images, from one table to another) brings a network of
    its own: a preset's, or a sensible one for tables.
    """
    same = dataset.group == setup.dataset.group
    if dataset.group == "Tables":
        same = same and data_of(setup.with_dataset(dataset)) == data_of(setup)
    if same:
        return fit(setup.with_dataset(dataset), data)
    suitable = preset_for(dataset)
    if suitable is None:
        name = GROUP_PRESETS.get(dataset.group)
        if name is None:
            return setup_for(dataset, data)
        suitable = preset(name)
    return fit(suitable.with_dataset(dataset), data)


@dataclass(frozen=True)
class Request:
    """Data that is wanted, what the edit is called, and the setup that goes with it.

    ``setup`` None keeps the document's, adapted; a preset brings its own.
    """

    dataset: Dataset
    text: str
    merge: str = ""
    setup: Setup | None = None


def change_dataset(document: Document, dataset: Dataset, text: str, merge: str = "") -> None:
    """Load quick data and put it in place; raises ``StudioError`` and changes nothing if unfit."""
    put_data(document, Request(dataset, text, merge), dataset.load())


def put_data(document: Document, request: Request, data: Data) -> None:
    """Put loaded data in place as one edit."""
    if request.setup is not None:
        after = fit(request.setup.with_dataset(request.dataset), data)
    else:
        after = adapted(document.setup, request.dataset, data)
    if after != document.setup:
        document.edit(request.text, after, data=data, merge=request.merge)


class Loader(QObject):
    """Loads slow data beside the window. Only the newest request counts; older ones are dropped.

    ``loaded`` carries (request, data), ``failed`` a ``StudioError``; ``busy_changed`` says whether
    something is being loaded. Nothing of the document changes here.
    """

    loaded = Signal(object, object)
    failed = Signal(object)
    busy_changed = Signal(bool)
    _arrived = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._wanted: Request | None = None
        self._arrived.connect(self._take)
        self._threads: list[threading.Thread] = []
        self._stopped = False

    @property
    def busy(self) -> bool:
        """Whether a result is awaited."""
        return self._wanted is not None

    def load(self, request: Request) -> None:
        """Begin; a request before this one is forgotten."""
        self._number += 1
        self._wanted = request
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(
            target=self._work,
            args=(self._number, request.dataset),
            name="nnstudio-loader",
            daemon=True,
        )
        self._threads.append(thread)
        thread.start()
        self.busy_changed.emit(True)

    @Slot()
    def cancel(self) -> None:
        """Forget what is being loaded."""
        self._number += 1
        if self._wanted is not None:
            self._wanted = None
            self.busy_changed.emit(False)

    def stop(self) -> None:
        """Forget everything and wait for the threads (the window closes)."""
        self._stopped = True
        self.cancel()
        for thread in self._threads:
            thread.join(timeout=2)

    def _work(self, number: int, dataset: Dataset) -> None:
        result: object
        error: object = None
        try:
            result = dataset.load()
        except StudioError as unfit:
            result, error = None, unfit
        except Exception as unforeseen:
            result = None
            error = StudioError(
                mark("{name} could not be loaded: {reason}."),
                name=dataset.label,
                reason=str(unforeseen)[:200] or type(unforeseen).__name__,
            )
        if not self._stopped:
            self._arrived.emit(number, result, error)

    @Slot(int, object, object)
    def _take(self, number: int, data: Data | None, error: StudioError | None) -> None:
        if number != self._number or self._wanted is None:
            return
        request = self._wanted
        self._wanted = None
        self.busy_changed.emit(False)
        if error is not None:
            self.failed.emit(error)
        else:
            self.loaded.emit(request, data)
