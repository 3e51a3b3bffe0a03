"""gnutls-cli and gnutls-serv."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.interop.identities import Files
from tests.interop.needs import EARLY, EXPORTED, EXPORTER, PSK_IDENTITY, PSK_KEY, Feature
from tests.interop.peers.lacks import Lack
from tests.interop.peers.lacks_gnutls import of_client, of_server
from tests.interop.peers.priorities import priority
from tests.interop.peers.program import (
    PATIENCE,
    End,
    Listener,
    Program,
    await_server,
    connect,
    free_port,
    read,
)

_DONE = b"Successfully executed command\n"
"""What gnutls-serv answers to a command, over TCP."""


class _GnuTLSEnd(End):
    def __init__(self, program: Program, files: Files) -> None:
        super().__init__(program)
        self._files = files

    def saw_ocsp(self, _ours: Any) -> None:
        """Require that the program says that it has got a response."""
        self.program.expect(b"OCSP status request,")

    def exported(self, _ours: Any) -> bytes:
        """The keying material that the program prints."""
        self.program.expect(b"- Key material: ")
        self.program.expect(b"\n", since=self.program.printed.index(b"- Key material: "))
        return bytes.fromhex(self.program.printed.partition(b"- Key material: ")[2].split()[0].decode())

    def key_log(self) -> list[str]:
        """The file that SSLKEYLOGFILE names."""
        return (self._files.folder / "keys.log").read_text().splitlines()


class _ClientEnd(_GnuTLSEnd):
    """gnutls-cli; `last` tells whether it will make no further connection."""

    last = True

    def ask_rehandshake(self, _ours: Any) -> bytes:
        """Have it begin another handshake."""
        self._before = len(self.program.read())
        self.program.write(b"^renegotiate^\n")
        return b""

    def was_refused(self, link: Any) -> None:
        """It begins again at once, and is followed this time."""
        link.listen(link.patience, until=lambda: b"ReHandshake was completed" in self.program.read())
        said = self.program.printed[self._before :]
        assert b"No renegotiation is allowed" in said
        assert b"ReHandshake was completed" in said

    def update_keys(self, _ours: Any) -> bytes:
        """Have it change its keys and ask for ours."""
        self.program.write(b"^rekey^\n")
        return b""

    def close(self, ours: Any) -> None:
        """The program closes, and we answer."""
        if self.last:
            self.program.process.stdin.close()
        elif self.talks:
            self.program.write(b"^resume^\n")
        while ours.recv():
            pass
        ours.session.bye()


class _ServerEnd(_GnuTLSEnd):
    """gnutls-serv, which sends back what it hears and takes commands from us."""

    def heard_early(self, ours: Any, _text: bytes) -> None:
        """The program takes early data without printing it; that it was taken, our client has been told."""
        assert ours.parameters.early_data

    def hear(self, ours: Any, text: bytes) -> None:
        """It sends back what it heard."""
        assert read(ours, len(text)) == text

    def say(self, ours: Any, text: bytes) -> None:
        """It says what it is told."""
        ours.send(text)

    def ask_rehandshake(self, ours: Any) -> bytes:
        """Have it ask for another handshake; over TCP it confirms that, and over UDP it does not."""
        ours.send(b"**REHANDSHAKE**\n")
        return b"" if ours.session.is_datagram else _DONE

    def was_refused(self, link: Any) -> None:
        """It goes on, one would think."""
        link.listen(1.0)

    def update_keys(self, ours: Any) -> bytes:
        """The same command, with TLS 1.3."""
        ours.send(b"**REHANDSHAKE**\n")
        return _DONE

    def reauth(self, ours: Any) -> bytes:
        """Have it ask for our certificate."""
        ours.send(b"**REAUTH**\n")
        return _DONE

    def said_that_it_refused(self) -> None:
        """Over UDP it says so on its console only."""
        self.program.expect(b"Error in handshake(): ")

    def close(self, ours: Any) -> None:
        """We close, and over streams the program answers."""
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
        """Everything that was printed, and how it ended."""
        texts = [program.read().decode(errors="replace") for program in self._programs]
        return "\n".join([*texts, *(f"status {program.process.returncode}" for program in self._programs)])

    def _start(self, command: list[str], feature: Feature) -> Program:
        keys = {"SSLKEYLOGFILE": str(self._files.folder / "keys.log")} if feature.needs.keys else {}
        program = Program(command, keys, self.patience)
        self._programs.append(program)
        return program

    def _common(self, feature: Feature, *, client: bool) -> list[str]:
        needs = feature.needs
        words = ["--priority", priority(needs, client=client)]
        if needs.datagram:
            words.append("--udp")
        if needs.protocol:
            words += ["--alpn", needs.protocol]
        if needs.limit:
            words += ["--recordsize", str(needs.limit)]
        if needs.export:
            words += ["--keymatexport", EXPORTER, "--keymatexportsize", str(EXPORTED)]
        if needs.resume == "id":
            words.append("--noticket")
        return words


class GnuTLSClient(_Peer):
    """gnutls-cli."""

    role = "client"

    def lacks(self, feature: Feature) -> Lack | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return of_client(feature)

    def silent(self, _feature: Feature) -> bool:
        """Whether it refuses without a word."""
        return False

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, _ClientEnd]]:
        """Listen and start the program; when it resumes, it is the same program's second connection."""
        datagram = feature.needs.datagram
        if resuming:
            program, ours = self._program, self._listener
            try:
                yield ours.accept(), _ClientEnd(program, self._files)
            finally:
                program.end()
                ours.close()
            return
        with self._first(feature, Listener(datagram=datagram)) as found:
            yield found

    @contextmanager
    def _first(self, feature: Feature, ours: Listener) -> Iterator[tuple[Any, _ClientEnd]]:
        program = self._start(self._command(feature, ours.port), feature)
        kept = False
        try:
            end = _ClientEnd(program, self._files)
            end.last, end.talks = not feature.needs.resume, not feature.needs.early
            yield ours.accept(), end
            self._program, self._listener, kept = program, ours, not end.last
        finally:
            if not kept:
                program.end()
                ours.close()

    def _command(self, feature: Feature, port: int) -> list[str]:
        needs, files = feature.needs, self._files
        command = ["gnutls-cli", "--port", str(port), *self._common(feature, client=True)]
        if needs.psk or needs.keyless:
            # Without a key at hand the program would ask for one on its console.
            command += ["--pskusername", PSK_IDENTITY, "--pskkey", PSK_KEY.hex()]
        if not needs.psk:
            command += ["--x509cafile", str(files.ca if needs.believed else files.stranger)]
        if needs.host != "localhost":
            command += ["--verify-hostname", needs.host]
        if needs.shown:
            certificate, key = files.of("client", needs.shown)
            command += ["--x509certfile", str(certificate), "--x509keyfile", str(key)]
        if needs.resume:
            command += ["--waitresumption"]
        if needs.early:
            early = files.folder / "early.txt"
            early.write_bytes(EARLY)
            command += ["--resume", "--earlydata", str(early)]
        if needs.retry:
            command += ["--single-key-share"]
        if needs.late_auth != "none":
            command += ["--post-handshake-auth"]
        return [*command, "--inline-commands", "localhost"]


