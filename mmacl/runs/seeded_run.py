"""A config with a seed: the folder of its training, and whether and how far it is done."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.logging import MMLogger

from mmacl.config import apply_options, load_config
from mmacl.engine.work_dir import find_latest_checkpoint
from mmacl.evaluation.metrics.temporal_map import WHOLE_VIDEO
from mmacl.utils import write_text_atomically
from mmacl.utils.strict_json import read_strict_json

_composed: dict[tuple[Any, ...], Config] = {}


def composed_config(
    path: Path, options: Sequence[str], plugins: Sequence[str] = (), variables: Mapping[str, str] | None = None
) -> Config:
    """:func:`load_config`, which reads and checks a config once for all seeds; the caller gets a copy.

    Args:
        path: the config file.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        plugins: modules to import first.
        variables: of the environment, for configs that read them.

    Raises:
        InputError: a fault in the config or an override.
    """
    written = path.stat().st_mtime_ns if path.is_file() else None
    with _environment(variables or {}), _without_notices():
        # Configs use these variables for folders of data.
        known = tuple(sorted(item for item in os.environ.items() if item[0].startswith('MMACL_')))
        place = (path, written, known, tuple(options), tuple(plugins))
        if place not in _composed:
            _composed[place] = load_config(path, options, plugins)
    return copy.deepcopy(_composed[place])


@contextmanager
def _without_notices() -> Iterator[None]:
    """Do not log which variables configs read: that is a line for each variable, config and seed."""
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables of the environment for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@dataclass(frozen=True, eq=False)
class SeededRun:
    """A training of a config with a seed, recognised by the composed config and the seed.

    Attributes:
        config: path of the config.
        seed: the seed.
        out: folder for all runs.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        plugins: modules to import first, as for ``--plugin``.
        seed_keys: keys of the config that take the seed too.
        fold: part of the data set to train and test on; None: the data set has no folds.
        fold_variable: variable of the environment by which the config reads the fold.
    """

    config: Path
    seed: int
    out: Path
    options: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    seed_keys: tuple[str, ...] = ()
    fold: str | None = None
    fold_variable: str = ''

    def __str__(self) -> str:
        return ' '.join(filter(None, (self.config.stem, self.fold, f'seed {self.seed}')))

    @property
    def sample(self) -> str:
        """Name of the run among those of its config: ``'0'``, with a fold ``'fold1/0'``."""
        return f'{self.fold}/{self.seed}' if self.fold else str(self.seed)

    @property
    def variables(self) -> dict[str, str]:
        """Variables of the environment to train with."""
        return {self.fold_variable: self.fold} if self.fold else {}

    @cached_property
    def composed(self) -> Config:
        """The config with its overrides.

        Raises:
            InputError: a fault in the config or an override.
        """
        config = composed_config(self.config, self.options, self.plugins, self.variables)
        apply_options(config, dict.fromkeys(self.seed_keys, self.seed))
        return config

    @property
    def scoring(self) -> tuple[str, ...]:
        """Overrides that add figures of whole videos to the rows; a run finished without them is finished."""
        evaluator = self.composed.get('val_evaluator')
        known = isinstance(evaluator, dict) and evaluator.get('type') == 'TemporalMAP' and 'baseline' not in evaluator
        return (f'+val_evaluator.baseline={WHOLE_VIDEO}',) if known else ()

    @property
    def words(self) -> tuple[str, ...]:
        """The overrides as words for ``--cfg-options``, with the keys that take the seed, and :attr:`scoring`."""
        return (*self.options, *self.scoring, *(f'{key}={self.seed}' for key in self.seed_keys))

    @cached_property
    def key(self) -> str:
        """Hash of the composed config and the seed, by which a finished run is recognised."""
        composed = json.dumps(self.composed.to_dict(), sort_keys=True, default=repr)
        return hashlib.sha256(f'{composed}\nseed={self.seed}'.encode()).hexdigest()

    @property
    def work_dir(self) -> Path:
        """Folder of this run, ``<config>/[<fold>/]seed_<seed>``.

        If a run of another composed config is there already, a part of the key is appended, so that neither overwrites
        the other.
        """
        plain = self.out / self.config.stem / (self.fold or '') / f'seed_{self.seed}'
        return plain if _read_key(plain) in (None, self.key) else plain.with_name(f'{plain.name}_{self.key[:8]}')

    @property
    def result_file(self) -> Path:
        """File that exists when the run is finished."""
        return self.work_dir / 'result.json'

    @property
    def is_begun(self) -> bool:
        """Whether this run has been started before and is to be resumed."""
        return _read_key(self.work_dir) == self.key

    @property
    def steps_per_epoch(self) -> int:
        """Steps of an epoch; 1 if the config does not say."""
        sampler = (self.composed.get('train_dataloader') or {}).get('batch_sampler') or {}
        return int(sampler.get('num_batches') or 1)

    @property
    def steps_per_round(self) -> int:
        """Steps of a round."""
        return int(self.composed.train_cfg.get('epochs_per_round', 1)) * self.steps_per_epoch

    @property
    def num_rounds(self) -> int:
        """Rounds of the whole training."""
        return int(self.composed.train_cfg.get('num_rounds', 1))

    @property
    def num_steps(self) -> int:
        """Steps of the whole training."""
        return self.num_rounds * self.steps_per_round

    def saved_step(self) -> int:
        """The step that a resumed training continues from; 0 if there is no checkpoint of this run."""
        checkpoint = find_latest_checkpoint(self.work_dir) if self.is_begun else None
        return 0 if checkpoint is None else int(checkpoint.stem.rpartition('_')[2]) * self.steps_per_epoch

    def begin(self) -> None:
        """Write the key into the work_dir, which then belongs to this run."""
        write_text_atomically(self.work_dir / 'key.txt', self.key)

    def result(self) -> dict[str, Any] | None:
        """Read the result of this run if it is finished: ``key``, ``seed``, ``steps``, ``seconds``, ``rows``."""
        if not self.result_file.is_file():
            return None
        result: dict[str, Any] = read_strict_json(self.result_file, 'the result of a training')
        return result if result.get('key') == self.key else None

    def finished_rows(self) -> list[dict[str, Any]] | None:
        """Rows of the rounds, if this run has been finished before."""
        result = self.result()
        return None if result is None else list(result['rows'])


def _read_key(work_dir: Path) -> str | None:
    file = work_dir / 'key.txt'
    return file.read_text().strip() if file.is_file() else None
