"""openssl s_client and openssl s_server of the system's OpenSSL 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.interop.features import PSK_IDENTITY, PSK_KEY, Feature, Needs
from tests.interop.identities import Files
from tests.interop.peers.priorities import NO_DATA_INSIDE
from tests.interop.peers.program import (
    Program,
    accept,
    await_server,
    connect,
    free_port,
    listener,
    path_of,
    read,
)

_NO_LIMIT = "OpenSSL 3.0 has no record_size_limit"
_COMMON = {
    "tls13-X25519MLKEM768": "OpenSSL 3.0 has no hybrid group",
    "tls12-limit": _NO_LIMIT,
    "tls13-limit": _NO_LIMIT,
}
_CLIENT = {
    **_COMMON,
    "tls12-rehandshake-refused": "s_client ends when its re-handshake is refused",
    "dtls12-rehandshake-refused": "s_client ends when its re-handshake is refused",
}
_SERVER = {
    **_COMMON,
    "tls12-rehandshake-data": NO_DATA_INSIDE,
    "tls13-psk-ke": "s_server has no option that prefers psk_ke",
    "tls12-rehandshake-refused": "s_server answers no_renegotiation with a fatal alert",
    "dtls12-rehandshake-refused": "s_server answers no_renegotiation with a fatal alert",
}
_VERSIONS = {"TLS 1.2": "-tls1_2", "TLS 1.3": "-tls1_3", "DTLS 1.2": "-dtls1_2"}
_CIPHERS = {
    "TLS_PSK_WITH_AES_128_GCM_SHA256": "PSK-AES128-GCM-SHA256",
    "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-PSK-CHACHA20-POLY1305",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256": "DHE-RSA-AES128-GCM-SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
}
_GROUPS = {"X25519": "X25519", "SECP256R1": "P-256", "SECP384R1": "P-384"}
_COMMANDS = {"rehandshake": b"R\n", "rehandshake-refused": b"R\n", "key_update": b"K\n", "reauth": b"c\n"}
"""What is typed to begin something; the program says so on its console."""


class _End:
    """A running program, which prints what it hears and sends what is typed."""

    def __init__(self, program: Program, feature: Feature, files: Files, *, server: bool) -> None:
        self.program, self._feature, self._files, self._server = program, feature, files, server

    def talk(self, ours: Any, text: bytes) -> None:
        """We send, it prints; it is typed to, we read."""
        seen = len(self.program.read())
        ours.send(text[:1000] + b"\n" if ours.session.is_datagram else text)
        self.program.expect(text.strip()[:900], since=seen)
        self.program.write(text)
        assert read(ours, len(text)) == text

    def hear(self, _ours: Any, text: bytes) -> None:
        """Wait until the program has printed what we sent."""
        self.program.expect(text.strip())

    def heard_early(self, _ours: Any, text: bytes) -> None:
        """Require that the program printed early data."""
        self.program.expect(text.strip())

    def keep(self) -> None:
        """The program writes its session into a file by itself."""

    def act(self, ours: Any, action: str) -> Any:
        """Type a command, and let our side listen until it has had its effect."""
        if action == "keylog":
            return (self._files.folder / "keys.log").read_text().splitlines()
        if action == "export":
            self.program.expect(b"Keying material: ")
            text = self.program.read().partition(b"Keying material: ")[2].split()[0]
            return bytes.fromhex(text.decode())
        if action != "follow":
            before = ours.session.path.count("START"), ours.session.path.count("WAIT_SH")
            self.program.write(_COMMANDS[action])
            if self._server and action == "rehandshake-refused":
                self.program.write(b"")
            self._listen(ours, before, action)
        return True

    def _listen(self, ours: Any, before: tuple[int, int], action: str) -> None:
        from tests.interop.peers.program import listen_briefly

        for _ in range(20):
            listen_briefly(ours)
            now = ours.session.path.count("START"), ours.session.path.count("WAIT_SH")
            if action == "rehandshake" and now != before:
                return
        assert action != "rehandshake"

    def saw(self, _ours: Any, what: str) -> None:
        """Require that the program has printed that it noticed."""
        self.program.expect({"ocsp": b"OCSP Response Status: successful"}[what])

    def close(self, ours: Any) -> None:
        """We close; over streams, the program answers."""
        if not self._server and not ours.session.is_datagram:
            self.program.write(b"Q\n")
            while ours.recv():
                pass
            ours.session.bye()
            return
        ours.session.bye()
        if not ours.session.is_datagram:
            while ours.recv():
                pass


def _common(needs: Needs, files: Files, feature: Feature, *, retry: bool = False) -> list[str]:
    command = [_VERSIONS[needs.version]]
    if needs.suite:
        if needs.version == "TLS 1.3":
            command += ["-ciphersuites", needs.suite]
        else:
            command += ["-cipher", _CIPHERS[needs.suite]]
    if needs.group:
        command += ["-groups", f"X25519:{_GROUPS[needs.group]}" if retry else _GROUPS[needs.group]]
    if needs.psk:
        command += ["-psk", PSK_KEY.hex(), "-psk_identity", PSK_IDENTITY]
    if needs.protocol:
        command += ["-alpn", needs.protocol]
    if not needs.compatible:
        command += ["-no_middlebox"]
    if feature.name.endswith("keylog"):
        command += ["-keylogfile", str(files.folder / "keys.log")]
    if feature.name.endswith("exporter"):
        command += ["-keymatexport", "EXPORTER-interop", "-keymatexportlen", "32"]
    return command


class OpenSSLClient:
    """openssl s_client."""

    role = "client"

    def __init__(self, files: Files) -> None:
        self._files = files

    def unsupported(self, feature: Feature) -> str | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return _CLIENT.get(feature.name)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, _End]]:
        """Listen and start the program."""
        datagram = feature.needs.version == "DTLS 1.2"
        with listener(datagram=datagram) as (ours, port):
            program = Program(self._command(feature, port, resuming))
            try:
                yield accept(ours, datagram=datagram), _End(program, feature, self._files, server=False)
            finally:
                program.end()

    def _command(self, feature: Feature, port: int, resuming: bool) -> list[str]:
        needs, files = feature.needs, self._files
        command = [path_of("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-servername", needs.host]
        command += _common(needs, files, feature, retry=needs.retry)
        if not needs.psk:
            command += ["-CAfile", str(files.ca if needs.believed else files.stranger)]
            command += ["-verify_return_error", "-verify_hostname", needs.host]
        if needs.shown:
            certificate, key = files.of("client", needs.shown)
            command += ["-cert", str(certificate), "-key", str(key)]
        if needs.late_auth:
            command += ["-enable_pha"]
        if needs.psk == "ke":
            command += ["-allow_no_dhe_kex"]
        if needs.staple:
            command += ["-status"]
        session = files.folder / f"session-{port}.pem"
        if needs.resume and not resuming:
            self._session = session
            command += ["-sess_out", str(session)]
        elif needs.resume:
            command += ["-sess_in", str(self._session)]
            if needs.early:
                early = files.folder / "early.txt"
                early.write_bytes(b"early bird\n")
                command += ["-early_data", str(early)]
        if needs.resume == "id":
            command += ["-no_ticket"]
        return command


class OpenSSLServer:
    """openssl s_server."""

    role = "server"

    def __init__(self, files: Files) -> None:
        self._files = files
        self._program: tuple[Program, int] | None = None

    def unsupported(self, feature: Feature) -> str | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return _SERVER.get(feature.name)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, _End]]:
        """Start the program, if it does not run yet, and connect."""
        datagram = feature.needs.version == "DTLS 1.2"
        if not resuming:
            with free_port(datagram=datagram) as port:
                program = Program(self._command(feature, port))
                await_server(program, port, datagram=datagram)
                self._program = program, port
        assert self._program is not None
        program, port = self._program
        try:
            with connect(port, datagram=datagram) as connection:
                yield connection, _End(program, feature, self._files, server=True)
        finally:
            if resuming or not feature.needs.resume:
                program.end()

    def _command(self, feature: Feature, port: int) -> list[str]:
        needs, files = feature.needs, self._files
        command = [path_of("openssl"), "s_server", "-accept", f"127.0.0.1:{port}"]
        command += _common(needs, files, feature)
        if needs.psk:
            command += ["-nocert"]
        else:
            certificate, key = files.of("server", needs.certificate)
            command += ["-cert", str(certificate), "-key", str(key)]
        if needs.auth == "require":
            command += ["-Verify", "1", "-verify_return_error", "-CAfile", str(files.ca)]
        elif needs.auth == "request" or needs.late_auth:
            command += ["-CAfile", str(files.ca)] + (["-verify", "1"] if needs.auth == "request" else [])
        if needs.resume == "id":
            command += ["-no_ticket"]
        if needs.early == "accepted":
            command += ["-early_data"]
        if needs.staple:
            command += ["-status_file", str(files.response(needs.certificate))]
        if needs.version != "TLS 1.3":
            command += ["-client_renegotiation"]
        return command
