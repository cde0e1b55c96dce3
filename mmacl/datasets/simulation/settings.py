"""What a user may choose about a simulation."""

from __future__ import annotations

from dataclasses import dataclass

from mmacl.utils import InputError

SUBSETS = ('train', 'test')
FPS = 25.0
SNIPPET_STRIDE = 16
SNIPPET_DURATION = SNIPPET_STRIDE / FPS


@dataclass(frozen=True)
class SimulationSettings:
    """Size and seed of a simulated data set.

    Attributes:
        num_classes: actions, at least 2.
        feature_dim: D of each stream.
        full_length: durations as in THUMOS14 (9 to 1,409 s) in place of 60 to 400 snippets (38 to 257 s).
        seed: of the videos, and of the world unless ``world_seed`` is given.
        world_seed: of actions, scenes and read-outs. None: ``seed``, so that another seed is another data set; a number
            keeps the world and draws other videos in it.

    Raises:
        InputError: a number is out of range.
    """

    num_classes: int = 20
    feature_dim: int = 128
    full_length: bool = False
    seed: int = 0
    world_seed: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated."""
        check_integer('num_classes', self.num_classes, 2)
        check_integer('feature_dim', self.feature_dim, 1)
        check_integer('seed', self.seed, 0)
        if self.world_seed is not None:
            check_integer('world_seed', self.world_seed, 0)
        if not isinstance(self.full_length, bool):
            raise InputError(f'SyntheticActions: full_length={self.full_length!r} must be True or False')

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the actions, in label order."""
        width = max(2, len(str(self.num_classes - 1)))
        return tuple(f'action_{c:0{width}d}' for c in range(self.num_classes))


def check_integer(name: str, value: object, least: int) -> None:
    """Refuse what is not an integer, or too small a one.

    Raises:
        InputError: with the name of the argument.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f'SyntheticActions: {name}={value!r} must be an integer, {least} or more')
