"""What a ClientHello must contain, looked up on the wire (RFC 8446 sections 4.1.2, 4.2; RFC 5246 7.4.1.2)."""

from os import urandom

import pytest
from conform_support import BOTH, client, hello_of, records, sent_hellos, server
from flow13_support import PSK, early, made, ticket
from flow_certificates import HOST, NOW
from flow_support import TLS12, TLS13, established, pair

from impl import CipherSuite, Code, MemoryStore, NamedGroup, TicketKeys
from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType, SignatureScheme

EITHER, OLD, NEW = {}, {"versions": (TLS12,)}, {"versions": (TLS13,)}


@pytest.mark.parametrize("versions", [EITHER, OLD, NEW], ids=["either", "old", "new"])
def test_the_version_field_says_tls12_and_the_null_compression_stands_alone(versions):
    hello = hello_of(client(**versions))

    assert hello.legacy_version == 0x0303
    assert hello.compression_methods == (0,)


def test_the_versions_are_listed_from_tls13_on():
    for versions, listed in ((EITHER, (TLS13, TLS12)), (NEW, (TLS13,))):
        content = hello_of(client(**versions)).extensions.get(ExtensionType.SUPPORTED_VERSIONS)
        assert ext.parse_supported_versions_client(content) == listed
    assert ExtensionType.SUPPORTED_VERSIONS not in hello_of(client(**OLD)).extensions


def test_the_session_id_is_new_and_of_32_bytes_in_compatibility_mode_and_empty_otherwise():
    first, second = (hello_of(client(**NEW, randomness=urandom)).session_id for _ in range(2))

    assert len(first) == len(second) == 32
    assert first != second
    assert hello_of(client(**NEW, compatible=False)).session_id == b""
    assert hello_of(client(**OLD)).session_id == b""


def test_a_session_of_tls12_is_named_with_its_suite_by_a_client_that_knows_tls13_too():
    store = MemoryStore(clock=lambda: NOW)
    first = pair(client(**OLD), server(store=store))
    assert first.handshake() == BOTH
    saved = first.client.session_data()
    hello = hello_of(client(resume=saved))

    assert hello.session_id == saved.session_id != b""
    assert saved.cipher_suite in hello.cipher_suites
    assert hello.compression_methods == (0,)


def test_a_client_that_resumes_offers_the_extensions_that_it_would_offer_anyway():
    store = MemoryStore(clock=lambda: NOW)
    first = pair(client(**OLD), server(store=store))
    assert first.handshake() == BOTH
    plain, resuming = hello_of(client(**OLD)), hello_of(client(**OLD, resume=first.client.session_data()))

    assert resuming.extensions.types() == plain.extensions.types()


def test_shares_stand_in_the_order_of_the_groups_one_for_each():
    groups = (NamedGroup.SECP256R1, NamedGroup.X25519, NamedGroup.SECP384R1)
    hello = hello_of(client(**NEW, groups=groups))
    shares = [s.group for s in ext.parse_key_share_client(hello.extensions.get(ExtensionType.KEY_SHARE))]
    listed = ext.parse_supported_groups(hello.extensions.get(ExtensionType.SUPPORTED_GROUPS))

    assert listed == groups
    assert shares == [group for group in listed if group in shares]
    assert len(set(shares)) == len(shares) > 1


def test_the_signature_schemes_are_those_that_are_implemented_and_no_broken_ones():
    broken_hashes, anonymous, dsa = (0, 1, 2, 3), 0, 2
    for versions in (EITHER, OLD, NEW):
        content = hello_of(client(**versions)).extensions.get(ExtensionType.SIGNATURE_ALGORITHMS)
        schemes = ext.parse_signature_algorithms(content)
        assert SignatureScheme.RSA_PSS_RSAE_SHA256 in schemes
        for scheme in schemes:
            assert scheme >> 8 not in broken_hashes
            assert scheme >> 8 == 8 or scheme & 0xFF not in (anonymous, dsa)


def test_the_host_is_named_unless_it_is_an_address():
    content = hello_of(client()).extensions.get(ExtensionType.SERVER_NAME)

    assert ext.parse_server_name(content) == HOST
    assert ExtensionType.SERVER_NAME not in hello_of(client(server_name="192.0.2.1")).extensions


