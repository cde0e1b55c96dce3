"""What an earlier run left in a work_dir is never overwritten."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mmacl.engine.checkpoint import list_checkpoints


def set_aside(work_dir: str | Path, paths: Sequence[Path]) -> Path | None:
    """Move files and folders of an earlier run into ``earlier_<time of the newest>``.

    Args:
        work_dir: the folder of the run.
        paths: what to move; what does not exist is passed over.

    Returns:
        The folder that they are in now; None where there was nothing to move.
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
    """Checkpoints of a work_dir that a run resumed from ``checkpoint`` does not descend from.

    Those after it, and all of them where it lies elsewhere: the next ``--resume`` would take them for the run's own.
    """
    here = list_checkpoints(work_dir)
    names = [path.resolve() for path in here]
    resumed = Path(checkpoint).resolve()
    return here[names.index(resumed) + 1 :] if resumed in names else here
