"""Write ``annotations.json`` and ``timing.json`` into the folder of a conversion."""

from __future__ import annotations

import hashlib

from mmacl.dataset_tools.conversion.manifest import Manifest, Written
from mmacl.dataset_tools.conversion.output_folder import OutputError, OutputFolder
from mmacl.dataset_tools.conversion.portable_names import check_portable_names
from mmacl.datasets.annotations import ActivityNetAnnotations, AnnotationSet
from mmacl.datasets.annotations.activitynet import FILE as ANNOTATIONS

__all__ = ['ANNOTATIONS', 'annotations_text', 'text_is_current', 'write_text']


def annotations_text(annotations: AnnotationSet, source: str) -> str:
    """The text of ``annotations.json``, in ActivityNet's form.

    Args:
        annotations: what was read.
        source: where, for messages.

    Raises:
        InputError: the name of a video or subset is not a safe file name, or as :meth:`ActivityNetAnnotations.text`.
    """
    check_portable_names((record.video_name for record in annotations.records), 'video', source)
    check_portable_names((record.subset for record in annotations.records if record.subset), 'subset', source)
    return ActivityNetAnnotations.text(annotations, source)


def text_is_current(name: str, text: str, out: OutputFolder, manifest: Manifest) -> bool:
    """Whether a file is there with this text.

    Raises:
        OutputError: it is there with another text, and no conversion wrote it or it was edited since.
    """
    there = out.read(name)
    if there is None or there == text.encode():
        return there is not None
    known = manifest.files.get(name)
    if known is None or known.source != _digest(there):
        what = 'was written by no conversion' if known is None else 'was edited since its conversion'
        raise OutputError(
            f'{what}, and says something else', file=out.path / name, remedy='remove it, or name another folder'
        )
    return False


def write_text(name: str, text: str, out: OutputFolder, manifest: Manifest) -> None:
    """Write a file unless it is there with this text, and record in the manifest that a conversion wrote it."""
    content = text.encode()
    if not text_is_current(name, text, out, manifest):
        out.write(name, content)
    entry = Written(_digest(content), len(content), 0)
    if manifest.files.get(name) != entry:
        manifest.record(name, entry)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
