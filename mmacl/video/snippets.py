"""Cut a stream of frames into snippets of fixed length."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar('Item')


def cut_snippets(frames: Iterable[NDArray[Any]], window: int = 16, stride: int = 16) -> Iterator[NDArray[Any]]:
    """Yield windows of consecutive frames: the frames ``i * stride`` to ``i * stride + window - 1``.

    A last window that is not full is left out. At most ``window`` frames are kept.

    Args:
        frames: arrays of one shape.
        window: frames of a snippet.
        stride: frames from the start of a snippet to the start of the next; it may exceed the window.

    Yields:
        (window, ...) arrays.
    """
    kept: deque[NDArray[Any]] = deque(maxlen=window)
    for index, frame in enumerate(frames):
        kept.append(frame)
        start = index + 1 - window
        if start >= 0 and start % stride == 0:
            yield np.stack(kept)


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of ``size`` items; the last may be shorter."""
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def prefetch(items: Iterable[Item], depth: int = 2) -> Iterator[Item]:
    """Take items in a thread of their own, at most ``depth`` ahead, so that decoding and network overlap.

    An exception of the iterable is raised here, after the items before it.
    """
    waiting: queue.Queue[tuple[bool, Any]] = queue.Queue(maxsize=depth)
    stop = threading.Event()

    def put(entry: tuple[bool, Any]) -> bool:
        while not stop.is_set():
            try:
                waiting.put(entry, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def fill() -> None:
        try:
            for item in items:
                if not put((True, item)):
                    return
            put((False, None))
        except BaseException as error:  # raised again in the other thread
            put((False, error))

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    try:
        while True:
            more, value = waiting.get()
            if not more:
                if value is not None:
                    raise value
                return
            yield value
    finally:
        stop.set()
        thread.join()
