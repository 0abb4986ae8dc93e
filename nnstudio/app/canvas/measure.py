"""What the canvas shows of one moment of training, computed off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from nnstudio.app.canvas.columns import Column, activation_of
from nnstudio.app.canvas.links import LinkImage, LinkRaster
from nnstudio.app.theme import Theme, diverging_lut, rgb
from nnstudio.core.data import PLANE_LIMIT, plane_features
from nnstudio.core.network import Network
from nnstudio.core.text import named, tr
from nnstudio.engine.view import View

#: Points along each side of a unit's thumbnail, and of the tiles of a large layer.
GRID = 40
TILE_GRID = 18


@dataclass(frozen=True)
class Request:
    """What to measure; equal requests on one snapshot give equal pictures, but for ``phase``."""

    network: Network
    columns: tuple[Column, ...]
    theme: Theme
    raster: LinkRaster | None = None
    example: int = 0
    phase: float = field(default=0.0, compare=False)  # of the dashes, in pixels


@dataclass(frozen=True)
class Picture:
    """What the canvas draws.

    ``thumbnails``: for each node an array (count, side, side) uint32 of opaque 0xffRRGGBB, the
    top row first. Without a plane they hold the one example: (count, 1, 1) for units, (count,)
    for cells; ``values`` are the numbers themselves. ``parameters`` are copies of what links and
    units show when they are read.
    """

    network: Network
    theme: Theme
    sequence: int
    thumbnails: dict[str, np.ndarray] = field(default_factory=dict)
    images: dict[str, np.ndarray] = field(default_factory=dict)
    values: dict[str, np.ndarray] = field(default_factory=dict)
    parameters: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    links: LinkImage | None = None
    raster: LinkRaster | None = None
    truth: int = -1  # the example's class, if it has one
    caption: str = ""
    running: bool = False
    step: int = 0


@lru_cache(maxsize=4)
def colours(theme: Theme) -> np.ndarray:
    """The diverging colours as (256,) uint32 of opaque 0xffRRGGBB."""
    lut = diverging_lut(theme).astype(np.uint32)
    return np.uint32(0xFF000000) | (lut[:, 0] << 16) | (lut[:, 1] << 8) | lut[:, 2]


@lru_cache(maxsize=8)
def plane_grid(side: int, features: tuple[str, ...]) -> np.ndarray:
    """The features (side², features) of a grid over the plane, the top row (x₂ = 6) first."""
    at = (np.arange(side, dtype=np.float64) + 0.5) / side * 2 * PLANE_LIMIT - PLANE_LIMIT
    x1, x2 = np.meshgrid(at, -at)
    return plane_features(np.stack([x1.ravel(), x2.ravel()], 1), features)


def normalise(values: np.ndarray, activation: str, *, each: bool = False) -> np.ndarray:
    """Bring a layer's values (units, points) to −1..1 for the diverging colours.

    Probabilities become 2p − 1, tanh stays, anything without bounds is divided by the layer's
    largest absolute value (by each unit's own with ``each``).
    """
    if activation in ("sigmoid", "softmax"):
        return values * 2 - 1
    if activation == "tanh":
        return values
    size = np.abs(values)
    most = size.max(axis=1, keepdims=True) if each else size.max(initial=0.0)
    return values / np.maximum(most, 1e-9)


def paint(scaled: np.ndarray, theme: Theme) -> np.ndarray:
    """Values of −1..1 as colours: uint32 of the same shape."""
    scaled = np.nan_to_num(scaled, nan=0.0, posinf=1.0, neginf=-1.0)
    index = np.clip(scaled * 127.5 + 128.0, 0.0, 255.0).astype(np.uint8)
    return colours(theme)[index]


def measure(view: View, request: Request) -> Picture | None:
    """The picture of one snapshot, or None if the network has changed since the request."""
    network = request.network
    if view.setup.network != network:
        return None
    parameters = {
        (column.id, parameter.name): view.snapshot.parameters[column.id, parameter.name].copy()
        for column in request.columns
        if column.kind in ("units", "bars")
        for parameter in network.facts[column.id].parameters
        if (column.id, parameter.name) in view.snapshot.parameters
    }
    running = view.snapshot.running
    links = draw_links(
        request.raster, parameters, request.theme, request.phase if running else None
    )
    picture = Picture(
        network,
        request.theme,
        view.snapshot.sequence,
        parameters=parameters,
        links=links,
        raster=request.raster,
        running=running,
        step=view.snapshot.step,
    )
    if view.data.plane is not None:
        _measure_plane(view, request, picture)
        return picture
    return _measure_example(view, request, picture)


def draw_links(
    raster: LinkRaster | None,
    parameters: dict[tuple[str, str], np.ndarray],
    theme: Theme,
    phase: float | None = None,
) -> LinkImage | None:
    """The links of a layout in the colours of the given parameters."""
    if raster is None or not raster.count:
        return None
    weights = []
    for group, size in zip(raster.groups, raster.sizes, strict=True):
        found = parameters.get((group.target, group.parameter))
        # A layer that was edited a moment ago has no weights yet: its links begin faint.
        fits = found is not None and found.size == size
        weights.append(found.ravel() if found is not None and fits else np.zeros(size, np.float32))
    return raster.image(np.concatenate(weights), rgb(theme.positive), rgb(theme.negative), phase)


def _measure_plane(view: View, request: Request, picture: Picture) -> None:
    plane = view.data.plane
    assert plane is not None
    for kind, side in (("units", GRID), ("tiles", TILE_GRID)):
        columns = [column for column in request.columns if column.kind == kind]
        if not columns:
            continue
        x = view.data.prepared(plane_grid(side, plane))
        first = request.network.input.id
        wanted = [column.id for column in columns if column.id != first]
        outputs = view.activations(x, wanted) if wanted else {}
        for column in columns:
            values = (outputs[column.id] if column.id != first else x).T
            name = activation_of(request.network, request.network[column.id])
            scaled = normalise(values, name, each=column.id == first)
            picture.thumbnails[column.id] = paint(scaled, request.theme).reshape(-1, side, side)


def _measure_example(view: View, request: Request, picture: Picture) -> Picture:
    part = view.data.valid if len(view.data.valid) else view.data.train
    number = request.example % len(part)
    x = view.data.prepared(part.x[number : number + 1])
    first = request.network.input.id
    shown = [column for column in request.columns if column.kind != "none"]
    wanted = [column.id for column in shown if column.id != first]
    outputs = view.activations(x, wanted) if wanted else {}
    for column in shown:
        values = (outputs[column.id] if column.id != first else x)[0]
        name = activation_of(request.network, request.network[column.id])
        if column.kind == "bars":
            picture.values[column.id] = _probabilities(values, name)
        elif column.kind == "image":
            picture.images[column.id] = _image(values, request.theme)
        elif column.kind == "maps":
            picture.thumbnails[column.id] = paint_maps(values, name, column.count, request.theme)
        else:
            flat = values.reshape(1, -1)
            picture.values[column.id] = flat[0].copy()
            painted = paint(normalise(flat, name), request.theme)
            shape = (-1, 1, 1) if column.kind == "units" else (-1,)
            picture.thumbnails[column.id] = painted.reshape(shape)
    if view.data.task != "classification":
        return picture
    truth = int(part.y[number, 0])
    name = view.data.classes[truth] if truth < len(view.data.classes) else str(truth)
    return replace(picture, truth=truth, caption=tr("Label: {name}", name=named(name)))


def paint_maps(values: np.ndarray, activation: str, count: int, theme: Theme) -> np.ndarray:
    """The first feature maps of (height, width, channels) as colours: (count, height, width)."""
    maps = np.moveaxis(values[..., :count], -1, 0)
    return np.ascontiguousarray(paint(normalise(maps, activation), theme))


def _probabilities(values: np.ndarray, activation: str) -> np.ndarray:
    """Class probabilities; softmax is applied here if the network leaves it to the loss."""
    if activation in ("softmax", "sigmoid"):
        return values.copy()
    shifted = np.exp(values - values.max())
    return shifted / shifted.sum()


def _image(values: np.ndarray, theme: Theme) -> np.ndarray:
    """An image (height, width[, 1 or 3]) as colours: ink on zero, or as it is if in colour."""
    if values.ndim == 3 and values.shape[2] == 3:
        low, high = float(values.min()), float(values.max())
        level = ((values - low) / max(high - low, 1e-9) * 255).astype(np.uint32)
        return np.uint32(0xFF000000) | (level[..., 0] << 16) | (level[..., 1] << 8) | level[..., 2]
    plain = values.reshape(values.shape[0], values.shape[1])
    return paint(plain / max(float(np.abs(plain).max()), 1e-9), theme)
