"""The mapper's names and the model's alphabet are the same set, and each number has one name."""

from __future__ import annotations

from tlsmodel.mapper import names
from tlsmodel.spec.choices import CHOICES
from tlsmodel.spec.symbols import DELIVERIES

WITHOUT_NUMBER = {
    "BadRecord",
    "EndOfStream",
    "EarlyData",
    "HelloRetryRequest",
    "Retransmission",
    "StaleRecord",
}


def test_every_message_of_the_alphabet_has_a_number_and_every_number_a_message() -> None:
    assert set(names.WIRE) == {symbol.message for symbol in DELIVERIES} - WITHOUT_NUMBER


def test_wire_numbers_are_a_bijection() -> None:
    assert {names.MESSAGE_OF[wire]: wire for wire in names.WIRE.values()} == names.WIRE


def test_alert_numbers_are_a_bijection() -> None:
    assert {names.ALERT_OF[number]: number for number in names.ALERT_OF} == names.ALERT_DESCRIPTIONS


def test_every_alert_that_the_model_permits_can_be_named() -> None:
    permitted = {
        outcome.alert
        for choice in CHOICES.values()
        for outcome in choice.outcomes
        if outcome.alert is not None
    }
    nameable = {names.alert_name(level, number) for level in names.LEVEL_OF for number in names.ALERT_OF}

    assert permitted <= nameable


def test_an_alert_with_an_unassigned_number_has_no_name() -> None:
    assert names.alert_name(77, 40) is None
    assert names.alert_name(2, 200) is None


def test_only_handshake_records_carry_handshake_types() -> None:
    assert {wire.content_type for wire in names.WIRE.values() if wire.handshake_type is not None} == {
        names.HANDSHAKE
    }
