"""``annotations.json`` of a folder that is converted into."""

from __future__ import annotations

import hashlib

from mmacl.dataset_tools.conversion.manifest import Manifest, Written
from mmacl.dataset_tools.conversion.output_folder import OutputError, OutputFolder

ANNOTATIONS = 'annotations.json'


def annotations_are_current(text: str, out: OutputFolder, manifest: Manifest) -> bool:
    """Whether the file is there and says this already.

    Raises:
        OutputError: it is there, but was written by somebody else, or has been edited since: nobody's work is lost.
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
    """Write the file, unless it is there, and remember that it is ours."""
    content = text.encode()
    if not annotations_are_current(text, out, manifest):
        out.write(ANNOTATIONS, content)
    entry = Written(_digest(content), len(content), 0)
    if manifest.files.get(ANNOTATIONS) != entry:
        manifest.record(ANNOTATIONS, entry)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
