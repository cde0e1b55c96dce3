"""Fold the ``sampling`` of a method into the data loader of a data set."""

from __future__ import annotations

from typing import Any

from mmengine.config import Config, ConfigDict

from mmacl.config.options import suggest
from mmacl.utils import InputError

_KEYS = ('batch_size', 'batch_sampler', 'crop')
_CROP = 'RandomCropSnippets'


def fold_sampling(config: Config) -> None:
    """Move the key ``sampling`` of a config into its ``train_dataloader``, in place.

    A method states in it how it draws and cuts videos, whatever the data set:

    - ``batch_size``: videos in a batch;
    - ``batch_sampler``: in place of the data set's, whose ``num_batches`` stays unless this one states its own;
    - ``crop``: a transform in place of :class:`~mmacl.datasets.RandomCropSnippets` in the pipeline; None: no crop.

    What is left out stays as the data set has it. Without the key, or with ``sampling=None``, nothing changes.

    Raises:
        InputError: a key is not known, a value is of the wrong kind, or the pipeline has no single crop to replace.
    """
    sampling = config.pop('sampling', None)
    if sampling is None:
        return
    filename = str(config.filename or '')
    _check(sampling, filename)
    loader = config.get('train_dataloader')
    if not isinstance(loader, dict):
        raise InputError('sampling needs a train_dataloader', file=filename, remedy='add a data set to _base_')
    if 'batch_size' in sampling:
        loader['batch_size'] = sampling['batch_size']
    if 'batch_sampler' in sampling:
        batches = (loader.get('batch_sampler') or {}).get('num_batches')
        kept = {} if batches is None else {'num_batches': batches}
        loader['batch_sampler'] = ConfigDict({**kept, **sampling['batch_sampler']})
    if 'crop' in sampling:
        dataset = loader.setdefault('dataset', ConfigDict())
        dataset['pipeline'] = _replace_crop(dataset.get('pipeline') or [], sampling['crop'], filename)


def _check(sampling: Any, filename: str) -> None:
    """Check the keys, and that components are mappings with a type."""
    if not isinstance(sampling, dict):
        raise InputError(f'sampling={sampling!r} is not a mapping', file=filename, remedy='write sampling=dict(...)')
    for key in sampling:
        if key not in _KEYS:
            raise InputError(
                f'sampling takes no {key!r}{suggest(key, _KEYS)}', file=filename, remedy=f'it takes {", ".join(_KEYS)}'
            )
    for key in ('batch_sampler', 'crop'):
        value = sampling.get(key)
        is_component = isinstance(value, dict) and 'type' in value
        if key in sampling and not is_component and not (key == 'crop' and value is None):
            raise InputError(
                f'sampling.{key}={value!r} names no component',
                file=filename,
                remedy=f"write sampling.{key}=dict(type='...')",
            )


def _replace_crop(pipeline: Any, crop: Any, filename: str) -> list[Any]:
    """Return the pipeline with another crop; None removes it."""
    found = [i for i, step in enumerate(pipeline) if isinstance(step, dict) and step.get('type') == _CROP]
    if crop is None:
        return [step for i, step in enumerate(pipeline) if i not in found]
    if len(found) != 1:
        raise InputError(
            f'sampling.crop replaces {_CROP}, of which train_dataloader.dataset.pipeline has {len(found)}',
            file=filename,
            remedy=f'put one {_CROP} into that pipeline, or remove sampling.crop and write the whole pipeline',
        )
    return [*pipeline[: found[0]], crop, *pipeline[found[0] + 1 :]]
