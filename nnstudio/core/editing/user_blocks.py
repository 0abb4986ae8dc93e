"""The blocks that a person keeps in the palette: named fragments, in one JSON file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

from nnstudio.core import atomic
from nnstudio.core.editing.fragments import Fragment
from nnstudio.core.network import MOST_NAME
from nnstudio.core.text import StudioError, mark

FILE = "blocks.json"
MOST_BLOCKS = 200
MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class UserBlock:
    """A fragment under a name."""

    name: str
    fragment: Fragment


def blocks_path() -> Path:
    """Where the blocks are kept: in the platform's folder for settings."""
    return user_config_path("nnstudio", appauthor=False) / FILE


def load_blocks(path: Path | None = None) -> list[UserBlock]:
    """All blocks, by name; what cannot be read (a damaged file, layers of a newer version) is
    left out."""
    path = path or blocks_path()
    try:
        if path.stat().st_size > MOST_BYTES:
            return []
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    blocks = []
    for item in found[:MOST_BLOCKS] if isinstance(found, list) else []:
        try:
            fragment = Fragment.from_json(item["nodes"])
            blocks.append(UserBlock(str(item["name"])[:MOST_NAME], fragment))
        except (StudioError, KeyError, TypeError):
            continue
    return sorted(blocks, key=lambda block: block.name.casefold())


def save_block(name: str, fragment: Fragment, path: Path | None = None) -> None:
    """Keep a block; one of the same name is replaced. Raises ``StudioError`` if the file cannot
    be written."""
    name = " ".join(name.split())[:MOST_NAME]
    if not name:
        raise StudioError(mark("A block needs a name."))
    path = path or blocks_path()
    kept = [block for block in load_blocks(path) if block.name != name]
    if len(kept) >= MOST_BLOCKS:
        raise StudioError(mark("The palette holds {most} blocks. Remove one first."),
                          most=MOST_BLOCKS)  # fmt: skip
    _write([*kept, UserBlock(name, fragment)], path)


def delete_block(name: str, path: Path | None = None) -> None:
    """Take a block out of the palette."""
    path = path or blocks_path()
    _write([block for block in load_blocks(path) if block.name != name], path)


def _write(blocks: list[UserBlock], path: Path) -> None:
    content = [{"name": block.name, "nodes": block.fragment.to_json()} for block in blocks]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(
            mark("The folder “{folder}” cannot be made."), folder=str(path.parent)
        ) from error
    atomic.write(path, json.dumps(content, indent=1, ensure_ascii=False).encode())
