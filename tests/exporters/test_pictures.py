"""Pictures, figures and reports of networks."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from nnstudio.core.exchange.drawing import HEIGHT, WIDTH, draw
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.setup import preset
from nnstudio.exporters.html_report import HtmlReport
from nnstudio.exporters.png_picture import PngPicture
from nnstudio.exporters.svg_picture import SvgPicture
from nnstudio.exporters.tikz_figure import TikzFigure, escaped
from tests.exporters.models import of_preset
from tests.exporters.random_networks import random_network


@pytest.mark.parametrize("seed", range(30))
def test_boxes_never_overlap_and_all_stands_on_the_sheet(seed):
    for direction in ("right", "down"):
        drawing = draw(random_network(seed), direction)
        for a, b in combinations(drawing.boxes, 2):
            assert abs(a.x - b.x) >= WIDTH or abs(a.y - b.y) >= HEIGHT
        for box in drawing.boxes:
            assert 0 <= box.x <= drawing.width - WIDTH
            assert 0 <= box.y <= drawing.height - HEIGHT


def test_svg_png_and_tikz():
    model = of_preset("mnist-resnet")
    count = len(model.setup.network.nodes)
    root = ET.fromstring(SvgPicture().files(model, "net")["net.svg"].decode())
    assert len(root.findall("{http://www.w3.org/2000/svg}g")) == count
    image = Image.open(io.BytesIO(PngPicture(scale=1).files(model, "net")["net.png"]))
    assert image.height > 1500
    tex = TikzFigure().files(model, "net")["net.tex"].decode()
    assert tex.count(r"\draw[fill=white") == count
    assert tex.count("{") == tex.count("}")
    assert escaped("a_b & 50%") == r"a\_b \& 50\%"


def test_the_report_tells_curves_figures_and_mistakes():
    base = of_preset("mnist-mlp")
    steps = np.arange(1, 50)
    curves = {"step": steps, "train_loss": 1 / steps,
              "valid_loss": np.where(steps % 5, np.nan, 1.2 / steps)}  # fmt: skip
    model = Trained(base.setup, base.data, base.parameters, 49, 1, curves, base.predict)
    page = HtmlReport(mistakes=5).files(model, "r")["r.html"].decode()
    assert page.count("<figure>") == 5
    assert page.count("data:image/png") == 5
    assert "polyline" in page
    assert "Accuracy" in page
    assert "{{" not in page


def test_a_report_of_what_was_not_trained():
    setup = preset("regression")
    model = of_preset("regression")
    assert setup.name == "regression"
    page = HtmlReport().files(model, "r")["r.html"].decode()
    assert "not trained yet" in page
    assert "R²" in page
