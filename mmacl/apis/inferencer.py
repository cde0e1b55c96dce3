"""From features or video files to timed actions in one call."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate

from mmacl.apis.init_model import init_model, read_config
from mmacl.apis.video_input import Extractor, VideoInput, name_actions, sampling_of, videos_in
from mmacl.datasets import LoadSnippetFeatures, PackActionInputs, UntrimmedVideoDataset
from mmacl.datasets.stores import ArrayStore, read_feature_file
from mmacl.datasets.stores.array_store import FeatureInput
from mmacl.datasets.untrusted.names import check_video_name
from mmacl.localization import describe_detections, describe_results
from mmacl.registry import INFERENCERS
from mmacl.structures import ActionDataSample, ActionNames, ClusterMapping
from mmacl.utils import InputError, check_can_write, log_warning, write_json_atomically
from mmacl.video import Source

Streams: TypeAlias = Mapping[str, FeatureInput]
Inputs: TypeAlias = FeatureInput | Sequence[str | os.PathLike[str]] | Streams | Mapping[str, Streams]
# The layouts of NpyFolderStore, and a folder of features alone.
_TEMPLATES = (
    'features/{modality}/{video}.npy',
    'features/{subset}/{modality}/{video}.npy',
    '{modality}/{video}.npy',
)


@INFERENCERS.register_module()
class ActionLocalizationInferencer:
    """Find the actions of video files, or of videos whose features are in a folder or in memory.

    Annotations are never read.

    Args:
        config: as for :func:`init_model`.
        checkpoint: a file that ``tools/train.py`` wrote.
        device: where to compute.
        timing: ``dict(fps=..., snippet_stride=..., offset=0.0)``, where snippets are in time; None: the timing of the
            test dataset in the config. Videos have their own.
        extractor: what turns video files into features: a config such as ``dict(type='i3d_rgb', weights=...)``, a
            built :class:`~mmacl.video.FeatureExtractor`, or one of these for each modality; None: features only.
        fps: frames a second at which videos are sampled; None: those of the timing in the config, or 25.
        stride: frames from one snippet to the next; None: those of the timing in the config, or 16.
        names: names of the clusters, or their file; see :func:`~mmacl.structures.read_action_names`.
        options: further ones of :func:`~mmacl.video.extract_video`, such as ``batch_size`` and ``allow_partial``.

    Raises:
        InputError: the model or checkpoint cannot be used, the model has no post-processor, neither argument nor
            config states the timing, the extractor's features are not those of the model, or the names are not those of
            its clusters.

    Example:
        >>> find_actions = ActionLocalizationInferencer('configs/acl/acl_custom_us.py', 'epoch_60.pth')
        >>> find_actions('data/more_videos', out='segments.json')
        >>> find_actions({'rgb': rgb, 'flow': flow})['results']['video']

        >>> i3d = dict(type='i3d_rgb', weights='i3d_rgb.safetensors')
        >>> find_actions = ActionLocalizationInferencer('mine.py', 'epoch_60.pth', extractor=i3d, names='names.json')
        >>> find_actions('my_videos/holiday.mp4')['results']['holiday']
    """

    def __init__(
        self,
        config: Config | str | Path,
        checkpoint: str | Path,
        device: str | torch.device = 'cpu',
        timing: Mapping[str, Any] | None = None,
        extractor: Extractor | Mapping[str, Extractor] | None = None,
        fps: float | None = None,
        stride: int | None = None,
        names: ActionNames | str | Path | None = None,
        **options: Any,
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
        self.video_input: VideoInput | None = None
        if extractor is not None:
            usual = sampling_of(self.timing, str(dataset.get('data_root') or ''))
            self.video_input = VideoInput(
                extractor, self.model.in_channels, fps or usual[0], stride or usual[1], **options
            )
        elif self.timing is None:
            raise InputError(
                'states no timing for its test dataset',
                file=config.filename,
                remedy='give timing=dict(fps=..., snippet_stride=...)',
            )
        self.store_config: dict[str, Any] = dict(dataset.get('store') or {'type': 'NpyFolderStore'})
        if self.store_config['type'] == 'NpyFolderStore':
            self.store_config.setdefault('templates', _TEMPLATES)
        if names is not None:
            name_actions(self.model, names)
        mapping = self.model.cluster_mapping or ClusterMapping.anonymous(self.model.num_clusters)
        self.class_names = mapping.class_names

    def __call__(self, inputs: Inputs, out: str | Path | None = None) -> dict[str, Any]:
        """Find actions.

        Args:
            inputs: a video file, several in a list, or a folder of them, for which the inferencer needs an extractor; a
                folder of features; features of one video as ``{modality: (T, D)}``, which is then called ``video``; of
                several as ``{name: {modality: (T, D)}}``. The path of a ``.npy``, ``.npz`` or ``.csv`` file may stand
                for an array. Where the model has one stream, an array or a file alone is enough. In a folder with
                both, features count.
            out: write the results to this JSON file as well.

        Returns:
            ActivityNet's form: ``results`` holds, by name of the video, ``{'label', 'score', 'segment', 'cluster'}`` of
            each segment, best first, with start and end in seconds. A video file that cannot be used is left out with a
            warning, as long as there are others.

        Raises:
            InputError: features are missing, damaged, or not those of the model, or no video file can be used.
        """
        if out is not None:
            check_can_write(out)
        found = {sample.video_name: self.describe(sample) for sample in self.predict(inputs)}
        results = describe_results(found, {})
        if out is not None:
            write_json_atomically(out, results, indent=None)
        return results

    def predict(self, inputs: Inputs) -> list[ActionDataSample]:
        """Return a sample for each video, with predictions and both attentions, to draw or to use in a program.

        Takes the same inputs and raises the same errors as a call.
        """
        videos = videos_in(inputs, self.store_config, tuple(self.model.in_channels))
        if videos is not None:
            return list(self._predict_videos(videos))
        dataset = self._dataset(inputs, self.timing)
        return [self._predict(dataset[index]) for index in range(len(dataset))]

    def predict_features(self, name: str, features: Streams, timing: Mapping[str, Any]) -> ActionDataSample:
        """Return the sample of one video.

        Args:
            name: of the video.
            features: (T, D) of each modality, or the file.
            timing: the entry of the video in ``timing.json``, with its ``duration``.

        Raises:
            InputError: the features are damaged or not those of the model, or the name cannot be that of a video.
        """
        placed = {key: value for key, value in timing.items() if key != 'duration'}
        item = self._dataset({name: features}, placed)[0]
        if 'duration' in timing:
            item['data_samples'].set_metainfo({'duration': float(timing['duration'])})
        return self._predict(item)

    def describe(self, sample: ActionDataSample) -> list[dict[str, Any]]:
        """Return the segments of a sample as in the results of a call."""
        return describe_detections(sample.pred_instances, self.class_names)

    def _predict_videos(self, videos: Sequence[Source]) -> Iterator[ActionDataSample]:
        """Extract and predict one video after the other; the only one, or the last of all that fail, raises."""
        if self.video_input is None:
            raise InputError(
                'is a video, and the inferencer has no extractor',
                file=videos[0].path,
                remedy="give extractor=dict(type='i3d_rgb', weights=...)",
            )
        failed = 0
        for video in videos:
            try:
                check_video_name(video.name, str(video.path))
                features, timing = self.video_input.extract(video.path)
                sample = self.predict_features(video.name, features, timing)
            except InputError as error:
                failed += 1
                if failed == len(videos):
                    raise
                log_warning(f'left out: {error}')
                continue
            yield sample

    @torch.no_grad()
    def _predict(self, item: dict[str, Any]) -> ActionDataSample:
        """Run one video at a time: no padding, and memory for one video only."""
        sample: ActionDataSample = self.model.test_step(pseudo_collate([item]))[0]
        return sample

    def _dataset(self, inputs: Inputs, timing: Mapping[str, Any] | None) -> UntrimmedVideoDataset:
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
            timing=timing,
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
