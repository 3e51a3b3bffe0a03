"""gnutls-cli and gnutls-serv."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.interop.features import PSK_IDENTITY, PSK_KEY, Feature
from tests.interop.identities import Files
from tests.interop.peers.priorities import NO_DATA_INSIDE, UNSUPPORTED, priority
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

_CLIENT = {
    **UNSUPPORTED,
    "tls12-rehandshake-refused": "gnutls-cli ends when its re-handshake is refused",
    "dtls12-rehandshake-refused": "gnutls-cli ends when its re-handshake is refused",
    "tls12-exporter": "gnutls-cli 3.7.9 prints no exported material for a label of choice",
    "tls13-exporter": "gnutls-cli 3.7.9 prints no exported material for a label of choice",
    "tls13-early-rejected": "gnutls-cli ends when its early data is rejected",
    "tls12-rehandshake-data": "a client of GnuTLS starts anew after GOT_APPLICATION_DATA",
    "dtls12-ticket": "gnutls-cli resumes over a new socket, and a UDP server cannot tell it from the first",
}
_SERVER = {
    **UNSUPPORTED,
    "tls12-rehandshake-data": NO_DATA_INSIDE,
    "tls12-rehandshake-theirs": "gnutls-serv has no command that begins a re-handshake",
    "dtls12-rehandshake-theirs": "gnutls-serv has no command that begins a re-handshake",
    "tls12-rehandshake-refused": "gnutls-serv has no command that begins a re-handshake",
    "dtls12-rehandshake-refused": "gnutls-serv has no command that begins a re-handshake",
    "tls13-update-theirs": "gnutls-serv has no command that updates keys",
    "tls13-late-auth": "gnutls-serv 3.7.9 has no command for it",
    "tls12-exporter": "gnutls-serv prints exported material for no label of choice on its console",
    "tls13-exporter": "gnutls-serv prints exported material for no label of choice on its console",
}


class _End:
    """A running program and how it talks."""

    def __init__(self, program: Program, files: Files) -> None:
        self.program, self._files = program, files

    def hear(self, _ours: Any, text: bytes) -> None:
        """Wait until the program prints what we sent."""
        self.program.expect(text.strip(), since=len(self.program.printed))

    def heard_early(self, _ours: Any, text: bytes) -> None:
        """Require that the program printed early data."""
        self.program.expect(text.strip())

    def keep(self) -> None:
        """The program keeps its session by itself."""

    def saw(self, _ours: Any, what: str) -> None:
        """Require that the program has printed that it noticed."""
        self.program.expect({"ocsp": b"OCSP"}[what])


class _ClientEnd(_End):
    """gnutls-cli; `last` tells whether it will make no further connection."""

    last = True
    early = False

    def talk(self, ours: Any, text: bytes) -> None:
        """We send, it prints; it is typed to, we read."""
        if self.early and not self.last:
            return  # with --resume, the first connection serves to get a session and nothing else
        seen = len(self.program.read())
        ours.send(text)
        self.program.expect(text.strip(), since=seen)
        self.program.write(text)
        assert read(ours, len(text)) == text

    def act(self, ours: Any, action: str) -> Any:
        """Give an inline command."""
        seen = len(self.program.read())
        if action == "keylog":
            return _key_log(self._files)
        command, answer = {
            "rehandshake": (b"^renegotiate^\n", b"ReHandshake was completed"),
            "key_update": (b"^rekey^\n", b"Rekey was completed"),
            "reauth": (b"", b""),
            "follow": (b"", b""),
        }[action]
        if command:
            self.program.write(command)
            self.program.expect(answer, ours, since=seen)
        return True

    def close(self, ours: Any) -> None:
        """The program closes, and we answer."""
        if self.last:
            self.program.process.stdin.close()
        elif not self.early:
            self.program.write(b"^resume^\n")
        while ours.recv():
            pass
        ours.session.bye()


class _ServerEnd(_End):
    def heard_early(self, ours: Any, _text: bytes) -> None:
        """The program takes early data without printing it; that it was taken, our client has been told."""
        assert ours.parameters.early_data

    def talk(self, ours: Any, text: bytes) -> None:
        """It sends back what we sent."""
        ours.send(text)
        assert read(ours, len(text)) == text

    def hear(self, ours: Any, text: bytes) -> None:
        """It sends back what it heard."""
        assert read(ours, len(text)) == text

    def act(self, _ours: Any, action: str) -> Any:
        """Only what needs no command."""
        return {"follow": True, "keylog": _key_log(self._files)}[action]

    def close(self, ours: Any) -> None:
        """We close, and over streams the program answers."""
        ours.session.bye()
        while not ours.session.is_datagram and ours.recv():
            pass


def _key_log(files: Files) -> list[str]:
    return (files.folder / "keys.log").read_text().splitlines()


class GnuTLSClient:
    """gnutls-cli."""

    role = "client"

    def __init__(self, files: Files) -> None:
        self._files = files
        self._program: Program | None = None

    def unsupported(self, feature: Feature) -> str | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return _CLIENT.get(feature.name)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, _ClientEnd]]:
        """Listen and start the program; when it resumes, it is the same program's second connection."""
        datagram = feature.needs.version == "DTLS 1.2"
        if resuming:
            assert self._program is not None
            program, ours = self._program, self._listener
            try:
                end = _ClientEnd(program, self._files)
                end.early = bool(feature.needs.early)
                yield accept(ours, datagram=datagram), end
            finally:
                program.end()
                ours.close()
            return
        with listener(datagram=datagram) as (ours, port):
            program = Program(self._command(feature, port))
            try:
                connection = accept(ours, datagram=datagram)
                end = _ClientEnd(program, self._files)
                end.last, end.early = not feature.needs.resume, bool(feature.needs.early)
                yield connection, end
                if feature.needs.resume:
                    self._program, self._listener = program, ours.dup()
                    self._listener.settimeout(20)
            finally:
                if self._program is not program:
                    program.end()

    def _command(self, feature: Feature, port: int) -> list[str]:
        needs, files = feature.needs, self._files
        command = [path_of("gnutls-cli"), "--port", str(port)]
        command += ["--priority", priority(needs, client=True)]
        if feature.name.endswith("keylog"):
            command[:0] = ["env", f"SSLKEYLOGFILE={files.folder / 'keys.log'}"]
        if needs.version == "DTLS 1.2":
            command.append("--udp")
        if needs.psk:
            command += ["--pskusername", PSK_IDENTITY, "--pskkey", PSK_KEY.hex()]
        else:
            command += ["--x509cafile", str(files.ca if needs.believed else files.stranger)]
        if needs.host != "localhost":
            command += ["--verify-hostname", needs.host]
        if needs.shown:
            certificate, key = files.of("client", needs.shown)
            command += ["--x509certfile", str(certificate), "--x509keyfile", str(key)]
        if needs.resume:
            command += ["--waitresumption"]
        if needs.early:
            command += ["--resume"]
            early = files.folder / "early.txt"
            early.write_bytes(b"early bird\n")
            command += ["--earlydata", str(early)]
        if needs.protocol:
            command += ["--alpn", needs.protocol]
        if needs.limit:
            command += ["--recordsize", str(needs.limit)]
        if needs.retry:
            command += ["--single-key-share"]
        if needs.late_auth:
            command += ["--post-handshake-auth"]
        command += ["--inline-commands", "localhost"]
        return command


