"""Machines as data for other programs."""

from tlsmodel.export.graphml import to_graphml
from tlsmodel.export.record import Record, read_json, record, to_json

__all__ = ["Record", "read_json", "record", "to_graphml", "to_json"]
