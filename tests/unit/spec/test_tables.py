"""The tables keep their own rules: total, cited, narrow, and every variant earns its place."""

import re
from collections import Counter
from pathlib import Path

import pytest

import tlsmodel.spec
from tlsmodel.spec import closure
from tlsmodel.spec.choices import CHOICES
from tlsmodel.spec.contract import CONTRACT, ENTRY_ORDER, ROWS, Micro, Signal
from tlsmodel.spec.dtls12 import flight
from tlsmodel.spec.row import Table, Verb, row
from tlsmodel.spec.scenario import PARAMETERS, SCENARIOS, Role, Scenario, combinations, scenario
from tlsmodel.spec.symbols import DELIVERIES, INPUTS, Kind, delivery, symbol
from tlsmodel.spec.tables import WRITTEN, tables_for

CITATION = re.compile(r"(\d{4} [A-Z0-9][\d.]*|gnutls_\w+\(3\))(; (\d{4} [A-Z0-9][\d.]*|gnutls_\w+\(3\)))*")
ALL_TABLES = list(
    dict.fromkeys(
        table
        for written in WRITTEN.values()
        for table in (written.phase, written.closure, written.rehandshake)
        if table is not None
    )
)


@pytest.mark.parametrize("version, role", WRITTEN)
def test_every_delivery_has_exactly_one_answer_in_every_phase_of_every_scenario(version, role):
    for setting in combinations(version, role):
        tables = tables_for(setting)
        for phase in tables.phase.places:
            for item in tables.inputs:
                if item.kind is Kind.DELIVERY:
                    answers = [tables.closure.find(closure.HANDSHAKING, item), tables.phase.find(phase, item)]

                    assert len([answer for answer in answers if answer]) == 1, (setting.name, phase, item)


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda item: item.name)
def test_every_row_decides_something_in_some_scenario(table):
    version, role = next(key for key, written in WRITTEN.items() if table in _tables(written))
    settings = [*combinations(version, role), *combinations(version, _other(role))]
    used = {row.id for setting in settings for row in table.resolve(setting)}

    for line in table.lines:
        ids = {table.row(line, at, on).id for at in line.at for on in line.on}
        assert ids & used, line


def _tables(written):
    return (written.phase, written.closure, written.rehandshake)


def _other(role):
    return next(item for item in Role if item is not role)


@pytest.mark.parametrize("version, role", WRITTEN)
def test_every_phase_is_entered_in_some_scenario(version, role):
    entered = set()
    for setting in combinations(version, role):
        tables = tables_for(setting)
        entered |= {tables.start} | {
            row.to for row in tables.phase if row.verb in (Verb.ADVANCE, Verb.NOTIFY)
        }

    assert entered == set(WRITTEN[version, role].phase.places)


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_cited_and_makes_a_difference(name):
    parameter = PARAMETERS[name]
    base = Scenario(parameter.versions[0], parameter.roles[0])
    companions = {"early": {"resume": "on"}}.get(name, {})
    changed = base.with_settings({**companions, name: parameter.values[-1]})

    assert CITATION.fullmatch(parameter.cite), parameter
    assert _contents(changed) != _contents(base.with_settings(companions))


def _contents(setting):
    tables = tables_for(setting)
    return tables.inputs, [list(table) for table in tables.resolved]


@pytest.mark.parametrize(
    "name, reason",
    [
        ("tls12-server?exchange=psk&auth=require", "4279 2"),
        ("tls12-client?exchange=ecdhe_psk&certificate=on", "4279 2"),
        ("dtls12-client?exchange=psk&status=on", "6066 8"),
        ("tls13-client?early=on", "8446 4.2.10"),
    ],
)
def test_a_combination_that_makes_no_sense_is_refused_with_a_reason(name, reason):
    with pytest.raises(ValueError, match=f"makes no sense.*{re.escape(reason)}"):
        scenario(name)


@pytest.mark.parametrize(
    "name, fault",
    [
        ("tls13-client?auth=require", "'auth' means nothing to a tls13-client"),
        ("tls13-server?auth=perhaps", "auth='perhaps': choose from none, request, require"),
        ("tls13-server?auth", "'auth' is not of the form name=value"),
        ("tls13-server?colour=red", "unknown setting 'colour'"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name, fault):
    with pytest.raises(ValueError, match=re.escape(fault)):
        scenario(name)


def test_a_scenario_is_read_back_from_its_name():
    for version, role in WRITTEN:
        for setting in combinations(version, role):
            read = scenario(setting.name)
            assert (read.version, read.role, read.parameters) == (version, role, setting.parameters)


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda item: item.name)
def test_every_row_cites_its_source(table):
    for line in table.lines:
        assert CITATION.fullmatch(line.cite), line


def test_every_contract_row_cites_its_source_and_says_how_it_goes_on():
    for line in ROWS:
        answered_by_row = line.signal in (Signal.NOTIFIED, Signal.REFUSED)

        assert CITATION.fullmatch(line.cite), line
        assert bool(line.then or line.returns or line.choice) != answered_by_row, line


def test_row_ids_are_unique():
    ids = [row.id for table in ALL_TABLES for row in table.rows()]
    ids += [line.id for line in ROWS] + [line.id for line in flight.TABLE]

    assert len(ids) == len(set(ids))


def test_the_contract_answers_every_signal_that_a_call_looks_at():
    for call, order in ENTRY_ORDER.items():
        assert {(call, Micro.ENTER, signal) for signal in order} <= CONTRACT.keys()


def test_the_contract_stays_small_enough_to_be_read():
    """What several calls share is written once; no call needs more than a page."""
    by_call = Counter(line.call for line in ROWS)

    assert max(by_call.values()) <= 30


def test_no_cycle_of_micro_states_avoids_a_pull():
    """FLUSH may lead to PULL and STEP to FLUSH, but only PULL, which takes a letter, leads to STEP."""
    leads_to_step = {line.at for line in ROWS if Micro.STEP in line.then}
    leads_to_enter = {line for line in ROWS if Micro.ENTER in line.then}

    assert leads_to_step == {Micro.PULL}
    assert leads_to_enter == set()


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda item: item.name)
def test_refusals_and_what_may_be_refused_name_a_choice_and_only_notices_a_code(table):
    for line in table.lines:
        assert line.choice is not None or line.verb is not Verb.REFUSE, line
        assert line.choice is None or line.verb in (Verb.REFUSE, Verb.ADVANCE), line
        assert (line.code is not None) == (line.verb is Verb.NOTIFY), line


def test_every_choice_is_used():
    used = {line.choice.name for table in ALL_TABLES for line in table.lines if line.choice}
    used |= {line.choice.name for line in ROWS if line.choice}

    assert used == CHOICES.keys()


def test_a_variant_exists_only_where_some_row_tells_it_apart():
    told_apart = {
        item
        for version, role in WRITTEN
        for setting in combinations(version, role)
        for item in tables_for(setting).inputs
    }

    assert told_apart >= set(DELIVERIES)


def test_lines_of_the_tables_fit_164_columns():
    for path in Path(tlsmodel.spec.__file__).parent.rglob("*.py"):
        widest = max(path.read_text().splitlines() or [""], key=len)
        assert len(widest) <= 164, (path.name, widest)


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
