"""What the server of :mod:`tests.warm_process` imports, once."""

import torch

import mmacl.apis
import mmacl.commands.test
import mmacl.commands.train
from mmacl.registry import HOOKS

# What a command imports only when it is asked for.
HOOKS.import_from_location()
torch.set_num_threads(1)
__all__ = ['mmacl']
