"""A page at another origin calls a served fake from a browser."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.wsgi.codec import MAX_BODY

USER = {"name": "anna", "password": "right", "domain": {"name": "acme"}}
RECIPES = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")
PAGE = Path(__file__).with_name("page.html").read_bytes()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def origin():
    """The origin of a page, served on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def call(browser, origin):
    """`call(url, method="DELETE")`: what a page of that origin reads of an answer, or its error."""
    browser.get(origin)

    def call(url, **options):
        return browser.execute_async_script("call(...arguments)", url, options)

    return call


@contextmanager
def listing(cors, **options):
    """A fake with failures of groups, and the URL of its list."""
    with FakeSdrs(cors=cors, **options) as sdrs:
        for number in range(5):
            sdrs.add_failure_job(resource_name=f"group-{number}", resource_type="server_groups")
        yield sdrs, f"{sdrs.url}/v1/{sdrs.project_id}/task-center/failure-jobs"


@pytest.fixture(params=["named", "any"])
def cors(request, origin):
    return origin if request.param == "named" else "*"


def test_a_page_reads_the_list_pages_and_deletes(call, cors):
    with listing(cors) as (sdrs, url):
        first = call(f"{url}?limit=3")
        rest = call(f"{url}?limit=3&offset=3")
        gone = call(f"{url}/{first['body']['failure_jobs'][0]['job_id']}", method="DELETE")

        pages = [*first["body"]["failure_jobs"], *rest["body"]["failure_jobs"]]
        assert {job["resource_name"] for job in pages} == {f"group-{each}" for each in range(5)}
        assert (first["status"], gone["status"], len(sdrs.failure_jobs)) == (200, 204, 4)
        assert [record.request.method for record in sdrs.journal] == ["GET", "GET", "DELETE"]
        assert first["request_id"] == sdrs.journal[0].request.id


def test_a_page_that_is_throttled_reads_retry_after(call, cors):
    with listing(cors) as (sdrs, url):
        sdrs.faults.fail("ListFailureJobs", status=429, retry_after=30)

        refused = call(url)

        assert (refused["status"], refused["retry_after"]) == (429, "30")
        assert refused["body"]["error_code"] == "APIGW.0308"


@pytest.mark.parametrize(
    ("path", "options", "expected"),
    [
        ("?limit=x", {}, (400, "SDRS.0221")),
        ("?limit=1", {"token": None}, (401, "APIGW.0301")),
        ("/none", {"method": "DELETE"}, (404, "SDRS.0408")),
        ("", {"method": "PATCH"}, (405, "405")),
        ("", {"method": "POST", "size": MAX_BODY + 1}, (413, "APIGW.0201")),
        ("/nowhere/at/all", {}, (404, "APIGW.0101")),
    ],
)
def test_a_page_reads_every_refusal(call, cors, path, options, expected):
    with listing(cors) as (_, url):
        refused = call(f"{url}{path}", **options)

        content = refused["body"]
        code = content.get("error_code") or content["error"]["code"]
        assert (refused["status"], code) == expected


def test_a_page_logs_in_and_uses_the_token_that_it_got(call, cors):
    with listing(cors, auth="strict") as (sdrs, url):
        sdrs.auth.add_user("anna", "right", sdrs.project_id)
        identity = {"methods": ["password"], "password": {"user": USER}}
        wanted = {"identity": identity, "scope": {"project": {"id": sdrs.project_id}}}

        tokens = f"{sdrs.url}/v3/auth/tokens"
        login = call(tokens, method="POST", token=None, json={"auth": wanted})
        listed = call(url, token=login["token"])

        assert (login["status"], listed["status"], listed["body"]["count"]) == (201, 200, 5)


@pytest.mark.parametrize("cors", [None, "http://127.0.0.1"])
def test_a_page_of_an_origin_that_is_not_named_reads_nothing(call, browser, cors):
    with listing(cors) as (sdrs, url):
        assert call(url) == {"error": "TypeError: Failed to fetch"}
        assert "blocked by CORS policy" in browser.get_log("browser")[0]["message"]
        assert [record.response.status for record in sdrs.journal] == [405]


def test_a_page_reads_nothing_of_the_admin_api(call):
    with listing("*") as (sdrs, _):
        assert call(f"{sdrs.url}/_fake/health") == {"error": "TypeError: Failed to fetch"}


def test_the_recipe_reads_the_list_after_it_was_throttled(call, browser, cors):
    (recipe,) = re.findall(r"^```js\n(.*?)^```", RECIPES, re.DOTALL | re.MULTILINE)
    with listing(cors) as (sdrs, _):
        sdrs.faults.fail("ListFailureJobs", status=429, times=1)
        code = recipe.replace("http://127.0.0.1:8080", sdrs.url)

        jobs = browser.execute_script(f"setTimeout = (f) => f(); {code}; return failureJobs(3, 1)")

        assert [record.response.status for record in sdrs.journal] == [429, 200]
        assert [job["job_id"] for job in jobs] == [job.job_id for job in sdrs.failure_jobs[1:4]]
