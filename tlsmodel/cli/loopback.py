"""One document over HTTP, for browsers on this computer only."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"


def serve_page(document: bytes, port: int) -> None:
    """Answer ``GET /`` with an HTML document until interrupted; says where.  Raises `OSError`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._head()
            if self.path == "/":
                self.wfile.write(document)

        def do_HEAD(self) -> None:
            self._head()

        def _head(self) -> None:
            found = self.path == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(document) if found else 0))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the page asks once."""

    with ThreadingHTTPServer((HOST, port), Handler) as server:
        print(f"http://{HOST}:{server.server_port}/  (Ctrl-C ends it)", flush=True)
        server.serve_forever()
