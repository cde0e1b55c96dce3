"""The report of a run as a file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from mmacl.apis.run_record import RunRecord
from mmacl.utils import InputError, write_text_atomically
from mmacl.visualization.report import build_report


def write_report(work_dir: str | PathLike[str], out: str | PathLike[str], round_: int | None = None) -> Path:
    """Write everything that a training left as one HTML file that needs no network.

    Args:
        work_dir: of a training, finished or not.
        out: the file.
        round_: the last round that is shown; None: the last finished one.

    Returns:
        The file.

    Raises:
        InputError: the folder holds no record, there is no such round, or ``out`` is a folder.
    """
    path = Path(out)
    if path.is_dir():
        raise InputError(f'--out {path}: is a folder; name a file, such as {path / "report.html"}')
    record = RunRecord(work_dir)
    write_text_atomically(path, build_report(record, (), round_))
    return path
