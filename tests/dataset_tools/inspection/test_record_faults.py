import numpy as np

from mmacl.dataset_tools.inspection.record_faults import label_faults, record_faults
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
    assert "did you mean 'run'?" in next(fault for fault in faults if "'rum'" in fault.what).remedy


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
