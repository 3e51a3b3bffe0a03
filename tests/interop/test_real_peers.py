"""Handshakes with real programs over TCP: 2 versions x 2 roles x 2 peers, certificates verified, data both
ways, closed by close_notify."""

import json
import subprocess

import pytest

from tests.interop.conftest import PATIENCE, converse, program, running, tlsmodel

VERSIONS = ["tls12", "tls13"]
GNUTLS_PRIORITY = {
    "tls12": "NORMAL:-VERS-ALL:+VERS-TLS1.2",
    "tls13": "NORMAL:-VERS-ALL:+VERS-TLS1.3",
}
OPENSSL_FLAG = {"tls12": "-tls1_2", "tls13": "-tls1_3"}
NAME = {"tls12": "TLS 1.2", "tls13": "TLS 1.3"}
TEXT = "a sentence for the other side\n"


def serve(port, files):
    return tlsmodel(
        "serve",
        f"127.0.0.1:{port}",
        "--cert",
        str(files.cert),
        "--key",
        str(files.key),
        "--echo",
        "--once",
        "--json",
    )


def report_of(server):
    """What `tlsmodel serve --once --json` says at its end."""
    server.wait(PATIENCE)
    said = server.stdout.read().decode()
    assert server.returncode == 0, said
    return json.loads(said.splitlines()[-1])


@pytest.mark.parametrize("version", VERSIONS)
def test_gnutls_cli_talks_with_serve(version, files, port):
    with running(serve(port, files), port) as server:
        said = converse(
            [
                *(program("gnutls-cli"), "--port", str(port), "--x509cafile", str(files.ca)),
                *("--priority", GNUTLS_PRIORITY[version], "localhost"),
            ],
            TEXT,
            TEXT,
        )
        report = report_of(server)

    assert "The certificate is trusted" in said
    assert "Handshake was completed" in said
    assert report["version"] == NAME[version]
    assert report["path"][-1] == "CONNECTED"
    assert report["closed_by_peer"] is True


@pytest.mark.parametrize("version", VERSIONS)
def test_openssl_s_client_talks_with_serve(version, files, port):
    with running(serve(port, files), port) as server:
        said = converse(
            [
                *(program("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", str(files.ca)),
                *("-verify_return_error", "-verify_hostname", "localhost", OPENSSL_FLAG[version]),
            ],
            TEXT,
            TEXT,
        )
        report = report_of(server)

    assert "Verify return code: 0 (ok)" in said
    assert report["version"] == NAME[version]
    assert report["path"][-1] == "CONNECTED"
    assert report["closed_by_peer"] is True


def connect(port, files, version, *options):
    finished = subprocess.run(
        tlsmodel(
            *("connect", f"127.0.0.1:{port}", "--ca", str(files.ca), "--server-name", "localhost"),
            *("--version", version, "--send", TEXT, "--json", *options),
        ),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return json.loads(finished.stdout)


@pytest.mark.parametrize("version", VERSIONS)
def test_connect_talks_with_gnutls_serv(version, files, port):
    command = [
        *(program("gnutls-serv"), "--port", str(port), "--echo", "--priority", GNUTLS_PRIORITY[version]),
        *("--x509certfile", str(files.cert), "--x509keyfile", str(files.key)),
    ]
    with running(command, port):
        report = connect(port, files, version)

    assert report["version"] == NAME[version]
    assert report["received"] == TEXT
    assert report["path"][-1] == "CONNECTED"
    assert report["closed_by_peer"] is True


@pytest.mark.parametrize("version", VERSIONS)
def test_connect_talks_with_openssl_s_server(version, files, port):
    command = [
        *(program("openssl"), "s_server", "-accept", str(port), "-rev", OPENSSL_FLAG[version]),
        *("-cert", str(files.cert), "-key", str(files.key)),
    ]
    with running(command, port):
        report = connect(port, files, version)

    assert report["version"] == NAME[version]
    assert report["received"] == TEXT.strip()[::-1] + "\n"
    assert report["path"][-1] == "CONNECTED"
    assert report["closed_by_peer"] is True


def test_serve_asks_a_client_for_its_certificate_after_the_handshake(files, port):
    command = [*serve(port, files), "--late-auth", "require", "--client-ca", str(files.ca)]
    with running(command, port) as server:
        converse(
            [
                *(program("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", str(files.ca)),
                *("-enable_pha", "-cert", str(files.cert), "-key", str(files.key), "-tls1_3"),
            ],
            TEXT,
            TEXT,
        )
        report = report_of(server)

    assert report["peer_certificates"] > 0
    assert report["closed_by_peer"] is True


def test_connect_shares_a_key_with_s_server_and_exchanges_none(files, port):
    command = [
        *(program("openssl"), "s_server", "-accept", str(port), "-rev", "-nocert", "-tls1_3"),
        *("-psk", "00112233445566778899aabbccddeeff", "-psk_identity", "ann"),
        *("-allow_no_dhe_kex", "-ciphersuites", "TLS_AES_128_GCM_SHA256"),
    ]
    options = ("--psk", "ann:00112233445566778899aabbccddeeff", "--psk-only")
    with running(command, port):
        report = connect(port, files, "tls13", *options)

    assert report["psk_identity"] == "ann"
    assert report["received"] == TEXT.strip()[::-1] + "\n"


def test_connect_refuses_a_certificate_that_it_cannot_verify(files, port):
    command = [
        *(program("openssl"), "s_server", "-accept", str(port), "-rev"),
        *("-cert", str(files.cert), "-key", str(files.key)),
    ]
    with running(command, port):
        finished = subprocess.run(
            tlsmodel(
                "connect", f"127.0.0.1:{port}", "--ca", str(files.ca), "--server-name", "elsewhere.example"
            ),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    assert finished.returncode == 1
    assert len(finished.stderr.strip().splitlines()) == 1
    assert "CERTIFICATE_VERIFICATION_ERROR" in finished.stderr
