from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.utils import InputError
from mmacl.video.flow import DISFlow, OpenCVTVL1Flow, TVL1Flow
from mmacl.video.flow.median import median_5x5


def pair(right: float = 1.5, down: float = -0.75, height: int = 48, width: int = 60):
    """A smooth texture, and the same moved."""
    y, x = np.mgrid[:height, :width].astype(float)

    def texture(x, y):
        return 120 + 50 * np.sin(x / 3) * np.cos(y / 4) + 40 * np.sin((x + 2 * y) / 7)

    frames = [texture(x, y), texture(x - right, y - down)]
    return [torch.from_numpy(np.round(frame).astype(np.uint8))[None] for frame in frames]


def end_point_difference(a, b) -> float:
    return float((a - b).square().sum(1).sqrt().mean())


def test_the_median_is_that_of_25_pixels():
    image = torch.randn(2, 3, 7, 9)
    padded = np.pad(image.numpy(), ((0, 0), (0, 0), (2, 2), (2, 2)), mode='edge')
    found = median_5x5(image).numpy()
    for y in range(7):
        for x in range(9):
            square = padded[:, :, y : y + 5, x : x + 5].reshape(2, 3, 25)
            np.testing.assert_array_equal(found[:, :, y, x], np.median(square, axis=2))


def test_an_iteration_as_loops_over_pixels():
    rng = np.random.default_rng(0)
    height, width = 6, 7
    method = TVL1Flow()
    tau, theta, threshold = method.tau, method.theta, method.lambda_ * method.theta
    u, u0 = rng.normal(size=(2, height, width)), rng.normal(size=(2, height, width))
    p = rng.normal(size=(2, 2, height, width)) * 0.5  # of component d: to the right, down
    gradient, warped = rng.normal(size=(2, height, width)) * 3, rng.normal(size=(height, width))
    first = rng.normal(size=(height, width))

    v, new = np.zeros_like(u), np.zeros_like(u)
    for y in range(height):
        for x in range(width):
            g = gradient[:, y, x]
            rho = warped[y, x] + g @ (u[:, y, x] - u0[:, y, x]) - first[y, x]
            if rho < -threshold * (g @ g):
                v[:, y, x] = u[:, y, x] + threshold * g
            elif rho > threshold * (g @ g):
                v[:, y, x] = u[:, y, x] - threshold * g
            else:
                v[:, y, x] = u[:, y, x] - rho * g / (g @ g)
            for d in range(2):
                divergence = p[d, 0, y, x] - (p[d, 0, y, x - 1] if x else 0)
                divergence += p[d, 1, y, x] - (p[d, 1, y - 1, x] if y else 0)
                new[d, y, x] = v[d, y, x] + theta * divergence
    q = p.copy()
    for y in range(height):
        for x in range(width):
            for d in range(2):
                right = new[d, y, x + 1] - new[d, y, x] if x + 1 < width else 0
                down = new[d, y + 1, x] - new[d, y, x] if y + 1 < height else 0
                size = 1 + tau / theta * np.hypot(right, down)
                q[d, 0, y, x] = (p[d, 0, y, x] + tau / theta * right) / size
                q[d, 1, y, x] = (p[d, 1, y, x] + tau / theta * down) / size

    inverse = 1 / (gradient**2).sum(0)
    constant = (warped - (gradient * u0).sum(0) - first) * inverse
    values = u, theta * p[:, 0], theta * p[:, 1], constant[None], gradient * inverse, gradient
    tensors = [torch.from_numpy(np.ascontiguousarray(value))[None] for value in values]
    found, update = method._step(*tensors)
    np.testing.assert_allclose(found[0], new, atol=1e-12)
    np.testing.assert_allclose(tensors[1][0], theta * q[:, 0], atol=1e-12)
    np.testing.assert_allclose(tensors[2][0], theta * q[:, 1], atol=1e-12)
    assert update.item() == pytest.approx(((new - u) ** 2).sum(0).mean())


@pytest.mark.parametrize(
    'method', [TVL1Flow(), TVL1Flow(median_every=0), OpenCVTVL1Flow(), DISFlow()], ids=lambda m: type(m).__name__
)
def test_a_moved_texture_is_found(method):
    flow = method(*pair())
    assert flow.shape == (1, 2, 48, 60)
    assert flow.dtype == torch.float32
    inner = flow[..., 8:-8, 8:-8].mean(dim=(0, 2, 3))
    np.testing.assert_allclose(inner, [1.5, -0.75], atol=0.1)


def test_it_is_the_flow_of_opencv():
    frames = pair(2.5, 1.0)
    difference = end_point_difference(TVL1Flow()(*frames), OpenCVTVL1Flow()(*frames))
    assert difference < 0.1  # the flow is 2.7 pixels long


def test_pairs_do_not_influence_each_other():
    pairs = [pair(0.0, 0.0), pair(2.0, 1.0), pair(-1.0, 0.5)]
    together = TVL1Flow()(*(torch.cat(side) for side in zip(*pairs, strict=True)))
    for one, frames in zip(together, pairs, strict=True):
        torch.testing.assert_close(one, TVL1Flow()(*frames)[0], atol=1e-4, rtol=1e-4)
    assert together[0].abs().max() < 1e-3  # equal frames


def test_wrong_frames_and_presets_are_refused():
    with pytest.raises(InputError, match='have no flow'):
        TVL1Flow()(torch.zeros(1, 20, 20), torch.zeros(1, 20, 21))
    with pytest.raises(InputError, match='at least 16'):
        TVL1Flow()(torch.zeros(1, 15, 20), torch.zeros(1, 15, 20))
    with pytest.raises(InputError, match="preset='slow' is not known"):
        DISFlow(preset='slow')
