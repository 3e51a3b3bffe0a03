"""A peer's certificates are parsed by others; whatever these raise is one refusal here."""

from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.certificates import is_accepted
from fuzz.identities import HOST, authority, certified_key

LEAF = certified_key().chain[0]
AUTHORITY = authority()[0].public_bytes(Encoding.DER)
ISSUER = LEAF.index(b"authority.test")
CHANGES = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=4)


def test_the_certificate_is_accepted_as_it_is():
    assert is_accepted((LEAF,), HOST)
    assert is_accepted((LEAF, AUTHORITY), None)


@example(place=[(ISSUER, 0xFF)], host=HOST)
@example(place=[(ISSUER - 2, 3)], host=HOST)
@given(place=CHANGES, host=st.sampled_from([HOST, None]))
def test_a_changed_certificate_is_refused(place, host):
    changed = bytearray(LEAF)
    for position, value in place:
        changed[position % len(changed)] = value

    assert is_accepted((bytes(changed),), host) is (bytes(changed) == LEAF)


@given(place=CHANGES, host=st.sampled_from([HOST, None]))
def test_a_changed_authority_behind_the_leaf_is_no_error_of_ours(place, host):
    changed = bytearray(AUTHORITY)
    for position, value in place:
        changed[position % len(changed)] = value

    assert is_accepted((LEAF, bytes(changed)), host) in (True, False)


@given(end=st.integers(0, len(LEAF)), tail=st.binary(max_size=5))
def test_a_cut_or_lengthened_certificate_is_refused(end, tail):
    assert is_accepted((LEAF[:end] + tail,), HOST) is (LEAF[:end] + tail == LEAF)
