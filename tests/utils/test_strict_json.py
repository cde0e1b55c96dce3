"""JSON that is refused, in one line each."""

from __future__ import annotations

import json

import pytest

from mmacl.utils import InputError
from mmacl.utils.strict_json import read_strict_json


def test_reads_json_with_or_without_a_byte_order_mark(tmp_path):
    path = tmp_path / 'a.json'
    path.write_text('\ufeff{"a": [1, "2"]}', encoding='utf-8')
    assert read_strict_json(path, 'anything') == {'a': [1, '2']}


@pytest.mark.parametrize(
    'text',
    [
        '{"a:": ":", ":b": "c\\":", "d": {"a": [{"a": 1}, {"a": 2}]}}',
        '[{"a": 1}, {"a" : 1}]',
        '"a:"',
        '{}',
        '3',
    ],
)
def test_colons_in_text_are_no_repeated_keys(tmp_path, text):
    (tmp_path / 'a.json').write_text(text)
    assert read_strict_json(tmp_path / 'a.json', 'anything') == json.loads(text)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('{"a": NaN}', 'NaN is not valid JSON; use a finite number'),
        ('[-Infinity]', '-Infinity is not valid JSON'),
        ('{"a": 1, "a": 2}', "key 'a' occurs twice in one object"),
        ('[{"b": {"a" : 1, "a"\n:2,"a":3}}]', "key 'a' occurs 3 times in one object"),
        ('{"a": {"b": "x:"}, "a": {}}', "key 'a' occurs twice"),
        ('{"a": ', 'not JSON .*; expected a form'),
        ('[' * 200_000, 'not JSON'),
        ('9' * 10_000, 'not JSON'),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    path = tmp_path / 'a.json'
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_strict_json(path, 'a form')
    assert str(caught.value).startswith(str(path))
    assert '\n' not in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_bytes_and_files_that_are_none(tmp_path):
    (tmp_path / 'b.json').write_bytes(b'\xff\xfe\x00')
    with pytest.raises(InputError, match='not UTF-8'):
        read_strict_json(tmp_path / 'b.json', 'a form')
    with pytest.raises(InputError, match='cannot be read'):
        read_strict_json(tmp_path / 'none.json', 'a form')
