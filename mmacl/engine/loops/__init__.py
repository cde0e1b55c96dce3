"""Loops of a training."""

from mmacl.engine.loops.round_based_train_loop import RoundBasedTrainLoop

__all__ = ['RoundBasedTrainLoop']
