"""A second method that shares nothing with the paper's: early fusion, class attention alone, sigmoid scores."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from mmacl.models import BaseLocalizer, masked_softmax
from mmacl.models.distributed import gather_rows
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction


@MODELS.register_module()
class EarlyFusionLocalizer(BaseLocalizer):
    """A linear score of the concatenated features of each snippet, and attention over it for each class."""

    training_only = ('label_smoothing',)

    def __init__(self, in_channels, num_clusters, label_smoothing=0.0, **kwargs):
        super().__init__(in_channels, num_clusters, **kwargs)
        self.label_smoothing = label_smoothing
        self.scores = nn.Linear(sum(in_channels.values()), num_clusters)

    def loss(self, features, mask, targets):
        logits = self._score(features, mask)[1]
        labels = targets.gathered().labels.to(logits.dtype)
        labels = labels * (1 - self.label_smoothing) + self.label_smoothing / 2
        return {'loss_mil': F.binary_cross_entropy_with_logits(gather_rows(logits), labels)}

    def predict(self, features, mask):
        class_map, logits = self._score(features, mask)
        return SnippetPrediction(class_map, logits.sigmoid())

    def _score(self, features, mask):
        class_map = self.scores(torch.cat(list(features.values()), dim=-1))
        return class_map, (masked_softmax(class_map, mask) * class_map.masked_fill(~mask[..., None], 0)).sum(dim=1)
