"""The premaster secret of TLS 1.2, one class per side and key exchange.

A server's half is made with its flight and takes the body of ClientKeyExchange; a client's is made of
ServerKeyExchange and yields ClientKeyExchange.  Theory: RFC 5246 sections 7.4.3, 7.4.7 and 8.1, RFC 8422
section 5, RFC 4279 section 2, RFC 5489 section 2.
"""

from __future__ import annotations

from typing import NamedTuple

from impl.codec.enums import NamedGroup, SignatureScheme
from impl.codec.key_exchange import ClientKeyExchange, ClientKeyExchangeOpaque, ClientKeyExchangePsk
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import Config
from impl.crypto import rsa
from impl.crypto.finite_field import Field, FieldShare
from impl.crypto.groups import KeyShare
from impl.crypto.signatures import PrivateKey, PublicKey
from impl.frozen import dataclass
from impl.step import Refusal

PREMASTER_LENGTH = 48


class Premaster(NamedTuple):
    """What an exchange has led to.

    Parameters
    ----------
    secret: the premaster secret.
    identity: the name of the client's pre-shared key, or None.
    """

    secret: bytes
    identity: bytes | None = None


class Answer(NamedTuple):
    """A client's half: the whole ClientKeyExchange, and what it leads to."""

    message: bytes
    premaster: Premaster


@dataclass(frozen=True, slots=True)
class ServerEcdhe:
    """The server's share on a curve."""

    share: KeyShare

    def take(self, body: bytes, _config: Config) -> Premaster:
        """Read ClientKeyExchange."""
        return Premaster(self.share.exchange(ClientKeyExchange.parse(body).public))


@dataclass(frozen=True, slots=True)
class ServerDhe:
    """The server's share over a prime field."""

    share: FieldShare

    def take(self, body: bytes, _config: Config) -> Premaster:
        """Read ClientKeyExchange."""
        return Premaster(self.share.exchange(ClientKeyExchangeOpaque.parse(body).content))


@dataclass(frozen=True, slots=True)
class ServerRsa:
    """The server's certificate key, and the version that the client offered."""

    key: PrivateKey
    client_version: int

    def take(self, body: bytes, config: Config) -> Premaster:
        """Read ClientKeyExchange; a forged one leads to a random secret (RFC 5246 section 7.4.7.1).

        The version in it is replaced and not compared, so that a wrong one shows in Finished only.
        """
        ciphertext = ClientKeyExchangeOpaque.parse(body).content
        version, substitute = self.client_version.to_bytes(2), config.randomness(PREMASTER_LENGTH - 2)
        secret = rsa.decrypt(self.key, ciphertext)
        return Premaster(version + (secret[2:] if len(secret) == PREMASTER_LENGTH else substitute))


@dataclass(frozen=True, slots=True)
class ServerPsk:
    """Pre-shared keys, with a share on a curve or without."""

    share: KeyShare | None

    def take(self, body: bytes, config: Config) -> Premaster:
        """Read ClientKeyExchange; an unknown name leads to a random key (RFC 4279 section 2)."""
        message = ClientKeyExchangePsk.parse(body)
        if (message.public is None) is not (self.share is None):
            raise Refusal(Code.UNEXPECTED_PACKET_LENGTH, "ClientKeyExchange of another key exchange")
        key = None if config.psk_lookup is None else config.psk_lookup(message.identity)
        if key is None:
            key = config.randomness(PREMASTER_LENGTH)
        shared = None if self.share is None or message.public is None else self.share.exchange(message.public)
        return Premaster(_psk_premaster(key, shared), message.identity)


@dataclass(frozen=True, slots=True)
class ClientEcdhe:
    """The server's signed share on a curve."""

    group: NamedGroup
    public: bytes
    scheme: SignatureScheme

    def answer(self, config: Config) -> Answer:
        """Agree on the secret."""
        share = config.make_key_share(self.group)
        premaster = Premaster(share.exchange(self.public))
        return Answer(encode(ClientKeyExchange(share.public)), premaster)


@dataclass(frozen=True, slots=True)
class ClientDhe:
    """The server's signed share over a prime field."""

    field: Field
    public: bytes
    scheme: SignatureScheme
    group: None = None

    def answer(self, _config: Config) -> Answer:
        """Agree on the secret."""
        share = FieldShare(self.field)
        premaster = Premaster(share.exchange(self.public))
        return Answer(encode(ClientKeyExchangeOpaque(share.public)), premaster)


@dataclass(frozen=True, slots=True)
class ClientRsa:
    """The key of the server's certificate, and the version that we offered."""

    key: PublicKey
    client_version: int
    group: None = None
    scheme: None = None

    def answer(self, config: Config) -> Answer:
        """Make up the secret."""
        secret = self.client_version.to_bytes(2) + config.randomness(PREMASTER_LENGTH - 2)
        return Answer(encode(ClientKeyExchangeOpaque(rsa.encrypt(self.key, secret))), Premaster(secret))


@dataclass(frozen=True, slots=True)
class ClientPsk:
    """A pre-shared key, with the server's share on a curve or without."""

    group: NamedGroup | None = None
    public: bytes | None = None
    scheme: None = None

    def answer(self, config: Config) -> Answer:
        """Agree on the secret."""
        psk = config.psk
        if psk is None:
            raise Refusal(Code.INSUFFICIENT_CREDENTIALS, "no pre-shared key for the suite that was chosen")
        if self.group is None or self.public is None:
            message, shared = ClientKeyExchangePsk(psk.identity), None
        else:
            share = config.make_key_share(self.group)
            message = ClientKeyExchangePsk(psk.identity, share.public)
            shared = share.exchange(self.public)
        return Answer(encode(message), Premaster(_psk_premaster(psk.key, shared), psk.identity))


ServerExchange = ServerEcdhe | ServerDhe | ServerRsa | ServerPsk
ClientExchange = ClientEcdhe | ClientDhe | ClientRsa | ClientPsk


def _psk_premaster(key: bytes, shared: bytes | None) -> bytes:
    """Return both secrets behind their lengths; zeros stand for a missing one (RFC 4279 section 2)."""
    other = bytes(len(key)) if shared is None else shared
    return len(other).to_bytes(2) + other + len(key).to_bytes(2) + key
