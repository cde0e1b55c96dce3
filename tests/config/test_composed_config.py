"""The text of a config is formatted once, and again when the config changes."""

from __future__ import annotations

import copy

from mmengine.config import Config

from mmacl.config.composed_config import ComposedConfig


def test_the_text_is_that_of_mmengine_and_follows_changes(monkeypatch):
    plain = Config({'model': {'type': 'X', 'widths': [1, 2]}})
    config = ComposedConfig.of(plain)
    assert config.pretty_text == plain.pretty_text
    config.model.widths[0] = 3
    plain.model.widths[0] = 3
    assert config.pretty_text == plain.pretty_text
    formatted = []
    monkeypatch.setattr(Config, 'pretty_text', property(lambda self: formatted.append(self) or 'text'))
    for value in (4, 4, 5):
        other = copy.deepcopy(config)
        other.model.widths[0] = value
        assert other.pretty_text == 'text'
    assert len(formatted) == 2


def test_a_copy_keeps_file_and_values(tmp_path):
    path = tmp_path / 'c.py'
    path.write_text('a = 1\n')
    config = copy.deepcopy(ComposedConfig.of(Config.fromfile(path)))
    assert (config.a, config.filename, type(config)) == (1, str(path), ComposedConfig)
    config.b = 2
    assert config['b'] == 2
