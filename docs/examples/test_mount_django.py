"""Mounted below a prefix of a Django project, as in its `wsgi.py`."""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

urlpatterns = [path("", lambda request: HttpResponse("your own page"))]


def test_the_fake_is_part_of_a_django_project(sdrs):
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
    django.setup()
    application = DispatcherMiddleware(get_wsgi_application(), {"/cloud": sdrs.wsgi})
    client = Client(application)

    answer = client.get(
        f"/cloud/v1/{sdrs.project_id}/task-center/failure-jobs", headers={"X-Auth-Token": "token"}
    )

    assert answer.json == {"count": 0, "failure_jobs": []}
    assert client.get("/").text == "your own page"
