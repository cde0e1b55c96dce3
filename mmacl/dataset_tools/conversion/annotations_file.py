"""Write ``annotations.json`` into the folder of a conversion."""

from __future__ import annotations

import hashlib

from mmacl.dataset_tools.conversion.manifest import Manifest, Written
from mmacl.dataset_tools.conversion.output_folder import OutputError, OutputFolder
from mmacl.dataset_tools.conversion.portable_names import check_portable_names
from mmacl.datasets.annotations import ActivityNetAnnotations, AnnotationSet
from mmacl.datasets.annotations.activitynet import FILE as ANNOTATIONS

__all__ = ['ANNOTATIONS', 'annotations_are_current', 'annotations_text', 'write_annotations']


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


def annotations_are_current(text: str, out: OutputFolder, manifest: Manifest) -> bool:
    """Whether the file is there with this text.

    Raises:
        OutputError: it is there with another text, and no conversion wrote it or it was edited since.
    """
    there = out.read(ANNOTATIONS)
    if there is None or there == text.encode():
        return there is not None
    known = manifest.files.get(ANNOTATIONS)
    if known is None or known.source != _digest(there):
        what = 'from no conversion' if known is None else 'has been edited since its conversion'
        raise OutputError(
            f'{out.path / ANNOTATIONS}: is there, but {what}, and says something else; remove it, or name another '
            'folder'
        )
    return False


def write_annotations(text: str, out: OutputFolder, manifest: Manifest) -> None:
    """Write the file unless it is there with this text, and record in the manifest that a conversion wrote it."""
    content = text.encode()
    if not annotations_are_current(text, out, manifest):
        out.write(ANNOTATIONS, content)
    entry = Written(_digest(content), len(content), 0)
    if manifest.files.get(ANNOTATIONS) != entry:
        manifest.record(ANNOTATIONS, entry)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
