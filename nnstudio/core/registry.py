"""The registry: every layer, loss, optimizer, data set, panel... announces itself by a name.

``@register("Dense.v1")`` on a class makes it a frozen dataclass and files it under its contract
(the nearest base class marked with ``contract``). ``discover`` imports every module of a package,
so adding a concept means adding one file. The version in the name lets an old project file be
read after a layer's meaning has changed.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from nnstudio.core import fields
from nnstudio.core.text import StudioError, mark

T = TypeVar("T", bound=type)

_tables: dict[type, dict[str, type]] = {}
_discovered: set[str] = set()
#: Who asks while another thread is discovering waits, or it would see half of what there is. The
#: thread itself may come back: a module that is imported may ask for others.
_discovering = threading.RLock()
_begun: set[str] = set()

PACKAGES = (
    "nnstudio.layers",
    "nnstudio.losses",
    "nnstudio.optimizers",
    "nnstudio.schedules",
    "nnstudio.initializers",
    "nnstudio.datasets",
    "nnstudio.exporters",
    "nnstudio.importers",
    "nnstudio.readers",
)


def contract(cls: T) -> T:
    """Mark a base class as one that concepts register under."""
    _tables[cls] = {}
    return cls


def register(name: str) -> Callable[[T], T]:
    """File a concept under its contract as ``name`` (such as ``"Adam.v1"``)."""

    def file(cls: T) -> T:
        made: Any = dataclasses.dataclass(frozen=True)(cls)
        made.type_name = name
        table = next(_tables[base] for base in made.__mro__ if base in _tables)
        if name in table:
            raise ValueError(f"{name} is registered twice: {table[name]} and {cls}")
        table[name] = made
        result: T = made
        return result

    return file


def discover(package_name: str) -> None:
    """Import every module of a package once, so that its concepts register."""
    if package_name in _discovered:
        return
    with _discovering:
        if package_name in _begun:
            return
        _begun.add(package_name)
        package = importlib.import_module(package_name)
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
            importlib.import_module(f"{package_name}.{module.name}")
        _discovered.add(package_name)


def discover_all() -> None:
    """Discover every package below the window."""
    for name in PACKAGES:
        discover(name)


def table(base: type) -> dict[str, Any]:
    """All concepts of one contract, by type name, after discovery of the room they live in."""
    name = base.__name__.lower()
    room = f"nnstudio.{name}{'es' if name.endswith('s') else 's'}"
    if room in PACKAGES:
        discover(room)
    else:
        discover_all()
    return _tables[base]


def find(base: type, name: str) -> Any:
    """One concept's class by its type name; raises ``StudioError`` for an unknown one."""
    found = table(base).get(name) if isinstance(name, str) else None
    if found is None:
        raise StudioError(
            mark("There is no {kind} called “{name}”. Known are: {known}."),
            kind=base.__name__.lower(),
            name=str(name)[:60],
            known=", ".join(sorted(table(base))),
        )
    return found


def to_json(spec: Any) -> dict[str, Any]:
    """A spec as plain JSON: its type name and its field values."""
    return {"type": spec.type_name, **fields.values_of(spec)}


def from_json(base: type, data: Any) -> Any:
    """The spec that ``to_json`` wrote; raises ``StudioError`` for anything else."""
    if not isinstance(data, dict) or "type" not in data:
        raise StudioError(
            mark("A {kind} must be an object with a “type”."), kind=base.__name__.lower()
        )
    values = {name: value for name, value in data.items() if name != "type"}
    return fields.build(find(base, data["type"]), values)
