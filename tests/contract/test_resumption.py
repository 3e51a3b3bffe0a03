"""Abbreviated handshakes: by session id and database, by tickets, and what makes a server forget."""

import pytest

from tests.contract.drivers.settings import CLIENT, SERVER, TLS12, TLS13, RecordingStore
from tests.contract.pair import read, read_waiting

KEY, OTHER_KEY = bytes(range(64)), bytes(range(1, 65))


@pytest.fixture(params=["database", "tickets12", "tickets13"])
def how(request):
    """Version, and the server's settings that let sessions be resumed: called once for all connections."""
    return {
        "database": (TLS12, {"store": RecordingStore()}),
        "tickets12": (TLS12, {"ticket_key": KEY}),
        "tickets13": (TLS13, {"ticket_key": KEY}),
    }[request.param]


@pytest.fixture
def resume(connect):
    """`resume(version, role, server, ...)`: a first connection, then one that offers to resume it."""

    def resumed(version, role, first, then=None, **client):
        before = connect(version, role, server=first).established()
        data = before.client.session_data()
        assert isinstance(data, bytes)
        return connect(
            version, role, client={"resume": data, **client}, server=first if then is None else then
        )

    return resumed


@pytest.mark.manual("gnutls_handshake(3)", "gnutls_session_set_data(3)", "gnutls_session_is_resumed(3)")
def test_a_session_is_resumed_by_a_database_or_by_tickets(resume, how, role):
    version, server = how
    pair = resume(version, role, server)

    assert pair.handshake() == ("SUCCESS", "SUCCESS")

    assert pair.subject.is_resumed()
    assert pair.peer.is_resumed()
    read_waiting(pair.client)
    pair.assert_talks()


@pytest.mark.manual("gnutls_session_is_resumed(3)")
def test_a_first_session_is_not_resumed(connect, how, role):
    version, server = how
    pair = connect(version, role, server=server).established()

    assert not pair.subject.is_resumed()
    assert not pair.peer.is_resumed()


@pytest.mark.manual("gnutls_session_get_data2(3)")
def test_a_resumed_session_can_be_resumed_once_more(connect, resume, how, role):
    version, server = how
    pair = resume(version, role, server).established()
    data = pair.client.session_data()

    again = connect(version, role, client={"resume": data}, server=server).established()

    assert again.subject.is_resumed()


@pytest.mark.manual("gnutls_session_get_data2(3)")
def test_there_is_no_session_data_before_the_handshake_is_complete(connect, version):
    pair = connect(version, CLIENT)
    assert pair.subject.handshake() == "AGAIN"

    assert not isinstance(pair.subject.session_data(), bytes)


@pytest.mark.manual("gnutls_session_set_data(3)")
def test_damaged_session_data_is_refused_when_it_is_set(connect, how):
    version, server = how
    data = connect(version, CLIENT, server=server).established().client.session_data()

    for damaged in (data[:-1], data[:20], b"", b"nonsense"):
        with pytest.raises(ValueError):
            connect(version, CLIENT, client={"resume": damaged}, server=server)


def _changes(how):
    version, server = how
    if "store" in server:
        return version, server, {"store": RecordingStore()}
    return version, server, {"ticket_key": OTHER_KEY}


@pytest.mark.manual("gnutls_session_set_data(3)", "gnutls_session_ticket_enable_server(3)")
def test_resuming_is_advisory_a_server_that_has_forgotten_makes_a_full_handshake(resume, how, role):
    """Another database, or another ticket key."""
    version, server, other = _changes(how)
    pair = resume(version, role, server, then=other)

    assert pair.handshake() == ("SUCCESS", "SUCCESS")

    assert not pair.subject.is_resumed()
    assert not pair.peer.is_resumed()
    read_waiting(pair.client)
    pair.assert_talks()


@pytest.mark.manual("gnutls_session_set_data(3)")
def test_a_server_without_any_means_of_resumption_makes_a_full_handshake(resume, how, role):
    version, server = how
    pair = resume(version, role, server, then={})

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    assert not pair.subject.is_resumed()


@pytest.mark.manual("gnutls_db_set_cache_expiration(3)")
@pytest.mark.parametrize("waited, resumed", [(0, True), (90, True), (101, False), (100_000, False)])
def test_a_session_expires_by_the_clock(connect, clock, how, role, waited, resumed):
    version, server = how
    server = {**server, "lifetime": 100}
    first = connect(version, role, client={"lifetime": 100}, server=server).established()
    data = first.client.session_data()
    clock.pass_time(waited)

    pair = connect(version, role, client={"lifetime": 100, "resume": data}, server=server)

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    assert pair.subject.is_resumed() is resumed
    assert pair.peer.is_resumed() is resumed