class GnuTLSServer(_Peer):
    """gnutls-serv."""

    role = "server"

    def lacks(self, feature: Feature) -> Lack | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return of_server(feature)

    def silent(self, feature: Feature) -> bool:
        """Over UDP it ends a session that has failed without an alert."""
        return feature.needs.datagram

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, _ServerEnd]]:
        """Start the program, if it does not run yet, and connect."""
        datagram = feature.needs.datagram
        if not resuming or feature.needs.forgotten:
            self._port = free_port(datagram=datagram)
            self._program = self._start(self._command(feature, self._port), feature)
            await_server(self._program, self._port, datagram=datagram)
        last = resuming or feature.needs.forgotten or not feature.needs.resume
        try:
            with connect(self._port, datagram=datagram) as connection:
                yield connection, _ServerEnd(self._program, self._files)
        except BaseException:
            last = True
            raise
        finally:
            if last:
                self._program.end()

    def _command(self, feature: Feature, port: int) -> list[str]:
        needs, files = feature.needs, self._files
        command = ["gnutls-serv", "--port", str(port), "--echo", *self._common(feature, client=False)]
        if needs.psk:
            table = files.folder / "psk.txt"
            table.write_text(f"{PSK_IDENTITY}:{PSK_KEY.hex()}\n")
            command += ["--pskpasswd", str(table)]
        else:
            certificate, key = files.of("server", needs.certificate)
            command += ["--x509certfile", str(certificate), "--x509keyfile", str(key)]
        if needs.auth == "none":
            command += ["--disable-client-cert"]
        if {needs.auth, needs.late_auth} != {"none"}:
            command += ["--x509cafile", str(files.ca if needs.client_believed else files.stranger)]
        if needs.auth == "require":
            command += ["--require-client-cert", "--verify-client-cert"]
        if needs.early == "accepted":
            command += ["--earlydata", "--maxearlydata", "1000"]
        if needs.staple:
            command += ["--ocsp-response", str(files.response(needs.certificate))]
        if needs.datagram and not needs.cookie:
            command += ["--nocookie"]
        return command
