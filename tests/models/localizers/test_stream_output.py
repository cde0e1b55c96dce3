from __future__ import annotations

from mmacl.registry import MODELS


def test_everything_is_zero_at_padding_and_p_is_that_of_section_3_6(stream_config, make_batch, randomise):
    stream = randomise(MODELS.build({**stream_config, 'in_channels': 5, 'num_clusters': 3})).double()
    x, mask = make_batch([4, 2], extra=1, padding=5.0)
    output = stream(x, mask)
    for name, field in output._asdict().items():
        if name != 'video_logits':
            assert not field[~mask].any(), name
            assert field[mask].any(), name
    for b in range(2):
        for c in range(3):
            scores = output.class_agnostic_logits[b, mask[b]].softmax(0)
            p = sum(output.class_specific_attention[b, t, c] * s for t, s in enumerate(scores))
            assert abs(output.video_logits[b, c] - p) < 1e-12
