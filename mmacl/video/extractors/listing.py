"""The extractors that there are, side by side."""

from __future__ import annotations

from mmacl.registry import EXTRACTORS
from mmacl.video.extractors.feature_extractor import ExtractorFacts


def list_extractors() -> dict[str, dict[str, str]]:
    """Describe each registered extractor by its short name: what it costs, and where its weights come from."""
    table = {}
    for name, kind in sorted(EXTRACTORS.module_dict.items()):
        facts = kind.facts
        if facts is None or name == kind.__name__:
            continue
        channels = 2 if kind.modality == 'flow' else 3
        table[name] = {
            'modality': kind.modality,
            'dim': str(kind.feature_dim),
            'window': str(kind.window),
            'input': f'{channels} x {kind.window} x {kind.crop_size} x {kind.crop_size}',
            'parameters': f'{facts.parameters:.1f} M',
            'GFLOPs': f'{facts.gflops:.0f}',
            'trained at fps': _trained_at(facts),
            'weights': facts.weights,
        }
    return table


def _trained_at(facts: ExtractorFacts) -> str:
    if not facts.parameters:
        return 'not trained'
    return 'images' if facts.fps is None else f'{facts.fps:g}'
