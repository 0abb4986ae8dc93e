"""Models that are classes of a Keras text's own: they are not read, but told with their line."""

from __future__ import annotations

import ast

from nnstudio.core.text import StudioError, mark


def own_class(tree: ast.Module) -> ast.ClassDef | None:
    """The first class of the text that is a model."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(
            getattr(base, "attr", getattr(base, "id", "")) == "Model" for base in node.bases
        ):
            return node
    return None


def missing(tree: ast.Module, name: str) -> StudioError:
    """Why there is no model in a text."""
    found = own_class(tree)
    if found is None:
        return StudioError(mark("There is no Keras model in “{name}”."), name=name)
    return StudioError(
        mark("The model of “{name}” is the class “{model}” at line {line}. Sequential and the "
             "functional API are read here, classes of one's own are not."),
        name=name, model=found.name[:60], line=found.lineno,
    )  # fmt: skip
