"""The error that a person reads."""

from __future__ import annotations

import pytest

from mmacl.utils import InputError


def test_it_is_a_value_error_whose_text_is_the_message():
    assert issubclass(InputError, ValueError)
    assert str(InputError('v.npy: empty; extract it again')) == 'v.npy: empty; extract it again'


@pytest.mark.parametrize(
    ('fields', 'text'),
    [
        (dict(file='gt.json'), 'gt.json: what'),
        (dict(file='gt.json', video='v', remedy='remedy', kind='kind'), "gt.json: video 'v': what; remedy"),
        (dict(video='v'), "video 'v': what"),
        (dict(remedy='remedy'), 'what; remedy'),
    ],
)
def test_the_text_shows_every_field_that_is_there(fields, text):
    assert str(InputError('what', **fields)) == text


def test_kind_and_video_survive_a_worker_process():
    import pickle

    error = InputError('v.npy: empty; extract it again', kind='empty file')
    error.video = 'v'
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.kind, copy.video) == (str(error), 'empty file', 'v')
    assert InputError('x').kind == ''
