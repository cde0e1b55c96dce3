"""The five protocols in plain loops, written from their descriptions: slow, and nothing shared with the package.

Rows of ground truth are (video, start, end, label), of detections (video, start, end, label, score), of ambiguous
segments (video, start, end). Times are seconds, or whole hundredths of a second with ``snippet=64``: then temporal IoUs
are quotients of integers, and equal ones are equal to the last bit.
"""

from __future__ import annotations

import math


def tiou(a, b):
    overlap = max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
    union = (a[1] - a[0]) + (b[1] - b[0]) - overlap
    return overlap / union if union > 0 else 0.0


def set_tiou(a, b):
    a, b = set(range(*a)), set(range(*b))
    return len(a & b) / len(a | b) if a | b else 0.0


def ranked(found):
    """By falling score; Python's sort is stable."""
    return sorted(found, key=lambda row: -row[4])


def under_envelope(hits, num_instances):
    recall, precision, found = [0.0], [0.0], 0
    for rank, hit in enumerate(hits, start=1):
        found += bool(hit)
        recall.append(found / num_instances)
        precision.append(found / rank)
    recall.append(1.0)
    precision.append(0.0)
    for i in range(len(precision) - 2, -1, -1):
        precision[i] = max(precision[i], precision[i + 1])
    return sum((recall[i] - recall[i - 1]) * precision[i] for i in range(1, len(recall)))


def without_envelope(hits, num_instances):
    total, found = 0.0, 0
    for rank, hit in enumerate(hits, start=1):
        found += bool(hit)
        total += found / rank if hit else 0.0
    return total / num_instances


def snippets(time, snippet):
    value = time / snippet
    return round(value) if abs(value - round(value)) <= 1e-6 else value


def rounded(time, snippet):
    return round(time / snippet)


def truncated(time, snippet):
    return math.trunc(snippets(time, snippet))


def without_ambiguous(found, ambiguous, snippet):
    kept = []
    for row in found:
        own = set(range(truncated(row[1], snippet), truncated(row[2], snippet)))
        touched = False
        for video, start, end in ambiguous:
            if video == row[0] and own & set(range(rounded(start, snippet), rounded(end, snippet))):
                touched = True
        if not touched:
            kept.append(row)
    return kept


def best_free_instance(truth, found, threshold):
    taken, hits = set(), []
    for video, start, end, _, _ in ranked(found):
        best, best_tiou = None, 0.0
        for j, instance in enumerate(truth):
            overlap = tiou((start, end), instance[1:3])
            if instance[0] == video and j not in taken and overlap > best_tiou:
                best, best_tiou = j, overlap
        hits.append(best is not None and best_tiou >= threshold)
        if hits[-1]:
            taken.add(best)
    return hits


def activitynet(truth, found, ambiguous, threshold, snippet):
    return under_envelope(best_free_instance(truth, found, threshold), len(truth))


def co2net(truth, found, ambiguous, threshold, snippet):
    truth = [(video, rounded(start, snippet), rounded(end, snippet), label) for video, start, end, label in truth]
    found = [
        (video, snippets(start, snippet), snippets(end, snippet), label, score)
        for video, start, end, label, score in without_ambiguous(found, ambiguous, snippet)
    ]
    return under_envelope(best_free_instance(truth, found, threshold), len(truth))


def wtalc(truth, found, ambiguous, threshold, snippet):
    left = list(truth)
    hits = []
    for video, start, end, _, _ in ranked(without_ambiguous(found, ambiguous, snippet)):
        hits.append(False)
        for instance in left:
            if instance[0] != video:
                continue
            known = rounded(instance[1], snippet), rounded(instance[2], snippet)
            if set_tiou(known, (truncated(start, snippet), truncated(end, snippet))) >= threshold:
                left.remove(instance)
                hits[-1] = True
                break
    return without_envelope(hits, len(truth))


def thumos14(truth, found, ambiguous, threshold, snippet):
    order = ranked(found)
    state = [None] * len(order)
    for video, start, end, _ in truth:
        best, best_tiou = None, 0.0
        for i, row in enumerate(order):
            overlap = tiou((start, end), row[1:3])
            if row[0] == video and state[i] is None and overlap > best_tiou:
                best, best_tiou = i, overlap
        if best is not None and best_tiou > threshold:
            state[best] = True
    hits = []
    for i, row in enumerate(order):
        touches = any(a[0] == row[0] and tiou(a[1:], row[1:3]) > 0 for a in ambiguous)
        if state[i] or not touches:
            hits.append(bool(state[i]))
    return without_envelope(hits, len(truth))


def inside(row, low, high):
    return low < row[2] - row[1] <= high


def coco_hits(truth, found, ambiguous, threshold, low, high, number):
    """Whether each detection that counts found an instance of such a length, best first."""
    results = []
    for video in sorted({row[0] for row in found}):
        instances = [row for row in truth if row[0] == video]
        free = set(range(len(instances)))
        for row in ranked([row for row in found if row[0] == video])[:number]:
            segment = row[1:3]
            counting, others = [], []  # (tIoU, place); a crowd has no place
            for i in free:
                overlap = tiou(segment, instances[i][1:3])
                (counting if inside(instances[i], low, high) else others).append((overlap, i))
            for a in ambiguous:
                shared = min(a[2], segment[1]) - max(a[1], segment[0])
                if a[0] == video and shared > 0:
                    others.append((shared / (segment[1] - segment[0]), math.inf))
            # Of equals the last one.
            best, best_other = (max(kind, default=(0.0, None)) for kind in (counting, others))
            if best[0] >= threshold:
                results.append((row[4], True))
                free.remove(best[1])
            elif best_other[0] >= threshold:
                free.discard(best_other[1])
            elif inside(row, low, high):
                results.append((row[4], False))
    return [hit for _, hit in sorted(results, key=lambda result: -result[0])]


def coco(truth, found, ambiguous, threshold, snippet, low=-1, high=math.inf):
    num_instances = sum(inside(row, low, high) for row in truth)
    if not num_instances:
        return float('nan')
    curve, right = [], 0
    for rank, hit in enumerate(coco_hits(truth, found, ambiguous, threshold, low, high, 100), start=1):
        right += hit
        curve.append((right / num_instances, right / rank))
    # The recalls are multiples of the floating-point number 0.01, as COCO has them.
    return sum(max((p for recall, p in curve if recall >= step * 0.01), default=0.0) for step in range(101)) / 101


def coco_recall(truth, found, ambiguous, threshold, number):
    return sum(coco_hits(truth, found, ambiguous, threshold, -1, math.inf, number)) / len(truth)


PLAIN = {'activitynet': activitynet, 'co2net': co2net, 'wtalc': wtalc, 'thumos14': thumos14, 'coco': coco}


def plain_average_precision(protocol, truth, found, ambiguous, thresholds, num_classes, snippet=16 / 25):
    """(thresholds, classes) as lists; NaN for a class without ground truth."""
    result = []
    for threshold in thresholds:
        result.append([])
        for label in range(num_classes):
            instances = [row for row in truth if row[3] == label]
            detections = [row for row in found if row[3] == label]
            arguments = (instances, detections, ambiguous, threshold, snippet)
            result[-1].append(PLAIN[protocol](*arguments) if instances else float('nan'))
    return result
