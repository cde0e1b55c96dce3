"""From unlabelled videos to clusters of segments that a person can name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmengine.registry import DefaultScope

from mmacl.apis.discovery_config import discovery_config, write_config
from mmacl.apis.discovery_features import DiscoveryFeatures, Say, extract_features, features_in, holds_features
from mmacl.clustering import RepresentationClusterer
from mmacl.clustering.num_clusters import ClusterCount, choose_num_clusters
from mmacl.config import load_config
from mmacl.engine import find_latest_checkpoint
from mmacl.engine.represent import represent_videos
from mmacl.localization import describe_results
from mmacl.registry import CLUSTERERS, DATASETS, MODELS
from mmacl.reports.page.gallery import write_gallery
from mmacl.runs.run_display import RunDisplay
from mmacl.runs.run_queue import run_all
from mmacl.runs.run_record import RunRecord
from mmacl.runs.seeded_run import SeededRun
from mmacl.structures import ActionNames, read_action_names
from mmacl.utils import InputError, check_can_write, write_json_atomically

CONFIG_FILE = 'discover.py'


@dataclass(frozen=True)
class Discovery:
    """What a discovery wrote.

    Attributes:
        gallery: the page.
        segments: detections in ActivityNet's form, under the names.
        config: of the model.
        checkpoint: of the model.
        work_dir: of the training.
        num_clusters: C.
        count: why C; None where it was given.
        failed: why videos were left out.
    """

    gallery: Path
    segments: Path
    config: Path
    checkpoint: Path
    work_dir: Path
    num_clusters: int
    count: ClusterCount | None
    failed: list[InputError]


def discover(
    place: str | os.PathLike[str],
    out: str | os.PathLike[str],
    num_actions: int | None,
    extractor: Mapping[str, Any] | None = None,
    fps: float = 25.0,
    stride: int = 16,
    names: ActionNames | str | os.PathLike[str] | None = None,
    seed: int = 0,
    options: Sequence[str] = (),
    plugins: Sequence[str] = (),
    say: Say = print,
    **extraction: Any,
) -> Discovery:
    """Extract features, train without labels, find segments, and write the gallery.

    A second call goes on where the first one was: with the videos, the training and the clips that are missing. With
    another number of actions, or other videos, it trains anew in a folder of its own.

    Args:
        place: a folder of videos, or of features (``features/<modality>/<video>.npy``).
        out: folder to write: ``features/``, ``training/``, ``discover.py``, ``segments.json``, ``gallery.html``.
        num_actions: C; None: choose it, see :func:`~mmacl.clustering.num_clusters.choose_num_clusters`.
        extractor: config of an extractor; None: :class:`~mmacl.video.MotionHistogram`.
        fps: frames a second to sample.
        stride: frames from snippet to snippet.
        names: names of clusters, or their file.
        seed: of the training.
        options: overrides of the config, as for ``--cfg-options``.
        plugins: modules to import first, as for ``--plugin``.
        say: prints a line.
        extraction: further options of :func:`~mmacl.video.extract_video`.

    Raises:
        InputError: there are no videos, no video can be used, there are fewer than actions, the training failed, or the
            names are not those of these clusters.
        KeyboardInterrupt: on Ctrl-C or SIGTERM; the next call goes on.
    """
    folder = Path(out)
    check_can_write(folder, '--out', folder=True)
    given = read_action_names(names) if isinstance(names, str | os.PathLike) else names
    if holds_features(place):
        features = features_in(place, fps, stride)
    else:
        kind = dict(extractor or {'type': 'motion_histogram'})
        features = extract_features(place, folder, kind, fps, stride, say, **extraction)
    say(f'{features.num_videos} videos, {_streams(features)} ({features.source})')
    config, count = folder / CONFIG_FILE, None
    if num_actions is None:
        _write(features, 2, config, options)
        count = count_clusters(config, options, plugins)
        write_json_atomically(folder / 'num_actions.json', count.to_json())
        num_actions = count.best
        for reason in count.reasons:
            say(reason)
    if not 2 <= num_actions <= features.num_videos:
        raise InputError(
            f'{num_actions} actions for {features.num_videos} videos',
            file='--num-actions',
            remedy='give a number from 2 to that of the videos, or add videos',
        )
    _write(features, num_actions, config, options)
    run = SeededRun(config, seed, folder / 'training', tuple(options), tuple(plugins))
    _train(run)
    return _write_results(folder, run, features, given, count, Path(place).resolve().name)


def count_clusters(
    config: str | os.PathLike[str],
    options: Sequence[str] = (),
    plugins: Sequence[str] = (),
    candidates: Sequence[int] | None = None,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
) -> ClusterCount:
    """Choose the number of clusters of the training videos of a config, under uniform attention.

    Args:
        config: path or name of a config.
        options: overrides of the config.
        plugins: modules to import first.
        candidates: numbers to try; None: by the number of videos.
        seeds: of the draws for stability.

    Raises:
        InputError: the config or its data cannot be used, or there are too few videos.
    """
    composed = load_config(Path(config), options, plugins)
    with DefaultScope.overwrite_default_scope('mmacl'):
        dataset = DATASETS.build(composed.train_dataloader.dataset)
        dataset.check_files()
        rows = represent_videos(MODELS.build(composed.model), dataset, uniform=True)
        clusterer = CLUSTERERS.build(composed.default_hooks.clustering.clusterer)
        if not isinstance(clusterer, RepresentationClusterer):
            clusterer = CLUSTERERS.build({'type': 'SpectralClusterer'})
    return choose_num_clusters(rows, clusterer, candidates, seeds, getattr(clusterer, 'sigma', None))


def _streams(features: DiscoveryFeatures) -> str:
    return ' and '.join(f'{name} features of {width} values' for name, width in features.widths.items())


def _write(features: DiscoveryFeatures, num_clusters: int, path: Path, options: Sequence[str]) -> None:
    metainfo = {'dataset_name': features.root.name, 'content': features.fingerprint, 'simulated': features.generated}
    config = discovery_config(
        features.root, features.widths, features.timing, num_clusters, features.num_videos, metainfo
    )
    write_config(config, path, options)


def _train(run: SeededRun) -> None:
    """Train, resume, or read what is finished."""
    display = RunDisplay([run])
    try:
        outcome = run_all([run], 1, display)[run.key]
    finally:
        display.close()
    if outcome.rows is None:
        raise InputError(f'the training failed: {outcome.error}', file=run.work_dir)


def _write_results(
    folder: Path,
    run: SeededRun,
    features: DiscoveryFeatures,
    names: ActionNames | None,
    count: ClusterCount | None,
    title: str,
) -> Discovery:
    record = RunRecord(run.work_dir)
    # Overrides may have changed it.
    num_clusters = int(run.composed.model.num_clusters)
    found = record.detections(record.rounds[-1])
    named = {video: names.relabel(rows) for video, rows in found.items()} if names is not None else found
    metainfo = {'dataset_name': features.root.name, 'simulated': features.generated}
    segments = folder / 'segments.json'
    write_json_atomically(segments, describe_results(named, metainfo))
    checkpoint = find_latest_checkpoint(run.work_dir)
    assert checkpoint is not None
    place = run.work_dir.relative_to(folder)
    facts = [f'{features.num_videos} videos', f'{num_clusters} clusters', features.source, f'training in {place}']
    gallery = write_gallery(
        folder / 'gallery.html',
        found,
        num_clusters,
        title=title,
        facts=facts,
        videos=features.videos,
        clips=folder / '.mmacl-clips',
        names=names,
        count=count,
        simulated=features.generated,
    )
    return Discovery(gallery, segments, run.config, checkpoint, run.work_dir, num_clusters, count, features.failed)
