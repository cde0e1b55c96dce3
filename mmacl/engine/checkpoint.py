"""Read checkpoints without executing anything, and write them whole or not at all."""

from __future__ import annotations

import os
import pickle
import warnings
from pathlib import Path
from typing import Any

import torch
from mmengine.fileio import LocalBackend, register_backend
from mmengine.runner import CheckpointLoader

from mmacl.utils import InputError
from mmacl.utils.files import write_bytes_atomically

_OURS = 'use a file that tools/train.py wrote'


def load_checkpoint_safely(filename: str, map_location: Any = None) -> dict[str, Any]:
    """Read a checkpoint of mmacl with ``weights_only=True``; nothing in the file is executed.

    Args:
        filename: a path on this machine.
        map_location: as for :func:`torch.load`.

    Raises:
        InputError: the file is missing, damaged, holds more than tensors and plain values, or is no checkpoint.
    """
    path = os.path.expanduser(filename)
    if not os.path.isfile(path):
        raise InputError('no such checkpoint', file=filename, remedy='train one with tools/train.py, or check the path')
    with open(path, 'rb') as file:
        magic = file.read(2)
    if not magic:
        raise InputError('is empty', file=filename, remedy='use another file that tools/train.py wrote')
    # A zip archive, or the bare pickle of old versions of torch.
    if magic != b'PK' and magic[:1] != b'\x80':
        raise InputError('not a checkpoint', file=filename, remedy=_OURS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            checkpoint = torch.load(path, map_location=map_location, weights_only=True)
    except pickle.UnpicklingError as error:
        # Torch says "Unsupported global/operand" for objects, and something else for bytes that are not a pickle.
        if 'nsupported' in str(error):
            what = 'was not opened: it holds Python objects besides weights, which could run code'
            raise InputError(what, file=filename, remedy='use a checkpoint that tools/train.py wrote') from None
        raise InputError('not a checkpoint', file=filename, remedy=_OURS) from None
    except (RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        raise InputError(
            'is damaged, or was cut short', file=filename, remedy='use another file that tools/train.py wrote'
        ) from error
    if not isinstance(checkpoint, dict) or 'state_dict' not in checkpoint:
        raise InputError('has no "state_dict", so it is not a checkpoint', file=filename, remedy=_OURS)
    return checkpoint


def _refuse_remote(filename: str, map_location: Any = None) -> dict[str, Any]:
    raise InputError(
        'checkpoints are read from this machine only', file=filename, remedy='download the file and give its path'
    )


CheckpointLoader.register_scheme(prefixes='', loader=load_checkpoint_safely, force=True)
CheckpointLoader.register_scheme(prefixes=('http://', 'https://', 's3://'), loader=_refuse_remote, force=True)


class AtomicLocalBackend(LocalBackend):
    """Write files to the local disk whole or not at all."""

    def put(self, obj: Any, filepath: str | Path) -> None:
        """Write bytes to a temporary file, flush it to disk, rename it into place."""
        write_bytes_atomically(filepath, bytes(obj))


register_backend('AtomicLocalBackend', AtomicLocalBackend, force=True)


def trained_videos(checkpoint: dict[str, Any]) -> tuple[str, ...] | None:
    """Return the names of the training videos, those with labels in a checkpoint; None if it has no labels."""
    found: Any = checkpoint
    for key in ('clustering', 'labels', 'labels'):
        found = found.get(key) if isinstance(found, dict) else None
    return tuple(found) if isinstance(found, dict) else None
