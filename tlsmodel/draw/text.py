"""The text formats of a diagram, by file extension."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tlsmodel.draw.diagram import Diagram
from tlsmodel.draw.dot import to_dot
from tlsmodel.draw.mermaid import to_mermaid
from tlsmodel.draw.plantuml import to_plantuml

TEXTS: Final[dict[str, Callable[[Diagram], str]]] = {"dot": to_dot, "mmd": to_mermaid, "puml": to_plantuml}

__all__ = ["TEXTS", "to_dot", "to_mermaid", "to_plantuml"]
