"""Exploration of machines: state spaces and shortest traces."""

from tlsmodel.explore.search import StateSpace, explore, shortest

__all__ = ["StateSpace", "explore", "shortest"]
