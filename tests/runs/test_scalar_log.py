"""Logs of trainings, whole or cut short by a kill, are read as written."""

from __future__ import annotations

import json

import pytest

from mmacl.runs.scalar_log import read_last_scalars, read_losses, read_round_rows, read_scalars
from mmacl.utils import InputError


def write_log(work_dir, stamp, rows, cut=''):
    log = work_dir / stamp / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True)
    log.write_text(''.join(json.dumps(row) + '\n' for row in rows) + cut)
    return log


def test_line_cut_short_is_left_out_and_a_damaged_one_is_refused(tmp_path):
    rows = [{'loss': 1.0, 'step': 1}, {'round': 1}]
    assert list(read_scalars(write_log(tmp_path, 'cut', rows, '{"loss": 0.'))) == rows
    damaged = write_log(tmp_path, 'damaged', rows, '{"loss": 0.\n{"round": 2}\n')
    with pytest.raises(InputError, match='line 3 is not JSON'):
        list(read_scalars(damaged))


@pytest.mark.parametrize('count', [3, 2000])
def test_last_lines_are_whole(tmp_path, count):
    rows = [{'loss': 1.0, 'step': step} for step in range(count)]
    found = read_last_scalars(write_log(tmp_path, 'run', rows, '{"loss": 0.'))
    assert found == rows[-len(found) :]
    assert len(found) >= min(count, 100)


def test_losses_of_a_resumed_run_are_joined_and_those_of_an_earlier_run_dropped(tmp_path):
    def rows(*steps, value):
        return [{'loss': value, 'rgb.loss_cls': 2 * value, 'step': step} for step in steps]

    write_log(tmp_path, '1_other_run', rows(10, 20, 30, 40, value=9.0))
    write_log(tmp_path, '2_killed', rows(10, 20, 30, value=1.0))
    write_log(tmp_path, '3_resumed', rows(30, 40, value=2.0))
    steps, values = read_losses(tmp_path)['rgb.loss_cls']
    assert (steps.tolist(), values.tolist()) == ([10, 20, 30, 40], [2.0, 2.0, 4.0, 4.0])


def test_rows_come_from_the_latest_log_with_a_finished_round(tmp_path):
    for stamp, value in (('20260101_000000', 1), ('20260102_000000', 2)):
        write_log(tmp_path, stamp, [{'loss': 1.0, 'step': 1}, {'round': 1, 'tal/x': value}])
    write_log(tmp_path, '20260103_000000', [{'loss': 1.0, 'step': 1}])
    assert read_round_rows(tmp_path) == [{'round': 1, 'tal/x': 2}]


def test_folder_without_logs_or_finished_rounds_is_refused(tmp_path):
    with pytest.raises(InputError, match='holds no vis_data'):
        read_round_rows(tmp_path)
    write_log(tmp_path, 'run', [{'loss': 1.0, 'step': 1}])
    with pytest.raises(InputError, match='no round is finished'):
        read_round_rows(tmp_path)
