from __future__ import annotations

import pytest
import torch

from mmacl.models.localizers import PooledVideos, VideoTargets
from mmacl.utils import InputError

CPU = torch.device('cpu')


def test_labels_clusters_and_ids(make_samples):
    samples = make_samples([0, (1, 2), 0], drawn=[0, 2, 0], names=['a', 'b', 'a'])
    targets = VideoTargets.from_samples(samples, 3, CPU)
    assert targets.labels.tolist() == [[True, False, False], [False, True, True], [True, False, False]]
    assert targets.clusters.tolist() == [0, 2, 0]
    ids = targets.video_ids.tolist()
    assert ids[0] == ids[2] != ids[1]
    assert targets.counts is None
    assert all(torch.equal(a, b) for a, b in zip(targets.gathered()[:3], targets[:3], strict=True))


def test_ids_are_the_same_in_every_process(make_samples):
    # Written down, since Python's own hash changes from process to process.
    samples = make_samples([0], names=['video_test_0000004'])
    assert VideoTargets.from_samples(samples, 3, CPU).video_ids.item() == 1863066446341002293


def test_counts_of_instances_are_read_where_all_videos_have_them(make_samples):
    samples = make_samples([0, (1, 2)])
    samples[0].instance_counts = torch.tensor([4, 0, 0])
    assert VideoTargets.from_samples(samples, 3, CPU).gathered().counts is None
    samples[1].instance_counts = torch.tensor([0, 1, 7])
    targets = VideoTargets.from_samples(samples, 3, CPU)
    assert targets.gathered().counts.tolist() == targets.counts.tolist() == [[4, 0, 0], [0, 1, 7]]


def test_the_only_label_is_the_one_a_video_was_drawn_for(make_samples):
    samples = make_samples([2])
    del samples[0].drawn_cluster
    assert VideoTargets.from_samples(samples, 3, CPU).clusters.tolist() == [2]


def test_only_a_loss_that_asks_for_drawn_clusters_needs_them(make_samples):
    samples = make_samples([(0, 1), 2])
    del samples[0].drawn_cluster
    targets = VideoTargets.from_samples(samples, 3, CPU)
    assert targets.clusters.tolist() == [-1, 2]
    with pytest.raises(InputError, match='2 labels and no drawn_cluster'):
        targets.drawn_clusters()
    assert VideoTargets.from_samples(make_samples([(0, 1), 2]), 3, CPU).drawn_clusters().tolist() == [0, 2]


def test_missing_and_wrong_labels_are_refused_in_one_line(make_samples):
    def refused(samples, num_clusters=3):
        with pytest.raises(InputError) as caught:
            VideoTargets.from_samples(samples, num_clusters, CPU)
        assert '\n' not in str(caught.value)
        return str(caught.value)

    assert 'data_samples' in refused(None)
    assert 'num_clusters=4' in refused(make_samples([0]), 4)
    assert 'drawn_cluster 5' in refused(make_samples([0], drawn=[5]))
    none = make_samples([0])
    del none[0].pseudo_label
    assert "video 'video_0': no pseudo_label" in refused(none)


def test_gathering_pooled_videos_keeps_every_field_in_one_process():
    flags = torch.tensor([True, False])
    pooled = PooledVideos(*(torch.randn(2, width) for width in (3, 4, 5, 5)), has_background=flags)
    again = pooled.gathered()
    assert all(torch.equal(found, field) for found, field in zip(again, pooled, strict=True))
    assert again.has_background.dtype == torch.bool
