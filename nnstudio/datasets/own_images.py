"""Images from a folder, an archive or arrays of one's own."""

from __future__ import annotations

from nnstudio.core.fields import text
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.registry import register
from nnstudio.core.sources import reading
from nnstudio.core.sources.raw import Raw
from nnstudio.core.text import mark


@register("OwnImages.v1")
class OwnImages(PreparedDataset):
    """Images with a class each; or arrays of any other shape."""

    label = mark("Your images")
    help = mark("A folder or zip with a folder of images for each class, or arrays of images.")
    own = True
    group = "Images"
    order = 2

    path: str = text("", label=mark("File"), help=mark("The folder or file with the images."))

    def raw(self) -> Raw:
        """All images at the recipe's size, or its sample of them."""
        return reading.read(self.path, self.recipe)
