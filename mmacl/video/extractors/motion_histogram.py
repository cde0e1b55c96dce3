"""Hand-made features of motion that need no weights."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from mmacl.registry import EXTRACTORS
from mmacl.utils import InputError
from mmacl.video.extractors.feature_extractor import ExtractorFacts, FeatureExtractor

_BINS = 8
_LEVELS = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08)  # edges of the mean change of a frame, in [0, 1]
_NOISE = 0.03  # change of a pixel below which it counts as none
_GRID = 2
_LAGS = (1, 4)


@EXTRACTORS.register_module(name=['MotionHistogram', 'motion_histogram'])
class MotionHistogram(FeatureExtractor):
    """Histograms of frame differences and of the direction of change: no network, no weights, quick on any processor.

    It knows nothing of people or objects, only how brightness moves: enough for videos that a still camera took and
    whose actions differ in motion. A moving camera swamps it. For real footage use features of a trained network.

    For frames 1 and 4 apart, the difference ``d`` and the spatial gradient ``g`` of the grey picture give the normal
    flow, in the direction ``-d g``. Weighted by ``|d|`` and summed over the snippet:

    - a histogram of its direction (8 bins);
    - a histogram of its direction seen from the centre of all change: away, around, towards (8 bins);
    - the share of all change in each of 2 x 2 cells;
    - of its mean vector in each frame: length, and cosine and sine of the doubled angle, that is, along which line;
    - the standard deviation over time of the centre of all change;
    - a histogram of the mean change of a frame (7 levels).

    A histogram sums to 1 where there is motion and to 0 where there is none; then the root is taken.

    Args:
        weights: must be None; the features have none.
        crops, device, precision: see :class:`FeatureExtractor`.

    Raises:
        InputError: weights are given.
    """

    facts = ExtractorFacts(parameters=0.0, gflops=0.0, fps=None, weights='needs none')
    feature_dim = len(_LAGS) * (2 * _BINS + _GRID**2 + 3 + 2 + len(_LEVELS) + 1)
    short_side = 72
    crop_size = 64

    def __init__(
        self, weights: str | None = None, crops: str = 'center', device: str = 'cpu', precision: str = 'float32'
    ) -> None:
        super().__init__(crops, device, precision)
        if weights:
            raise InputError('MotionHistogram has no weights', file=weights, remedy='leave out --weights')

    def embed(self, clips: Tensor) -> Tensor:
        """(N, 3, 16, 64, 64) in [0, 1] to (N, 64)."""
        grey = functional.avg_pool2d(clips.float().mean(dim=1), 3, stride=1, padding=1, count_include_pad=False)
        return torch.cat([_describe(grey, lag) for lag in _LAGS], dim=1)


def _describe(grey: Tensor, lag: int) -> Tensor:
    """Describe the motion between frames ``lag`` apart, (N, T, H, W) to (N, D / 2)."""
    change = grey[:, lag:] - grey[:, :-lag]
    # The median is what the light does; the rest is motion.
    change = change - change.flatten(2).median(dim=2).values[..., None, None]
    gradient = torch.gradient((grey[:, lag:] + grey[:, :-lag]) / 2, dim=(2, 3))
    down, right = (-change.sign() * part for part in gradient)
    steep = (down.square() + right.square()).sqrt()
    weight = functional.relu(change.abs() - _NOISE) * (steep > 1e-3)
    total = weight.sum(dim=(2, 3))  # (N, T), as all sums over a frame
    share = weight / total.clamp_min(1e-6)[..., None, None]
    moving = total / total.sum(dim=1, keepdim=True).clamp_min(1e-6)

    def over_time(values: Tensor) -> Tensor:
        return (moving * values).sum(dim=1)

    size = grey.shape[-1]
    places = torch.linspace(-1, 1, size, device=grey.device)
    x, y = (share.sum(dim=2) * places).sum(dim=2), (share.sum(dim=3) * places).sum(dim=2)
    angle = torch.atan2(down, right)
    outward = torch.atan2(places[:, None] - y[..., None, None], places - x[..., None, None])
    cells = functional.adaptive_avg_pool2d(weight.sum(dim=1), _GRID).flatten(1) * (size / _GRID) ** 2

    mean_x, mean_y = ((share * part / steep.clamp_min(1e-3)).sum(dim=(2, 3)) for part in (right, down))
    length, doubled = (mean_x.square() + mean_y.square()).sqrt(), 2 * torch.atan2(mean_y, mean_x)
    vectors = [over_time(part) for part in (length, length * doubled.cos(), length * doubled.sin())]
    spread = [over_time((part - over_time(part)[:, None]).square()).sqrt() for part in (x, y)]
    levels = torch.bucketize(total / size**2, torch.tensor(_LEVELS, device=grey.device))
    energy = functional.one_hot(levels, len(_LEVELS) + 1).float().mean(dim=1)
    # How things move counts more than where and how much: factors chosen on generated videos.
    parts = [_root(_directions(angle, weight)), _root(_directions(angle - outward, weight)), 0.5 * _root(cells)]
    parts += [2 * torch.stack(vectors, dim=1), 3 * torch.stack(spread, dim=1), 0.5 * energy]
    return torch.cat(parts, dim=1)


def _directions(angle: Tensor, weight: Tensor) -> Tensor:
    """Sum weights by direction, each shared between the two nearest of 8 bins, (N, T, H, W) to (N, 8)."""
    place = (angle / (2 * math.pi) * _BINS) % _BINS
    lower, found = place.floor(), angle.new_zeros(len(angle), _BINS)
    upper_share = place - lower
    for bins, part in ((lower, 1 - upper_share), (lower + 1, upper_share)):
        found.scatter_add_(1, bins.long().flatten(1) % _BINS, (part * weight).flatten(1))
    return found


def _root(histogram: Tensor) -> Tensor:
    """Scale a histogram, so that little motion counts little, and take the root."""
    return (histogram / (histogram.sum(dim=1, keepdim=True) + 1.0)).sqrt()
