import json

from mmacl.dataset_tools.inspection import Subject, inspect_subset
from mmacl.dataset_tools.inspection.subset_report import number


def test_everything_is_json(videos):
    report = inspect_subset(Subject('train', videos.dataset(lazy_init=True)), 1, lambda results, *_: results)
    whole = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert whole['videos']['gamma'] == {
        'duration': 10.0,
        'instances': 1,
        'streams': {
            'rgb': {'file': str(videos.path('gamma')), 'snippets': 20, 'width': 4, 'dtype': 'float32'},
            'flow': {'file': str(videos.path('gamma', 'flow')), 'snippets': 20, 'width': 3, 'dtype': 'float32'},
        },
        'drift_seconds': 0.0,
        'drift_share': 0.0,
    }
    assert (whole['num_videos'], whole['num_snippets'], whole['num_instances']) == (3, 29, 5)


def test_numbers():
    assert number(float('nan')) is number(float('inf')) is number(None) is None
    assert number(0.12345678) == 0.123457
