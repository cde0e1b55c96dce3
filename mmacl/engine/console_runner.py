"""mmengine's Runner with a readable console."""

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

# Beginnings of lines that mmengine logs at start-up; they go to the log file alone.
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
    """Drop the long start-up records."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(_FOR_THE_RECORD)


@RUNNERS.register_module()
class ConsoleRunner(Runner):
    """Log the environment and the composed config to the log file alone.

    The config is written to the folder of the run, ``<work_dir>/<time>``, so that a test or a refused run does not
    change the one beside the checkpoints.
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
