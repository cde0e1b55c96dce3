"""Heads: embeddings to attention and to the features that it pools (Sec. 3.5, 3.6)."""

from mmacl.models.heads.anchor_head import AnchorHead
from mmacl.models.heads.attention_heads import AttentionHead, ClassAgnosticHead, ClassSpecificHead
from mmacl.models.heads.embedding_classifier import EmbeddingClassifier

__all__ = ['AnchorHead', 'AttentionHead', 'ClassAgnosticHead', 'ClassSpecificHead', 'EmbeddingClassifier']
