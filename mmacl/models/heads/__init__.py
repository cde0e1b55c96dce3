"""Heads: embeddings to attention and to the features that it pools (Sec. 3.5, 3.6)."""

from mmacl.models.heads.attention_head import AttentionHead
from mmacl.models.heads.class_agnostic_head import ClassAgnosticHead
from mmacl.models.heads.class_specific_head import ClassSpecificHead

__all__ = ['AttentionHead', 'ClassAgnosticHead', 'ClassSpecificHead']
