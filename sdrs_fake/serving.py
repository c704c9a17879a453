"""A fake on a socket, where somebody asks for one: listening, in the dark, closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Self
from weakref import finalize

from sdrs_fake.control.addresses import is_loopback
from sdrs_fake.transports.loopback import LoopbackServer
from sdrs_fake.wsgi.admin import Admin
from sdrs_fake.wsgi.app import App
from sdrs_fake.wsgi.wire import max_body


class Serving:
    """The socket of a fake, which is there from its first use on."""

    def __init__(self, app: App, admin: Admin) -> None:
        self._app = app
        self._admin = admin
        self._server: LoopbackServer | None = None
        self._opening = Lock()
        self._closed = False

    @property
    def url(self) -> str:
        """Where the service listens, `http://127.0.0.1:PORT`; the first use starts it.

        It listens as long as the fake is there: keep the fake, not the url alone.
        """
        return self.listen()

    @property
    def listening_at(self) -> str | None:
        """The url, if somebody asked for it and the fake is not closed."""
        return self._server.url if self._server else None

    def listen(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen at an address of your choice, where it does not listen yet, and return the url.

        Port 0 is any free one. An address that is not of the loopback is open to everybody who can
        reach it.
        """
        with self._opening:
            if self._closed:
                raise RuntimeError("this FakeSdrs is closed; its url is gone")
            if self._server is None:
                self._admin.public = True  # until it is known where it listens
                try:
                    self._server = LoopbackServer(
                        self._app, self._app.refuse, max_body=max_body, host=host, port=port
                    )
                finally:
                    self._admin.public = self._server is not None and not is_loopback(
                        self._server.address[0]
                    )
                if self._app.dark:
                    self._server.go_dark()
                finalize(
                    self, self._server.close
                ).atexit = False  # for a fake that is dropped and never closed
            return self._server.url

    @property
    def dark(self) -> bool:
        """Is nobody there? A switch: while it is on, every connection and every call is refused,
        those to /_fake/ too.

        Connections that are open end. In process it is ConnectionRefusedError, or what a door's
        library says then.
        """
        return self._app.dark

    @dark.setter
    def dark(self, on: bool) -> None:
        with self._opening:
            server = self._server
            if on or server is None:
                self._app.dark = on
        if server and on:  # its threads are waited for, so nothing that they could want is held
            server.go_dark()
        elif server:
            self._app.dark = False  # before the first connection comes
            try:
                server.come_back()
            except OSError:
                self._app.dark = True
                raise

    @contextmanager
    def darkness(self) -> Iterator[Self]:
        """It is dark in a `with` block, and afterwards as before."""
        before, self.dark = self.dark, True
        try:
            yield self
        finally:
            self.dark = before

    def close(self) -> None:
        """Stop the server, if there is one. An exception that it met inside the fake is raised
        here.
        """
        with self._opening:
            self._closed = True
            server, self._server = self._server, None
        if server:
            server.close()
            if len(server.failures) > 1:
                raise ExceptionGroup("the fake failed while it answered", server.failures)
            if server.failures:
                raise server.failures[0]
