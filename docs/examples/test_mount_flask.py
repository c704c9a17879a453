"""Mounted below a prefix of a Flask application."""

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware


def test_the_fake_is_part_of_a_flask_application(sdrs):
    app = Flask("demo")
    app.add_url_rule("/", view_func=lambda: "your own page")
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/cloud": sdrs.wsgi})
    sdrs.seed(failures=21)
    client = app.test_client()

    answer = client.get(
        f"/cloud/v1/{sdrs.project_id}/task-center/failure-jobs", headers={"X-Auth-Token": "token"}
    )

    assert answer.json["count"] == 7
    assert client.get("/").text == "your own page"
