"""From features to timed actions in one call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from numpy.typing import ArrayLike

from mmacl.apis.array_store import ArrayStore
from mmacl.apis.init_model import init_model, read_config
from mmacl.datasets import LoadSnippetFeatures, PackActionInputs, UntrimmedVideoDataset
from mmacl.localization import describe_detections, describe_results
from mmacl.registry import INFERENCERS
from mmacl.structures import ActionDataSample, ClusterMapping
from mmacl.utils import InputError, write_json_atomically

Streams: TypeAlias = Mapping[str, ArrayLike]
Inputs: TypeAlias = str | Path | Streams | Mapping[str, Streams]
# The layouts of NpyFolderStore, and a folder of features alone.
_TEMPLATES = (
    'features/{modality}/{video}.npy',
    'features/{subset}/{modality}/{video}.npy',
    '{modality}/{video}.npy',
)


@INFERENCERS.register_module()
class ActionLocalizationInferencer:
    """Find the actions of videos whose features are in a folder or in memory. Annotations are never read.

    Args:
        config: as for :func:`init_model`.
        checkpoint: a file that ``tools/train.py`` wrote.
        device: where to compute.
        timing: ``dict(fps=..., snippet_stride=..., offset=0.0)``, where snippets lie in time; None: as the test dataset
            of the config states it.

    Raises:
        InputError: model and checkpoint cannot be used, or nobody states the timing.

    Example:
        >>> find_actions = ActionLocalizationInferencer('configs/acl/acl_custom_us.py', 'epoch_60.pth')
        >>> find_actions('data/more_videos', out='segments.json')
        >>> find_actions({'rgb': rgb, 'flow': flow})['results']['video']
    """

    def __init__(
        self,
        config: Config | str | Path,
        checkpoint: str | Path,
        device: str | torch.device = 'cpu',
        timing: Mapping[str, Any] | None = None,
    ) -> None:
        config = read_config(config)
        self.model = init_model(config, checkpoint, device)
        dataset = (config.get('test_dataloader') or {}).get('dataset', {})
        self.timing = timing or dataset.get('timing')
        if self.timing is None:
            raise InputError(
                'states no timing for its test dataset',
                file=config.filename,
                remedy='give timing=dict(fps=..., snippet_stride=...)',
            )
        self.store_config: dict[str, Any] = dict(dataset.get('store') or {'type': 'NpyFolderStore'})
        if self.store_config['type'] == 'NpyFolderStore':
            self.store_config.setdefault('templates', _TEMPLATES)
        mapping = self.model.cluster_mapping or ClusterMapping.anonymous(self.model.num_clusters)
        self.class_names = mapping.class_names

    def __call__(self, inputs: Inputs, out: str | Path | None = None) -> dict[str, Any]:
        """Find actions.

        Args:
            inputs: a folder of features; one video as ``{modality: (T, D)}``, which is then called ``video``; or
                several as ``{name: {modality: (T, D)}}``.
            out: write the results to this JSON file as well.

        Returns:
            ActivityNet's form: ``results`` holds, by name of the video, ``{'label', 'score', 'segment', 'cluster'}`` of
            each segment, best first, with start and end in seconds.

        Raises:
            InputError: features are missing, damaged, or not those of the model.
        """
        dataset = self._dataset(inputs)
        found = {
            sample.video_name: describe_detections(sample.pred_instances, self.class_names)
            for sample in self._predict(dataset)
        }
        results = describe_results(found, dataset.metainfo)
        if out is not None:
            write_json_atomically(out, results, indent=None)
        return results

    def predict(self, inputs: Inputs) -> list[ActionDataSample]:
        """What the model says about each video, with both attentions, for drawing or for programs.

        Arguments and errors are those of a call.
        """
        return self._predict(self._dataset(inputs))

    @torch.no_grad()
    def _predict(self, dataset: UntrimmedVideoDataset) -> list[ActionDataSample]:
        """One video at a time: no padding, and memory for the longest one only."""
        return [self.model.test_step(pseudo_collate([dataset[index]]))[0] for index in range(len(dataset))]

    def _dataset(self, inputs: Inputs) -> UntrimmedVideoDataset:
        """The inputs as a dataset, with all its checks."""
        if not isinstance(inputs, Mapping) and not Path(inputs).is_dir():
            raise InputError('no such folder', file=inputs, remedy='give a folder of features, or arrays by modality')
        dataset = UntrimmedVideoDataset(
            data_root='' if isinstance(inputs, Mapping) else inputs,
            ann_file=None,
            store=ArrayStore(_by_video(inputs)) if isinstance(inputs, Mapping) else self.store_config,
            modalities=tuple(self.model.in_channels),
            feature_dims=self.model.in_channels,
            timing=self.timing,
            pipeline=[LoadSnippetFeatures(), PackActionInputs()],
            test_mode=True,
        )
        dataset.check_files()
        return dataset


def _by_video(inputs: Streams | Mapping[str, Streams]) -> Mapping[str, Streams]:
    """One video, or several, as several."""
    if all(isinstance(value, Mapping) for value in inputs.values()):
        return cast('Mapping[str, Streams]', inputs)
    return {'video': cast('Streams', inputs)}
