"""What was seen on the wire, as a path of a session machine of the model."""

from functools import cache

from tests.interop.needs import DTLS12, TLS12, TLS13
from tlsmodel.explore.conversation import Explained, Seen, find_scenario
from tlsmodel.machine.machine import build
from tlsmodel.spec.scenario import Role, Version

_VERSIONS = {TLS12: Version.TLS12, TLS13: Version.TLS13, DTLS12: Version.DTLS12}
_CERTIFICATE = ("received", "Certificate")
_built = cache(build)


# The model does not look into certificates (RFC 5246 7.4.2; RFC 8446 4.4.2.4): who refuses what one says
# sends an alert of these last, behind a path of the model.
_CERTIFICATE_REFUSED = (
    *("Alert.fatal.bad_certificate", "Alert.fatal.unknown_ca"),
    "Alert.fatal.insufficient_security",  # of an identity that has changed
)


@cache
def explanation(version: str, role: str, events: tuple[tuple[str, str], ...]) -> Explained:
    """Find a scenario, and in its machine a path, for the events of a connection."""
    if events[-1][0] == "sent" and events[-1][1] in _CERTIFICATE_REFUSED and _CERTIFICATE in events:
        events = events[:-1]
    conversation = [Seen(direction == "received", name) for direction, name in events]
    return find_scenario(_VERSIONS[version], Role(role), conversation, _built)
