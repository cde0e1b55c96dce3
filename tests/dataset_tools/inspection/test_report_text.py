from mmacl.dataset_tools.inspection import Subject, inspect, report_text


def report(videos, **kwargs):
    subjects = [
        Subject(name, videos.dataset(subset=name, test_mode=name == 'test', lazy_init=True))
        for name in ('train', 'test')
    ]
    return list(report_text(inspect(subjects, 1), **kwargs))


def test_summary_balance_drifts_and_the_last_line(videos):
    summary, balance, train, test, warnings, last = report(videos)
    assert (
        '| train  | 3      | rgb 3 x 4, flow 3 x 3 | 29       | 0.00  | 5         | 0         | 0      | 0        |'
        in summary
    )
    assert (
        '| run   | 2             | 3                | 60.0%        | 0            | 0               | 0.0%        |'
        in balance
    )
    assert train.startswith('train: drift, worst 3 of 3, at 0.5 s a snippet (as stated)')
    assert test.count('delta') == 1
    assert warnings.startswith("warnings of kind 'empty class': 1\n  test: no video has class 'run' (")
    assert last == 'no faults, 1 warning'


def test_faults_are_grouped_counted_and_limited(videos):
    for name in ('alpha', 'beta', 'gamma'):
        videos.path(name).unlink()
    *_, faults, last = report(videos, shown=2, num_drifts=0)
    lines = faults.splitlines()
    assert lines[0] == "faults of kind 'missing': 3"
    assert lines[1].startswith(f'  alpha: no rgb features ({videos.path("alpha")}); ')
    assert lines[3] == '  ... and 1 more; --json has all'
    assert last == '3 faults, 1 warning'
