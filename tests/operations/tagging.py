"""What the tests of tags share."""

from sdrs_fake import Response

LONGEST = {"key": "k" * 36, "value": "v" * 43}

NOT_ALLOWED = [chr(code) for code in range(32)] + list("*<>\\=,|/")
"""The characters that neither a key nor a value has."""

NO_BODIES = [b"", b"{", b"null", b"[]", b'"tag"', b"1", b"{}"]
"""Bodies that are no JSON, no object, or an object without what is needed."""


def tagged(sdrs, **tags):
    """An instance with these tags."""
    return sdrs.add_protected_instance(tags=rows(tags))


def rows(tags):
    """Tags as they stand in requests and answers."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def send(sdrs, method, path, content=None):
    """A request below the instances; bytes are a body as it is."""
    url = f"/v1/{sdrs.project_id}/protected-instances/{path}"
    if not isinstance(content, bytes):
        return sdrs.request(method, url, json=content)
    with sdrs.httpx_client() as client:
        response = client.request(method, sdrs.base_url + url, content=content)
    return Response(response.status_code, response.content)


def tags_of(sdrs, instance):
    """The tags that an instance has now, in their order."""
    answer = send(sdrs, "GET", f"{instance.id}/tags").json
    return {tag["key"]: tag["value"] for tag in answer["tags"]}


def code(response):
    """The status and the code of a refusal."""
    return response.status, response.json["error"]["code"]
