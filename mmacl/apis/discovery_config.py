"""The config of a discovery: ``acl_custom_us`` on a folder of features, with steps for few videos."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmacl.config import load_config
from mmacl.utils import write_text_atomically

_BASE = 'acl_custom_us'
# Names that the base defines for its own use.
_HELPERS = ('data_root', 'in_channels', 'num_clusters', 'train_subset', 'test_subset', 'timing', 'dataset')
_PASSES, _FEWEST_STEPS, _MOST_STEPS, _STEPS_PER_EPOCH = 40, 100, 2000, 50
_WIDEST, _NARROWEST = 256, 32
_CLUSTERS_PER_BATCH, _VIDEOS_PER_CLUSTER = 12, 2


def steps_of_round(num_videos: int, num_clusters: int) -> int:
    """Steps in which each video is drawn about 40 times: 100 to 2,000, in whole epochs of 50."""
    batch = min(num_clusters, _CLUSTERS_PER_BATCH) * _VIDEOS_PER_CLUSTER
    wanted = min(max(math.ceil(_PASSES * num_videos / batch), _FEWEST_STEPS), _MOST_STEPS)
    return math.ceil(wanted / _STEPS_PER_EPOCH) * _STEPS_PER_EPOCH


def discovery_config(
    root: str | os.PathLike[str],
    widths: Mapping[str, int],
    timing: Mapping[str, Any],
    num_clusters: int,
    num_videos: int,
    metainfo: Mapping[str, Any],
) -> Config:
    """Compose the config of ACL without labels on a folder of features.

    Hidden layers are half as wide as the narrowest stream, 32 to 256; the learning rate is 1e-3 instead of the paper's
    1e-4, since rounds are short.

    Args:
        root: the folder.
        widths: feature width of each stream.
        timing: of the data set.
        num_clusters: C.
        num_videos: N, which decides the steps of a round.
        metainfo: of the data set.
    """
    config = load_config(_BASE)
    for name in _HELPERS:
        config.pop(name)

    def loader() -> dict[str, Any]:  # merging empties what it is given
        dataset = dict(
            data_root=os.path.abspath(root),
            modalities=tuple(widths),
            feature_dims=dict(_delete_=True, **widths),
            timing=dict(_delete_=True, **timing),
            metainfo=dict(metainfo),
            subset=None,
            require_annotations=False,
            ann_file=None,
        )
        return dict(num_workers=0, persistent_workers=False, dataset=dataset)

    hidden = min(max(min(widths.values()) // 2, _NARROWEST), _WIDEST)
    clusters = min(num_clusters, _CLUSTERS_PER_BATCH)
    config.merge_from_dict(
        dict(
            model=dict(
                in_channels=dict(_delete_=True, **widths),
                num_clusters=num_clusters,
                stream=dict(
                    backbone=dict(branch_channels=hidden),
                    class_specific_head=dict(hidden_channels=hidden),
                    class_agnostic_head=dict(hidden_channels=hidden),
                ),
            ),
            train_dataloader=dict(
                batch_size=clusters * _VIDEOS_PER_CLUSTER,
                batch_sampler=dict(
                    clusters_per_batch=clusters,
                    videos_per_cluster=_VIDEOS_PER_CLUSTER,
                    num_batches=_STEPS_PER_EPOCH,
                ),
                **loader(),
            ),
            val_dataloader=loader(),
            test_dataloader=loader(),
            train_cfg=dict(epochs_per_round=steps_of_round(num_videos, num_clusters) // _STEPS_PER_EPOCH),
            optim_wrapper=dict(optimizer=dict(lr=1e-3)),
        )
    )
    return config


def write_config(config: Config, path: Path, options: Sequence[str] = ()) -> None:
    """Write a config as one file without bases, and check it with the overrides.

    Raises:
        InputError: an override cannot be used.
    """
    write_text_atomically(path, config.pretty_text)
    load_config(path, options)
