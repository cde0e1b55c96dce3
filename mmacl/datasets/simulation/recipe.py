"""What a user may choose about a simulation, and every other number of it, which is frozen."""

from __future__ import annotations

from dataclasses import dataclass

from mmacl.utils import InputError

GENERATOR_VERSION = 'SyntheticActions-v1'
SUBSETS = ('train', 'test')
FPS = 25.0
SNIPPET_STRIDE = 16
SNIPPET_DURATION = SNIPPET_STRIDE / FPS


@dataclass(frozen=True)
class StreamRecipe:
    """How strongly one stream sees each part of a video; amplitudes of latent vectors of unit length.

    Attributes:
        scene: the surroundings of the action.
        action: the atoms.
        group_share: in [0, 1], share of an atom's direction that it has in common with its group; atoms of one group
            look alike in this stream and different in the other.
        steady_noise: noise that is correlated from snippet to snippet.
        jitter: noise that is fresh in each snippet.
    """

    scene: float
    action: float
    group_share: float
    steady_noise: float
    jitter: float


@dataclass(frozen=True)
class Recipe:
    """Statistics of timelines (THUMOS14's), structure of the actions, and strength of all that hides them.

    Times are seconds. Distributions called ``median`` and ``log_sd`` are log-normal.

    Attributes:
        duration_median, duration_log_sd, duration_range: whole videos.
        short_duration_median, short_snippet_range: shortened videos, the default.
        coverage_median, coverage_log_sd, coverage_max: share of a video that action covers.
        length_median, length_class_log_sd, length_video_log_sd, length_log_sd, length_min: instances, and how their
            lengths spread over classes, over videos of a class, and within a video.
        length_coverage_correlation: videos of long instances are covered more.
        gap_log_sd: spread of the gaps between instances, so that they come in bursts.
        max_instances: of one video.
        companion_rate: videos that also contain instances of the class's companion.
        companion_share_range: share of such a video's instances that are the companion's.
        classes_per_nested: one class in so many is a special case of another and carries both labels, as THUMOS14's
            CliffDiving is Diving too.
        phases: atoms of a class, in order.
        phase_jitter: log-sd of a phase's share of its instance.
        atoms_per_class: number of atoms of the world for each class; below ``phases``, atoms are shared.
        gain_log_sd: strength of one instance's or lone atom's appearance.
        lone_rate: lone atoms per second of background.
        lone_length_median, lone_length_log_sd: how long they last.
        contexts_per_class: scene contexts of the world for each class; below 1, classes share them.
        context_probabilities: that a video of a class plays in its first, second, ... context; the rest is spread over
            all.
        context_share: in [0, 1], share of a video's scene that its context decides; the rest is the video's own.
        shot_length_mean: seconds from cut to cut.
        shot_spread: how much a shot's scene differs from its video's.
        cutaway_rate: shots that show another context.
        scene_dimming: share of the scene that action hides.
        actor_spread: strength of a video's own actors, wherever an atom is shown.
        latent_dim: width of the latent of a stream.
        noise_decay, noise_taps: correlation of the steady noise from snippet to snippet, and its reach.
        bias: of the read-out, in units of a channel's standard deviation; negative makes features sparse.
        rgb, flow: what each stream sees.
    """

    duration_median: float = 151.0
    duration_log_sd: float = 0.9
    duration_range: tuple[float, float] = (9.0, 1409.0)
    short_duration_median: float = 80.0
    short_snippet_range: tuple[int, int] = (60, 400)
    coverage_median: float = 0.23
    coverage_log_sd: float = 0.75
    coverage_max: float = 0.9
    length_median: float = 3.6
    length_class_log_sd: float = 0.6
    length_video_log_sd: float = 0.35
    length_log_sd: float = 0.48
    length_min: float = 0.2
    length_coverage_correlation: float = 0.45
    gap_log_sd: float = 1.4
    max_instances: int = 128
    companion_rate: float = 0.09
    companion_share_range: tuple[float, float] = (0.1, 0.4)
    classes_per_nested: int = 20
    phases: int = 3
    phase_jitter: float = 0.3
    atoms_per_class: float = 1.2
    gain_log_sd: float = 0.3
    lone_rate: float = 0.28
    lone_length_median: float = 1.2
    lone_length_log_sd: float = 0.5
    contexts_per_class: float = 0.6
    context_probabilities: tuple[float, ...] = (0.85, 0.1)
    context_share: float = 0.8
    shot_length_mean: float = 12.0
    shot_spread: float = 0.5
    cutaway_rate: float = 0.15
    scene_dimming: float = 0.4
    actor_spread: float = 0.3
    latent_dim: int = 40
    noise_decay: float = 0.6
    noise_taps: int = 8
    bias: float = -0.5
    rgb: StreamRecipe = StreamRecipe(scene=0.7, action=0.9, group_share=0.5, steady_noise=0.6, jitter=0.5)
    flow: StreamRecipe = StreamRecipe(scene=0.4, action=1.0, group_share=0.5, steady_noise=0.7, jitter=0.5)

    def streams(self) -> dict[str, StreamRecipe]:
        """By modality, in the order in which they are drawn."""
        return {'rgb': self.rgb, 'flow': self.flow}


