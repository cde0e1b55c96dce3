"""From unlabelled videos to a gallery."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from mmacl.apis import ActionLocalizationInferencer, count_clusters, discover
from mmacl.apis.discovery_config import discovery_config, steps_of_round
from mmacl.apis.discovery_features import features_in
from mmacl.structures import ActionNames
from mmacl.utils import InputError
from mmacl.video import write_moving_shapes

pytestmark = pytest.mark.usefixtures('warm_trainings')
QUICK = ('train_cfg.num_rounds=1', 'train_cfg.epochs_per_round=1', 'train_dataloader.batch_sampler.num_batches=2')


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    folder = tmp_path_factory.mktemp('videos')
    write_moving_shapes(folder, 5, seconds=(2.5, 3.0))
    (folder / 'broken.mp4').write_bytes(b'no video')
    return folder


def run(place, out, number=3, **options):
    """Discover quickly; the result and what was said."""
    said: list[str] = []
    return discover(place, out, number, stride=8, options=QUICK, say=said.append, **options), said


@pytest.fixture(scope='module')
def found(warm_trainings, videos, tmp_path_factory):
    return run(videos, tmp_path_factory.mktemp('out') / 'found')


def test_everything_is_written(found, videos):
    done, said = found
    assert [error.what for error in done.failed] == [
        'cannot be read as a video (Invalid data found when processing input)'
    ]
    assert 'broken: failed: cannot be read as a video' in said[0]
    assert said[-1] == '5 videos, rgb features of 64 values (MotionHistogram)'
    results = json.loads(done.segments.read_text())
    assert sorted(results['results']) == [f'shapes_{k:03d}' for k in range(5)]
    assert results['external_data']['simulated'] is True
    text = done.gallery.read_text()
    assert all(f'id="cluster_{k:02d}"' in text for k in range(3))
    assert 'simulated data' in text
    assert text.count('src="data:image/jpeg') == sum(
        min(sum(row['cluster'] == k for rows in results['results'].values() for row in rows), 8) for k in range(3)
    )


def test_the_model_finds_actions_in_further_videos(found, videos):
    done, _ = found
    find = ActionLocalizationInferencer(done.config, done.checkpoint, extractor={'type': 'motion_histogram'})
    assert set(find(videos / 'shapes_001.mp4')['results']) == {'shapes_001'}


def test_a_second_call_goes_on_where_the_first_was(found, videos):
    done, _ = found
    written = {path: path.stat().st_mtime_ns for path in done.work_dir.rglob('*.pth')}
    results = json.loads(done.segments.read_text())['results']
    names = ActionNames({0: 'jump'}, merged={1: 0}, not_actions=frozenset({2}))
    again, said = run(videos, done.gallery.parent, names=names)
    assert '5 of 6 videos were extracted before' in said
    assert {path: path.stat().st_mtime_ns for path in done.work_dir.rglob('*.pth')} == written
    named = json.loads(again.segments.read_text())['results']
    assert named == {video: names.relabel(rows) for video, rows in results.items()}
    assert '"cluster_00":"jump"' in again.gallery.read_text()


def test_other_features_or_another_number_are_another_training(found):
    done, _ = found
    place = done.gallery.parent
    again, said = run(place, place.with_name('from_features'), number=2)
    assert said[-1] == '5 videos, rgb features of 64 values (features that were given)'
    assert 'data:image/jpeg' not in again.gallery.read_text()
    assert again.num_clusters == 2
    changed = place.with_name('changed')
    shutil.copytree(place / 'features', changed / 'features')
    shutil.copy(place / 'timing.json', changed)
    first, _ = run(changed, place.with_name('twice'), number=2)
    np.save(changed / 'features' / 'rgb' / 'shapes_000.npy', np.ones((7, 64), dtype=np.float32))
    second, _ = run(changed, place.with_name('twice'), number=2)
    assert first.work_dir != second.work_dir


def test_features_are_recognised_by_their_bytes_not_by_their_time(folder, tmp_path, monkeypatch):
    monkeypatch.setattr('mmacl.apis.discovery_features._SAMPLE', 256)
    copied = shutil.copytree(folder, tmp_path / 'copied', copy_function=shutil.copy)
    original, copy = (features_in(place, 1.0, 1).fingerprint for place in (folder, copied))
    assert original == copy
    file = copied / 'features' / 'flow' / 'video_003.npy'
    features = np.load(file)
    found = {original}
    for place in (0, features.size // 2 + 8, -1):
        changed = features.copy()
        changed.flat[place] += 1
        np.save(file, changed)
        found.add(features_in(copied, 1.0, 1).fingerprint)
    assert len(found) == 4


def test_the_number_of_actions_is_chosen(found):
    done, _ = found
    again, said = run(done.gallery.parent, done.gallery.parent.with_name('auto'), number=None)
    content = json.loads((again.gallery.parent / 'num_actions.json').read_text())
    assert again.num_clusters == again.count.best == content['num_clusters']
    assert content['candidates'] == [2, 3, 4]
    assert content['reasons'] == again.count.reasons == said[-len(content['reasons']) :]
    assert f'Why {again.count.best} clusters' in again.gallery.read_text()


def test_count_clusters_looks_at_the_training_videos_of_a_config(found):
    assert count_clusters(found[0].config, candidates=[2, 3]).candidates == (2, 3)


@pytest.mark.parametrize('number', [1, 6])
def test_a_number_that_the_videos_cannot_have_is_refused(found, tmp_path, number):
    with pytest.raises(InputError, match=f'{number} actions for 5 videos'):
        run(found[0].gallery.parent, tmp_path / 'out', number=number)


def test_a_folder_without_whole_videos_is_refused(tmp_path):
    (tmp_path / 'videos').mkdir()
    with pytest.raises(InputError, match='holds no video file'):
        run(tmp_path / 'videos', tmp_path / 'out')
    (tmp_path / 'videos' / 'a.mp4').write_bytes(b'no video')
    with pytest.raises(InputError, match='cannot be read as a video'):
        run(tmp_path / 'videos', tmp_path / 'out')


@pytest.mark.parametrize(
    ('videos', 'clusters', 'steps'), [(5, 5, 100), (20, 5, 100), (60, 5, 250), (1000, 20, 1700), (10_000, 20, 2000)]
)
def test_steps_of_a_round(videos, clusters, steps):
    assert steps_of_round(videos, clusters) == steps


def test_the_config_states_everything_about_the_folder(tmp_path):
    config = discovery_config(tmp_path, {'flow': 1024, 'rgb': 64}, {'mode': 'file'}, 20, 60, {'content': 'x'})
    for key in ('train', 'val', 'test'):
        dataset = config[f'{key}_dataloader'].dataset
        assert dataset.feature_dims == config.model.in_channels == {'flow': 1024, 'rgb': 64}
        assert dataset.modalities == ('flow', 'rgb')
        assert dataset.timing == {'mode': 'file'}
        assert dataset.data_root == str(tmp_path)
    assert config.model.stream.backbone.branch_channels == 32
    assert config.train_dataloader.batch_size == 24
    assert config.train_dataloader.batch_sampler.clusters_per_batch == 12
    assert 'data_root' not in config
