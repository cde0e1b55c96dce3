"""mmengine's Runner, with a console that a person wants to read."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from mmengine.dist import master_only
from mmengine.logging import MMLogger
from mmengine.runner import Runner

from mmacl.engine.work_dir import config_name
from mmacl.registry import RUNNERS
from mmacl.utils import write_text_atomically

# What mmengine logs at start-up for the record: it belongs in the log file, not before a person's eyes.
_FOR_THE_RECORD = (
    '\n---',
    'Config:\n',
    'Hooks will be executed',
    'Exp name:',
    'Distributed training is not used',
    'Checkpoints will be saved',
    'Loads checkpoint by',
    'Saving checkpoint at',
    '"FileClient" will be deprecated',
    '"HardDiskBackend" is the alias',
    '`resume_param_scheduler` is True but',
    'Since `metrics` is an empty dict',
)


class _WithoutRecords(logging.Filter):
    """Drops the long start-up records."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(_FOR_THE_RECORD)


@RUNNERS.register_module()
class ConsoleRunner(Runner):
    """A Runner that keeps the environment and the composed config in the log file, and off the console.

    The config is dumped into the folder of the run, ``<work_dir>/<time>``: a test, or a run that is refused, leaves
    the one beside the checkpoints as it is.
    """

    @master_only
    def dump_config(self) -> None:
        """Write the composed config into the folder of this run."""
        write_text_atomically(Path(self.log_dir) / config_name(self.cfg), self.cfg.pretty_text)

    def build_logger(self, *args: Any, **kwargs: Any) -> MMLogger:
        """Build mmengine's logger and filter its console handler."""
        logger = super().build_logger(*args, **kwargs)
        for handler in logger.handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                handler.addFilter(_WithoutRecords())
        return logger