RECIPE = Recipe()
"""Frozen: results that are compared depend on every number."""


@dataclass(frozen=True)
class SimulationSettings:
    """Size, seed and variations of a simulated data set.

    Without the last three, the data set is that of :data:`RECIPE`; videos that none of them concerns stay as they are.

    Attributes:
        num_classes: actions, at least 2.
        feature_dim: D of each stream.
        full_length: durations as in THUMOS14 (9 to 1,409 s) in place of 60 to 400 snippets (38 to 257 s).
        seed: of the videos, and of the world unless ``world_seed`` is given.
        world_seed: of actions, scenes and read-outs. None: ``seed``, so that another seed is another data set. A number
            keeps the world, and ``seed`` draws other videos in it.
        imbalance: of the videos after the first C, which show every class once: how much more often the most frequent
            class is drawn than the rarest, at least 1. Frequencies fall geometrically from class to class, in random
            order. 1: every class has as many videos.
        two_class_rate: in [0, 1], share of the videos that show a second class too; videos of a special case never do.
            None: THUMOS14's (``Recipe.companion_rate``).
        no_action_rate: in [0, 1), share of the videos without any action: only a scene of their class, and lone atoms.

    Raises:
        InputError: a number is out of range.
    """

    num_classes: int = 20
    feature_dim: int = 128
    full_length: bool = False
    seed: int = 0
    world_seed: int | None = None
    imbalance: float = 1.0
    two_class_rate: float | None = None
    no_action_rate: float = 0.0

    def __post_init__(self) -> None:
        """Refuse numbers out of range."""
        check_integer('num_classes', self.num_classes, 2)
        check_integer('feature_dim', self.feature_dim, 1)
        check_integer('seed', self.seed, 0)
        if self.world_seed is not None:
            check_integer('world_seed', self.world_seed, 0)
        if not isinstance(self.full_length, bool):
            raise InputError(f'SyntheticActions: full_length={self.full_length!r} must be True or False')
        _check_number('imbalance', self.imbalance, 1, 1e9, closed=True)
        if self.two_class_rate is not None:
            _check_number('two_class_rate', self.two_class_rate, 0, 1, closed=True)
        _check_number('no_action_rate', self.no_action_rate, 0, 1)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the actions, in label order."""
        width = max(2, len(str(self.num_classes - 1)))
        return tuple(f'action_{c:0{width}d}' for c in range(self.num_classes))


def check_integer(name: str, value: object, least: int) -> None:
    """Refuse a value that is no integer, or too small.

    Raises:
        InputError: with the name of the argument.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f'SyntheticActions: {name}={value!r} must be an integer, {least} or more')


def _check_number(name: str, value: object, least: float, most: float, closed: bool = False) -> None:
    """Refuse a value that is no number in [least, most), or in [least, most] if ``closed``."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    if not fits or (value == most and not closed):
        raise InputError(
            f'SyntheticActions: {name}={value!r} must be a number in [{least}, {most}{"]" if closed else ")"}'
        )
