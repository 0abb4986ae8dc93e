"""Other data for the document: load it, fit the network to it, one undoable edit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from nnstudio.app.document import Document
from nnstudio.app.job import Job
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data
from nnstudio.core.defaults import setup_for
from nnstudio.core.fitting import fit
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.setup import Setup, preset, preset_names
from nnstudio.core.text import StudioError

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
    its own: a preset's, or a sensible one for files of one's own.
    """
    same = dataset.group == setup.dataset.group
    if dataset.group == "Tables":
        same = same and data_of(setup.with_dataset(dataset)) == data_of(setup)
    if same:
        return fit(setup.with_dataset(dataset), data)
    if isinstance(dataset, PreparedDataset):  # a file of one's own: as the command line begins
        return setup_for(dataset, data)
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
        document.come_back()  # other work takes the place of this, whatever moment shows
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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = Job("nnstudio-loader", self)
        self.job.finished.connect(self._finished)
        self.job.failed.connect(self._failed)
        self.job.busy_changed.connect(self.busy_changed)
        self.request: Request | None = None  # the last one

    @property
    def busy(self) -> bool:
        """Whether a result is awaited."""
        return self.job.busy

    @property
    def share(self) -> float:
        """How much of it is there, 0 to 1."""
        return self.job.share

    def load(self, request: Request) -> None:
        """Begin; a request before this one is forgotten."""
        self.request = request
        self.job.start(request, request.dataset.load, request.dataset.label)

    @Slot()
    def cancel(self) -> None:
        """Forget what is being loaded."""
        self.job.cancel()

    def stop(self) -> None:
        """Forget everything and wait for the threads (the window closes)."""
        self.job.stop()

    @Slot(object, object)
    def _finished(self, request: Request, data: Data) -> None:
        self.loaded.emit(request, data)

    @Slot(object, object)
    def _failed(self, request: Request, error: StudioError) -> None:
        self.failed.emit(error)
