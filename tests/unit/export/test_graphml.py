"""GraphML holds the whole graph."""

import io

import networkx as nx
import pytest

from tlsmodel.export import to_graphml
from tlsmodel.machine import build
from tlsmodel.spec.scenario import SCENARIOS


@pytest.mark.parametrize("name", [f"{name}:handshake" for name in sorted(SCENARIOS)])
def test_graphml_reads_back_with_attributes(name):
    graph = build(name).graph()
    back = nx.read_graphml(io.BytesIO(to_graphml(build(name)).encode()), node_type=int, force_multigraph=True)

    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert sorted(
        (source, target, data["input"]) for source, target, data in back.edges(data=True)
    ) == sorted((source, target, data["input"]) for source, target, data in graph.edges(data=True))


def test_graphml_has_the_same_bytes_each_time():
    assert to_graphml(build("tls13-client:handshake")) == to_graphml(build("tls13-client:handshake"))
