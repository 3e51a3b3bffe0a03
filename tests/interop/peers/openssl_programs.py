"""openssl s_client and openssl s_server of the system's OpenSSL 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.interop.identities import Files
from tests.interop.needs import EARLY, EXPORTED, EXPORTER, PSK_IDENTITY, PSK_KEY, Feature, Needs
from tests.interop.peers.lacks import Lack
from tests.interop.peers.lacks_openssl import of_client, of_server
from tests.interop.peers.openssl_names import CIPHERS, GROUPS
from tests.interop.peers.program import PATIENCE, End, Program, await_server, connect, free_port, listening

_VERSIONS = {"TLS 1.2": "-tls1_2", "TLS 1.3": "-tls1_3", "DTLS 1.2": "-dtls1_2"}
_UNBOUND = """openssl_conf = first
[first]
ssl_conf = second
[second]
system_default = third
[third]
Options = -ExtendedMasterSecret
"""


class _End(End):
    """A running program, which prints what it hears, sends what is typed, and takes letters for commands."""

    def __init__(self, program: Program, files: Files, *, server: bool) -> None:
        super().__init__(program)
        self._files, self._server = files, server

    def ask_rehandshake(self, _ours: Any) -> bytes:
        """Have it begin another handshake."""
        self.program.write(b"R\n")
        return b""

    def update_keys(self, _ours: Any) -> bytes:
        """Have it change its keys and ask for ours."""
        self.program.write(b"K\n")
        return b""

    def reauth(self, _ours: Any) -> bytes:
        """Have it ask for our certificate."""
        self.program.write(b"c\n")
        return b""

    def was_refused(self, link: Any) -> None:
        """Let it notice that it was refused."""
        link.listen(1.0)

    def exported(self, _ours: Any) -> bytes:
        """The keying material that the program prints."""
        self.program.expect(b"Keying material: ")
        self.program.expect(b"\n", since=self.program.printed.index(b"Keying material: "))
        return bytes.fromhex(self.program.printed.partition(b"Keying material: ")[2].split()[0].decode())

    def key_log(self) -> list[str]:
        """The file that it writes."""
        return (self._files.folder / "keys.log").read_text().splitlines()

    def saw_ocsp(self, _ours: Any) -> None:
        """Require that it prints a response."""
        self.program.expect(b"OCSP Response Status: successful")

    def close(self, ours: Any) -> None:
        """A client is told to close; otherwise we close, and over streams the program answers."""
        if not self._server and not ours.session.is_datagram:
            self.program.write(b"Q\n")
            while ours.recv():
                pass
            ours.session.bye()
            return
        ours.session.bye()
        while not ours.session.is_datagram and ours.recv():
            pass


class _Peer:
    """What both have in common."""

    patience = PATIENCE

    def __init__(self, files: Files) -> None:
        self._files = files
        self._programs: list[Program] = []

    @property
    def said(self) -> str:
        """Everything that was printed."""
        return "\n".join(program.read().decode(errors="replace") for program in self._programs)

    def silent(self, _feature: Feature) -> bool:
        """Whether it refuses without a word."""
        return False

    def _start(self, command: list[str], needs: Needs) -> Program:
        program = Program(command, {} if needs.bound else self._unbound(), self.patience)
        self._programs.append(program)
        return program

    def _unbound(self) -> dict[str, str]:
        """What turns the extended master secret off, for which there is no option (config(5))."""
        path = self._files.folder / "unbound.cnf"
        path.write_text(_UNBOUND)
        return {"OPENSSL_CONF": str(path)}

    def _common(self, needs: Needs, *, retry: bool = False) -> list[str]:
        command = [_VERSIONS[version] for version in needs.of_theirs if len(needs.of_theirs) == 1]
        if needs.suite:
            of_13 = needs.version == "TLS 1.3"
            command += ["-ciphersuites", needs.suite] if of_13 else ["-cipher", CIPHERS[needs.suite]]
        if needs.group:
            group = GROUPS[needs.group]
            command += ["-groups", f"X25519:{group}" if retry else group]
        if needs.psk:
            command += ["-psk", PSK_KEY.hex(), "-psk_identity", PSK_IDENTITY]
        if needs.psk == "ke" or needs.keyless:
            command += ["-allow_no_dhe_kex"]
        if needs.protocol:
            command += ["-alpn", needs.protocol]
        if needs.datagram:
            # Otherwise a datagram that is dropped leaves the program waiting for the next one.
            command += ["-nbio"]
        if not needs.compatible:
            command += ["-no_middlebox"]
        if needs.keys:
            command += ["-keylogfile", str(self._files.folder / "keys.log")]
        if needs.export:
            command += ["-keymatexport", EXPORTER, "-keymatexportlen", str(EXPORTED)]
        if needs.resume == "id":
            command += ["-no_ticket"]
        if needs.refuses:
            command += ["-no_renegotiation"]
        return command


class OpenSSLClient(_Peer):
    """openssl s_client."""

    role = "client"

    def lacks(self, feature: Feature) -> Lack | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return of_client(feature)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, _End]]:
        """Listen and start the program."""
        with listening(datagram=feature.needs.datagram) as ours:
            program = self._start(self._command(feature, ours.port, resuming), feature.needs)
            try:
                yield ours.accept(), _End(program, self._files, server=False)
            finally:
                program.end()

    def _command(self, feature: Feature, port: int, resuming: bool) -> list[str]:
        needs, files = feature.needs, self._files
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", needs.host]
        command += self._common(needs, retry=needs.retry)
        if not needs.psk:
            command += ["-CAfile", str(files.ca if needs.believed else files.stranger)]
            command += ["-verify_return_error", "-verify_hostname", needs.host]
        if needs.shown:
            certificate, key = files.of("client", needs.shown)
            command += ["-cert", str(certificate), "-key", str(key)]
        if needs.late_auth != "none":
            command += ["-enable_pha"]
        if needs.staple:
            command += ["-status"]
        if needs.renegotiation == "disabled":
            command += ["-legacy_server_connect"]
        return command + self._resumption(needs, port, resuming)

    def _resumption(self, needs: Needs, port: int, resuming: bool) -> list[str]:
        if not needs.resume:
            return []
        if not resuming:
            self._session = self._files.folder / f"session-{port}.pem"
            return ["-sess_out", str(self._session)]
        if not needs.early:
            return ["-sess_in", str(self._session)]
        early = self._files.folder / "early.txt"
        early.write_bytes(EARLY)
        return ["-sess_in", str(self._session), "-early_data", str(early)]


class OpenSSLServer(_Peer):
    """openssl s_server."""

    role = "server"

    def lacks(self, feature: Feature) -> Lack | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return of_server(feature)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, _End]]:
        """Start the program, if it does not run yet, and connect."""
        datagram = feature.needs.datagram
        if not resuming or feature.needs.forgotten:
            self._port = free_port(datagram=datagram)
            self._program = self._start(self._command(feature, self._port), feature.needs)
            await_server(self._program, self._port, datagram=datagram)
        last = resuming or feature.needs.forgotten or not feature.needs.resume
        try:
            with connect(self._port, datagram=datagram) as connection:
                yield connection, _End(self._program, self._files, server=True)
        except BaseException:
            last = True
            raise
        finally:
            if last:
                self._program.end()

    def _command(self, feature: Feature, port: int) -> list[str]:
        needs, files = feature.needs, self._files
        command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", *self._common(needs)]
        if needs.psk:
            command += ["-nocert"]
        else:
            certificate, key = files.of("server", needs.certificate)
            command += ["-cert", str(certificate), "-key", str(key)]
        if needs.suite and "DHE_RSA" in needs.suite:
            command += ["-dhparam", str(files.field)]
        if {needs.auth, needs.late_auth} != {"none"}:
            command += ["-CAfile", str(files.ca if needs.client_believed else files.stranger)]
        if needs.auth == "require":
            command += ["-Verify", "1", "-verify_return_error"]
        elif needs.auth == "request":
            command += ["-verify", "1"]
        if needs.early == "accepted":
            command += ["-early_data"]
        if needs.staple:
            command += ["-status_file", str(files.response(needs.certificate))]
        if needs.version != "TLS 1.3" and not needs.refuses:
            command += ["-client_renegotiation"]
        return command
