"""The metrics of a validation are left to the round's row."""

from __future__ import annotations

from mmengine.hooks import LoggerHook

from mmacl.engine import RoundLoggerHook


def test_writes_nothing_after_a_validation():
    # A runner of None: any use of it would fail.
    RoundLoggerHook().after_val_epoch(None, {'tal/mAP@0.5': 0.1})


def test_is_mmengines_hook_otherwise():
    own = set(vars(RoundLoggerHook)) - {'__module__', '__doc__', '__firstlineno__', '__static_attributes__'}
    assert own == {'after_val_epoch'}
    assert issubclass(RoundLoggerHook, LoggerHook)
