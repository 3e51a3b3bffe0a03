"""With fixed randomness a disturbed handshake of `impl` writes byte for byte what a calm one does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from impl import Config, NamedGroup, Role, Session, load_certified_key
from impl.crypto.groups import load
from tests.contract.drivers.settings import TLS12
from tests.contract.drivers.wire import BLOCKED, INTERRUPTED, Every, Weather, wires
from tests.contract.pair import RESUMABLE

pytestmark = pytest.mark.manual("gnutls_handshake(3)")

DISTURBANCES = {
    "interrupted": partial(Every, INTERRUPTED),
    "blocked": partial(Every, BLOCKED),
    "cut": partial(Every, BLOCKED, size=3),
}


@pytest.fixture(scope="module")
def certified_key():
    """A leaf with an Ed25519 key, whose signatures of the same message are the same."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=9))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return load_certified_key(builder.sign(key, None).public_bytes(Encoding.PEM), pem)


@pytest.fixture
def written(certified_key, clock, version):
    """`written(make)`: what both sides write while `make` makes the weather of all reads and writes."""

    def run(make):
        ends, sessions = wires(), []
        for number, role, wire in zip((1, 2), Role, ends, strict=True):
            wire.reads, wire.writes = make(), make()
            config = Config(
                role,
                groups=(NamedGroup.X25519,),
                certified_keys=(certified_key,) if role is Role.SERVER else (),
                randomness=Random(number).randbytes,
                make_key_share=partial(load, private=bytes((number,)) * 32),
                clock=clock,
            )
            versions = config.versions[1:] if version == TLS12 else config.versions[:1]
            sessions.append(Session(replace(config, versions=versions), wire))
        answers = ["AGAIN", "AGAIN"]
        while set(answers) & RESUMABLE:
            for place, session in enumerate(sessions):
                if answers[place] in RESUMABLE:
                    answers[place] = session.handshake().name
        assert answers == ["SUCCESS", "SUCCESS"]
        return [b"".join(wire.sent) for wire in ends]

    return run


@pytest.mark.parametrize("disturbance", DISTURBANCES)
@pytest.mark.parametrize("stack", ["impl"])
def test_a_disturbed_handshake_writes_the_very_same_bytes(written, stack, disturbance):
    assert stack == "impl"

    assert written(DISTURBANCES[disturbance]) == written(Weather)
