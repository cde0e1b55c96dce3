"""The report of a run as a file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from mmacl.reports.page import Picture, build_report, picture_of
from mmacl.reports.round_pictures import RoundPicture, round_pictures
from mmacl.runs.run_record import RunRecord
from mmacl.utils import InputError, write_text_atomically


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
        raise InputError('is a folder', file=f'--out {path}', remedy=f'name a file, such as {path / "report.html"}')
    record = RunRecord(work_dir)
    rounds = [number for number in record.rounds if round_ is None or number <= round_]
    # Without annotations, or after one round, there is nothing that goes up or down.
    curved = len(rounds) > 1 and any('/' in key for row in record.rows for key in row)
    drawn = round_pictures(record, rounds) if rounds else ()
    pictures = [_embedded(picture) for picture in drawn if curved or picture.name != 'round_curves']
    write_text_atomically(path, build_report(record, pictures, round_))
    return path


def _embedded(picture: RoundPicture) -> Picture:
    """A picture of a run as one of the page, which says by a badge what is simulated."""
    title = picture.title.removesuffix(' · simulated')
    return picture_of(picture.figure, title, f'{picture.title}. {picture.caption}', picture.caption)