class GnuTLSServer:
    """gnutls-serv, which sends back what it hears."""

    role = "server"

    def __init__(self, files: Files) -> None:
        self._files = files
        self._program: tuple[Program, int] | None = None

    def unsupported(self, feature: Feature) -> str | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return _SERVER.get(feature.name)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, _ServerEnd]]:
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
                yield connection, _ServerEnd(program, self._files)
        finally:
            if resuming or not feature.needs.resume:
                program.end()

    def _command(self, feature: Feature, port: int) -> list[str]:
        needs, files = feature.needs, self._files
        command = [path_of("gnutls-serv"), "--port", str(port), "--echo"]
        command += ["--priority", priority(needs, client=False)]
        if feature.name.endswith("keylog"):
            command[:0] = ["env", f"SSLKEYLOGFILE={files.folder / 'keys.log'}"]
        if needs.version == "DTLS 1.2":
            command.append("--udp")
        if needs.psk:
            table = files.folder / "psk.txt"
            table.write_text(f"{PSK_IDENTITY}:{PSK_KEY.hex()}\n")
            command += ["--pskpasswd", str(table)]
        else:
            certificate, key = files.of("server", needs.certificate)
            command += ["--x509certfile", str(certificate), "--x509keyfile", str(key)]
        if needs.auth == "require":
            command += ["--require-client-cert", "--verify-client-cert", "--x509cafile", str(files.ca)]
        elif needs.auth == "none":
            command += ["--disable-client-cert"]
        else:
            command += ["--x509cafile", str(files.ca)]
        if needs.resume == "id":
            command += ["--noticket"]
        if needs.early == "accepted":
            command += ["--earlydata", "--maxearlydata", "1000"]
        if needs.staple:
            command += ["--ocsp-response", str(files.response(needs.certificate))]
        if needs.protocol:
            command += ["--alpn", needs.protocol]
        if needs.limit:
            command += ["--recordsize", str(needs.limit)]
        return command
