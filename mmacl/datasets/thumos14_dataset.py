"""THUMOS14, the subset with temporal annotations."""

from __future__ import annotations

from typing import Any, ClassVar

from mmacl.datasets.untrimmed_video_dataset import UntrimmedVideoDataset
from mmacl.registry import DATASETS


@DATASETS.register_module()
class Thumos14Dataset(UntrimmedVideoDataset):
    """THUMOS14: 20 sports; 200 untrimmed validation videos to train on, 212 test videos (Sec. 4.1).

    ``METAINFO`` holds facts, not settings: the classes in alphabetical order, which fixes their labels; the names that
    BaS-Net's ``gt.json`` gives to the subsets; and the frames a second at which I3D features are commonly extracted.
    """

    METAINFO: ClassVar[dict[str, Any]] = dict(
        dataset_name='THUMOS14',
        fps=25.0,
        subsets=dict(training='train', testing='test'),
        classes=(
            'BaseballPitch',
            'BasketballDunk',
            'Billiards',
            'CleanAndJerk',
            'CliffDiving',
            'CricketBowling',
            'CricketShot',
            'Diving',
            'FrisbeeCatch',
            'GolfSwing',
            'HammerThrow',
            'HighJump',
            'JavelinThrow',
            'LongJump',
            'PoleVault',
            'Shotput',
            'SoccerPenalty',
            'TennisSwing',
            'ThrowDiscus',
            'VolleyballSpiking',
        ),
    )
