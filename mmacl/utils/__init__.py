"""Small things every room needs: errors for people, seeds, files."""

from mmacl.utils.cores import usable_cores
from mmacl.utils.errors import InputError
from mmacl.utils.files import (
    check_can_write,
    explain_os_error,
    is_system_entry,
    write_json_atomically,
    write_text_atomically,
)
from mmacl.utils.log import log_warning
from mmacl.utils.seeding import derive_seed
from mmacl.utils.terminal import on_leaving_terminal, restore_terminal

__all__ = [
    'InputError',
    'check_can_write',
    'derive_seed',
    'explain_os_error',
    'is_system_entry',
    'log_warning',
    'on_leaving_terminal',
    'restore_terminal',
    'usable_cores',
    'write_json_atomically',
    'write_text_atomically',
]
