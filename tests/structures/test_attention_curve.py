"""Curves of many videos survive the way through one file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mmacl.structures import AttentionCurve
from mmacl.structures.attention_curve import load_curves, save_curves
from mmacl.utils import InputError


def curve(length: int, seed: int) -> AttentionCurve:
    rng = np.random.default_rng(seed)
    values = rng.random((2, length)).astype(np.float32)
    return AttentionCurve(values[0], values[1], seed, rng.random(), 0.64, 0.1 * seed, 0.64 * length)


@pytest.mark.parametrize('lengths', [[], [7], [5, 1, 12]])
def test_what_is_saved_is_loaded(tmp_path, lengths):
    curves = {f'video/{i} ü': curve(length, i) for i, length in enumerate(lengths)}
    save_curves(tmp_path / 'new' / 'a.npz', curves)
    found = load_curves(tmp_path / 'new' / 'a.npz')
    assert list(found) == list(curves)
    for name, expected in curves.items():
        for field in ('cluster', 'video_score', 'snippet_duration', 'offset', 'duration'):
            assert getattr(found[name], field) == getattr(expected, field)
        np.testing.assert_array_equal(found[name].class_specific, expected.class_specific)
        np.testing.assert_array_equal(found[name].class_agnostic, expected.class_agnostic)


def test_a_method_without_class_agnostic_attention_has_no_curve_of_it(tmp_path):
    curves = {name: replace(curve(length, length), class_agnostic=None) for name, length in (('a', 3), ('b', 5))}
    save_curves(tmp_path / 'a.npz', curves)
    with np.load(tmp_path / 'a.npz') as file:
        assert 'class_agnostic' not in file
    found = load_curves(tmp_path / 'a.npz')
    assert [found[name].class_agnostic for name in 'ab'] == [None, None]
    assert [len(found[name].class_specific) for name in 'ab'] == [3, 5]


def test_another_file_is_refused_in_one_line(tmp_path):
    path = tmp_path / 'a.npz'
    with pytest.raises(InputError, match=r'a\.npz: cannot be read'):
        load_curves(path)
    path.write_bytes(b'PK\x03\x04 and no more')
    with pytest.raises(InputError, match='is not a file of curves'):
        load_curves(path)
    np.savez(path, videos=np.array(['v']))
    with pytest.raises(InputError, match='lengths'):
        load_curves(path)
    np.savez(path, videos=np.array([{}], dtype=object))
    with pytest.raises(InputError, match='is not a file of curves'):
        load_curves(path)
