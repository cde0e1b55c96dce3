"""Heads: embeddings to attention and to the features that it pools (Sec. 3.5, 3.6)."""

from mmacl.models.heads.attention_heads import AttentionHead, ClassAgnosticHead, ClassSpecificHead

__all__ = ['AttentionHead', 'ClassAgnosticHead', 'ClassSpecificHead']
