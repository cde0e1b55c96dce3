"""Programs that look at data get the videos of a dataset without torch."""

import subprocess
import sys
from typing import ClassVar

import pytest

from mmacl.datasets import Thumos14Dataset, UntrimmedVideoDataset, UntrimmedVideos, open_videos
from mmacl.registry import DATASETS
from mmacl.utils import InputError

CODE = """
import sys
from mmacl.datasets import open_videos
videos = open_videos({config})
print(len(videos), videos.num_snippets(0), videos.metainfo['dataset_name'])
videos.check_files()
videos.check_finite()
assert not {{'torch', 'sklearn', 'scipy', 'matplotlib'}} & set(sys.modules)
"""


@pytest.mark.parametrize('kind', ['UntrimmedVideoDataset', 'mmacl.UntrimmedVideoDataset', 'SyntheticActions'])
def test_nothing_heavy_is_imported(videos, kind):
    config = dict(type=kind, pipeline=[dict(type='PackActionInputs')])
    if kind == 'SyntheticActions':
        config |= dict(num_videos=4, num_classes=4)
    else:
        config |= dict(data_root=str(videos.root), subset='train', timing=dict(fps=10, snippet_stride=5))
    done = subprocess.run([sys.executable, '-c', CODE.format(config=config)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == ('4' if kind == 'SyntheticActions' else '3')


@pytest.mark.parametrize('name', ['Thumos14Dataset', 'ActivityNet12Dataset', 'UntrimmedVideoDataset'])
def test_the_same_as_the_dataset(videos, name):
    config = dict(
        type=name,
        data_root=str(videos.root),
        subset='train',
        timing=dict(fps=10, snippet_stride=5),
        metainfo=dict(classes=('jump', 'run')),
    )
    found, dataset = open_videos(config), DATASETS.build(config)
    assert isinstance(dataset, UntrimmedVideoDataset)
    assert isinstance(dataset, UntrimmedVideos)
    assert not isinstance(found, UntrimmedVideoDataset)
    assert found.video_names == dataset.video_names
    assert found.metainfo == dataset.metainfo
    assert [found.timing(i) for i in range(3)] == [dataset.timing(i) for i in range(3)]
    assert found.action_counts().tolist() == dataset.action_counts().tolist()


def test_a_data_set_of_a_plug_in_is_built_as_usual(videos, monkeypatch):
    class Mine(UntrimmedVideoDataset):
        METAINFO: ClassVar = dict(dataset_name='mine')

    config = dict(data_root=str(videos.root), timing=dict(mode='duration'))
    with monkeypatch.context() as patch:
        patch.setitem(DATASETS.module_dict, 'Mine', Mine)
        patch.setitem(DATASETS.module_dict, 'Thumos14Dataset', Mine)
        for name in ('Mine', 'Thumos14Dataset'):
            assert open_videos(dict(type=name, **config)).metainfo['dataset_name'] == 'mine'
        patch.setitem(DATASETS.module_dict, 'Other', type('Other', (), dict(__init__=lambda self, **_: None)))
        with pytest.raises(InputError, match='Other is no UntrimmedVideoDataset'):
            open_videos(dict(type='Other'))
    assert Thumos14Dataset.METAINFO['dataset_name'] == 'THUMOS14'
