"""A folder with one file per video, or per video and modality."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence

from mmacl.datasets.stores.feature_store import FeatureStore, Instead, MissingFeaturesError
from mmacl.datasets.stores.folder_contents import look_into, look_near
from mmacl.datasets.stores.path_template import PathTemplate, subset_names
from mmacl.utils import is_system_entry

COMPANIONS = ('fps', 'timestamps_ms')
"""Files beside features that say when the snippets are, as the video_features project writes them."""


class VideoFileStore(FeatureStore):
    """Find the files of videos by templates; base class of the stores that read them.

    A file whose ending is in capitals is found too. Entries of the system (hidden files, ``__MACOSX``) and companions
    of features (``<video>_fps.npy``) are no videos.

    Args:
        root: the folder.
        templates: where a file may be below ``root``, with the fields ``{video}``, ``{modality}`` and ``{subset}``.
            The first file that exists is read.
        subset: the names to put in for ``{subset}``, one or several; None: any folder. The dataset fills in its own
            subset; state it where the folders are called otherwise than the subsets of the annotations.
    """

    def __init__(
        self, root: str | os.PathLike[str], templates: Sequence[str], subset: str | Sequence[str] | None = None
    ) -> None:
        self.root = os.fspath(root)
        self.templates = tuple(PathTemplate(text) for text in templates)
        self.subsets = subset_names(subset)
        self.layouts = tuple(os.path.join(self.root, template.text) for template in self.templates)
        capitals = (template.in_capitals() for template in self.templates)
        self._spellings = (*self.templates, *(template for template in capitals if template.text not in templates))

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with a file of this modality, in alphabetical order."""
        videos = set()
        for template in self._spellings:
            for subset in self._subsets_of(template):
                fixed = {'modality': modality} | ({} if subset is None else {'subset': subset})
                for path in glob.glob(template.pattern(**fixed), root_dir=self.root):
                    names = template.names_in(path.replace(os.sep, '/'))
                    if names and not any(is_system_entry(name) for name in names.values()):
                        videos.add(names['video'])
        return tuple(sorted(video for video in videos if not _is_companion(video, videos)))

    def describe(self, video: str, modality: str) -> str:
        """The path of the file, or the first place where it may be."""
        return self._existing(video, modality) or self._first_place(video, modality)

    def source_files(self, video: str, modality: str) -> tuple[str, ...]:
        """The path of the file."""
        return (self.find(video, modality),)

    def find(self, video: str, modality: str) -> str:
        """The path of the first file that exists.

        Raises:
            MissingFeaturesError: there is none.
        """
        places = []
        for path in self._paths(video, modality):
            if os.path.isfile(path):
                return path
            places.append(path)
        first = self._first_place(video, modality)
        found = next((instead for place in (*places, first) for instead in look_near(place)), None)
        looked_for = next((place for place in places if os.path.islink(place)), first)
        raise MissingFeaturesError.describe([looked_for], self.layouts, instead=[] if found is None else [found])

    def companion(self, video: str, modality: str, what: str) -> str | None:
        """``<video>_<what>.npy`` beside the features, or the path of the template for a modality ``<what>``."""
        beside = os.path.dirname(self.describe(video, modality))
        paths = [os.path.join(beside, f'{video}_{what}.npy'), *self._paths(video, what)]
        return next((path for path in paths if path.endswith('.npy') and os.path.isfile(path)), None)

    def look_around(self, modality: str) -> tuple[Instead, ...]:
        """What the folder holds instead of features of a modality."""
        return look_into(self.root, self.templates, modality)

    def _existing(self, video: str, modality: str) -> str | None:
        return next((path for path in self._paths(video, modality) if os.path.isfile(path)), None)

    def _paths(self, video: str, modality: str) -> Iterator[str]:
        """Every path that may hold the features, in order."""
        for template in self._spellings:
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
        """The names to put in for ``{subset}``, in order; None: there is no such field, or any folder will do."""
        return self.subsets if template.has_subset and self.subsets is not None else (None,)


def _is_companion(name: str, videos: set[str]) -> bool:
    """Whether this is a file about another video."""
    return any(name.endswith(f'_{what}') and name.removesuffix(f'_{what}') in videos for what in COMPANIONS)
