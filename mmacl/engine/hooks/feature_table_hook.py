"""Keep the training features on the GPU, or in memory."""

from __future__ import annotations

import time
from typing import Any

import torch
from mmengine.hooks import Hook

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.feature_table import feature_table_bytes, read_feature_table
from mmacl.engine.hooks.clustering_hook import bare_model
from mmacl.models import SnippetDataPreprocessor
from mmacl.registry import HOOKS
from mmacl.utils import InputError

# Of the memory of a GPU that is free before the first step; the network needs the rest.
_SHARE_OF_FREE_MEMORY = 0.5


@HOOKS.register_module()
class FeatureTableHook(Hook):
    """Read the training features once into a table, if they fit a budget.

    Workers then pass the rows of a crop in the place of its features, and a batch is gathered from the
    :class:`~mmacl.structures.feature_table.FeatureTable` where the model is. The batches are the same bit for bit. A
    pipeline whose transforms change values of features reads them as before.

    Args:
        budget_bytes: the most that the table of each process may take. None: on a GPU, half of its free memory; on a
            CPU, no table, since the workers read as fast as the network computes.
        dtype: ``'float16'`` halves the memory; None: that of the features.

    Raises:
        InputError: the budget is negative or the dtype another one.
    """

    def __init__(self, budget_bytes: int | None = None, dtype: str | None = None) -> None:
        if budget_bytes is not None and budget_bytes < 0:
            raise InputError(f'feature_table: budget_bytes={budget_bytes} is negative', remedy='0 switches it off')
        if dtype not in (None, 'float16', 'float32'):
            raise InputError(f"feature_table: dtype={dtype!r} is not 'float16' or 'float32'")
        self.budget_bytes = budget_bytes
        self.dtype = dtype

    def before_train(self, runner: Any) -> None:
        """Read the table, or say why not."""
        model, dataset = bare_model(runner), runner.train_dataloader.dataset
        device = next(model.parameters()).device
        budget = self._budget(device)
        if not budget:
            return
        reason = _why_not(dataset, model.data_preprocessor)
        if reason is None:
            needed = feature_table_bytes(dataset, self.dtype)
            if needed > budget:
                reason = f'they take {_in_words(needed)}, and the budget is {_in_words(budget)}'
        if reason is not None:
            runner.logger.info(f'The training features are read for each batch: {reason}')
            return
        start = time.perf_counter()
        table = read_feature_table(dataset, device, self.dtype)
        model.data_preprocessor.table = table
        dataset.first_rows = table.first_rows
        runner.logger.info(
            f'The training features are kept on {device}: {_in_words(table.num_bytes)} of {len(dataset)} videos, read '
            f'in {time.perf_counter() - start:.1f} s'
        )

    def after_train(self, runner: Any) -> None:
        """Free the memory."""
        preprocessor = bare_model(runner).data_preprocessor
        if getattr(preprocessor, 'table', None) is not None:
            preprocessor.table = None
            runner.train_dataloader.dataset.first_rows = None

    def _budget(self, device: torch.device) -> int:
        if self.budget_bytes is not None or device.type != 'cuda':
            return self.budget_bytes or 0
        return int(torch.cuda.mem_get_info(device)[0] * _SHARE_OF_FREE_MEMORY)


def _why_not(dataset: Any, preprocessor: Any) -> str | None:
    """Say what cannot work with rows of a table; None: all can."""
    if not isinstance(dataset, UntrimmedVideoDataset):
        return f'{type(dataset).__name__} is no UntrimmedVideoDataset'
    if not isinstance(preprocessor, SnippetDataPreprocessor):
        return f'{type(preprocessor).__name__} is no SnippetDataPreprocessor'
    others = [type(step).__name__ for step in dataset.pipeline.transforms if not getattr(step, 'takes_rows', False)]
    return f'{others[0]} may change their values' if others else None


def _in_words(num_bytes: int) -> str:
    return f'{num_bytes / 2**30:.2f} GiB' if num_bytes >= 2**28 else f'{num_bytes / 2**20:.1f} MiB'
