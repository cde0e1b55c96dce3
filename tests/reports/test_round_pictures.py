"""Every picture of a run, from its record alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from mmacl.apis import RunRecord, round_pictures, timeline_picture
from mmacl.runs.run_record import FACTS
from mmacl.structures import AttentionCurve, PseudoLabels
from mmacl.structures.attention_curve import save_curves
from mmacl.utils import InputError
from mmacl.visualization import figure_to_rgb

CLASSES = ('run', 'jump', 'swim')
VALIDATION = ('test_a', 'test_b')


def write_rows(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(''.join(json.dumps(row) + '\n' for row in rows))


@pytest.fixture
def make_record(tmp_path):
    """Write what a training of 30 videos leaves behind, or a part of it."""

    def make(rounds=(1, 2, 3), simulated=False, annotated=True, clustered=True, videos=VALIDATION) -> RunRecord:
        rng = np.random.default_rng(0)
        records = tmp_path / 'records'
        records.mkdir()
        classes = list(CLASSES) if annotated else None
        (records / 'run.json').write_text(
            json.dumps(dict.fromkeys(FACTS) | {'classes': classes, 'simulated': simulated})
        )
        names = tuple(f'train_{index:02d}' for index in range(30))
        if annotated:
            entry = {'subset': 'training', 'duration': 20.0}
            database = {
                name: {**entry, 'annotations': [{'label': CLASSES[index % 3], 'segment': [1.0, 5.0]}]}
                for index, name in enumerate((*names, *videos))
            }
            (records / 'ground_truth.json').write_text(json.dumps({'database': database, 'classes': list(CLASSES)}))
        rows = []
        for r in rounds:
            folder = records / f'round_{r}'
            folder.mkdir()
            assignments = np.where(rng.random(30) < 0.7, np.arange(30) % 3, 0)
            labels = PseudoLabels.from_assignments(names, assignments, 3)
            labels.save(tmp_path / 'clusters' / f'round_{r}.json')
            if clustered:
                np.save(folder / 'representations.npy', rng.normal(size=(30, 6)).astype(np.float32))
            found = {
                name: [{'label': 'run' if annotated else 'cluster_00', 'score': 0.5, 'segment': [0, 4], 'cluster': 0}]
                * r
                for name in videos
            }
            (folder / 'detections.json').write_text(json.dumps({'results': found}))
            curve = AttentionCurve(np.ones(20, np.float32), np.full(20, 0.05, np.float32), 0, 0.75, 1.0, 0.0, 20.0)
            save_curves(folder / 'attention.npz', dict.fromkeys(videos, curve))
            rows += [
                {'step': 10 * r - 5, 'loss': 2.0, 'rgb.loss_cls': 1.0},
                {'step': 10 * r, 'loss': 1.0, 'rgb.loss_cls': 0.5},
            ]
            rows.append(
                {'round': r, 'step': r, 'tal/mAP@0.5': 0.1 * r, **({'cluster/purity': 0.5} if annotated else {})}
            )
        write_rows(tmp_path / '20200101_000000/vis_data/scalars.json', rows)
        return RunRecord(tmp_path)

    return make


def names_of(pictures) -> list[str]:
    return [picture.name for picture in pictures]


def test_all_pictures_of_a_run(make_record):
    pictures = list(round_pictures(make_record(simulated=True), videos=['test_b']))
    assert names_of(pictures) == [
        'round_curves',
        'training_curves',
        'affinity',
        *(f'confusion_round_{r}' for r in (1, 2, 3)),
        *(f'embedding_round_{r}' for r in (1, 2, 3)),
        'timelines/test_b',
    ]
    for picture in pictures:
        assert picture.title.endswith('simulated')
        assert 'simulated' in picture.figure.get_suptitle()
        assert picture.caption.endswith('.')
        assert figure_to_rgb(picture.figure).std() > 5


def test_real_videos_are_not_called_simulated(make_record):
    for picture in round_pictures(make_record(rounds=(1,)), videos=['test_a']):
        assert 'simulated' not in picture.title + picture.caption + picture.figure.get_suptitle()


def test_chosen_rounds(make_record):
    record = make_record()
    pictures = list(round_pictures(record, rounds=[3, 1], videos=['test_a']))
    assert names_of(pictures)[3:-1] == [
        'confusion_round_1',
        'confusion_round_3',
        'embedding_round_1',
        'embedding_round_3',
    ]
    curves, affinity, timeline = pictures[0].figure, pictures[2].figure, pictures[-1].figure
    assert curves.axes[0].lines[0].get_xdata().tolist() == [1, 3]
    assert [axis.get_title(loc='left')[:7] for axis in affinity.axes[:2]] == ['round 1', 'round 3']
    panels = [text.get_text() for axis in timeline.axes for text in axis.texts]
    assert panels == [
        'ground truth\n1 instance',
        'round 1\n1 of 1 shown',
        'round 3\n3 of 3 shown',
        'A, cluster 0\np = 0.75',
        'S',
    ]
    with pytest.raises(InputError, match='round 4 is not finished; choose from 1, 2, 3'):
        next(round_pictures(record, rounds=[1, 4]))
    with pytest.raises(InputError, match="no video 'other'"):
        timeline_picture(record, 'other')


def test_each_is_drawn_when_it_is_asked_for(make_record):
    pictures = round_pictures(make_record(), videos=['nowhere'])
    assert next(pictures).name == 'round_curves'
    with pytest.raises(InputError, match='nowhere'):
        list(pictures)


def test_without_annotations_clusters_stand_for_classes(make_record):
    pictures = {p.name: p for p in round_pictures(make_record(rounds=(1, 2), annotated=False), videos=['test_a'])}
    assert not any('confusion' in name for name in pictures)
    assert 'ordered by cluster of round 2' in pictures['affinity'].figure.get_suptitle()
    assert 'cluster_01' in [text.get_text() for text in pictures['affinity'].figure.axes[0].texts]
    legend = [text.get_text() for text in pictures['embedding_round_1'].figure.legends[0].get_texts()]
    assert legend == ['cluster_00', 'cluster_01', 'cluster_02']
    assert len(pictures['timelines/test_a'].figure.axes) == 4  # two rounds, A, S


def test_without_representations_there_is_neither_affinity_nor_embedding(make_record):
    names = names_of(round_pictures(make_record(rounds=(1,), clustered=False)))
    assert names == ['round_curves', 'training_curves', 'confusion_round_1']


def test_the_confusion_counts_the_videos_of_the_round(make_record):
    record = make_record(rounds=(1,))
    figure = next(p for p in round_pictures(record) if p.name == 'confusion_round_1').figure
    numbers = [int(text.get_text()) for text in figure.axes[0].findobj(Text) if text.get_text().isdigit()]
    assert sum(numbers) == 30
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == list(CLASSES)


def test_rounds_end_where_their_last_step_was_logged(make_record, tmp_path):
    record = make_record()
    assert record.round_ends() == (10, 20, 30)
    borders = {line.get_xdata()[0] for axis in list(round_pictures(record))[1].figure.axes for line in axis.lines}
    assert {10, 20, 30} <= borders


def test_rounds_end_where_they_did_before_a_resume(make_record, tmp_path):
    make_record()
    first = tmp_path / '20200101_000000/vis_data/scalars.json'
    rows = [json.loads(line) for line in first.read_text().splitlines()]
    # Killed before the validation of round 2: the resumed run writes round 1 again and validates round 2 at once.
    write_rows(first, rows[:5])
    write_rows(tmp_path / '20200101_000001/vis_data/scalars.json', [rows[2], *rows[5:]])
    assert RunRecord(tmp_path).round_ends() == (10, 20, 30)


def test_rounds_too_short_to_log_a_step_have_no_ends(make_record, tmp_path):
    make_record()
    log = tmp_path / '20200101_000000/vis_data/scalars.json'
    write_rows(log, [row for line in log.read_text().splitlines() if 'round' in (row := json.loads(line))])
    record = RunRecord(tmp_path)
    assert record.round_ends() == ()
    assert 'no loss was logged' in [text.get_text() for text in list(round_pictures(record))[1].figure.axes[0].texts]


def test_pictures_are_repeatable(make_record):
    record = make_record(rounds=(1,))
    first, second = ([figure_to_rgb(p.figure) for p in round_pictures(record, videos=VALIDATION)] for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
