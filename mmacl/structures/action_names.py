"""Names that a person gave to clusters, and the small JSON file that holds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from mmacl.structures.cluster_mapping import ClusterMapping
from mmacl.utils import InputError, write_json_atomically
from mmacl.utils.strict_json import read_strict_json

VERSION = 1
FORM = (
    '{"version": 1, "names": {"cluster_00": "jump"}, "merged": {"cluster_03": "cluster_00"}, '
    '"not_actions": ["cluster_05"]}'
)
_MAX_BYTES, _MAX_NAME = 2**20, 200
_CLUSTER = re.compile(r'cluster_([0-9]{1,6})', re.ASCII)


@dataclass(frozen=True)
class ActionNames:
    """What a person says about clusters: their names, which are one action, and which are none.

    Attributes:
        names: name of an action by cluster. Clusters of one name are one action.
        merged: cluster by the cluster that it joins; it takes that one's name, whatever its own.
        not_actions: clusters whose segments are left out, as are those of the clusters that join them.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    merged: Mapping[int, int] = field(default_factory=dict)
    not_actions: frozenset[int] = frozenset()

    def root(self, cluster: int) -> int:
        """Follow merges from a cluster to the one that it joins in the end."""
        while cluster in self.merged:
            cluster = self.merged[cluster]
        return cluster

    def name_of(self, cluster: int, num_clusters: int) -> str | None:
        """Return the action of a cluster, ``cluster_00`` if it has no name; None if it is no action."""
        root = self.root(cluster)
        if cluster in self.not_actions or root in self.not_actions:
            return None
        return self.names.get(root) or cluster_name(root, num_clusters)

    def apply(self, mapping: ClusterMapping, source: str | PathLike[str] = '') -> ClusterMapping:
        """Return a mapping with these names. A cluster without a name keeps the actions that it had.

        Args:
            mapping: actions of the C clusters so far; :meth:`ClusterMapping.anonymous` if none are known.
            source: file of the names, for messages.

        Returns:
            (C, A') weights; actions are ordered by their first cluster, and one that no cluster has is left out. A' may
            be 0.

        Raises:
            InputError: a cluster is not in [0, C).
        """
        num_clusters = len(mapping.weights)
        for cluster in sorted({*self.names, *self.merged, *self.merged.values(), *self.not_actions}):
            if cluster >= num_clusters:
                raise InputError(
                    f'names {cluster_name(cluster, num_clusters)}, and the model has {num_clusters} clusters',
                    file=source,
                    remedy='give the names that belong to this model',
                )
        columns: dict[str, int] = {}
        entries: list[tuple[int, int, float]] = []
        for cluster in range(num_clusters):
            root = self.root(cluster)
            if {cluster, root} & self.not_actions:
                continue
            own = [(mapping.class_names[a], mapping.weights[root, a]) for a in np.flatnonzero(mapping.weights[root])]
            for name, weight in [(self.names[root], 1.0)] if root in self.names else own:
                entries.append((cluster, columns.setdefault(name, len(columns)), float(weight)))
        weights = np.zeros((num_clusters, len(columns)))
        for row, column, weight in entries:
            weights[row, column] = max(weights[row, column], weight)
        return ClusterMapping(weights, tuple(columns))

    def relabel(self, detections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the segments of a detections file under these names, without those of clusters that are no action.

        Args:
            detections: ``{'label', 'cluster', ...}`` each; one without a cluster keeps its label.
        """
        named = []
        for found in detections:
            cluster = found.get('cluster')
            if cluster is None:
                named.append(dict(found))
                continue
            root = self.root(cluster)
            label = found['label'] if root == cluster else cluster_name(root, 100)
            if not {cluster, root} & self.not_actions:
                named.append({**found, 'label': self.names.get(root, label)})
        return named

    def to_json(self, num_clusters: int) -> dict[str, Any]:
        """Convert to the content of the file; C clusters decide how many digits a cluster has."""

        def text(cluster: int) -> str:
            return cluster_name(cluster, num_clusters)

        return {
            'version': VERSION,
            'names': {text(cluster): name for cluster, name in sorted(self.names.items())},
            'merged': {text(cluster): text(into) for cluster, into in sorted(self.merged.items())},
            'not_actions': [text(cluster) for cluster in sorted(self.not_actions)],
        }

    @classmethod
    def from_json(cls, content: Any, source: str | PathLike[str] = '') -> ActionNames:
        """Check the content of a file of names; ``names``, ``merged`` and ``not_actions`` may each be left out.

        Args:
            content: the JSON value.
            source: its file, for messages.

        Raises:
            InputError: it has another form, names a cluster twice, or merges clusters in a circle.
        """
        check = _Check(source)
        if not isinstance(content, dict):
            raise check.refuse('is no JSON object')
        if content.get('version') != VERSION or isinstance(content.get('version'), bool):
            raise check.refuse(f'version={content.get("version")!r:.40} is not {VERSION}')
        for key in content:
            if key not in ('version', 'names', 'merged', 'not_actions'):
                raise check.refuse(f'{key!r:.80} is not known')
        names = {cluster: check.name(name, key) for cluster, key, name in check.entries(content, 'names')}
        merged = {cluster: check.cluster(into, 'merged') for cluster, _, into in check.entries(content, 'merged')}
        listed = content.get('not_actions', [])
        if not isinstance(listed, list):
            raise check.refuse('not_actions is no list')
        found = cls(names, merged, frozenset(check.cluster(each, 'not_actions') for each in listed))
        for cluster in merged:
            if cluster in found.not_actions:
                raise check.refuse(f'cluster_{cluster:02d} is merged and no action at once')
            step, seen = cluster, set()
            while step in merged:
                if step in seen:
                    raise check.refuse(f'merged: cluster_{cluster:02d} ends in a circle')
                seen.add(step)
                step = merged[step]
        return found


@dataclass(frozen=True)
class _Check:
    """Checks of parts of the file, with messages that name it."""

    source: str | PathLike[str]

    def refuse(self, what: str) -> InputError:
        return InputError(what, file=self.source, remedy=f'the form is {FORM}', kind='names')

    def entries(self, content: dict[str, Any], key: str) -> list[tuple[int, str, Any]]:
        """Cluster, key as written and value of each entry of an object."""
        given = content.get(key, {})
        if not isinstance(given, dict):
            raise self.refuse(f'{key} is no object')
        found: dict[int, tuple[int, str, Any]] = {}
        for written, value in given.items():
            cluster = self.cluster(written, key)
            if cluster in found:
                raise self.refuse(f'{key}: {written} and {found[cluster][1]} are one cluster')
            found[cluster] = (cluster, written, value)
        return list(found.values())

    def cluster(self, value: Any, key: str) -> int:
        """Number of the cluster that a word names."""
        match = _CLUSTER.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise self.refuse(f'{key}: {value!r:.80} is no cluster, such as cluster_00')
        return int(match[1])

    def name(self, value: Any, key: str) -> str:
        """A name in one line, without spaces around it."""
        name = ' '.join(value.split()) if isinstance(value, str) else ''
        if not name or len(name) > _MAX_NAME or not name.isprintable():
            raise self.refuse(f'names: {key} has the name {value!r:.80}, and a name is 1 to {_MAX_NAME} characters')
        return name


def cluster_name(cluster: int, num_clusters: int) -> str:
    """Return what a cluster is called without a name: ``cluster_00``, with as many digits as the largest of C needs."""
    return f'cluster_{cluster:0{max(2, len(str(num_clusters - 1)))}d}'


def read_action_names(path: str | PathLike[str]) -> ActionNames:
    """Read a file of names.

    Raises:
        InputError: it cannot be read, or has another form.
    """
    return ActionNames.from_json(read_strict_json(path, f'names of clusters, {FORM}', _MAX_BYTES), path)


def write_action_names(path: str | PathLike[str], names: ActionNames, num_clusters: int) -> None:
    """Write a file of names, atomically."""
    write_json_atomically(path, names.to_json(num_clusters))
