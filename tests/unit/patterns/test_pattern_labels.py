"""The language of labels: letters, sets, regular expressions, others, registers and guards."""

import pytest

from tlsmodel.patterns.automaton import Ambiguous, automaton
from tlsmodel.patterns.labels import MAX_LABEL, Parameters, read_label

PARAMETERS = Parameters(
    fields={"suite": frozenset({"RSA", "PSK"}), "kinds": frozenset({"RSA_SIGN", "DSS_SIGN"})},
    messages={"SERVER_HELLO": ("suite", False), "CERTIFICATE_REQUEST": ("kinds", True)},
    functions={"kind_of": {"RSA": "RSA_SIGN", "PSK": "DSS_SIGN"}},
)


def fits(text, letter):
    """Whether a label takes a letter, and if so whether by name."""
    taken = read_label(text).take(letter, (), Parameters())
    return None if taken is None else taken[0]


@pytest.mark.parametrize(
    "text, letter, expected",
    [
        ("I_A", "I_A", True),
        ("I_A", "O_A", None),
        ("A", "O_A", True),
        ("{I_A, O_B}", "O_B", True),
        ("{I_A, O_B}", "O_A", None),
        ("{I_Alert(WARNING,CLOSE), O_B}", "I_Alert(WARNING,CLOSE)", True),
        ("F_I_.*HELLO", "I_CLIENT_HELLO", True),
        ("F_I_.*HELLO", "I_HELLO_REQUEST", None),
        ("F_O_(?!EMPTY).*CERT", "O_EMPTY_CERT", None),
        ("F_I_A.*|O_A.*", "O_ABC", True),
        ("other", "I_A", False),
        ("other_input", "O_A", None),
        ("other_output", "O_A", False),
        ("other - {I_A}", "I_A", None),
        ("other - I_A", "I_A", None),
        ("other - {I_A}", "I_B", False),
        ("other - F_O_X.* - {O_B}", "O_B", None),
        ("other - F_O_X.* - {O_B}", "O_XY", None),
        ("other_output U F_O_A.*", "O_AB", False),
        ("other_input U F_O_A.*", "O_AB", True),
        ("R_handshake.SUCCESS", "R_handshake.SUCCESS", True),
    ],
)
def test_a_label_takes_the_letters_that_it_names(text, letter, expected):
    assert fits(text, letter) is expected


@pytest.mark.parametrize(
    "text",
    ["", "- I_A", "I_A -", "I_A I_B", "{}", "{I_A; I_B}", "F_(", "I_A[x=y]", "I_A where x",
     "I_A where f(x) ~ y", "x" * (MAX_LABEL + 1), "I_A[x:=y", "other - - I_A", "\u2603"],
)  # fmt: skip
def test_what_is_no_label_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match=r".") as caught:
        read_label(text)
    assert "\n" not in str(caught.value)


def test_a_register_remembers_the_field_of_a_parametric_message():
    remembered = read_label("I_SERVER_HELLO[x:=suite]").take("I_PSK_SERVER_HELLO", (), PARAMETERS)

    assert remembered == (True, (("x", "PSK"),))


def test_a_value_that_the_field_does_not_have_makes_another_message():
    assert read_label("I_SERVER_HELLO[x:=suite]").take("I_DSS_SERVER_HELLO", (), PARAMETERS) is None


@pytest.mark.parametrize(
    "guard, letter, holds",
    [
        ("y != x", "I_RSA_SERVER_HELLO", True),
        ("y != x", "I_PSK_SERVER_HELLO", False),
        ("y == x", "I_PSK_SERVER_HELLO", True),
        ("y == x and y != x", "I_PSK_SERVER_HELLO", False),
        ("y == x or y != x", "I_PSK_SERVER_HELLO", True),
        ("kind_of(y) in s", "I_PSK_SERVER_HELLO", True),
        ("kind_of(y) !in s", "I_RSA_SERVER_HELLO", True),
        ("kind_of(y) in s", "I_RSA_SERVER_HELLO", False),
        ("y == never", "I_PSK_SERVER_HELLO", False),
    ],
)
def test_a_guard_compares_what_is_remembered(guard, letter, holds):
    known = (("s", frozenset({"DSS_SIGN"})), ("x", "PSK"))
    taken = read_label(f"I_SERVER_HELLO[y:=suite] where {guard}").take(letter, known, PARAMETERS)

    assert (taken is not None) is holds


def test_a_set_of_values_is_contained_in_another():
    label = read_label("I_CERTIFICATE_REQUEST[t:=kinds] where t in s")
    known = (("s", frozenset({"DSS_SIGN", "RSA_SIGN"})),)

    assert label.take("I_RSA_SIGN_CERTIFICATE_REQUEST", known, PARAMETERS) is not None
    assert label.take("I_RSA_SIGN_CERTIFICATE_REQUEST", (("s", frozenset()),), PARAMETERS) is None


def test_a_named_letter_goes_before_the_others():
    made = automaton(("a", "I_X", "bug"), ("a", "other", "a"))

    assert made.run(["I_Y", "O_X", "I_X"])
    assert not made.run(["I_Y", "O_X"])


def test_a_letter_without_an_edge_ends_the_run():
    made = automaton(("a", "other - {I_Y}", "a"), ("a", "I_X", "bug"))

    assert not made.run(["I_Y", "I_X"])


def test_two_edges_for_one_letter_are_a_fault_of_the_pattern():
    made = automaton(("a", "I_X", "b"), ("a", "F_I_.*", "bug"))

    with pytest.raises(Ambiguous, match="state a: I_X fits 'I_X' and 'F_I_"):
        made.run(["I_X"])
