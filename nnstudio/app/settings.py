"""What the program remembers of a person's choices, in one readable JSON file.

Declared in one table like every other form: ``Preferences``. A file that cannot be read is put
aside and the defaults take its place, with a notice; it never keeps the window from opening.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from nnstudio.app import theme
from nnstudio.app.layouts import LABELS, USUAL
from nnstudio.core import fields
from nnstudio.core.fields import choice, flag, integer, sizes, text
from nnstudio.core.text import LANGUAGES, StudioError, listed, mark, tr


@dataclasses.dataclass(frozen=True)
class Preferences:
    """One value a setting; the whole is replaced when one changes."""

    theme: str = choice(
        "system", theme.CHOICES, label=mark("Theme"),
        help=mark("The colours of the window; the system's choice is followed at once."),
        labels={
            "system": mark("System"), "light": mark("Light"), "dark": mark("Dark"),
            "contrast": mark("High contrast"),
        },
    )  # fmt: skip
    language: str = choice(
        "system", ("system", *LANGUAGES), label=mark("Language"),
        help=mark("Of every menu, text and number; it changes at once."),
        labels={"system": mark("System"), **LANGUAGES},
    )  # fmt: skip
    layout: str = choice(
        USUAL, tuple(LABELS), label=mark("Layout"), labels=LABELS,
        help=mark("Which panels a window begins with, and how much room they take."),
    )  # fmt: skip
    own_layouts: str = text("", label=mark("Own layouts"), help=mark("Which panels, and where."))
    own_layout: str = text("", label=mark("Own layout"), help=mark("The one chosen last."))
    geometry: str = text("", label=mark("Window"), help=mark("Place and size of the window."))
    columns: tuple[int, ...] = sizes(
        (), label=mark("Columns"), minimum=0, help=mark("Widths of the three columns.")
    )
    rows: tuple[int, ...] = sizes(
        (), label=mark("Rows"), minimum=0, help=mark("Heights of the network and the panels.")
    )
    panels: str = text("", label=mark("Panels"), help=mark("Which are open, and where."))
    panel_choices: str = text(
        "", label=mark("Choices in panels"), help=mark("Such as which curves are drawn.")
    )
    plane_speed: int = integer(
        500, minimum=0, maximum=1_000_000, label=mark("Speed for 2-D data"),
        unit=mark("steps/s"), zero=mark("Fastest"),
        help=mark("Steps a second; 0 trains as fast as possible, often too fast to watch."),
    )  # fmt: skip
    threads: int = integer(
        0, minimum=0, maximum=64, label=mark("Threads"), zero=mark("all"),
        help=mark("How many processor cores training may use; 0 uses all."),
    )  # fmt: skip
    memory: int = integer(
        256, minimum=32, maximum=16384, label=mark("Memory for the time machine"), unit="MB",
        help=mark("How much of a run is kept to go back in; older moments are thinned out."),
    )  # fmt: skip
    autosave: int = integer(
        30, minimum=5, maximum=600, label=mark("Autosave"), unit=mark("seconds"),
        help=mark("How often a copy of unsaved work is kept, for after a crash."),
    )  # fmt: skip
    still: bool = flag(
        False,
        label=mark("Reduced motion"),
        help=mark(
            "Views change twice a second, not sixty times, and nothing flows along the links."
        ),
    )
    tour: bool = flag(
        True, label=mark("Show the tour at the next start"),
        help=mark("Six steps through the window, which can be skipped."),
    )  # fmt: skip
    presenting: str = text(
        "", label=mark("Panels of the presentation"), help=mark("Which are open, and where.")
    )
    bottom: tuple[int, ...] = sizes((), label=mark("Widths of the lower panels"), minimum=0)
    recent_commands: str = text("", label=mark("Commands used last"))


def settings_path() -> Path:
    """Where the file lives on this system."""
    return user_config_path("nnstudio", appauthor=False) / "settings.json"


class _Names(tuple[str, ...]):
    """Marked texts, told one after another in the present language."""

    __slots__ = ()

    def __str__(self) -> str:
        return listed(tr(name) for name in self)

    def __format__(self, spec: str) -> str:
        return str(self)


class Settings:
    """Preferences and, unless ``path`` is None, the file that keeps them.

    ``Settings()`` is the defaults and remembers nothing; ``Settings.load()`` is what this person
    chose. A preference is read and set like an attribute: ``settings.theme = "dark"``.
    ``notices`` holds what went wrong while reading.
    """

    path: Path | None
    notices: list[StudioError]
    values: Preferences
    listener: Callable[[StudioError], object] | None
    failing: bool

    def __init__(self, path: Path | None = None) -> None:
        vars(self).update(path=path, notices=[], values=Preferences(), listener=None, failing=False)

    @classmethod
    def load(cls, path: Path | None = None) -> Settings:
        """What the file says; whatever is unfit in it is the default, with a notice."""
        made = cls(path or settings_path())
        vars(made)["values"] = made._read()
        return made

    def __getattr__(self, name: str) -> Any:
        if name in fields.fields_of(Preferences):
            return getattr(vars(self)["values"], name)
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Change a preference and save; raises ``StudioError`` for an unfit value."""
        if name not in fields.fields_of(Preferences):
            raise AttributeError(name)
        after = fields.changed(self.values, **{name: value})
        if after != self.values:
            vars(self)["values"] = after
            self.save()

    def save(self) -> None:
        """Write the file in one move; a full disk or a read-only home is no reason to stop."""
        if self.path is None:
            return
        content = json.dumps(fields.values_of(self.values), indent=2, ensure_ascii=False)
        temporary = ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix="settings-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            self._tell(error)
        else:
            vars(self)["failing"] = False

    def listen(self, listener: Callable[[StudioError], object]) -> None:
        """Whom to tell that the settings cannot be kept: once, until they can again."""
        vars(self)["listener"] = listener

    def _tell(self, error: OSError) -> None:
        if self.listener is None or self.failing:
            return
        assert self.path is not None
        vars(self)["failing"] = True
        self.listener(
            StudioError(
                mark("The settings cannot be saved in {folder}: {reason}. They hold until the "
                     "program ends; nothing else is lost."),
                folder=str(self.path.parent),
                reason=error.strerror or str(error),
            )
        )  # fmt: skip

    def _read(self) -> Preferences:
        assert self.path is not None
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            if not isinstance(data, dict):
                raise ValueError("not an object")
        except FileNotFoundError:
            return Preferences()
        except (OSError, ValueError, RecursionError) as error:
            aside = self._put_aside()
            if aside is not None:
                self.notices.append(
                    StudioError(
                        mark("The settings could not be read, so they are back to the defaults. "
                             "What was there is kept as {file}."),
                        file=str(aside),
                    )
                )  # fmt: skip
            else:
                reason = error.strerror if isinstance(error, OSError) else "JSON"
                self.notices.append(
                    StudioError(
                        mark("The settings in {file} could not be read ({reason}), so they are "
                             "back to the defaults."),
                        file=str(self.path),
                        reason=reason or str(error),
                    )
                )  # fmt: skip
            return Preferences()
        kept: dict[str, Any] = {}
        unfit = []
        for name, field in fields.fields_of(Preferences).items():
            if name not in data:
                continue
            try:
                kept[name] = field.read(data[name])
            except StudioError:
                unfit.append(field.label)
        if unfit:
            self._put_aside(copy=True)
            self.notices.append(
                StudioError(
                    mark("These settings could not be read and are back to their defaults: "
                         "{names}."),
                    names=_Names(unfit),
                )
            )  # fmt: skip
        return Preferences(**kept)

    def _put_aside(self, *, copy: bool = False) -> Path | None:
        """Keep the broken file beside the new one, in case somebody wants to look at it; None if
        that cannot be done. Earlier ones are not overwritten, but for the last of ten."""
        assert self.path is not None
        numbers = ["", *(f"-{n}" for n in range(2, 11))]
        names = [self.path.with_suffix(f".broken{n}.json") for n in numbers]
        target = next((name for name in names if not name.exists()), names[-1])
        try:
            if copy:
                shutil.copyfile(self.path, target)
            else:
                self.path.replace(target)
        except OSError:
            return None  # unreadable and unmovable: the next save will tell or replace it
        return target
