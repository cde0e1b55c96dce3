"""Metrics that mmengine's evaluator runs."""

from mmacl.evaluation.metrics.temporal_map import TemporalMAP

__all__ = ['TemporalMAP']
