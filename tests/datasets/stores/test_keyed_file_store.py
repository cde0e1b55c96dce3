"""A video is found in one file by a key made from names."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from mmacl.datasets.stores.keyed_file_store import KeyedFileStore
from mmacl.utils import InputError


class TableStore(KeyedFileStore):
    """Arrays from a table, and what was read."""

    usual_file = 'features.table'
    table: ClassVar = {'train/a': np.arange(12, dtype=np.float32).reshape(3, 4)}

    def list_videos(self, modality):
        return ('a',)

    def _read(self, key, source):
        self.read = [*getattr(self, 'read', []), key]
        return self.table[key].copy()

    def _shape(self, key, source):
        return self.table[key].shape


def test_the_key_is_filled_with_names_and_the_file_is_named():
    store = TableStore('data', template='{subset}/{video}', subset='train')
    assert store.describe('a', 'rgb') == 'data/features.table: train/a'
    assert TableStore('data', file='other').path == 'data/other'
    np.testing.assert_array_equal(store.load('a', 'rgb'), TableStore.table['train/a'])


def test_a_key_with_a_subset_takes_one():
    assert TableStore('data', template='train/{video}', subset=['train', 'val']).describe('a', 'rgb')
    with pytest.raises(InputError, match=r"\{subset\} stands for one name, not for 2: \('train', 'val'\)"):
        TableStore('data', template='{subset}/{video}', subset=['train', 'val'])


def test_streams_side_by_side_are_read_once():
    store = TableStore('data', template='train/{video}', slices=dict(rgb=(0, 1), flow=(1, 4)))
    assert store.shape('a', 'flow') == (3, 3)
    np.testing.assert_array_equal(store.load('a', 'rgb'), TableStore.table['train/a'][:, :1])
    np.testing.assert_array_equal(store.load('a', 'flow'), TableStore.table['train/a'][:, 1:])
    assert store.read == ['train/a']
    with pytest.raises(InputError, match="no slice for modality 'sound'"):
        store.load('a', 'sound')
