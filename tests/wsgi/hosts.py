"""WSGI hosts on loopback: each is a context manager that gives the address it serves a fake at."""

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from threading import Event, Thread
from wsgiref import simple_server

import uvicorn
import waitress
import waitress.wasyncore
import werkzeug.serving
from a2wsgi import WSGIMiddleware
from cheroot.wsgi import Server as CherootServer

from sdrs_fake import FakeSdrs

OPTIONS = {
    "project_id": "p",
    "failures": 24,
    "seed": 7,
    "as_of": "2026-06-01T00:00:00Z",
    "admin_token": "right",
}


def new_fake():
    """A fake that is the same in every process."""
    return FakeSdrs(**OPTIONS)


@contextmanager
def _running(serve, stop):
    thread = Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()


@contextmanager
def on_wsgiref(_directory):
    class Handler(simple_server.WSGIRequestHandler):
        def log_message(self, *_):
            pass

    server = simple_server.make_server("127.0.0.1", 0, new_fake().wsgi, handler_class=Handler)
    with server, _running(lambda: server.serve_forever(0.01), server.shutdown):
        yield server.server_address


@contextmanager
def on_werkzeug(_directory):
    class Handler(werkzeug.serving.WSGIRequestHandler):
        def log(self, *_):
            pass

    server = werkzeug.serving.make_server("127.0.0.1", 0, new_fake().wsgi, request_handler=Handler)
    with _running(lambda: server.serve_forever(0.01), server.shutdown):
        yield "127.0.0.1", server.port
    server.server_close()


@contextmanager
def on_waitress(_directory):
    sockets, stopped = {}, Event()
    server = waitress.create_server(new_fake().wsgi, map=sockets, host="127.0.0.1", port=0)

    def serve():
        while not stopped.is_set():
            waitress.wasyncore.loop(0.01, map=sockets, count=1)

    with _running(serve, stopped.set):
        yield "127.0.0.1", server.effective_port
    server.task_dispatcher.shutdown()
    waitress.wasyncore.close_all(sockets)  # also connections that ended a moment ago


@contextmanager
def on_cheroot(_directory):
    server = CherootServer(("127.0.0.1", 0), new_fake().wsgi, numthreads=2)
    server.prepare()
    with _running(server.serve, server.stop):
        yield server.bind_addr


@contextmanager
def on_a2wsgi(_directory):
    app = WSGIMiddleware(new_fake().wsgi)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", http="h11"))

    def stop():
        server.should_exit = True

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        app.executor,
        _running(lambda: server.run(sockets=[listener]), stop),
    ):
        yield listener.getsockname()


@contextmanager
def on_gunicorn(directory):
    hosted = f"from sdrs_fake import FakeSdrs\n\napp = FakeSdrs(**{OPTIONS!r}).wsgi\n"
    (directory / "hosted.py").write_text(hosted)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        options = ["--bind", f"fd://{listener.fileno()}", "--worker-tmp-dir", str(directory)]
        options += [
            "--log-level",
            "critical",
            "--no-control-socket",
            "--pythonpath",
            str(directory),
        ]
        command = [sys.executable, "-m", "gunicorn", *options, "hosted:app"]
        process = subprocess.Popen(command, pass_fds=[listener.fileno()])
        try:
            yield listener.getsockname()
        finally:
            process.send_signal(signal.SIGQUIT)  # the quick way to stop
            process.wait(10)


HOSTS = {
    "wsgiref": on_wsgiref,
    "werkzeug": on_werkzeug,
    "waitress": on_waitress,
    "cheroot": on_cheroot,
    "a2wsgi": on_a2wsgi,
    "gunicorn": on_gunicorn,
}