@pytest.mark.manual("gnutls_session_ticket_enable_server(3)", "RFC 5077 section 5.5")
@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_tickets_outlive_a_change_of_the_keys_that_are_derived_from_time(connect, clock, version, role):
    server = {"ticket_key": KEY, "lifetime": 1000}
    first = connect(version, role, server=server).established()
    data = first.client.session_data()
    clock.pass_time(900)

    pair = connect(version, role, client={"resume": data}, server=server)

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    assert pair.subject.is_resumed()


@pytest.mark.manual("gnutls_db_set_store_function(3)", "gnutls_db_set_retrieve_function(3)")
def test_the_database_is_asked_in_the_order_of_the_manual(connect, role):
    store = RecordingStore()
    first = connect(TLS12, role, client={"session_tickets": False}, server={"store": store})
    assert first.handshake() == ("SUCCESS", "SUCCESS")
    stored = list(store.calls)
    data = first.client.session_data()
    again = connect(TLS12, role, client={"session_tickets": False, "resume": data}, server={"store": store})
    assert again.handshake() == ("SUCCESS", "SUCCESS")

    assert [call for call in stored if call != "retrieve"] == ["store"]
    assert store.calls[len(stored) :] == ["retrieve"]
    assert again.server.is_resumed()


@pytest.mark.manual("gnutls_db_set_store_function(3)")
def test_nothing_is_stored_for_a_client_that_was_given_a_ticket(connect):
    store = RecordingStore()
    connect(TLS12, SERVER, server={"store": store, "ticket_key": KEY}).established()

    assert "store" not in store.calls


@pytest.mark.manual("gnutls_db_set_retrieve_function(3)")
@pytest.mark.parametrize(
    "damage", [lambda _: None, lambda data: data[:-1], lambda _: b"", lambda _: b"nonsense"]
)
def test_a_database_entry_that_is_missing_or_damaged_is_a_miss(connect, damage):
    store = RecordingStore()
    first = connect(TLS12, SERVER, server={"store": store}).established()
    data = first.client.session_data()
    store.damage = damage

    again = connect(TLS12, SERVER, client={"resume": data}, server={"store": store})

    assert again.handshake() == ("SUCCESS", "SUCCESS")
    assert not again.subject.is_resumed()
    assert store.calls[-2:] == ["retrieve", "store"]


@pytest.mark.manual("gnutls_db_remove_session(3)", "RFC 5246 section 7.2.2")
def test_a_session_that_ends_with_a_fatal_alert_is_taken_out_of_the_database(connect, expect):
    store = RecordingStore()
    pair = connect(TLS12, SERVER, server={"store": store}).established()
    pair.client.alert_send(2, 80)
    assert read(pair.subject) == "FATAL_ALERT_RECEIVED"
    pair.subject.close()

    assert len(store.entries) == expect("no-removal", 0)


@pytest.mark.manual("gnutls_session_set_verify_function(3)")
def test_the_certificate_of_a_resumed_session_is_not_verified_again(connect, how):
    version, server = how
    asked = []
    client = {"trust": None, "verify": lambda: asked.append(True) or True}
    first = connect(version, CLIENT, client=client, server=server).established()
    data = first.client.session_data()
    assert len(asked) == 1

    again = connect(version, CLIENT, client={**client, "resume": data}, server=server)

    assert again.handshake() == ("SUCCESS", "SUCCESS")
    assert again.subject.is_resumed()
    assert len(asked) == 1


@pytest.mark.manual("RFC 6066 section 3")
def test_a_session_of_another_host_is_not_resumed_in_tls12(connect, role):
    store = RecordingStore()
    client = {"trust": None, "verify": lambda: True}
    first = connect(TLS12, role, client={**client, "host": "one.test"}, server={"store": store}).established()
    data = first.client.session_data()

    again = connect(
        TLS12, role, client={**client, "host": "two.test", "resume": data}, server={"store": store}
    )

    assert again.handshake() == ("SUCCESS", "SUCCESS")
    assert not again.subject.is_resumed()


@pytest.mark.manual("gnutls_session_set_data(3)")
@pytest.mark.parametrize("before, after", [(TLS12, TLS13), (TLS13, TLS12)])
def test_a_session_of_another_version_is_not_resumed(connect, role, before, after, expect):
    server = {"ticket_key": KEY, "version": "TLS"}
    first = connect(before, role, server=server).established()
    data = first.client.session_data()

    again = connect(after, role, client={"resume": data}, server=server)

    answers = {"SUCCESS"}
    if after == TLS13 and again.client.stack == again.server.stack:
        answers = expect("ticket-of-another-version", answers)
    assert set(again.handshake()) == answers
    if answers == {"SUCCESS"}:
        assert not again.subject.is_resumed()
