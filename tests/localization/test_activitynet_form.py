import json

import numpy as np
from mmengine.structures import InstanceData

from mmacl.localization import describe_detections, describe_results


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
