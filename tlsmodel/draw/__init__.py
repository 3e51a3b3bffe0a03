"""Pictures of machines and traces."""

from tlsmodel.draw.diagram import Diagram
from tlsmodel.draw.render import render, to_svg
from tlsmodel.draw.sequence import sequence_svg
from tlsmodel.draw.views import full, phases

__all__ = ["Diagram", "full", "phases", "render", "sequence_svg", "to_svg"]
