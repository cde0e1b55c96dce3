"""From the config of a dataset to its videos, without torch where nothing else needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmacl.datasets.public_videos import ActivityNet12Videos, Thumos14Videos
from mmacl.datasets.synthetic_videos import SyntheticVideos
from mmacl.datasets.untrimmed_videos import UntrimmedVideos
from mmacl.registry import ANNOTATION_READERS, DATASETS, FEATURE_STORES
from mmacl.utils import InputError

_KNOWN: dict[str, type[UntrimmedVideos]] = {
    'UntrimmedVideoDataset': UntrimmedVideos,
    'Thumos14Dataset': Thumos14Videos,
    'ActivityNet12Dataset': ActivityNet12Videos,
    'SyntheticActions': SyntheticVideos,
}


def open_videos(config: Mapping[str, Any]) -> UntrimmedVideos:
    """The videos of a dataset, not read yet, without a pipeline.

    Programs that look at data use this in place of ``DATASETS.build``. A dataset of a plug-in is built as usual, which
    imports torch.

    Args:
        config: of the dataset.

    Raises:
        InputError: an argument makes no sense, or the dataset is no :class:`UntrimmedVideos`.
    """
    light = _videos_class(config['type'])
    if light is not None:
        arguments = {key: value for key, value in config.items() if key not in ('type', 'pipeline', '_scope_')}
        return light(**{**arguments, 'lazy_init': True})
    videos = DATASETS.build({**config, 'lazy_init': True})
    if not isinstance(videos, UntrimmedVideos):
        raise InputError(f'{config["type"]} is no UntrimmedVideoDataset', remedy='derive it from that')
    return videos


def light_components(name: Any) -> list[Any]:
    """Datasets, feature stores and annotation readers of a name that are known without torch."""
    if not isinstance(name, str):
        return []
    found = [_videos_class(name), FEATURE_STORES.get(name), ANNOTATION_READERS.get(name)]
    return [component for component in found if component is not None]


def _videos_class(kind: Any) -> type[UntrimmedVideos] | None:
    """The videos of a dataset of mmacl; None for others, also for a plug-in's that has the name of one of mmacl."""
    name = kind.removeprefix('mmacl.') if isinstance(kind, str) else ''
    registered = DATASETS.module_dict.get(name)
    return _KNOWN.get(name) if registered is None or registered.__module__.startswith('mmacl.') else None
