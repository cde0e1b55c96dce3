"""A folder with one ``.npy`` file per video and modality."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping, Sequence

from mmacl.datasets.stores.channel_slices import ChannelSlices
from mmacl.datasets.stores.feature_store import Features, FeatureStore
from mmacl.datasets.stores.missing_features_error import MissingFeaturesError
from mmacl.datasets.stores.npy_file import read_npy_features, read_npy_shape
from mmacl.datasets.stores.path_template import PathTemplate, subset_names
from mmacl.registry import FEATURE_STORES


@FEATURE_STORES.register_module()
class NpyFolderStore(FeatureStore):
    """Read ``<root>/features/rgb/<video>.npy`` and its like.

    Args:
        root: the folder.
        templates: where a file may lie below ``root``, with ``{video}``, ``{modality}`` and ``{subset}`` in the place
            of names. The first one that is there is read.
        subset: what stands for ``{subset}``, one name or several; None: any folder. The dataset fills in its own
            subset; state it where the folders are called otherwise than the subsets of the annotations.
        slices: columns of each modality, where one file holds several side by side (ActionFormer, OpenTAD), such as
            ``dict(rgb=(0, 1024), flow=(1024, 2048))``; None: all columns.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        templates: Sequence[str] = ('features/{modality}/{video}.npy', 'features/{subset}/{modality}/{video}.npy'),
        subset: str | Sequence[str] | None = None,
        slices: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.root = os.fspath(root)
        self.templates = tuple(PathTemplate(text) for text in templates)
        self.subsets = subset_names(subset)
        self._slices = ChannelSlices(slices)
        self.layouts = tuple(os.path.join(self.root, template.text) for template in self.templates)

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D), float16 as stored or else float32, finite.

        Raises:
            MissingFeaturesError: no template leads to a file.
            InputError: the file is empty, truncated, no (T, D) array of floats, or holds NaN or infinity.
        """
        path = self.find(video, modality)
        return self._slices.take(path, modality, path, lambda: read_npy_features(path))

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, from the header of the file.

        Raises:
            MissingFeaturesError: no template leads to a file.
            InputError: the file is empty, truncated, or no (T, D) array of floats.
        """
        path = self.find(video, modality)
        return self._slices.shape(read_npy_shape(path), modality, path)

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with a file of this modality, in alphabetical order."""
        names = set()
        for template in self.templates:
            for subset in self._subsets_of(template):
                fixed = {'modality': modality} | ({} if subset is None else {'subset': subset})
                for path in glob.glob(template.pattern(**fixed), root_dir=self.root):
                    names.add(template.video_of(path.replace(os.sep, '/')))
        return tuple(sorted(name for name in names if name is not None))

    def describe(self, video: str, modality: str) -> str:
        """The path of the file, or the first place where it may lie."""
        return next((path for path in self._paths(video, modality) if os.path.isfile(path)), None) or self._first_place(
            video, modality
        )

    def source_files(self, video: str, modality: str) -> tuple[str, ...]:
        """The path of the file."""
        return (self.find(video, modality),)

    def find(self, video: str, modality: str) -> str:
        """The first file that is there.

        Raises:
            MissingFeaturesError: there is none.
        """
        for path in self._paths(video, modality):
            if os.path.isfile(path):
                return path
        raise MissingFeaturesError.describe([self._first_place(video, modality)], self.layouts)

    def _paths(self, video: str, modality: str) -> Iterator[str]:
        """Every path that may hold the features, in order."""
        for template in self.templates:
            for subset in self._subsets_of(template):
                if subset is None and template.has_subset:
                    pattern = template.pattern(modality=modality, video=video)
                    relative = sorted(glob.glob(pattern, root_dir=self.root))
                else:
                    relative = [template.fill(modality=modality, video=video, subset=subset or '')]
                yield from (os.path.join(self.root, path) for path in relative)

    def _first_place(self, video: str, modality: str) -> str:
        """The place to name when there is no file."""
        subset = self.subsets[0] if self.subsets else '*'
        return os.path.join(self.root, self.templates[0].fill(modality=modality, video=video, subset=subset))

    def _subsets_of(self, template: PathTemplate) -> tuple[str | None, ...]:
        """What stands for ``{subset}``, in order; None: nothing does, or any folder."""
        return self.subsets if template.has_subset and self.subsets is not None else (None,)
