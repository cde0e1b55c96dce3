"""Shapes of a prediction fit each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.structures import Proposals, SnippetPrediction
from mmacl.utils import InputError

MAP, SCORES = torch.zeros(2, 5, 3), torch.zeros(2, 3)


def test_a_prediction_needs_neither_actionness_nor_streams():
    prediction = SnippetPrediction(MAP, SCORES)
    assert (prediction.actionness, dict(prediction.streams)) == (None, {})


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        ((SCORES, SCORES), r'class_map has shape \(2, 3\); return \(B, T, C\)'),
        ((MAP, torch.zeros(2, 4)), r'video_scores has shape \(2, 4\).*return \(2, 3\)'),
        ((MAP, SCORES, torch.zeros(2, 5, 1)), r'actionness .*return \(2, 5\)'),
        ((MAP, SCORES, None, {'rgb': (MAP[:, :4], SCORES)}), "class_map of stream 'rgb'"),
        ((MAP, SCORES, None, {'rgb': (MAP, SCORES[:1])}), "video_scores of stream 'rgb'"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(fields, message):
    with pytest.raises(InputError, match=message):
        SnippetPrediction(*fields)


def test_proposals_are_one_set_a_video():
    empty = Proposals(np.empty((0, 2)), np.empty(0, dtype=np.int64))
    assert SnippetPrediction(MAP, SCORES, proposals=[empty, empty]).proposals == [empty, empty]
    with pytest.raises(InputError, match='1 sets of proposals for 2 videos'):
        SnippetPrediction(MAP, SCORES, proposals=[empty])
