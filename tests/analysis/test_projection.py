"""Principal components and t-SNE, against scikit-learn."""

import numpy as np
import pytest

from nnstudio.analysis.projection import aligned, principal_components
from nnstudio.analysis.tsne import Tsne, affinities

decomposition = pytest.importorskip("sklearn.decomposition")


@pytest.mark.parametrize("shape", [(60, 7), (9, 40), (30, 30)])
def test_principal_components(shape):
    random = np.random.default_rng(shape[0])
    x = random.standard_normal(shape) * np.linspace(3, 0.5, shape[1])
    found = principal_components(x)
    expected = decomposition.PCA(2, svd_solver="full").fit(x)
    np.testing.assert_allclose(np.abs(found.points), np.abs(expected.transform(x)), atol=1e-7)
    np.testing.assert_allclose(found.explained, expected.explained_variance_ratio_)
    np.testing.assert_allclose(found.project(x), found.points, atol=1e-9)
    assert (found.axes[[0, 1], np.abs(found.axes).argmax(1)] > 0).all()


def test_one_column_and_no_spread():
    found = principal_components(np.arange(5.0)[:, None])
    assert found.explained[0] == pytest.approx(1) and not found.points[:, 1].any()
    assert not principal_components(np.ones((4, 3))).points.any()


def test_aligning_undoes_a_turn():
    random = np.random.default_rng(1)
    points = random.standard_normal((20, 2))
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    np.testing.assert_allclose(aligned(points @ turn + 3, points) - 3, points - points.mean(0)
                               + (points @ turn).mean(0), atol=1e-9)  # fmt: skip


def clusters():
    random = np.random.default_rng(2)
    centres = random.standard_normal((4, 10)) * 8
    return np.concatenate([c + random.standard_normal((20, 10)) for c in centres]), np.repeat(
        range(4), 20
    )


def test_affinities_are_those_of_scikit_learn():
    tsne = pytest.importorskip("sklearn.manifold._t_sne")
    from scipy.spatial.distance import squareform
    from sklearn.metrics import pairwise_distances

    x, _ = clusters()
    distances = pairwise_distances(x, squared=True).astype(np.float32)
    expected = squareform(tsne._joint_probabilities(distances, 15.0, 0))
    found = affinities(x, 15.0)
    np.testing.assert_allclose(found.sum(), 1, atol=1e-6)
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_tsne_keeps_neighbours_together():
    manifold = pytest.importorskip("sklearn.manifold")
    x, group = clusters()
    work = Tsne(x)
    work.advance(5)
    early = work.divergence
    while not work.done:
        work.advance(50)
    assert work.divergence < early / 2
    assert manifold.trustworthiness(x, work.points, n_neighbors=8) > 0.9
    away = ((work.points[:, None] - work.points[None]) ** 2).sum(2) + 1e9 * np.eye(80)
    assert (group[away.argmin(1)] == group).all()
