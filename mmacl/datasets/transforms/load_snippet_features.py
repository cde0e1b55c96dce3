"""Read the features of a video."""

from __future__ import annotations

from typing import Any

from mmacl.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadSnippetFeatures:
    """Add ``features``: {modality: (T, D)} of the whole video, streams of one length, finite."""

    def __call__(self, results: dict[str, Any]) -> dict[str, Any]:
        """Ask the dataset for them.

        Raises:
            InputError: features are missing or damaged.
        """
        results['features'] = results['load_features']()
        return results
