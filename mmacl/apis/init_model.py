"""Build a trained model in one call."""

from __future__ import annotations

from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mmacl.config import load_config
from mmacl.engine import load_checkpoint_safely
from mmacl.engine.hooks.checkpoint_guard_hook import check_belongs
from mmacl.models import BaseLocalizer
from mmacl.registry import MODELS
from mmacl.structures import ClusterMapping
from mmacl.utils import InputError


def init_model(
    config: Config | str | Path, checkpoint: str | Path | None = None, device: str | torch.device = 'cpu'
) -> BaseLocalizer:
    """Build a model, load its weights and its mapping from clusters to actions.

    Args:
        config: a composed config, the path of one, or a name that :func:`list_models` gives.
        checkpoint: a file that ``tools/train.py`` wrote; None: the weights are random and the clusters anonymous.
        device: where to put the model.

    Returns:
        The model in eval mode, with its ``cluster_mapping``.

    Raises:
        InputError: the config, the checkpoint or the device cannot be used, or the checkpoint belongs to another model.
    """
    config = read_config(config)
    with DefaultScope.overwrite_default_scope('mmacl'):
        model: BaseLocalizer = MODELS.build(config.model)
    if checkpoint is not None:
        _load(model, str(checkpoint), config)
    try:
        return model.to(torch.device(device)).eval()
    except (RuntimeError, AssertionError) as error:
        reason = ' '.join(str(error).split())[:120]
        raise InputError(f'device={str(device)!r}: cannot be used ({reason})', remedy="use 'cpu'") from error


def read_config(config: Config | str | Path) -> Config:
    """Return a config: as given, from its file, or by its name.

    Raises:
        InputError: there is no such file or name, or the config is wrong.
    """
    return config if isinstance(config, Config) else load_config(config)


def _load(model: BaseLocalizer, filename: str, config: Config) -> None:
    """Load weights and mapping from a checkpoint of this model."""
    checkpoint = load_checkpoint_safely(filename, map_location='cpu')
    try:
        check_belongs(checkpoint, model, config)
    except InputError as error:
        raise InputError(str(error), file=filename) from error
    model.load_state_dict(checkpoint['state_dict'])
    clustering = checkpoint.get('clustering')
    if clustering is not None:
        model.cluster_mapping = ClusterMapping.from_state_dict(clustering['mapping'])
