"""CMCS against its equations written as plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import CMCS
from mmacl.models.localizers.cmcs import branch_terms
from mmacl.utils import InputError

LENGTHS = (6, 1, 3)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}


@pytest.fixture
def make_cmcs(randomise):
    def make(**kwargs):
        config = {'num_branches': 3, 'embed_channels': 6, 'branch_channels': 2, **kwargs}
        return randomise(CMCS(WIDTHS, 3, **config)).double().eval()

    return make


def softmax(values):
    exps = [math.exp(v) for v in values]
    return [e / sum(exps) for e in exps]


def dot(x, y):
    return sum(a * b for a, b in zip(x, y, strict=True))


def plain_terms(scores):
    """Diversity and norm of one video: scores[k][t][c]."""
    branches, length, classes = len(scores), len(scores[0]), len(scores[0][0])
    maps = [[softmax(row) for row in branch] for branch in scores]
    diversity = norm = 0.0
    for c in range(classes):
        columns = [[row[c] for row in branch] for branch in maps]
        for i in range(branches):
            for j in range(branches):
                if i != j:
                    cosine = dot(columns[i], columns[j]) / math.hypot(*columns[i]) / math.hypot(*columns[j])
                    diversity += cosine / (branches * (branches - 1)) / classes
        norms = [sum(abs(row[c]) for row in branch) / length for branch in scores]
        norm += sum(abs(n - sum(norms) / branches) for n in norms) / branches / classes
    return diversity, norm


def plain_logits(scores, attention):
    """Pool the mean of the branches by the attention."""
    branches = len(scores)
    return [
        sum(a * sum(branch[t][c] for branch in scores) / branches for t, a in enumerate(attention))
        for c in range(len(scores[0][0]))
    ]


@pytest.mark.parametrize('fusion', ['early', 'late'])
def test_losses_are_those_of_the_paper(make_cmcs, make_inputs, make_samples, fusion):
    model = make_cmcs(fusion=fusion, diversity_weight=0.3)
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    names = ['fused'] if fusion == 'early' else ['rgb', 'flow']
    assert list(losses) == [f'{name}.loss_{term}' for name in names for term in ('cls', 'div', 'norm')]
    for name, (scores, attention) in model.raw_output(inputs, mask).items():
        expected = [0.0, 0.0, 0.0]
        for i, length in enumerate(LENGTHS):
            video = scores[:, i, :length].tolist()
            labels = [LABELS[i]] if isinstance(LABELS[i], int) else LABELS[i]
            probabilities = softmax(plain_logits(video, attention[i, :length].tolist()))
            expected[0] -= sum(math.log(probabilities[c]) for c in labels) / len(labels)
            diversity, norm = plain_terms(video)
            expected[1] += 0.3 * diversity
            expected[2] += 0.3 * norm
        assert [losses[f'{name}.loss_{term}'].item() for term in ('cls', 'div', 'norm')] == pytest.approx(expected)


def test_each_branch_is_a_network_of_its_own(make_cmcs, make_inputs):
    model = make_cmcs()
    inputs, mask = make_inputs((5,), extra=1, padding=50.0)
    stream = model.streams['fused']
    scores, attention = stream(torch.cat(list(inputs.values()), dim=-1), mask)
    x = torch.cat(list(inputs.values()), dim=-1)[0, :5]
    embedded = [
        [
            max(dot(w, s) + b, 0)
            for w, b in zip(stream.embedding.weight[:, :, 0].tolist(), stream.embedding.bias.tolist(), strict=True)
        ]
        for s in x.tolist()
    ]
    zero = [0.0] * 6
    around = [zero, *embedded, zero]
    for k in range(3):
        for t in range(5):
            hidden = []
            for row in range(2 * k, 2 * k + 2):  # the rows of this branch
                taps = stream.branches.weight[row].T.tolist()
                hidden.append(max(sum(map(dot, taps, around[t : t + 3])) + stream.branches.bias[row].item(), 0))
            for c in range(3):
                expected = (
                    dot(stream.scores.weight[3 * k + c, :, 0].tolist(), hidden) + stream.scores.bias[3 * k + c].item()
                )
                assert scores[k, 0, t, c].item() == pytest.approx(expected)
    assert attention[0, :5].sum().item() == pytest.approx(1)
    assert not attention[0, 5:].any()


@pytest.mark.parametrize('fusion', ['early', 'late'])
def test_predicts_the_mean_of_branches_and_networks(make_cmcs, make_inputs, fusion):
    model = make_cmcs(fusion=fusion)
    inputs, mask = make_inputs((4,))
    found = model.predict(inputs, mask)
    outputs = [(s[:, 0].tolist(), a[0].tolist()) for s, a in model.raw_output(inputs, mask).values()]
    logits = [plain_logits(*output) for output in outputs]
    mean = [sum(row[c] for row in logits) / len(logits) for c in range(3)]
    assert found.video_scores[0].tolist() == pytest.approx(softmax(mean))
    for t in range(4):
        assert found.actionness[0, t].item() == pytest.approx(sum(a[t] for _, a in outputs) / len(outputs))
        for c in range(3):
            values = [branch[t][c] for scores, _ in outputs for branch in scores]
            assert found.class_map[0, t, c].item() == pytest.approx(sum(values) / len(values))
    assert set(found.streams) == (set() if fusion == 'early' else {'rgb', 'flow'})


def test_one_branch_has_nothing_to_differ_from(make_cmcs, make_inputs, make_samples):
    model = make_cmcs(num_branches=1)
    inputs, mask = make_inputs(LENGTHS)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    assert losses['fused.loss_div'].item() == pytest.approx(0)
    assert losses['fused.loss_norm'].item() == 0


def test_terms_are_blind_to_padding(assert_blind_to_padding):
    assert_blind_to_padding(
        lambda x, mask: branch_terms(torch.stack([x, x.flip(-1), x * x]), mask), width=3, per_snippet=False
    )


@pytest.mark.parametrize('wrong', [{'num_branches': 0}, {'fusion': 'middle'}])
def test_refuses(make_cmcs, wrong):
    with pytest.raises(InputError):
        make_cmcs(**wrong)
