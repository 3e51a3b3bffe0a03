"""Colours and type: one place for all pictures.

The palette is Okabe and Ito's, which readers with colour-blindness can tell apart; nothing is told by colour
alone.  Dark viewers get the dark values through a media query.
"""

from __future__ import annotations

from typing import Final

FONT: Final = "Helvetica,Arial,sans-serif"
INK, PAPER, FAINT = "#1b1f24", "#ffffff", "#6a737d"
USED, DEPARTURE = "#0072b2", "#d55e00"
PHASE_FILL, START_FILL, FINAL_FILL, DEAD_FILL = "#f3f6f9", "#e6f2fa", "#e3f4ec", "#f6f6f6"

STYLE: Final = """
text { font-family: Helvetica, Arial, sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { background: #14181d; }
  .paper { fill: #14181d; }
  text { fill: #e6e9ed !important; }
  .faint text, text.faint { fill: #9aa4ae !important; }
  .node polygon, .node path, .node ellipse { fill: #222a33; stroke: #9aa4ae; }
  .edge path, .lane { stroke: #9aa4ae; }
  .edge polygon { fill: #9aa4ae; stroke: #9aa4ae; }
  .used path { stroke: #56b4e9 !important; }
  .used polygon { stroke: #56b4e9 !important; }
  .departure path, .departure polygon, .departure rect { stroke: #e69f00 !important; }
}
"""
