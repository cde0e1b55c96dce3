"""Parse XML of unknown origin: no document type, so no entity is expanded and nothing outside the file is read."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from mmacl.utils.errors import InputError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_XML_BYTES = 32 * 2**20
"""The file of one video has far below a megabyte."""

_MAX_TAGS = 10**6
"""defusedxml parses in Python, tens of thousands of elements a second."""


def parse_xml(text: str, path: str | PathLike[str], root: str, expected: str) -> Element:
    """Parse a text with defusedxml.

    Args:
        text: what was read.
        path: where it was read, for messages.
        root: name of the outermost element.
        expected: what the file should hold, for messages.

    Raises:
        InputError: it has too many elements, is not well-formed, declares a document type, or has another outermost
            element; or defusedxml is not installed.
    """
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import fromstring
    except ImportError as error:
        raise InputError(
            'needs defusedxml, which is not installed', file=path, remedy="run: pip install 'mmacl[annotation]'"
        ) from error
    if text.count('<') > _MAX_TAGS:
        what = f'more than {_MAX_TAGS:,} tags are more than annotations of one video have'
        raise InputError(what, file=path, remedy=f'expected {expected}')
    try:
        tree: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        raise InputError(
            'declares a document type, whose entities may expand without end or read other files',
            file=path,
            remedy=f'remove the declaration; expected {expected}',
        ) from error
    except (ParseError, ValueError) as error:
        raise InputError(f'not well-formed XML ({error})', file=path, remedy=f'expected {expected}') from error
    if tree.tag != root:
        raise InputError(f'its outermost element is {tree.tag!r:.80}', file=path, remedy=f'expected {expected}')
    return tree
