import json

import numpy as np
from mmengine.structures import InstanceData

from mmacl.localization import FoundSegments, describe_detections, describe_results, results_in_pieces


def test_detections_are_plain_values_in_their_order():
    instances = InstanceData(
        segments=np.array([[1.5, 2.0], [0.0, 9.0]]),
        labels=np.array([1, 0]),
        scores=np.array([0.9, -0.2]),
        clusters=np.array([7, 3]),
    )
    found = describe_detections(instances, ('a', 'b'))
    assert json.loads(json.dumps(found)) == [
        {'label': 'b', 'score': 0.9, 'segment': [1.5, 2.0], 'cluster': 7},
        {'label': 'a', 'score': -0.2, 'segment': [0.0, 9.0], 'cluster': 3},
    ]


def test_results_are_sorted_and_say_where_they_are_from():
    results = describe_results({'b': [], 'a': []}, {'dataset_name': 'x', 'simulated': True})
    assert list(results['results']) == ['a', 'b']
    assert results['external_data'] == {'data_set': 'x', 'simulated': True}
    assert describe_results({}, {})['external_data'] == {'data_set': '', 'simulated': False}


def test_the_selection_of_the_model_is_kept_where_it_is_known():
    assert describe_results({}, {}, 'by hand')['external_data']['selection'] == 'by hand'


def test_pieces_are_the_json_of_all_videos():
    rng = np.random.default_rng(0)
    found = {
        name: FoundSegments(rng.random((n, 2)), rng.integers(3, size=n), rng.random(n), rng.integers(9, size=n))
        for name, n in (('b "x"', 3), ('a', 0), ('ü', 2))
    }
    meta = {'dataset_name': 'x', 'simulated': True}
    plain = {name: describe_detections(of, 'xyz') for name, of in found.items()}
    whole = describe_results(plain, meta, 'last')
    assert b''.join(results_in_pieces(found, 'xyz', meta, 'last')).decode() == json.dumps(whole) + '\n'
    whole['external_data']['best_of_each'] = 3
    assert json.loads(b''.join(results_in_pieces(found, 'xyz', meta, 'last', 3))) == whole
    assert json.loads(b''.join(results_in_pieces({}, 'xyz', {}))) == describe_results({}, {})
