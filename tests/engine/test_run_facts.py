"""What a run records of itself, and how its model was selected."""

from __future__ import annotations

import json
import os
import platform
from types import SimpleNamespace

import numpy as np
import torch

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.annotations import ActivityNetAnnotations
from mmacl.engine import AtomicCheckpointHook
from mmacl.engine.run_facts import environment, ground_truth, selection_of, tell_metrics
from mmacl.evaluation import TemporalMAP
from mmacl.evaluation.metrics.map_table import BEST_ON_TEST, STRICT

TIMING = dict(fps=1.0, snippet_stride=1)


def test_the_environment_names_versions_but_not_the_machine():
    found = environment()
    assert found['python'] == platform.python_version()
    assert found['numpy'] == np.__version__
    assert all('/' not in value for value in found.values())
    if len(platform.node()) > 3:
        assert platform.node() not in json.dumps(found)


def test_the_environment_is_known_on_systems_that_bind_no_process_to_cores(monkeypatch):
    monkeypatch.delattr(os, 'sched_getaffinity', raising=False)
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    assert environment()['device'] == f'CPU, {os.cpu_count()} cores'


def test_ground_truth_reads_back_as_the_same_records(folder, tmp_path):
    path = folder / 'annotations.json'
    content = json.loads(path.read_text())
    content['database']['video_000']['annotations'].append({'segment': [0.0, 1.0], 'label': 'Ambiguous'})
    del content['database']['video_001']['duration']
    path.write_text(json.dumps(content))
    train, test = (UntrimmedVideoDataset(str(folder), subset=name, timing=TIMING) for name in ('train', 'test'))
    written = ground_truth(train, test)
    assert written['classes'] == ['class_0', 'class_1', 'class_2']
    (tmp_path / 'truth.json').write_text(json.dumps(written))
    records = {r.video_name: r for r in ActivityNetAnnotations(tmp_path / 'truth.json').read().records}
    assert sorted(records) == sorted((*train.video_names, *test.video_names))
    for dataset in (train, test):
        for index, name in enumerate(dataset.video_names):
            expected = dataset.record(index)
            np.testing.assert_array_equal(records[name].segments, expected.segments)
            np.testing.assert_array_equal(records[name].ambiguous, expected.ambiguous)
            assert records[name].labels == expected.labels
            assert records[name].subset == expected.subset
    assert records['video_001'].duration is None


def test_a_folder_without_annotations_has_none(folder):
    dataset = UntrimmedVideoDataset(str(folder), ann_file=None, timing=TIMING)
    assert ground_truth(dataset) is None


def test_strict_unless_a_hook_chooses_by_labels():
    assert selection_of(SimpleNamespace(hooks=[object(), AtomicCheckpointHook()])) == STRICT
    assert selection_of(SimpleNamespace(hooks=[AtomicCheckpointHook(save_best='tal/mAP@0.5')])) == BEST_ON_TEST


def test_metrics_are_told_if_they_listen():
    metric, other = TemporalMAP(), SimpleNamespace()
    assert metric.selection == STRICT
    tell_metrics(SimpleNamespace(metrics=[metric, other]), BEST_ON_TEST)
    assert metric.selection == BEST_ON_TEST
    assert not hasattr(other, 'selection')
