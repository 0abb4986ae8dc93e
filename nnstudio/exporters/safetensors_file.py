"""Safetensors: the weights alone, by name, for programs of one's own."""

from __future__ import annotations

from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.exchange.weights import pack_weights
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("SafetensorsFile.v1")
class SafetensorsFile(Exporter):
    """Arrays called ``<layer>.<parameter>``, as the layers hold them."""

    label = mark("Weights (safetensors)")
    help = mark("The weights alone, by name; the exported programs load them.")
    name = "safetensors"
    extension = ".safetensors"
    order = 50

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """One file."""
        return {f"{stem}.safetensors": pack_weights(model.parameters)}