def test_pre_shared_keys_stand_last_and_come_with_their_modes():
    external = hello_of(client(**NEW, psk=PSK))
    ticketed = hello_of(client(resume=ticket({"tickets": TicketKeys()})))
    for hello in (external, ticketed):
        assert hello.extensions.types()[-1] == ExtensionType.PRE_SHARED_KEY
        assert ExtensionType.PSK_KEY_EXCHANGE_MODES in hello.extensions
        assert ExtensionType.KEY_SHARE in hello.extensions

    (shown,) = ext.parse_pre_shared_key_client(
        external.extensions.get(ExtensionType.PRE_SHARED_KEY)
    ).identities
    assert (shown.identity, shown.obfuscated_age) == (PSK.identity, 0)


def test_a_pre_shared_key_is_offered_only_with_a_suite_of_its_hash():
    other = hello_of(client(**NEW, psk=PSK, cipher_suites=(CipherSuite.TLS_AES_256_GCM_SHA384,)))

    assert ExtensionType.PRE_SHARED_KEY not in other.extensions


def test_the_first_hello_brings_no_cookie_and_early_data_only_with_a_ticket():
    assert not {ExtensionType.COOKIE, ExtensionType.EARLY_DATA} & {*hello_of(client()).extensions.types()}
    both, saved, _ = early()
    both.client.record_send_early_data(b"early")
    both.client.handshake()
    hello = sent_hellos(both)[0]

    assert {ExtensionType.EARLY_DATA, ExtensionType.PRE_SHARED_KEY} <= {*hello.extensions.types()}
    offered = ext.parse_pre_shared_key_client(hello.extensions.get(ExtensionType.PRE_SHARED_KEY))
    assert offered.identities[0].identity == saved.ticket


def test_after_a_retry_request_early_data_is_offered_no_more():
    both, _, _ = early(groups=(NamedGroup.SECP384R1,))
    both.client.record_send_early_data(b"early")
    assert both.handshake() == BOTH
    first, second = sent_hellos(both)

    assert ExtensionType.EARLY_DATA in first.extensions
    assert ExtensionType.EARLY_DATA not in second.extensions


def test_after_a_retry_request_only_keys_of_the_suites_hash_are_offered():
    saved = ticket({"tickets": TicketKeys(), "cipher_suites": (CipherSuite.TLS_AES_256_GCM_SHA384,)})
    suite = {"cipher_suites": (CipherSuite.TLS_AES_128_GCM_SHA256,)}
    both = made({"resume": saved}, {"groups": (NamedGroup.SECP384R1,), **suite})
    assert both.handshake() == BOTH
    first, second = sent_hellos(both)

    assert ExtensionType.PRE_SHARED_KEY in first.extensions
    assert ExtensionType.PRE_SHARED_KEY not in second.extensions


def test_a_ticket_for_another_host_is_not_offered():
    saved = ticket({"tickets": TicketKeys()})

    assert ExtensionType.PRE_SHARED_KEY in hello_of(client(resume=saved)).extensions
    elsewhere = hello_of(client(resume=saved, server_name="elsewhere.test"))
    assert ExtensionType.PRE_SHARED_KEY not in elsewhere.extensions


def test_the_extended_master_secret_is_offered_wherever_tls12_may_be_chosen():
    for config in (client(), client(**OLD), client(**OLD, resume=_extended())):
        assert ExtensionType.EXTENDED_MASTER_SECRET in hello_of(config).extensions
    again = established(TLS12)
    again.client.handshake()
    assert ExtensionType.EXTENDED_MASTER_SECRET in again.client._memory.state.hello.extensions


def _extended():
    first = pair(client(**OLD), server(store=MemoryStore(clock=lambda: NOW)))
    assert first.handshake() == BOTH
    saved = first.client.session_data()
    assert saved.extended
    return saved


def test_the_first_record_says_tls10_and_all_others_tls12():
    both = made({}, {"groups": (NamedGroup.SECP384R1,)})
    assert both.handshake() == BOTH
    first, *others = records(bytes(both.client_wire.written))

    assert first[1] == b"\x03\x01"
    assert {version for _, version, _ in others} == {b"\x03\x03"}
    assert {version for _, version, _ in records(bytes(both.server_wire.written))} == {b"\x03\x03"}


def test_the_client_speaks_first():
    both = made()
    assert both.server.handshake() is Code.AGAIN
    assert both.server_wire.written == b""
    assert both.client.handshake() is Code.AGAIN
    assert [kind for kind, _, _ in records(bytes(both.client_wire.written))] == [22]
    assert len(sent_hellos(both)) == 1
