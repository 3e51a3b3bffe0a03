"""Pictures of machines and traces."""

from tlsmodel.draw.diagram import Diagram
from tlsmodel.draw.full_view import full
from tlsmodel.draw.layout import missing
from tlsmodel.draw.mermaid import sequence_mermaid
from tlsmodel.draw.phase_view import phases
from tlsmodel.draw.picture import Picture, machine_svg, render, show
from tlsmodel.draw.sequence import sequence_svg
from tlsmodel.draw.svg import to_svg
from tlsmodel.draw.text import to_dot, to_mermaid, to_plantuml

__all__ = [
    "Diagram",
    "Picture",
    "full",
    "machine_svg",
    "missing",
    "phases",
    "render",
    "sequence_mermaid",
    "sequence_svg",
    "show",
    "to_dot",
    "to_mermaid",
    "to_plantuml",
    "to_svg",
]
