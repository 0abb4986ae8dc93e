#!/usr/bin/env python3
"""House rules that no other tool knows; each complaint says what to do instead.

``python packaging/house.py`` reads the files that git knows and exits 1 if any breaks a rule.
A rule is a function that takes the house (path -> text) and gives complaints. To add one, write
it, list it in ``RULES`` and prove in tests/test_house.py that it can fail.
"""

from __future__ import annotations

import ast
import json
import re
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

House = dict[str, str]
Complaints = Iterator[str]

MOST_LINES = 400
TOP_LEVEL = {
    "LICENSE",
    "README.md",
    "nnstudio",
    "packaging",
    "pyproject.toml",
    "resources",
    "tests",
}
CATALOGUE = "resources/translations/zh/"

#: Where a web address may point to: what documents a source or a licence, and names in SVG files.
KNOWN_HOSTS = {
    "www.w3.org",
    "doi.org",
    "arxiv.org",
    "creativecommons.org",
    "opensource.org",
    "yann.lecun.com",
    "wixtoolset.org",  # the name space of its files
    "www.freedesktop.org",  # the name space of its file formats
}

#: Texts that are others', word for word.
VERBATIM = "resources/licences/"

#: Calls whose first text a person reads.
SHOWING = re.compile(
    r"^(set(Text|ToolTip|WindowTitle|PlaceholderText|Title|StatusTip|WhatsThis"
    r"|AccessibleName|AccessibleDescription|Prefix|Suffix|Label)"
    r"|add(Action|Menu|Tab|Item)|showMessage"
    r"|Q(Label|PushButton|ToolButton|CheckBox|RadioButton|GroupBox|Action|Menu|DockWidget))$"
)
FIELD_MAKERS = {"integer", "real", "choice", "flag", "sizes", "names", "text"}


# --- reading code ---------------------------------------------------------------------------------


def modules(house: House, under: str = "nnstudio/") -> Iterator[tuple[str, ast.Module]]:
    """Every Python file below a folder, parsed."""
    for path, source in house.items():
        if path.startswith(under) and path.endswith(".py"):
            yield path, ast.parse(source, path)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of its name: ``a.b.connect(...)`` is ``connect``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node


def is_text(node: ast.AST | None) -> bool:
    """Whether a node is a plain string."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def texts_of(node: ast.AST) -> Iterator[str]:
    """The plain strings that an expression can be: itself, or the arms of ``a if c else b``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts_of(node.body)
        yield from texts_of(node.orelse)


def translated(house: House) -> dict[str, str]:
    """Every text inside ``tr`` or ``mark``, and where it stands first."""
    found: dict[str, str] = {}
    for path, tree in modules(house):
        for name, call in calls(tree):
            if name in ("tr", "mark") and call.args:
                for text in texts_of(call.args[0]):
                    found.setdefault(text, f"{path}:{call.lineno}")
    return found


# --- the rules ------------------------------------------------------------------------------------


def whole_sentences(house: House) -> Complaints:
    """A text to translate is one plain string, so that the catalogue can hold it."""
    built = (ast.JoinedStr, ast.BinOp)
    for path, tree in modules(house):
        for name, call in calls(tree):
            if name not in ("tr", "mark") or not call.args:
                continue
            text = call.args[0]
            formatted = (
                isinstance(text, ast.Call)
                and isinstance(text.func, ast.Attribute)
                and text.func.attr in ("format", "join")
            )
            if isinstance(text, built) or formatted or (name == "mark" and not is_text(text)):
                yield (
                    f"{path}:{call.lineno}: {name}() gets a text that is put together first; no "
                    f'catalogue holds that. Write tr("Layer {{n}}", n=3).'
                )


