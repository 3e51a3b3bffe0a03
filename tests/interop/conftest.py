"""Real programs on loopback, each started on a free port and awaited until it answers."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tlsmodel.credentials import shared_credentials

PATIENCE = 20.0
"""Seconds that a program may take for anything."""
PACKAGES = {"gnutls-cli": "gnutls-bin", "gnutls-serv": "gnutls-bin", "openssl": "openssl"}
"""Program -> where it comes from."""


@dataclass(frozen=True)
class Files:
    """Where the test authority, and a certificate of its for localhost, lie."""

    ca: Path
    cert: Path
    key: Path


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("credentials")
    credentials = shared_credentials()
    found = Files(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    found.ca.write_bytes(credentials.ca_pem)
    found.cert.write_bytes(credentials.chain_pem)
    found.key.write_bytes(credentials.key_pem)
    return found


def missing(what: str, package: str) -> None:
    """Skip where a real peer is not installed; in CI that is a failure."""
    words = f"{what} is not installed: install the package {package} (Debian, Ubuntu)"
    if os.environ.get("CI"):
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


@pytest.fixture(scope="session", autouse=True)
def every_peer_is_there():
    """In CI, every real peer must be installed; elsewhere the tests that need a missing one are skipped."""
    if os.environ.get("CI"):
        from tests.contract.drivers.gnutls_library import library

        library()
        for name in PACKAGES:
            program(name)


def program(name: str) -> str:
    """The path of a real peer's program."""
    found = shutil.which(name)
    if found is None:
        missing(name, PACKAGES[name])
    return found


def tlsmodel(*arguments: str) -> list[str]:
    """The command line of our own program."""
    return [sys.executable, "-m", "tlsmodel", *arguments]


@pytest.fixture
def port():
    """A TCP port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], port: int):
    """A server that listens on `port`; it is ended with the block, and its output kept."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        await_listener(process, port)
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.stdin.close()
        process.stdout.close()


def await_listener(process: subprocess.Popen, port: int) -> None:
    """Wait until something listens on `port`, without connecting to it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server ended early: {process.stdout.read().decode(errors='replace')}")
        if listens(port):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port} after {PATIENCE} s")


def listens(port: int, *, datagram: bool = False) -> bool:
    """Tell from the kernel's socket tables whether a listening socket (state 0A) has this port.

    Sockets of datagrams have state 07 when they are bound.
    """
    names, state = (("udp", "udp6"), "07") if datagram else (("tcp", "tcp6"), "0A")
    tables = (Path(f"/proc/net/{name}") for name in names)
    lines = (
        line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]
    )
    return any(line[3] == state and int(line[1].rpartition(":")[2], 16) == port for line in lines)


def converse(command: list[str], text: str, answer: str) -> str:
    """Run a client: send `text`, wait for `answer`, close its input; returns all it printed.

    Raises `AssertionError` with the output when the answer does not come or the status is not 0.
    """
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    heard = b""
    deadline = time.monotonic() + PATIENCE
    try:
        process.stdin.write(text.encode())
        process.stdin.flush()
        os.set_blocking(process.stdout.fileno(), False)
        while answer.encode() not in heard and time.monotonic() < deadline:
            heard += process.stdout.read() or b""
            if process.poll() is not None:
                break
            time.sleep(0.02)
        process.stdin.close()
        status = process.wait(PATIENCE)
        os.set_blocking(process.stdout.fileno(), True)
        heard += process.stdout.read()
    finally:
        process.kill()
        process.stdout.close()
    said = heard.decode(errors="replace")
    assert answer in said, said
    assert status == 0, said
    return said


def pytest_addoption(parser):
    parser.addoption("--interop-report", help="write the interoperation matrix to this file")
    parser.addoption("--interop-traces", help="write the messages of every run to this file, as JSON lines")


@pytest.fixture(scope="session")
def identity_files(tmp_path_factory):
    """Certificates and keys of all kinds, as files."""
    from tests.interop.identities import write_files

    return write_files(tmp_path_factory.mktemp("identities"))


@pytest.fixture
def matrix(request):
    """Where the outcome of a cell is noted; it travels with the test's report, from any worker."""
    from tests.interop.report import Matrix

    found = Matrix()
    yield found
    properties = request.node.user_properties
    properties += [("interop", list(item)) for item in found.found.items()]
    if request.config.getoption("--interop-traces"):
        properties += [("interop-trace", trace) for trace in found.traces]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Write the matrix and the traces, on the process that collects all reports."""
    from tests.interop import report, traces

    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(session.config, "workerinput"):
        return
    reports = [item for items in reporter.stats.values() for item in items]
    properties = [item for found in reports for item in getattr(found, "user_properties", ())]
    if path := session.config.getoption("--interop-report"):
        found = dict(value for name, value in properties if name == "interop")
        report.write(Path(path), found, _versions())
    if path := session.config.getoption("--interop-traces"):
        traces.write(Path(path), (value for name, value in properties if name == "interop-trace"))


def _versions():
    from OpenSSL import SSL

    from tlsmodel.targets import gnutls_ffi

    said = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout
    newer = SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode()
    return {"gnutls": gnutls_ffi.version(), "openssl": said.split()[1], "newer": newer.split()[1]}
