"""A page of Northwind's that frames the bank's fields, on an origin of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pay Northwind</title>
<body><button id="pay">Pay</button><iframe id="fields" title="Card details" width="{width}" src="{src}"></iframe>
<script>
  const bank = new URL("{src}").origin;
  window.heard = [];
  addEventListener("message", (event) => {{
    if (event.origin !== bank) return;
    heard.push(event.data);
    if (event.data.height) document.getElementById("fields").height = event.data.height;
  }});
  document.getElementById("pay").addEventListener("click", () =>
    document.getElementById("fields").contentWindow.postMessage({{ type: "portico.tokenise" }}, bank));
</script></body></html>"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if parts.path == "/pay":
            text = PAGE.format(src=query["src"][0], width=query.get("width", ["480"])[0])
        else:
            text = f"<!doctype html><title>Back</title><h1>Back at Northwind</h1><p>{parts.query}</p>"
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running_parent() -> Iterator[str]:
    """Northwind's origin, with ``/pay?src=…`` and a page to come back to everywhere else."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
