"""Machines for other programs: GraphML and JSON."""

from tlsmodel.export.graphml import to_graphml
from tlsmodel.export.record import Record, from_json, to_json

__all__ = ["Record", "from_json", "to_graphml", "to_json"]
