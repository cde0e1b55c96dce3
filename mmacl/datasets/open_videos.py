"""From the config of a dataset to its videos, without torch where nothing else needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmacl.datasets.public_videos import ActivityNet12Videos, Thumos14Videos
from mmacl.datasets.synthetic_videos import SyntheticVideos
from mmacl.datasets.untrimmed_videos import UntrimmedVideos
from mmacl.registry import DATASETS
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
    arguments = {**config, 'lazy_init': True}
    kind = arguments.pop('type')
    name = kind.removeprefix('mmacl.') if isinstance(kind, str) else ''
    registered = DATASETS.module_dict.get(name)
    if name in _KNOWN and (registered is None or registered.__module__.startswith('mmacl.')):
        return _KNOWN[name](**{key: value for key, value in arguments.items() if key not in ('pipeline', '_scope_')})
    videos = DATASETS.build({**config, 'lazy_init': True})
    if not isinstance(videos, UntrimmedVideos):
        raise InputError(f'{kind} is no UntrimmedVideoDataset', remedy='derive it from that')
    return videos
