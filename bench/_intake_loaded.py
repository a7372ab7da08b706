"""A process that has loaded the site once and parts into servers: each line it reads is a port, each answer a process.

What starts is the web server of `parvis serve`, whole, with its own workers; only loading the code is saved, so that
killing it hundreds of times takes minutes.
"""

from __future__ import annotations

import os
import signal
import sys

import django

django.setup()

from parvis.cli.server import web_server  # noqa: E402 (needs the framework)


def main() -> None:
    web_server("127.0.0.1", 1)  # loads the site, starts nothing
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever was killed leaves nothing behind
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            _serve(int(line))
        print(number, flush=True)


def _serve(port: int) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    try:
        web_server("127.0.0.1", port).serve()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
