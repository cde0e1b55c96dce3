import numpy as np

from mmacl.visualization.affinity_plot import draw_affinity
from mmacl.visualization.embedding_plot import draw_embedding
from mmacl.visualization.video_sample import MAX_VIDEOS, count_of, sample_videos


def test_every_group_keeps_its_share():
    groups = np.random.default_rng(0).permutation(np.repeat([0, 1, 2, -1], [500, 300, 180, 20]))
    chosen = sample_videos(groups, 100)
    assert np.all(np.diff(chosen) > 0)
    assert [int((groups[chosen] == group).sum()) for group in (0, 1, 2, -1)] == [50, 30, 18, 2]
    assert sample_videos(groups[:100], 100).tolist() == list(range(100))


def test_pictures_name_the_sample(monkeypatch):
    assert count_of(1, 1) == '1 video'
    assert MAX_VIDEOS >= 4819  # the training videos of ActivityNet-1.2 are all shown
    monkeypatch.setattr(sample_videos, '__defaults__', (20,))
    rows, groups = np.random.default_rng(0).random((50, 3)), np.arange(50) % 2
    title = draw_affinity({1: rows}, groups).get_suptitle()
    assert title == 'Affinity of 20 of 50 videos, ordered by class'
    assert '20 of 5,000 videos' in draw_embedding(rows[:20, :2], groups[:20], out_of=5000).get_suptitle()
