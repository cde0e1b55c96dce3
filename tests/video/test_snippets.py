from __future__ import annotations

import threading

import numpy as np
import pytest

from mmacl.video import cut_snippets, in_batches, prefetch


@pytest.mark.parametrize(('window', 'stride'), [(16, 16), (16, 4), (4, 7), (1, 1)])
@pytest.mark.parametrize('length', [0, 3, 16, 17, 40])
def test_windows_as_a_loop(length, window, stride):
    frames = np.arange(length)
    expected = [frames[start : start + window] for start in range(0, length - window + 1, stride)]
    found = list(cut_snippets(iter(frames), window, stride))
    assert len(found) == len(expected)
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_batches_keep_the_order_and_the_rest():
    assert list(in_batches(iter(range(7)), 3)) == [[0, 1, 2], [3, 4, 5], [6]]


def test_prefetching_changes_nothing_passes_errors_on_and_ends_its_thread():
    assert list(prefetch(iter(range(10)), 2)) == list(range(10))

    def failing():
        yield 1
        raise ValueError('broken')

    items = prefetch(failing())
    assert next(items) == 1
    with pytest.raises(ValueError, match='broken'):
        next(items)
    before = threading.active_count()
    endless = prefetch(iter(int, 1))
    assert next(endless) == 0
    endless.close()
    assert threading.active_count() == before
