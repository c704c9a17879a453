"""Mounted below a prefix of any WSGI application."""

from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client


def your_app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"your own page"]


def test_the_fake_is_part_of_your_application(sdrs):
    app = DispatcherMiddleware(your_app, {"/cloud": sdrs.wsgi})
    sdrs.add_failure_job()

    answer = Client(app).get(
        f"/cloud/v1/{sdrs.project_id}/task-center/failure-jobs", headers={"X-Auth-Token": "token"}
    )

    assert answer.json["count"] == 1
