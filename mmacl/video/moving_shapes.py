"""Generate videos for demos and tests: a shape over a changing background, now at rest, now in one of five motions.

They are drawn by a program and look like no real video. Figures on them say that the way from files to actions works.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError, derive_seed, write_json_atomically
from mmacl.utils.strict_json import read_strict_json
from mmacl.video.annotated_video import X264_OPTIONS
from mmacl.video.decoding import Frame, import_av

MOTIONS = ('slide', 'bounce', 'circle', 'spin', 'pulse')
"""Names of the motions: from side to side, up and down, around a centre, turning on the spot, growing and shrinking."""

TRUTH_FILE = 'truth.json'
_TRUTH = 'the ground truth of generated videos'
_WIDTH, _HEIGHT = 160, 120
_PERIOD = (1.0, 1.5)  # seconds of one cycle
_FRACTION_BITS = 4  # of a pixel, for corners between pixels


def write_moving_shapes(
    folder: str | os.PathLike[str],
    num_videos: int = 20,
    motions: tuple[str, ...] = MOTIONS,
    seconds: tuple[float, float] = (9.0, 13.0),
    fps: int = 25,
    seed: int = 0,
) -> dict[str, Any]:
    """Write ``shapes_000.mp4``, ``shapes_001.mp4``, ... and their ground truth, ``truth.json``.

    A video shows one motion, two or three times, with rest between. Shape, colours, place, speed and background are
    drawn for each video, whatever its motion. Files that exist are written again.

    Args:
        folder: made if it does not exist.
        num_videos: N; the motions take turns.
        motions: some of :data:`MOTIONS`.
        seconds: shortest and longest video.
        fps: frames a second.
        seed: of everything that is drawn.

    Returns:
        The ground truth in the layout of ActivityNet, as in the file.

    Raises:
        InputError: PyAV is not installed.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    database = {}
    for index in range(num_videos):
        rng = np.random.default_rng(derive_seed(seed, index))
        motion, name = motions[index % len(motions)], f'shapes_{index:03d}'
        duration = round(rng.uniform(*seconds) * fps) / fps
        segments = _place_segments(duration, fps, rng)
        _encode(place / f'{name}.mp4', _draw(motion, duration, segments, fps, rng), fps)
        database[name] = {
            'subset': 'training',
            'duration': duration,
            'annotations': [{'segment': segment, 'label': motion} for segment in segments],
        }
    truth = {'generated': True, 'seed': seed, 'classes': list(motions), 'database': database}
    write_json_atomically(place / TRUTH_FILE, truth)
    return truth


def _place_segments(duration: float, fps: int, rng: np.random.Generator) -> list[list[float]]:
    """Place two or three actions of 1.6 to 3 s with rest before and after each; shorter ones in a short video."""
    number = int(rng.integers(2, 4))
    lengths = rng.uniform(1.6, 3.0, number)
    lengths *= min(1.0, 0.6 * duration / lengths.sum())
    rests = rng.dirichlet(np.full(number + 1, 4.0)) * (duration - lengths.sum())
    starts = np.cumsum(rests[:-1]) + np.cumsum(lengths) - lengths
    ends = starts + lengths
    return [[round(start * fps) / fps, round(end * fps) / fps] for start, end in zip(starts, ends, strict=True)]


def _draw(
    motion: str, duration: float, segments: list[list[float]], fps: int, rng: np.random.Generator
) -> Iterator[Frame]:
    """Yield the frames of a video."""
    import cv2

    corners, ground = _shape(rng), rng.uniform(50, 205, 3)
    # The shape stands out from what is behind it, in each colour.
    colour = np.where(ground > 127.5, ground - rng.uniform(60, 110, 3), ground + rng.uniform(60, 110, 3)).clip(0, 255)
    size, period = rng.uniform(14, 19), rng.uniform(*_PERIOD)
    centre = np.array([_WIDTH / 2, _HEIGHT / 2]) + rng.uniform(-8, 8, 2)
    backgrounds, turn = _backgrounds(ground, rng), rng.uniform(0, 2 * math.pi)
    for frame in range(round(duration * fps)):
        time = frame / fps
        since = next((time - start for start, end in segments if start <= time < end), None)
        shift, angle, scale = (np.zeros(2), 0.0, 1.0) if since is None else _pose(motion, since / period)
        picture = next(backgrounds)
        places = _turned(corners * size * scale, angle + turn) + centre + shift
        points = np.round(places * 2**_FRACTION_BITS).astype(np.int32)
        cv2.fillPoly(picture, [points], colour.tolist(), cv2.LINE_AA, _FRACTION_BITS)
        yield picture


