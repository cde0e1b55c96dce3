"""The same 20 videos, written in every format of annotations."""

import csv
import json

import numpy as np

VIDEOS = {
    f'video_{i:02d}': (
        'test' if i % 2 else 'validation',
        20.0 + i,
        [(1.5, 2.5, 'jump'), (3.0, 4.25 + i, 'run')][: 1 + i % 2],
        [(5.0, 6.0)] if i % 4 == 1 else [],
    )
    for i in range(20)
}


def write_activitynet(root):
    database = {
        name: dict(
            subset=subset,
            duration=duration,
            annotations=[
                dict(segment=[str(s), str(e)], label=x)
                for s, e, x in [*rows, *((*pair, 'Ambiguous') for pair in unclear)]
            ],
        )
        for name, (subset, duration, rows, unclear) in VIDEOS.items()
    }
    (root / 'gt.json').write_text(json.dumps(dict(database=database)))
    return root / 'gt.json'


def write_wtalc(root):
    folder = root / 'wtalc'
    folder.mkdir()

    def objects(values):
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array

    np.save(folder / 'videoname.npy', np.array([name.encode() for name in VIDEOS]))
    np.save(folder / 'subset.npy', np.array([video[0].encode() for video in VIDEOS.values()]))
    np.save(folder / 'duration.npy', np.array([[video[1]] for video in VIDEOS.values()]))
    np.save(folder / 'labels.npy', objects([[row[2] for row in video[2]] for video in VIDEOS.values()]))
    np.save(folder / 'segments.npy', objects([[list(row[:2]) for row in video[2]] for video in VIDEOS.values()]))
    np.save(folder / 'classlist.npy', np.array([b'jump', b'run']))
    lines = [f'{name} {s} {e}' for name, video in VIDEOS.items() for s, e in video[3]]
    (folder / 'Ambiguous_test.txt').write_text('\n'.join(lines))
    return folder


def write_thumos14(root):
    folder = root / 'raw'
    folder.mkdir()
    for name, (subset, _, rows, unclear) in VIDEOS.items():
        for start, end, label in [*rows, *((*pair, 'Ambiguous') for pair in unclear)]:
            with (folder / f'{label}_{"val" if subset == "validation" else "test"}.txt').open('a') as file:
                file.write(f'{name}  {start} {end}\n')
    return folder


def write_csv(root):
    with (root / 'gt.csv').open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['video', 'start', 'end', 'label', 'subset', 'duration'])
        for name, (subset, duration, rows, unclear) in VIDEOS.items():
            for row in [*rows, *((*pair, 'Ambiguous') for pair in unclear)]:
                writer.writerow([name, *row, subset, duration])
    return root / 'gt.csv'


def write_coco(root):
    names, classes = list(VIDEOS), ['jump', 'run']
    boxes = [
        (number, category_id, start, end, int(label == 'Ambiguous'))
        for number, (_, _, rows, unclear) in enumerate(VIDEOS.values())
        for start, end, label in [*rows, *((*pair, 'Ambiguous') for pair in unclear)]
        # An ambiguous segment is one of every class.
        for category_id, name in enumerate(classes, 11)
        if label in (name, 'Ambiguous')
    ]
    content = {
        'images': [
            {'id': i, 'file_name': name, 'subset': VIDEOS[name][0], 'width': VIDEOS[name][1], 'height': 1}
            for i, name in enumerate(names)
        ],
        'categories': [{'id': i, 'name': name} for i, name in reversed(list(enumerate(classes, 11)))],
        'annotations': [
            {'id': i, 'image_id': video, 'category_id': label, 'bbox': [start, 0, end - start, 1], 'iscrowd': crowd}
            for i, (video, label, start, end, crowd) in enumerate(boxes)
        ],
    }
    (root / 'coco.json').write_text(json.dumps(content))
    return root / 'coco.json'


WRITERS = dict(
    activitynet=write_activitynet, wtalc=write_wtalc, thumos14=write_thumos14, csv=write_csv, coco=write_coco
)
