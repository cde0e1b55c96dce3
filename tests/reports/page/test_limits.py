"""The page stays small."""

from __future__ import annotations

import pytest

from mmacl.reports.page import Limits


@pytest.mark.parametrize(
    ('videos', 'rounds', 'detections', 'points'),
    [(0, 0, 100, 300), (200, 3, 100, 300), (4819, 3, 20, 300), (20_000, 3, 5, 75), (1_000_000, 5, 5, 40)],
)
def test_fewer_where_videos_are_many(videos, rounds, detections, points):
    assert Limits.of(videos, rounds) == Limits(detections, points)
