"""The page's own JavaScript predicts what the engine predicts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from nnstudio.core.resources import resource
from nnstudio.exporters.html_demo import HtmlDemo, describe
from tests.exporters.models import layer_cases, layer_network, of_preset, trained

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js")

RUN = """
const { Network } = require(process.argv[2]);
const jobs = JSON.parse(require("fs").readFileSync(process.argv[3], "utf8"));
const answers = jobs.map(({ model, weights, rows }) => {
  const network = new Network(model, Float32Array.from(weights));
  return rows.map((row) => network.predict(row));
});
process.stdout.write(JSON.stringify(answers));
"""


def run(jobs, folder):
    script, job = folder / "run.js", folder / "jobs.json"
    script.write_text(RUN)
    job.write_text(json.dumps(jobs))
    command = [NODE, str(script), str(resource("exports", "network.js")), str(job)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    return json.loads(done.stdout)


def job_of(model, rows):
    described, weights = describe(model)
    return {"model": described, "weights": weights.tolist(), "rows": rows.tolist()}


@needs_node
def test_every_layer_in_javascript(tmp_path):
    models = [trained(layer_network(case)) for case in layer_cases()]
    jobs = [job_of(m, m.data.train.x[:3].reshape(3, -1)) for m in models]
    for model, case, found in zip(models, layer_cases(), run(jobs, tmp_path), strict=True):
        expected = model.predict(model.data.train.x[:3]).reshape(3, -1)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5, err_msg=str(case))


@needs_node
@pytest.mark.parametrize("name", ["two-spirals", "mnist-lenet"])
def test_from_raw_examples(name, tmp_path):
    model = of_preset(name)
    raw = model.raw[1][:4].astype(float).reshape(4, -1)
    expected = model.data.in_units(model.predict(model.data.prepared(model.data.valid.x[:4])))
    (found,) = run([job_of(model, raw)], tmp_path)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("name", "kind"), [("xor", "plane"), ("mnist-mlp", "pad")])
def test_the_page_stands_for_itself(name, kind):
    page = HtmlDemo().files(of_preset(name), "demo")["demo.html"].decode()
    assert f'"kind": "{kind}"' in page
    assert "{{" not in page.replace("{{}", "")
    assert not re.search(r"(src|href)=", page)
