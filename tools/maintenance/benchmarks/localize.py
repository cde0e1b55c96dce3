"""``localize``: the network of a test set, one video at a time and in batches of similar length, and post-processing.

Post-processing is timed apart, on simulated scores that exceed the threshold for one to three clusters a video, because
those of an untrained network exceed none. The network is timed on some of the videos where all would take minutes; its
seconds are then scaled by the snippets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mmacl.utils import derive_seed

from .setting import Row, Setting, Size, Tables
from .timing import time_in_turns
from .training import Training, count_flops, load_method

_SECONDS_A_SNIPPET = 16 / 25
_BATCH = 16
_VIEWS = 3


def measure(setting: Setting) -> Tables:
    """Time both."""
    size = setting.size
    lengths = size.lengths(size.test_videos, seed=1)
    model = Training(load_method('acl', size), [], setting.device, 'float32').model.eval()
    network, seconds = time_network(model, lengths, setting)
    after = time_post_processing(model, lengths, setting, seconds)
    videos = f'{size.test_videos:,} videos, {int(lengths.sum()):,} snippets'
    return {f'the network, {videos}': network, f'post-processing, {videos}, {size.num_clusters} clusters': after}


def time_network(model: Any, lengths: Any, setting: Setting) -> tuple[list[Row], float]:
    """Time ``predict`` without post-processing; return rows and the seconds of the faster way for all videos."""
    import torch

    some = lengths[: setting.times(4, 64 if setting.device == 'cpu' else 400)]
    generator = torch.Generator(setting.device).manual_seed(0)
    videos = [
        {
            name: torch.randn(int(length), width, device=setting.device, generator=generator).abs_()
            for name, width in model.in_channels.items()
        }
        for length in some
    ]
    by_length = [videos[i] for i in np.argsort(some, kind='stable')]
    batches = [by_length[i : i + _BATCH] for i in range(0, len(by_length), _BATCH)]

    def predict(batch: list[dict[str, Any]]) -> None:
        prepared = model.data_preprocessor({'inputs': batch}, False)
        model.predict(model.select_features(prepared['inputs']), prepared['mask'])

    @torch.inference_mode()
    def singly() -> None:
        for video in videos:
            predict([video])

    @torch.inference_mode()
    def in_batches() -> None:
        for batch in batches:
            predict(batch)

    ways: dict[str, Callable[[], None]] = {'one video at a time': singly, f'{_BATCH} of similar length': in_batches}
    with torch.inference_mode():
        flops = count_flops(singly)
    times = time_in_turns(ways, setting.times(1, 3), setting.device)
    scale = lengths.sum() / some.sum()
    rows = []
    for way, found in times.items():
        teraflops = flops / found.median / 1e12
        rows.append({
            'way': way,
            'videos timed': len(some),
            's': found.median,
            's for all videos': found.median * scale,
            'processor s for all': found.processor_median * scale,
            'ratio': times['one video at a time'].median / found.median,
            'TFLOP/s': teraflops,
            'of matrix rate': setting.share(teraflops, 'matrix float32 TFLOP/s'),
        })  # fmt: skip
    return rows, min(row['s for all videos'] for row in rows)


def time_post_processing(model: Any, lengths: Any, setting: Setting, network: float) -> list[Row]:
    """Time the post-processor of the model for the fused scores alone, and for both streams as well.

    Once with a call for each view of a video, once with all views of the videos of a batch, as in a test.
    """
    from mmacl.structures import ClusterMapping, ScoredVideo, SnippetTiming

    scores = simulate_scores(setting.size, lengths)
    mapping = ClusterMapping.anonymous(setting.size.num_clusters)
    timings = [SnippetTiming(_SECONDS_A_SNIPPET, 0.0, len(a) * _SECONDS_A_SNIPPET) for a, _ in scores]
    found: list[int] = []

    def localize(views: int) -> None:
        found[:] = [
            len(model.post_processor(a, p, timing, mapping).scores)
            for (a, p), timing in zip(scores, timings, strict=True)
            for _ in range(views)
        ]

    videos = [ScoredVideo([view] * _VIEWS, timing) for view, timing in zip(scores, timings, strict=True)]

    def localize_batches() -> None:
        found[:] = [
            len(view.scores)
            for start in range(0, len(videos), _BATCH)
            for views in model.post_processor.localize_videos(videos[start : start + _BATCH], mapping)
            for view in views
        ]

    ways = {
        'fused': lambda: localize(1),
        'fused and both streams': lambda: localize(_VIEWS),
        f'the same, {_BATCH} videos at a time': localize_batches,
    }
    times = time_in_turns(ways, setting.times(1, 3))
    return [
        {
            'scores': way,
            's': times[way].median,
            'processor s': times[way].processor_median,
            'ms a video': 1000 * times[way].median / len(scores),
            'of the time of the network': times[way].median / network,
            'segments': sum(found) // (_VIEWS if way == 'fused' else 1),
        }
        for way in ways
    ]


def simulate_scores(size: Size, lengths: Any) -> list[tuple[Any, Any]]:
    """A, (T, C), smooth over time, and the scores of the video, (C,), of which one to three are above 0.1."""
    rng = np.random.default_rng(derive_seed(38))
    scores = []
    for length in lengths.tolist():
        attention = 8 * gaussian_filter1d(rng.standard_normal((length, size.num_clusters)), 3.0, axis=0)
        video = np.full(size.num_clusters, 0.3 / size.num_clusters)
        chosen = rng.choice(size.num_clusters, rng.integers(1, 4), replace=False)
        video[chosen] += 0.7 / len(chosen)
        scores.append((attention, video))
    return scores