def _pose(motion: str, cycles: float) -> tuple[NDArray[np.float64], float, float]:
    """Shift in pixels, turn and size of a shape, ``cycles`` after its motion began."""
    phase = 2 * math.pi * cycles
    shifts = {
        'slide': (30 * math.sin(phase), 0.0),
        'bounce': (0.0, -30 * abs(math.sin(phase))),
        'circle': (20 * math.sin(phase), 16 + 20 * (math.cos(phase) - 1)),
    }
    shift = np.array(shifts.get(motion, (0.0, 0.0)))
    return shift, phase if motion == 'spin' else 0.0, 1 + 0.45 * math.sin(phase) if motion == 'pulse' else 1.0


def _shape(rng: np.random.Generator) -> NDArray[np.float64]:
    """Corners of a shape without symmetry of rotation, so that its turning is seen, (K, 2)."""
    kinds = (
        ((-1.1, -0.5), (1.1, -0.5), (1.1, 0.5), (-1.1, 0.5)),
        ((-1.0, 0.8), (1.2, 0.8), (-0.4, -1.1)),
        ((-0.9, -1.1), (-0.2, -1.1), (-0.2, 0.4), (1.0, 0.4), (1.0, 1.1), (-0.9, 1.1)),
    )
    return np.array(kinds[int(rng.integers(len(kinds)))])


def _turned(points: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    cosine, sine = math.cos(angle), math.sin(angle)
    return points @ np.array([[cosine, sine], [-sine, cosine]])


def _backgrounds(ground: NDArray[np.float64], rng: np.random.Generator) -> Iterator[Frame]:
    """Yield a smooth pattern around a colour that drifts and changes slowly."""
    import cv2

    wide = (2 * _WIDTH, 2 * _HEIGHT)
    ends = [ground + rng.normal(0, 14, (6, 8, 3)) for _ in range(2)]
    first, second = (cv2.resize(grid, wide, interpolation=cv2.INTER_CUBIC) for grid in ends)
    drift, start, rate = rng.uniform(-6, 6, 2), np.array([_WIDTH / 2, _HEIGHT / 2]), rng.uniform(0.05, 0.15)
    frame = 0
    while True:
        # A triangle wave keeps the cut inside the pattern, however long the video is.
        way = np.array([_triangle(frame / 25 * speed, reach) for speed, reach in zip(drift, start, strict=True)])
        left, top = np.round(start + way).astype(int)
        share = 0.5 + 0.5 * math.sin(2 * math.pi * rate * frame / 25)
        cut = (slice(top, top + _HEIGHT), slice(left, left + _WIDTH))
        yield np.clip(share * first[cut] + (1 - share) * second[cut], 0, 255).astype(np.uint8)
        frame += 1


def _triangle(way: float, reach: float) -> float:
    """Fold a straight way into [-reach, reach]."""
    folded = (way + reach) % (4 * reach)
    return float((folded if folded < 2 * reach else 4 * reach - folded) - reach)


def _encode(path: Path, frames: Iterator[Frame], fps: int) -> None:
    """Write an MP4 file, whole or not at all."""
    av = import_av()
    partial = path.with_name(f'.{path.stem}.partial.mp4')
    codec = 'libx264' if 'libx264' in av.codecs_available else 'mpeg4'
    with av.open(str(partial), 'w') as container:
        stream = container.add_stream(codec, rate=Fraction(fps), options=X264_OPTIONS if codec == 'libx264' else {})
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, 'yuv420p'
        stream.codec_context.thread_count = 1  # the same seed gives the same bytes
        for picture in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format='rgb24')))
        container.mux(stream.encode())
    partial.replace(path)


def generated_truth(folder: str | os.PathLike[str], num_videos: int, seed: int = 0) -> dict[str, Any] | None:
    """Read the ground truth of videos that :func:`write_moving_shapes` wrote with these arguments.

    Returns:
        What it returned; None if the folder holds no such videos, or not all of them.
    """
    if not is_generated(folder):
        return None
    truth: dict[str, Any] = read_strict_json(Path(folder, TRUTH_FILE), _TRUTH)
    alike = truth.get('seed') == seed and len(truth['database']) == num_videos
    return truth if alike else None


def is_generated(folder: str | os.PathLike[str]) -> bool:
    """Whether :func:`write_moving_shapes` wrote the videos of a folder."""
    path = Path(folder, TRUTH_FILE)
    try:
        truth = read_strict_json(path, _TRUTH) if path.is_file() else None
    except InputError:  # a file of the same name that is something else
        return False
    return isinstance(truth, dict) and truth.get('generated') is True
