"""A fake that is offline: what is refused, what ends, and how it comes back."""

import socket
from contextlib import closing, suppress
from threading import Event, Thread

import pytest
import requests

from sdrs_fake import FakeSdrs
from sdrs_fake.errors import Offline

LIST = "ListFailureJobs"
TOKEN = {"X-Auth-Token": "any"}


def ask(url, timeout=10):
    return requests.get(url, headers=TOKEN, timeout=timeout).status_code


def test_offline_a_bare_call_is_refused_too(sdrs, path):
    sdrs.go_offline()

    for target in (path, "/v3", "/_fake/health"):
        with pytest.raises(Offline, match="the fake is offline"):
            sdrs.request("GET", target)


def test_an_open_connection_ends_and_the_port_is_kept(sdrs, path):
    url = sdrs.url
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(url + path, headers=TOKEN, timeout=10).status_code == 200
        sdrs.go_offline()
        sdrs.go_offline()
        with pytest.raises(requests.ConnectionError, match="refused"):
            session.get(url + path, headers=TOKEN, timeout=10)
        sdrs.go_online()
        assert session.get(url + path, headers=TOKEN, timeout=10).status_code == 200
    assert sdrs.url == url


def test_it_may_be_offline_before_anybody_asks_for_its_url(sdrs, path):
    sdrs.go_offline()
    url = sdrs.url

    with pytest.raises(requests.ConnectionError, match="refused"):
        ask(url + path)
    sdrs.go_online()
    assert ask(url + path) == 200


def test_a_request_that_is_on_its_way_is_dropped(sdrs, path):
    url = sdrs.url
    sdrs.wsgi.offline = True  # but the server is not stopped yet

    with pytest.raises(requests.ConnectionError, match="without response"):
        ask(url + path)
    sdrs.go_online()
    assert ask(url + path) == 200


@pytest.mark.parametrize("network", [None, "slow_body"])
@pytest.mark.parametrize("end", [FakeSdrs.offline, closing])
def test_an_answer_that_is_late_when_the_server_ends_does_not_come(network, end):
    fake = FakeSdrs()
    fake.seed(failures=60)
    fake.faults.fail(LIST, network=network, latency=60, sleep=True)
    recorded, outcome = Event(), []
    fake.journal.observe(lambda _record: recorded.set())

    def wait_for_answer(url):
        try:
            outcome.append(ask(f"{url}/v1/{fake.project_id}/task-center/failure-jobs", timeout=30))
        except requests.RequestException as error:
            outcome.append(type(error))

    asking = Thread(target=wait_for_answer, args=(fake.url,))
    asking.start()
    assert recorded.wait(10)
    with end(fake):
        pass
    fake.close()
    asking.join(10)

    assert outcome[0] in {requests.ConnectionError, requests.exceptions.ChunkedEncodingError}


@pytest.mark.parametrize("who", ["observer", "condition"])
def test_who_looks_at_the_url_meanwhile_does_not_keep_it_from_going_offline(sdrs, path, who):
    inside, go = Event(), Event()

    def look(_):
        inside.set()
        go.wait(10)
        return bool(sdrs.url)

    def wait_for_answer():
        with suppress(requests.RequestException):
            ask(sdrs.url + path)

    if who == "observer":
        sdrs.journal.observe(look)
    else:
        sdrs.faults.fail(LIST, status=503, when=look, optional=True)
    asking = Thread(target=wait_for_answer)
    asking.start()
    assert inside.wait(10)
    ending = Thread(target=sdrs.go_offline, daemon=True)
    ending.start()
    go.set()
    ending.join(10)
    asking.join(10)

    assert (ending.is_alive(), sdrs.is_offline) == (False, True)


def test_offline_within_offline_ends_with_the_outer_one(sdrs):
    with sdrs.offline():
        with sdrs.offline():
            pass
        assert sdrs.is_offline
    assert not sdrs.is_offline


def test_where_another_program_took_the_address_it_stays_offline(sdrs, address, path):
    sdrs.go_offline()

    with socket.create_server(address), pytest.raises(OSError, match="in use"):
        sdrs.go_online()
    assert sdrs.is_offline
    sdrs.go_online()
    assert ask(sdrs.url + path) == 200


def test_a_fake_may_be_closed_while_it_is_offline():
    with FakeSdrs() as fake:
        assert fake.url
        fake.go_offline()
    fake.go_online()

    with pytest.raises(RuntimeError, match="closed"):
        assert fake.url
