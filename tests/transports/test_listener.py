"""The Listener: when it says where it listens."""

import http.client
import threading
from contextlib import closing

import pytest

from sdrs_fake.transports.listener import Listener
from sdrs_fake.wsgi.codec import max_body


def test_the_address_is_reported_before_a_connection_is_accepted(sdrs):
    reported = []
    before = threading.active_count()

    def on_address(host):
        reported.append((host, threading.active_count()))

    with closing(
        Listener(sdrs.wsgi, sdrs.wsgi.refuse, max_body=max_body, on_address=on_address)
    ) as listener:
        url = listener.listen("0.0.0.0")

        assert reported == [("0.0.0.0", before)]
        port = int(url.rpartition(":")[2])
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", "/")
            assert connection.getresponse().status == 200


def test_where_an_address_is_taken_another_may_be_tried(sdrs, address):
    with closing(
        Listener(sdrs.wsgi, sdrs.wsgi.refuse, max_body=max_body, on_address=lambda _: None)
    ) as listener:
        advice = f"port {address[1]}: Address already in use; choose another, or port 0 for any"
        with pytest.raises(OSError, match=advice):
            listener.listen(*address)

        assert listener.listening_at is None
        assert listener.url.startswith("http://127.0.0.1:")
