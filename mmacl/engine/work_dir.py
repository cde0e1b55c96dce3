"""Files of a training in its work folder: checkpoints, the config, and what an earlier run left there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mmengine.config import Config

_CHECKPOINT_NAME = re.compile(r'epoch_(\d+)\.pth')


def config_name(config: Config) -> str:
    """Return the name of the file that a run writes its composed config to."""
    return Path(config.filename or 'config.py').name


def list_checkpoints(work_dir: str | Path) -> list[Path]:
    """List the ``epoch_N.pth`` files of a work_dir, oldest epoch first."""
    found = [
        (match, path) for path in Path(work_dir).glob('epoch_*.pth') if (match := _CHECKPOINT_NAME.fullmatch(path.name))
    ]
    return [path for _, path in sorted(found, key=lambda pair: int(pair[0].group(1)))]


def find_latest_checkpoint(work_dir: str | Path) -> Path | None:
    """Return the checkpoint of the highest epoch, or None.

    Looks into the folder, not at a file that names the latest: after a kill such a file can be old or half written,
    while a checkpoint gets its name only when it is whole.
    """
    checkpoints = list_checkpoints(work_dir)
    return checkpoints[-1] if checkpoints else None


def set_aside(work_dir: str | Path, paths: Sequence[Path]) -> Path | None:
    """Move files and folders of an earlier run into ``earlier_<time of the newest>``.

    Args:
        work_dir: the folder of the run.
        paths: files and folders to move; those that do not exist are skipped.

    Returns:
        The folder that they are in now; None if there was nothing to move.
    """
    found = [path for path in paths if path.exists()]
    if not found:
        return None
    newest = max(path.stat().st_mtime for path in found)
    folder = Path(work_dir) / f'earlier_{datetime.fromtimestamp(newest):%Y%m%d_%H%M%S}'
    folder.mkdir(exist_ok=True)
    for path in found:
        shutil.move(path, folder / path.name)
    return folder


def not_before(work_dir: str | Path, checkpoint: str | Path) -> list[Path]:
    """List the checkpoints of a work_dir that do not lead to ``checkpoint``, which a run is resumed from.

    These are the later ones, and all if it is in another folder. The next ``--resume`` would take them for the run's
    own.
    """
    here = list_checkpoints(work_dir)
    names = [path.resolve() for path in here]
    resumed = Path(checkpoint).resolve()
    return here[names.index(resumed) + 1 :] if resumed in names else here
