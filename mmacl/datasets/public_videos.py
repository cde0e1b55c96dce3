"""Facts about public data sets: classes, subsets, frame rates."""

from __future__ import annotations

from typing import Any, ClassVar

from mmacl.datasets.untrimmed_videos import UntrimmedVideos


class Thumos14Videos(UntrimmedVideos):
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


class ActivityNet12Videos(UntrimmedVideos):
    """ActivityNet-1.2: 100 activities; 4,819 training and 2,383 validation videos when complete (Sec. 4.1).

    ``METAINFO`` holds facts, not settings: the classes in alphabetical order, which fixes their labels, spelt as the
    data set spells them; the names of the subsets; and the frames a second at which I3D features are commonly
    extracted.
    """

    METAINFO: ClassVar[dict[str, Any]] = dict(
        dataset_name='ActivityNet-1.2',
        fps=25.0,
        subsets=dict(training='training', testing='validation'),
        classes=(
            'Archery',
            'Ballet',
            'Bathing dog',
            'Belly dance',
            'Breakdancing',
            'Brushing hair',
            'Brushing teeth',
            'Bungee jumping',
            'Cheerleading',
            'Chopping wood',
            'Clean and jerk',
            'Cleaning shoes',
            'Cleaning windows',
            'Cricket',
            'Cumbia',
            'Discus throw',
            'Dodgeball',
            'Doing karate',
            'Doing kickboxing',
            'Doing motocross',
            'Doing nails',
            'Doing step aerobics',
            'Drinking beer',
            'Drinking coffee',
            'Fixing bicycle',
            'Getting a haircut',
            'Getting a piercing',
            'Getting a tattoo',
            'Grooming horse',
            'Hammer throw',
            'Hand washing clothes',
            'High jump',
            'Hopscotch',
            'Horseback riding',
            'Ironing clothes',
            'Javelin throw',
            'Kayaking',
            'Layup drill in basketball',
            'Long jump',
            'Making a sandwich',
            'Mixing drinks',
            'Mowing the lawn',
            'Paintball',
            'Painting',
            'Ping-pong',
            'Plataform diving',
            'Playing accordion',
            'Playing badminton',
            'Playing bagpipes',
            'Playing field hockey',
            'Playing flauta',
            'Playing guitarra',
            'Playing harmonica',
            'Playing kickball',
            'Playing lacrosse',
            'Playing piano',
            'Playing polo',
            'Playing racquetball',
            'Playing saxophone',
            'Playing squash',
            'Playing violin',
            'Playing volleyball',
            'Playing water polo',
            'Pole vault',
            'Polishing forniture',
            'Polishing shoes',
            'Preparing pasta',
            'Preparing salad',
            'Putting on makeup',
            'Removing curlers',
            'Rock climbing',
            'Sailing',
            'Shaving',
            'Shaving legs',
            'Shot put',
            'Shoveling snow',
            'Skateboarding',
            'Smoking a cigarette',
            'Smoking hookah',
            'Snatch',
            'Spinning',
            'Springboard diving',
            'Starting a campfire',
            'Tai chi',
            'Tango',
            'Tennis serve with ball bouncing',
            'Triple jump',
            'Tumbling',
            'Using parallel bars',
            'Using the balance beam',
            'Using the pommel horse',
            'Using uneven bars',
            'Vacuuming floor',
            'Walking the dog',
            'Washing dishes',
            'Washing face',
            'Washing hands',
            'Windsurfing',
            'Wrapping presents',
            'Zumba',
        ),
    )
