"""Published patterns and learned machines are read, and the patterns still fit the stacks with those bugs.

Which fit which is what the authors of the patterns report of the same machines.
"""

from pathlib import Path

import pytest

from tlsmodel.draw import to_svg
from tlsmodel.explore import explore
from tlsmodel.patterns import (
    Unfolded,
    diagram,
    read_automaton,
    read_learned,
    read_learned_file,
    read_parameters,
    read_patterns,
)
from tlsmodel.patterns.dot import read_dot
from tlsmodel.spec.scenario import Role, Scenario, Version

DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "dtls-models"
SETTING = Scenario(Version.TLS12, Role.CLIENT)
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder ../shared/data/dtls-models is not here")

LISTING = "<a><bugPattern><bugLanguage>{}</bugLanguage></bugPattern></a>"

# machine -> (states, transitions, patterns of its role that fit, parametric ones that fit)
PREMATURE, WRONG_TYPE = "Premature HelloRequest", "Wrong Certificate Type"
LEARNED = {
    "MbedTLS-2.26.0_client_dhe_ecdhe_rsa_cert_reneg": (40, 840, [PREMATURE], [WRONG_TYPE]),
    "MbedTLS-2.26.0_client_psk_reneg": (17, 153, [PREMATURE], []),
    "MbedTLS-2.26.0_server_all_cert_req": (17, 272, ["Non-conforming Cookie"], ["Non-conforming Cookie"]),
    "ctinydtls_client_ecdhe_cert_rwalk": (22, 374, ["Incorrect DecryptError Alert"], []),
    "ctinydtls_ecdhe_cert_req_rwalk": (30, 300, ["Invalid DecryptError Alert"], []),
    "etinydtls_psk_rwalk": (22, 154, ["Invalid DecryptError Alert"], []),
    "mbedtls-2.16.1_client_ecdhe_cert_reneg_rwalk": (20, 360, [PREMATURE], [WRONG_TYPE]),
    "mbedtls-2.26.0_client_psk_reneg_rwalk": (17, 153, [PREMATURE], []),
}


def learned(name):
    return read_learned_file(DATA / "learned" / f"{name}.dot", SETTING)


def folder(name):
    return DATA / "bug-patterns" / ("client" if "client" in name else "server")


@needs_data
def test_every_learned_machine_is_in_the_table():
    assert {path.stem for path in (DATA / "learned").glob("*.dot")} == LEARNED.keys()


@needs_data
@pytest.mark.parametrize("name", LEARNED)
def test_the_explorer_takes_a_learned_machine(name):
    space = explore(learned(name))

    assert (space.states, space.transitions) == LEARNED[name][:2]


@needs_data
@pytest.mark.parametrize("name", LEARNED)
def test_patterns_fit_the_stacks_that_have_those_bugs(name):
    machine = Unfolded(learned(name))
    for patterns, expected in zip(
        (read_patterns(folder(name)), read_patterns(folder(name) / "parametric")),
        LEARNED[name][2:],
        strict=True,
    ):
        found = {pattern.title: machine.witness(pattern.automaton) for pattern in patterns}
        assert [title for title, trace in found.items() if trace] == expected


@needs_data
def test_a_shortest_witness_is_a_run_of_the_machine():
    (pattern,) = [item for item in read_patterns(folder("client")) if item.title == PREMATURE]
    trace = Unfolded(learned("MbedTLS-2.26.0_client_psk_reneg")).witness(pattern.automaton)

    assert [(step.given.name, str(step.output)) for step in trace] == [
        ("HELLO_REQUEST", "!CLIENT_HELLO !Alert(FATAL,DECODE_ERROR)")
    ]


@needs_data
@pytest.mark.parametrize("role", ["client", "server"])
def test_every_published_automaton_is_read_and_drawn(role):
    paths = sorted((DATA / "bug-patterns" / role).rglob("*.dot"))

    assert len(paths) > 10
    for path in paths:
        made = read_automaton(path.read_text())
        assert made.accepting
        assert {edge.source for edge in made.edges} >= {made.initial}
    for pattern in read_patterns(DATA / "bug-patterns" / role):
        assert pattern.title in to_svg(diagram(pattern))