def catalogue(house: House) -> dict[str, tuple[str, str]]:
    """Every English text with its Chinese and the file that says so first."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(house):
        if path.startswith(CATALOGUE) and path.endswith(".json"):
            for text, chinese in json.loads(house[path]).items():
                found.setdefault(text, (chinese, path))
    return found


def catalogue_is_complete(house: House) -> Complaints:
    """Every text has its Chinese, once, and the catalogue holds nothing that is gone."""
    known = catalogue(house)
    used = translated(house)
    for text, place in used.items():
        if text not in known:
            yield f"{place}: no Chinese for “{text}”. Add it to a file of {CATALOGUE}."
    for path in sorted(house):
        if path.startswith(CATALOGUE) and path.endswith(".json"):
            for text in json.loads(house[path]):
                if text not in used:
                    yield f"{path}: nothing says “{text}” any more. Take the entry out."
                elif known[text][1] != path:
                    yield f"{path}: {known[text][1]} has “{text}” already. Take one out."


def places_survive(house: House) -> Complaints:
    """A translation fills in the same values as its English."""

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for text, (chinese, path) in catalogue(house).items():
        try:
            same = places(text) == places(chinese)
        except ValueError:
            same = False
        if not same:
            yield (
                f"{path}: “{chinese}” must have the places of “{text}”: "
                f"{', '.join(sorted(places(text))) or 'none'}."
            )


def has_words(node: ast.AST) -> bool:
    """Whether an expression holds words, not only symbols such as ``×`` or ``β₁``."""
    if isinstance(node, ast.JoinedStr):
        return any(has_words(part) for part in node.values)
    return any(re.search(r"[A-Za-z]{2}", text) for text in texts_of(node))


def declared_texts_are_marked(house: House) -> Complaints:
    """What a field or a concept declares for people, and what an error says, is marked."""
    for path, tree in modules(house):
        for name, call in calls(tree):
            shown: list[ast.expr] = []
            if name in FIELD_MAKERS and isinstance(call.func, ast.Name):
                for keyword in call.keywords:
                    if keyword.arg in ("label", "help"):
                        shown.append(keyword.value)
                    elif keyword.arg == "labels" and isinstance(keyword.value, ast.Dict):
                        shown += keyword.value.values
            elif name == "StudioError":
                shown += call.args[:1]
            for value in shown:
                if has_words(value):
                    yield f'{path}:{value.lineno}: people read this text. Write mark("...").'
        for node in ast.walk(tree):
            if not (isinstance(node, ast.ClassDef) and node.decorator_list):
                continue
            for line in node.body:
                if (
                    isinstance(line, ast.Assign)
                    and isinstance(line.targets[0], ast.Name)
                    and line.targets[0].id in ("label", "help", "title")
                    and has_words(line.value)
                ):
                    yield (
                        f"{path}:{line.lineno}: people read {node.name}.{line.targets[0].id}. "
                        'Write mark("...").'
                    )


def shown_texts_are_translated(house: House) -> Complaints:
    """No widget gets words that did not go through ``tr``."""

    for path, tree in modules(house, "nnstudio/app/"):
        for name, call in calls(tree):
            if not SHOWING.match(name):
                continue
            for value in call.args:
                if has_words(value) and "NNStudio" not in texts_of(value):
                    yield f'{path}:{call.lineno}: {name}() shows words. Write tr("...").'


def slots_are_methods(house: House) -> Complaints:
    """Signals go to bound methods marked ``@Slot``; anything else keeps objects alive."""
    for path, tree in modules(house, "nnstudio/app/"):
        for name, call in calls(tree):
            if name != "connect" or not call.args:
                continue
            target = call.args[0]
            partial = isinstance(target, ast.Call) and ast.unparse(target.func).endswith("partial")
            if isinstance(target, ast.Lambda) or partial:
                yield (
                    f"{path}:{call.lineno}: connect() gets a lambda or partial, which keeps what "
                    "it names alive. Connect a bound method marked @Slot; ask self.sender() or "
                    "give the object a property if it must know who called."
                )
        for owner in ast.walk(tree):
            if isinstance(owner, ast.ClassDef):
                yield from _unmarked_slots(path, owner)


def _unmarked_slots(path: str, owner: ast.ClassDef) -> Complaints:
    plain = {
        method.name
        for method in owner.body
        if isinstance(method, ast.FunctionDef)
        and not any("Slot" in ast.unparse(line) for line in method.decorator_list)
    }
    for name, call in calls(owner):
        if name == "connect" and call.args and isinstance(call.args[0], ast.Attribute):
            target = call.args[0]
            if ast.unparse(target.value) == "self" and target.attr in plain:
                yield (
                    f"{path}:{call.lineno}: {owner.name}.{target.attr} is connected to a signal. "
                    "Mark it @Slot(...)."
                )


def files_are_short(house: House) -> Complaints:
    """One concept, one file."""
    for path, text in house.items():
        lines = text.count("\n")
        if path.endswith(".py") and lines > MOST_LINES:
            yield (
                f"{path}: {lines} lines. Over {MOST_LINES} a file holds more than one concept; "
                "find the seam and split it."
            )


def top_is_tidy(house: House) -> Complaints:
    """At the top stand the rooms and three files; everything else has a room."""
    for name in sorted({path.split("/")[0] for path in house}):
        if name not in TOP_LEVEL and not name.startswith("."):
            yield f"{name}: nothing else belongs at the top. Move it into a room."


def places_are_portable(house: House) -> Complaints:
    """No file knows one machine's folders, or where its packages come from."""
    folders = re.compile(r"(?<![\w.~}>)-])/(?:work|root|home|tmp|Users|opt)/[\w.]")
    address = re.compile(r"https?://([\w.-]+)")
    index = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host")
    for path, text in house.items():
        if path.startswith(VERBATIM):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if folders.search(line):
                yield f"{path}:{number}: a folder of one machine. Give a path within the project."
            if index.search(line) and path != "packaging/house.py":
                yield f"{path}:{number}: leave it to each machine where packages come from."
            for host in address.findall(line):
                if host not in KNOWN_HOSTS:
                    yield (
                        f"{path}:{number}: {host} is no known source or licence. Everything works "
                        "offline; if it must be named, add it to KNOWN_HOSTS."
                    )


RULES: tuple[Callable[[House], Complaints], ...] = (
    whole_sentences,
    catalogue_is_complete,
    places_survive,
    declared_texts_are_marked,
    shown_texts_are_translated,
    slots_are_methods,
    files_are_short,
    top_is_tidy,
    places_are_portable,
)


def listed(root: Path) -> list[str]:
    """The files that git tracks or would add; without git, all but hidden and built ones."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, check=True)
        return [path for path in done.stdout.decode().split("\0") if path]
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
        return [
            path.as_posix()
            for path in found
            if not any(part.startswith((".", "__pycache__")) for part in path.parts)
        ]


def read_house(root: Path = ROOT) -> House:
    """Every file by its path from the top; what is no text counts as empty."""
    house: House = {}
    for path in listed(root):
        file = root / path
        if file.is_file():
            content = file.read_bytes()
            house[path] = "" if b"\0" in content else content.decode("utf-8", "replace")
    return house


def main() -> int:
    """Print every complaint; 1 if there is any."""
    house = read_house()
    complaints = [complaint for rule in RULES for complaint in rule(house)]
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
