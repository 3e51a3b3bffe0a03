"""Bug patterns: automata over the messages of a run, for the classes of bugs that are known to come back."""

from tlsmodel.patterns.automaton import Automaton, Pattern, Severity
from tlsmodel.patterns.learned import read_learned, read_learned_file
from tlsmodel.patterns.picture import diagram
from tlsmodel.patterns.published import read_automaton, read_parameters, read_patterns
from tlsmodel.patterns.search import Unfolded, consumed, messages
from tlsmodel.patterns.table import PATTERNS, patterns_for
from tlsmodel.patterns.watch import Watch

__all__ = [
    "PATTERNS",
    "Automaton",
    "Pattern",
    "Severity",
    "Unfolded",
    "Watch",
    "consumed",
    "diagram",
    "messages",
    "patterns_for",
    "read_automaton",
    "read_learned",
    "read_learned_file",
    "read_parameters",
    "read_patterns",
]
