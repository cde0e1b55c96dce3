"""From features to timed actions in one call."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate

from mmacl.apis.init_model import init_model, read_config
from mmacl.datasets import LoadSnippetFeatures, PackActionInputs, UntrimmedVideoDataset
from mmacl.datasets.stores import ArrayStore, read_feature_file
from mmacl.datasets.stores.array_store import FeatureInput
from mmacl.localization import describe_detections, describe_results
from mmacl.registry import INFERENCERS
from mmacl.structures import ActionDataSample, ClusterMapping
from mmacl.utils import InputError, check_can_write, write_json_atomically

Streams: TypeAlias = Mapping[str, FeatureInput]
Inputs: TypeAlias = FeatureInput | Streams | Mapping[str, Streams]
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
        timing: ``dict(fps=..., snippet_stride=..., offset=0.0)``, where snippets are in time; None: the timing of the
            test dataset in the config.

    Raises:
        InputError: the model or checkpoint cannot be used, the model has no post-processor, or neither argument nor
            config states the timing.

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
        if self.model.post_processor is None:
            raise InputError(
                'its model has no post_processor, so it finds no segments',
                file=config.filename,
                remedy="set model.post_processor, such as dict(type='ActionPostProcessor')",
            )
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
            inputs: a folder of features; one video as ``{modality: (T, D)}``, which is then called ``video``; several
                as ``{name: {modality: (T, D)}}``. The path of a ``.npy``, ``.npz`` or ``.csv`` file may stand for an
                array. Where the model has one stream, an array or a file alone is enough.
            out: write the results to this JSON file as well.

        Returns:
            ActivityNet's form: ``results`` holds, by name of the video, ``{'label', 'score', 'segment', 'cluster'}`` of
            each segment, best first, with start and end in seconds.

        Raises:
            InputError: features are missing, damaged, or not those of the model.
        """
        if out is not None:
            check_can_write(out)
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
        """Return a sample for each video, with predictions and both attentions, to draw or to use in a program.

        Takes the same inputs and raises the same errors as a call.
        """
        return self._predict(self._dataset(inputs))

    @torch.no_grad()
    def _predict(self, dataset: UntrimmedVideoDataset) -> list[ActionDataSample]:
        """Run one video at a time: no padding, and memory for one video only."""
        return [self.model.test_step(pseudo_collate([dataset[index]]))[0] for index in range(len(dataset))]

    def _dataset(self, inputs: Inputs) -> UntrimmedVideoDataset:
        """Make a dataset of the inputs, with all its checks."""
        in_folder = isinstance(inputs, str | os.PathLike) and not Path(inputs).is_file()
        if in_folder and not Path(cast('str', inputs)).is_dir():
            raise InputError('no such file or folder', file=cast('str', inputs), remedy=f'give {self._forms}')
        dataset = UntrimmedVideoDataset(
            data_root=cast('str', inputs) if in_folder else '',
            ann_file=None,
            store=self.store_config if in_folder else ArrayStore(self._by_video(inputs)),
            modalities=tuple(self.model.in_channels),
            feature_dims=self.model.in_channels,
            timing=self.timing,
            pipeline=[LoadSnippetFeatures(), PackActionInputs()],
            test_mode=True,
        )
        dataset.check_files()
        return dataset

    @property
    def _forms(self) -> str:
        """The inputs that this model takes, for messages."""
        arrays = ', '.join(f'{modality!r}: array' for modality in self.model.in_channels)
        return f'a folder of features, {{{arrays}}}, or {{video: {{{arrays}}}}}'

    def _by_video(self, inputs: Any) -> dict[str, Streams]:
        """Arrays of one video, or of several, by name and stream.

        Raises:
            InputError: they are in no form that is known, or not of the streams of the model.
        """
        streams = tuple(self.model.in_channels)
        if isinstance(inputs, str | os.PathLike):
            videos = {Path(inputs).stem: self._streams_of_file(inputs)}
        elif not isinstance(inputs, Mapping):
            if len(streams) > 1:
                raise InputError(
                    f'one {type(inputs).__name__} for {len(streams)} streams ({", ".join(streams)})',
                    remedy=f'give {self._forms}',
                )
            videos = {'video': {streams[0]: inputs}}
        elif not inputs:
            raise InputError('there are no features in {}', remedy=f'give {self._forms}')
        elif all(isinstance(value, Mapping) for value in inputs.values()):
            videos = dict(inputs)
        else:
            videos = {'video': inputs}
        for video, given in videos.items():
            self._check_streams(video, given)
        return videos

    def _streams_of_file(self, path: str | os.PathLike[str]) -> Streams:
        """The features in a file, for each stream of the model."""
        streams = tuple(self.model.in_channels)
        slices = self.store_config.get('slices')
        if len(streams) > 1 and not slices and Path(path).suffix.lower() != '.npz':
            raise InputError(
                f'one file for {len(streams)} streams ({", ".join(streams)})', file=path, remedy=f'give {self._forms}'
            )
        return {modality: read_feature_file(path, modality, slices) for modality in streams}

    def _check_streams(self, video: Any, given: Streams) -> None:
        """Refuse a video whose streams are not those of the model, or that has no name."""
        needed = tuple(self.model.in_channels)
        if not isinstance(video, str) or any(isinstance(value, Mapping) for value in given.values()):
            raise InputError('arrays and videos are mixed, or a name is not text', remedy=f'give {self._forms}')
        wrong = [f'no {name!r}' for name in needed if name not in given]
        wrong += [f'unknown {name!r}' for name in given if name not in needed]
        if wrong:
            raise InputError(
                f'the model reads {", ".join(map(repr, needed))}; what was given has {", ".join(wrong)}',
                video=video,
                remedy='give every stream that the model was trained on, and no other',
            )
