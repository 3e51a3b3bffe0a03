"""The tables keep their own rules: total, cited, narrow, and every variant earns its place."""

import re
from pathlib import Path

import pytest

import tlsmodel.spec
from tlsmodel.spec import closure
from tlsmodel.spec.choices import CHOICES
from tlsmodel.spec.contract import CONTRACT, ENTRY_ORDER, ROWS, Micro, Signal
from tlsmodel.spec.row import Table, Verb, row
from tlsmodel.spec.scenario import SCENARIOS, scenario
from tlsmodel.spec.symbols import DELIVERIES, INPUTS, delivery, symbol
from tlsmodel.spec.tables import TABLES

CITATION = re.compile(r"(\d{4} [A-Z0-9][\d.]*|gnutls_\w+\(3\))(; (\d{4} [A-Z0-9][\d.]*|gnutls_\w+\(3\)))*")
PHASE_TABLES = [tables.phase for tables in TABLES.values()]
ALL_TABLES = [*PHASE_TABLES, closure.TLS12, closure.TLS13]


@pytest.mark.parametrize("tables", TABLES.values(), ids=lambda item: item.phase.name)
def test_every_delivery_has_exactly_one_answer_in_every_phase(tables):
    for phase in tables.phase.places:
        for item in DELIVERIES:
            answers = [tables.closure.find(closure.HANDSHAKING, item), tables.phase.find(phase, item)]

            assert len([answer for answer in answers if answer]) == 1, (phase, item)


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda item: item.name)
def test_every_row_cites_its_source(table):
    for line in table:
        assert CITATION.fullmatch(line.cite), line


def test_every_contract_row_cites_its_source_and_says_how_it_goes_on():
    for line in ROWS:
        answered_by_row = line.signal in (Signal.NOTIFIED, Signal.REFUSED)

        assert CITATION.fullmatch(line.cite), line
        assert bool(line.then or line.returns or line.choice) != answered_by_row, line


def test_row_ids_are_unique():
    ids = [line.id for table in ALL_TABLES for line in table] + [line.id for line in ROWS]

    assert len(ids) == len(set(ids))


def test_the_contract_answers_every_signal_that_a_call_looks_at():
    for call, order in ENTRY_ORDER.items():
        assert {(call, Micro.ENTER, signal) for signal in order} <= CONTRACT.keys()


def test_the_contract_stays_small_enough_to_be_read():
    assert len(ROWS) <= 60


def test_no_cycle_of_micro_states_avoids_a_pull():
    """FLUSH may lead to PULL and STEP to FLUSH, but only PULL, which takes a letter, leads to STEP."""
    leads_to_step = {line.at for line in ROWS if Micro.STEP in line.then}
    leads_to_enter = {line for line in ROWS if Micro.ENTER in line.then}

    assert leads_to_step == {Micro.PULL}
    assert leads_to_enter == set()


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda item: item.name)
def test_only_refusals_name_a_choice_and_only_notices_a_code(table):
    for line in table:
        assert (line.choice is not None) == (line.verb is Verb.REFUSE), line
        assert (line.code is not None) == (line.verb is Verb.NOTIFY), line


def test_every_choice_is_used():
    used = {line.choice.name for table in ALL_TABLES for line in table if line.choice}
    used |= {line.choice.name for line in ROWS if line.choice}

    assert used == CHOICES.keys()


def test_a_variant_exists_only_where_some_row_tells_it_apart():
    def answers(item):
        return tuple(
            (line.verb, line.to, line.choice and line.choice.name) if line else None
            for table in ALL_TABLES
            for place in table.places
            for line in [table.find(place, item)]
        )

    for item in DELIVERIES:
        plain = next((other for other in DELIVERIES if other.name == item.message), None)
        if plain is not None and plain is not item:
            assert answers(item) != answers(plain), item


def test_lines_of_the_tables_fit_140_columns():
    for path in Path(tlsmodel.spec.__file__).parent.rglob("*.py"):
        widest = max(path.read_text().splitlines() or [""], key=len)
        assert len(widest) <= 140, (path.name, widest)


def test_a_row_that_decides_nothing_is_refused_at_import():
    line = row("A", delivery("Finished"), to="A", cite="8446 4.4.4")

    with pytest.raises(ValueError, match="decides nothing"):
        Table("twice", ("A",), line, line)


def test_a_row_to_an_unknown_phase_is_refused_at_import():
    with pytest.raises(ValueError, match="unknown place"):
        Table("astray", ("A",), row("A", delivery("Finished"), to="B", cite="8446 4.4.4"))


def test_symbols_are_read_back_from_their_text():
    for item in INPUTS:
        assert symbol(str(item)) is item


def test_an_unknown_symbol_is_named():
    with pytest.raises(ValueError, match="'deliver Nonsense'"):
        symbol("deliver Nonsense")


def test_an_unknown_machine_is_answered_with_those_that_exist():
    with pytest.raises(ValueError, match=r"unknown machine 'ssl3-client': choose from tls12-client"):
        scenario("ssl3-client")


@pytest.mark.parametrize(
    "settings", [{"inbox": "0"}, {"inbox": "nine"}, {"inbox": "-1"}, {"inbox": "99999999"}, {"depth": "3"}]
)
def test_a_setting_out_of_range_is_named(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        SCENARIOS["tls13-client"].with_settings(settings)
