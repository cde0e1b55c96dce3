import numpy as np

from mmacl.dataset_tools.inspection.record_faults import (
    ClassBalance,
    class_balance,
    empty_class_faults,
    label_faults,
    record_faults,
)
from mmacl.datasets import RecordRules, VideoRecord
from mmacl.structures import SnippetTiming


def record(*rows, name='v', duration=20.0, ambiguous=()):
    return VideoRecord(
        name,
        'train',
        duration,
        np.array([row[:2] for row in rows], dtype=np.float64).reshape(-1, 2),
        tuple(row[2] for row in rows),
        np.array(ambiguous, dtype=np.float64).reshape(-1, 2),
    )


def kinds(faults):
    return sorted(fault.kind for fault in faults)


def test_every_fault_of_a_record_is_listed():
    rows = [
        (1, 2, 'run'),
        (1, 2, 'run'),
        (3, 2, 'run'),
        (-1, 2, 'rum'),
        (5, 40, 'fly'),
        (19, 30, 'run'),
        (4, np.nan, 'run'),
    ]
    faults = record_faults(record(*rows), RecordRules(), ('run', 'jump'), 'f.json')
    assert kinds(faults) == [
        'duplicate segment', 'past the end', 'past the end', 'segment', 'segment', 'segment', 'unknown class',
        'unknown class',
    ]  # fmt: skip
    assert all((fault.video, fault.file) == ('v', 'f.json') and fault.remedy for fault in faults)
    hints = {fault.what.split("'")[1]: fault.remedy for fault in faults if fault.kind == 'unknown class'}
    assert hints['rum'].startswith("did you mean 'run'?")
    assert not hints['fly'].startswith('did you mean')


def test_nothing_is_wrong_with_two_labels_for_one_segment():
    assert record_faults(record((1, 2, 'run'), (1, 2, 'jump')), RecordRules(), None, 'f') == []


def test_rules_of_the_data_set_hold():
    rows = [(1, 1, 'run'), (19, 30, 'run')]
    rules = RecordRules(past_end='clip', empty_segments='keep')
    assert record_faults(record(*rows), rules, ('run',), 'f') == []
    assert kinds(record_faults(record(*rows), RecordRules(), ('run',), 'f')) == ['past the end', 'segment']


def test_without_a_duration_the_snippets_tell_the_end():
    timing = SnippetTiming(0.5, 0.0, 10.0)
    sample = record((1, 14, 'run'), duration=None)
    assert record_faults(sample, RecordRules(), None, 'f') == []
    assert kinds(record_faults(sample, RecordRules(), None, 'f', timing)) == ['past the end']


def test_ambiguous_segments_and_names():
    assert kinds(record_faults(record(ambiguous=[(3, 1)]), RecordRules(), None, 'f')) == ['segment']
    assert kinds(record_faults(record(name=' v'), RecordRules(), None, 'f')) == ['name']


def test_names_and_labels_that_nearly_agree():
    records = [record((1, 2, 'High Jump'), name='a_1'), record((1, 2, 'high_jump'), name='A1'), record(name='b')]
    faults = label_faults(records, 'f')
    assert kinds(faults) == ['similar labels', 'similar names']
    assert all(fault.warning for fault in faults)
    assert label_faults(records[::2], 'f') == []


RECORDS = [
    VideoRecord('a', segments=np.array([[0.0, 2.0], [3.0, 4.5], [5.0, 6.0]]), labels=('run', 'run', 'fly')),
    VideoRecord('b', segments=np.array([[1.0, 2.0], [4.0, 1.0], [3.0, np.inf]]), labels=('run', 'run', 'run')),
]


def test_videos_instances_and_seconds():
    assert class_balance(RECORDS, ('jump', 'run')) == [
        ClassBalance('jump', 0, 0, 0.0),
        ClassBalance('run', 2, 5, 4.5),
        ClassBalance('fly', 1, 1, 1.0),
    ]


def test_empty_classes():
    balance = class_balance(RECORDS, ('jump', 'run'))
    assert [fault.warning for fault in empty_class_faults(balance, 'f', True)] == [False]
    assert [fault.warning for fault in empty_class_faults(balance, 'f', False)] == [True]
    assert empty_class_faults(class_balance([], ('jump', 'run')), 'f', True) == []
