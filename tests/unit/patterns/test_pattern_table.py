"""Our own patterns: none fits a run that the model permits, each fits what its shape says, all are drawn."""

import pytest

from tlsmodel.draw import to_svg
from tlsmodel.machine import build
from tlsmodel.patterns import PATTERNS, Unfolded, Watch, consumed, diagram, patterns_for
from tlsmodel.patterns.automaton import automaton
from tlsmodel.patterns.labels import Matching, Named
from tlsmodel.patterns.shapes import accepted, missing, repeated, swapped
from tlsmodel.spec.scenario import SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_pattern_fits_a_handshake_that_the_model_permits(name):
    machine = Unfolded(build(f"{name}:handshake"))

    assert patterns_for(name)
    for pattern in patterns_for(name):
        assert machine.witness(pattern.automaton) is None, pattern.id


@pytest.mark.stress
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_pattern_fits_a_session_that_the_model_permits(name):
    machine = Unfolded(build(name), consumed)
    for pattern in patterns_for(name):
        assert machine.witness(pattern.automaton) is None, pattern.id


def test_no_pattern_fits_a_session_of_the_smallest_machine():
    machine = Unfolded(build("tls13-server"), consumed)
    for pattern in patterns_for("tls13-server"):
        assert machine.witness(pattern.automaton) is None, pattern.id


def test_the_order_of_pending_output_and_input_matters():
    """A server whose flight was still waiting sends it before it reads Finished, and is not at fault."""
    never = automaton(("a", "I_Finished", "met"), ("a", "other", "a"), ("met", "O_ServerHello", "bug"),
                      ("met", "other", "met"))  # fmt: skip

    assert Unfolded(build("tls13-server"), consumed).witness(never) is None


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda pattern: pattern.id)
def test_a_pattern_is_told_sourced_and_deterministic(pattern):
    assert pattern.sentence.endswith(".")
    assert pattern.cite
    assert pattern.machines
    assert pattern.automaton.accepting == {"bug"}
    for edge in pattern.automaton.edges:
        names = edge.label.letters.names if isinstance(edge.label.letters, Named) else ()
        for letter in names:
            pattern.automaton.step(pattern.automaton.start._replace(state=edge.source), letter)


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda pattern: pattern.id)
def test_a_pattern_can_show(pattern):
    """Along its edges, with a letter of each, there is a way to the bug."""
    words, seen = [(pattern.automaton.start, [])], set()
    letters = sorted({letter for edge in pattern.automaton.edges for letter in examples(edge.label.letters)})
    while words:
        configuration, word = words.pop(0)
        if pattern.automaton.accepts(configuration):
            assert pattern.automaton.run(word)
            return
        for letter in letters:
            after = pattern.automaton.step(configuration, letter)
            if after.state is not None and after not in seen:
                seen.add(after)
                words.append((after, [*word, letter]))
    pytest.fail("no word shows it")


def examples(letters):
    """Letters that an expression names, or that make one that it matches."""
    if isinstance(letters, Named):
        return letters.names
    if isinstance(letters, Matching):
        return [name for name in CANDIDATES if letters.fits(name)]
    return ()


CANDIDATES = [
    "I_Certificate", "I_ServerKeyExchange", "I_ClientKeyExchange", "I_Finished", "I_Alert.fatal",
    "O_Certificate", "O_Alert.fatal.internal_error", "O_Finished", "I_ClientHello", "O_ClientHello",
    "I_ServerHello.malformed",
]  # fmt: skip


@pytest.mark.parametrize(
    "rows, shows, hides",
    [
        (missing("I_A", "I_B", "O_C"), ["I_A", "O_C"], ["I_A", "I_B", "O_C"]),
        (missing("I_A", "I_B", "O_C"), ["I_A", "I_B", "I_A", "O_C"], ["O_C"]),
        (repeated("I_A", "I_B", "O_C"), ["I_A", "I_B", "I_B", "O_C"], ["I_A", "I_B", "I_A", "I_B", "O_C"]),
        (repeated("I_A", "I_B", "O_C"), ["I_A", "I_B", "O_C", "I_B", "I_B", "O_C"], ["I_A", "I_B", "O_C"]),
        (swapped("I_A", "I_B", "I_D", "O_C"), ["I_A", "I_D", "I_B", "O_C"], ["I_A", "I_B", "I_D", "O_C"]),
        (accepted("I_A", "I_B", "O_C"), ["I_A", "I_B", "O_C"], ["I_B", "I_A", "O_C"]),
    ],
)
def test_a_shape_shows_what_it_says(rows, shows, hides):
    assert automaton(*rows).run(shows)
    assert not automaton(*rows).run(hides)


def test_a_watch_sees_all_patterns_at_once_and_each_once():
    watch = Watch(patterns_for("tls13-client"))
    seen = [watch.see(letter) for letter in ("O_ClientHello", "I_ServerHello", "O_Finished", "O_Finished")]

    assert [len(shown) for shown in seen[:2]] == [0, 0]
    assert {pattern.id for pattern in seen[2]} >= {"13-client-no-certificate", "13-client-no-finished"}
    assert seen[3] == ()
    watch.reset()
    assert watch.see("O_Finished") == ()


@pytest.mark.parametrize("pattern", [PATTERNS["client-premature-hello-request"], PATTERNS["early-data"]])
def test_a_pattern_is_drawn(pattern):
    picture = to_svg(diagram(pattern))

    assert picture.count("<svg") == 1
    assert pattern.title in picture
    assert "bug" in picture
