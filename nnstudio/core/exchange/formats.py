"""What formats of other programs must offer, to be written and to be read. One format, one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from nnstudio.core import atomic
from nnstudio.core.registry import contract

if TYPE_CHECKING:
    from nnstudio.core.exchange.imported import Reading
    from nnstudio.core.exchange.trained import Trained


@contract
class Exporter:
    """One format that a trained network can be written in; its fields make the form of options.

    ``name`` is what the command line calls it, ``extension`` that of its main file.
    """

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    name: ClassVar[str] = ""
    extension: ClassVar[str] = ""
    order: ClassVar[int] = 100

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """What to write, by file name: ``stem + extension`` first, then what goes beside it.
        Raises ``StudioError`` if the format cannot hold this network."""
        raise NotImplementedError

    def write(self, model: Trained, path: Path) -> list[Path]:
        """Write the files in the folder of ``path``, each whole or not at all; gives them."""
        found = self.files(model, path.stem)
        places = [path, *(path.with_name(name) for name in list(found)[1:])]
        for place, content in reversed(list(zip(places, found.values(), strict=True))):
            atomic.write(place, content)
        return places


@contract
class Importer:
    """One format that a network can be read from. Nothing of a file is ever executed."""

    type_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    extensions: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[int] = 100

    def suits(self, content: bytes, name: str) -> bool:
        """Whether the content looks like this format."""
        raise NotImplementedError

    def read(self, content: bytes, name: str) -> Reading:
        """What could be read; raises ``StudioError`` if there is no network in it."""
        raise NotImplementedError
