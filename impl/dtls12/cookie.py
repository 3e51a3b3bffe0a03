"""The cookie that shows a client's address to be its own, without a memory (RFC 6347 section 4.2.1).

A cookie is a keyed hash of the address and of those parameters that a client must repeat; changing the secret
makes all old ones void.
"""

from __future__ import annotations

import hmac

from impl.codec.datagram_hello import DatagramClientHello
from impl.codec.wire import numbers, u16, vector


def make(secret: bytes, address: bytes, hello: DatagramClientHello) -> bytes:
    """Return the cookie of a client, 32 bytes.

    Parameters
    ----------
    secret: known to the server alone, for all its clients.
    address: where the client's datagrams come from, in any unambiguous form.
    hello: what it offers; its own cookie, and its extensions, make no difference.
    """
    told = (
        vector(2, address)
        + u16(hello.legacy_version)
        + hello.random
        + vector(1, hello.session_id)
        + numbers(2, 2, hello.cipher_suites)
        + numbers(1, 1, hello.compression_methods)
    )
    return hmac.digest(secret, told, "sha256")


def is_valid(secret: bytes, address: bytes, hello: DatagramClientHello) -> bool:
    """Tell, in constant time, whether `hello` brings the cookie that `make` has for it."""
    return hmac.compare_digest(make(secret, address, hello), hello.cookie)
