import json

import numpy as np

from mmacl.dataset_tools.fault import Fault
from mmacl.dataset_tools.inspection import Subject, inspect


def subjects(videos):
    return [
        Subject(name, videos.dataset(subset=name, test_mode=name == 'test', lazy_init=True))
        for name in ('train', 'test')
    ]


def test_faults_come_before_warnings_and_each_once(videos):
    videos.path('alpha').unlink()
    videos.save('omega', 'rgb', np.ones((3, 4), np.float32))
    (videos.root / 'annotations.json').write_text(json.dumps({'database': {**videos.database, 'broken': 3}}))
    inspection = inspect(subjects(videos), 2)
    assert [(fault.kind, fault.video, fault.subset, fault.warning) for fault in inspection.faults] == [
        ('annotation', 'broken', '', False),
        ('missing', 'alpha', 'train', False),
        ('empty class', '', 'test', True),
        ('not annotated', 'omega', '', True),
    ]
    assert not inspection.clean
    assert inspection.counts(False) == {'annotation': 1, 'missing': 1}


def test_accepted_kinds_and_what_was_known_before(videos):
    known = [Fault('config', 'is odd', 'c.py', 'mend it', subset='val')]
    assert not inspect(subjects(videos), 1, known=known).clean
    inspection = inspect(subjects(videos), 1, accept=['config'], known=known)
    assert inspection.clean
    assert json.loads(json.dumps(inspection.to_json()))['warning_counts'] == {'config': 1, 'empty class': 1}


def test_progress_sees_every_video(videos):
    seen = []

    def progress(results, subset, count):
        for facts in results:
            seen.append((subset, facts.video, count))
            yield facts

    inspect(subjects(videos), 2, progress=progress)
    assert seen == [('train', 'alpha', 3), ('train', 'beta', 3), ('train', 'gamma', 3), ('test', 'delta', 1)]


def test_without_annotations_training_and_testing_share_all_videos(videos):
    (videos.root / 'annotations.json').unlink()
    both = [
        Subject(name, videos.dataset(subset=None, require_annotations=False, lazy_init=True))
        for name in ('train', 'test')
    ]
    assert inspect(both, 1).faults == []
    videos.path('beta').write_bytes(videos.path('alpha').read_bytes())
    assert {fault.kind for fault in inspect(both, 1).faults} == {'same features', 'streams differ'}
