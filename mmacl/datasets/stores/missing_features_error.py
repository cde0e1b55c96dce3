"""What is said when there are no features."""

from __future__ import annotations

from collections.abc import Sequence

from mmacl.utils import InputError

_SHOWN = 3


class MissingFeaturesError(InputError):
    """Features are not where they were looked for.

    The one message of more than a line, since it is what a person sees first on a fresh machine: which files were
    looked for, in which layouts they may come, and what runs without any download.

    Attributes:
        looked_for: the files that are not there.
        layouts: where they may lie.
    """

    looked_for: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()

    @classmethod
    def describe(
        cls, looked_for: Sequence[str], layouts: Sequence[str], headline: str | None = None
    ) -> MissingFeaturesError:
        """Compose the message.

        Args:
            looked_for: the files that are not there, one for each missing array.
            layouts: templates of places where they may lie.
            headline: first line; by default it counts the files.
        """
        files = 'file is' if len(looked_for) == 1 else 'files are'
        lines = [headline or f'{len(looked_for)} feature {files} missing:']
        lines += [f'  {path}' for path in looked_for[:_SHOWN]]
        if len(looked_for) > _SHOWN:
            lines.append(f'  ... and {len(looked_for) - _SHOWN} more')
        if layouts:
            lines.append('features may lie in any of the layouts')
            lines += [f'  {layout}' for layout in layouts]
        lines.append('what runs without any download: python tools/train.py configs/acl/acl_synthetic_us.py')
        error = cls('\n'.join(lines), kind='missing')
        error.looked_for, error.layouts = tuple(looked_for), tuple(layouts)
        return error

    @classmethod
    def describe_some(cls, looked_for: Sequence[str], total: int) -> MissingFeaturesError:
        """Compose the one line for a folder that has features, but not all.

        Args:
            looked_for: the files that are not there.
            total: how many there should be.
        """
        error = cls(
            f'no such file; {len(looked_for)} of {total} feature files are missing',
            file=looked_for[0],
            remedy='add them, or leave the videos out with exclude=(...)',
            kind='missing',
        )
        error.looked_for = tuple(looked_for)
        return error
