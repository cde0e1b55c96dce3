import numpy as np

from mmacl.dataset_tools.inspection.class_balance import ClassBalance, class_balance, empty_class_faults
from mmacl.datasets import VideoRecord

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
