"""Which layers can be added, in which groups and order, and which of them a search finds. No Qt."""

from __future__ import annotations

import re

from nnstudio.app.palettes.fuzzy import explained_by
from nnstudio.core import registry
from nnstudio.core.contracts import Activation, Layer
from nnstudio.core.resources import resource
from nnstudio.core.text import mark, tr

#: Groups in the order in which they are offered; groups that are not listed come last.
GROUP_ORDER = (
    mark("Basic"),
    mark("Convolution"),
    mark("Pooling"),
    mark("Activations"),
    mark("Normalization"),
    mark("Regularization"),
    mark("Shape"),
    mark("Merge"),
)
#: What most networks are built of stands in the first group, whichever its own.
USUAL = (
    "Dense.v1", "Dropout.v1", "BatchNorm.v1", "Conv2D.v1", "MaxPool2D.v1", "Flatten.v1",
)  # fmt: skip
#: Smaller groups join the first: a heading each would be mostly headings.
LEAST = 2


def layer_groups() -> dict[str, list[type[Layer]]]:
    """All layers but the input, by group."""
    groups: dict[str, list[type[Layer]]] = {name: [] for name in GROUP_ORDER}
    for cls in registry.table(Layer).values():
        if cls.arity != 0:
            usual = cls.type_name in USUAL
            groups.setdefault(GROUP_ORDER[0] if usual else cls.group, []).append(cls)
    first, *others = groups.items()
    gathered = dict([first])
    for name, classes in others:
        if len(classes) >= LEAST:
            gathered[name] = classes
        else:
            first[1].extend(classes)
    return {name: sorted(classes, key=_place) for name, classes in gathered.items() if classes}


def _place(cls: type[Layer]) -> tuple[int, str]:
    known = cls.type_name in USUAL
    return USUAL.index(cls.type_name) if known else len(USUAL), str(cls.label).casefold()


def icon_name(cls: type[Layer]) -> str:
    """The drawing of a kind of layer; one that has none of its own gets a plain box."""
    name = cls.type_name.split(".")[0]
    if issubclass(cls, Activation):
        own = cls.name
    else:
        own = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name).lower()
    found = resource("icons", "layers", f"{own}.svg").is_file()
    return f"layers/{own}" if found else "layers/layer"


def found_layers(text: str) -> dict[str, list[type[Layer]]]:
    """The groups with what a search means: what is called so, here or in English, or whose group
    is; if nothing is, what is explained with such words."""
    groups = layer_groups()
    for means in (_is_called, _is_told):
        found = {
            name: kept
            for name, classes in groups.items()
            if (kept := [cls for cls in classes if means(cls, text)])
        }
        if found:
            return found
    return {}


def _is_called(cls: type[Layer], text: str) -> bool:
    names = " ".join((cls.label, tr(cls.label), cls.type_name, cls.group, tr(cls.group))).casefold()
    return all(word in names for word in text.casefold().split())


def _is_told(cls: type[Layer], text: str) -> bool:
    return explained_by(text, cls.label, cls.help, cls.group)
