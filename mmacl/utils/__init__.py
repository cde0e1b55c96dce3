"""Small things every room needs: errors for people, seeds, files."""

from mmacl.utils.errors import InputError
from mmacl.utils.files import write_json_atomically, write_text_atomically
from mmacl.utils.seeding import derive_seed

__all__ = ['InputError', 'derive_seed', 'write_json_atomically', 'write_text_atomically']