@needs_data
def test_what_the_list_disables_is_left_out():
    titles = {pattern.title for pattern in read_patterns(folder("server"))}

    assert len(titles) == 17
    assert not any("All Cert" in title for title in titles)


@needs_data
def test_parametric_messages_are_read():
    parameters = read_parameters((folder("client") / "parametric" / "parameters.lang").read_text())

    assert parameters.fields["cipher_suite"] == {"RSA", "PSK", "ECDH", "DH"}
    assert parameters.messages["CERTIFICATE_REQUEST"] == ("cert_type", True)
    assert parameters.functions["cert_type"]["ECDSA"] == "ECDSA_SIGN"
    assert parameters.split("I_PSK_SERVER_HELLO") == ("I_SERVER_HELLO", "cipher_suite", "PSK")


def test_a_trailing_plus_is_a_message_that_came_more_than_once():
    machine = read_learned('digraph g { s0 -> s0 [label="A / B+|C,D(E,F)"]; __start0 -> s0; }', "m", SETTING)
    (answer,) = machine.successors(0, machine.inputs[0])

    assert [item.name for item in answer.output.emissions] == ["B", "B", "C", "D(E,F)"]


@pytest.mark.parametrize(
    "text, fault",
    [
        ("", "the file ends where digraph"),
        ("graph g {}", "not a digraph"),
        ("digraph g { a -> ; }", "line 1: ';' where a node"),
        ("digraph g {\n a [label=]\n}", "line 2: ']' where a value"),
        ("digraph g { a", "the file ends"),
        ("digraph g {\n\n%", "line 3: '%' is no DOT"),
        ("digraph g { a -> b [label=x] }", "no initial state"),
        ('digraph g { a [color="red"] a -> b [label="F_("] }', "unterminated"),
    ],
)
def test_a_damaged_automaton_is_refused_in_one_line(text, fault):
    with pytest.raises(ValueError, match=fault):
        read_automaton(text)


@pytest.mark.parametrize(
    "text, fault",
    [
        ('digraph g { a -> b [label="X"]; __start0 -> a; }', "'X' is not INPUT / OUTPUT"),
        ('digraph g { a -> b [label="X / Y"]; a -> a [label="X / Z"]; __start0 -> a; }', "two edges for X"),
    ],
)
def test_a_damaged_learned_machine_is_refused(text, fault):
    with pytest.raises(ValueError, match=fault):
        read_learned(text, "m", SETTING)


def test_comments_attributes_and_quotes_of_dot_are_read():
    graph = read_dot(
        'digraph "g" { // one\n/* two\n*/ node [shape=box]; rank = same; a [label="\\"q\\""]; a -> b }'
    )

    assert graph.nodes == {"a": {"label": '"q"'}, "b": {}}
    assert graph.edges == [("a", "b", {})]


@pytest.mark.parametrize(
    "files, fault",
    [
        ({}, "No such file"),
        ({"patterns.xml": "<a>"}, "patterns.xml"),
        ({"patterns.xml": "<!DOCTYPE a><a/>"}, "declarations"),
        (
            {"patterns.xml": "<a><bugPattern><bugLanguage>../x</bugLanguage></bugPattern></a>"},
            "no file of this",
        ),
        (
            {
                "patterns.xml": "<a><bugPattern><bugLanguage>x.dot</bugLanguage></bugPattern></a>",
                "x.dot": "%",
            },
            "x.dot",
        ),
        ({"patterns.xml": "<a><patternLanguage>p</patternLanguage></a>", "p": "fields =\n a"}, "line 2"),
    ],
)
def test_a_damaged_list_names_its_file(tmp_path, files, fault):
    for name, text in files.items():
        tmp_path.joinpath(name).write_text(text)

    with pytest.raises(ValueError, match=fault):
        read_patterns(tmp_path)
