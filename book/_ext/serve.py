"""Serve the built book on this machine alone, as a static host would.

``python book/_ext/serve.py _build/html`` prints the address and serves until
it is interrupted.
"""

import errno
import functools
import gzip
import io
import os
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

COMPRESSED = (".html", ".js", ".mjs", ".css", ".json", ".svg", ".ipynb", ".wasm")


class Handler(SimpleHTTPRequestHandler):
    """Files of one folder, compressed where a host would compress them."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".ipynb": "application/json",
    }

    def send_head(self):
        """Send the headers, and return the compressed file to copy."""
        path = self.translate_path(self.path)
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepts and path.endswith(COMPRESSED) and os.path.isfile(path)):
            return super().send_head()
        body = compressed(path, os.stat(path).st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, format, *args):
        """Say nothing: the terminal is for the address."""


@functools.lru_cache(512)
def compressed(path, changed):
    """Return a file's bytes, compressed; `changed` renews them."""
    with open(path, "rb") as file:
        return gzip.compress(file.read(), 6)


def server(folder, port=0):
    """Make a server of a folder on 127.0.0.1; port 0 takes any free one."""
    return ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(Handler, directory=str(folder))
    )


def main(folder, port="8000"):
    """Serve until interrupted; where the port is taken, on any free one."""
    try:
        http = server(folder, int(port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        http = server(folder)
    print(f"The book is at http://127.0.0.1:{http.server_port}/  (Ctrl+C stops)", flush=True)
    try:
        http.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main(*sys.argv[1:])
