"""Tags of protected instances: add, delete, list, and find instances by them."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_json

from sdrs_fake.domain import refusals
from sdrs_fake.domain.instances import ProtectedInstance, Tag
from sdrs_fake.domain.outcomes import updated
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import require
from sdrs_fake.domain.tags import checked_key, checked_tag, checked_tags, with_tags
from sdrs_fake.domain.times import to_milliseconds
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations import bodies
from sdrs_fake.operations.instances import instance_of
from sdrs_fake.operations.reading import read_body
from sdrs_fake.operations.tag_query import TagQuery


def add_protected_instance_tags(project: Project, request: Request) -> Response:
    tag = read_body(bodies.AddProtectedInstanceTags, request.body).tag
    new = checked_tag({"key": tag.key, "value": tag.value})
    instance = instance_of(project, request)
    return _put(project, instance, with_tags(instance.tags, [new]))


def batch_add_tags(project: Project, request: Request) -> Response:
    rows = read_body(bodies.BatchAddTags, request.body).tags
    require(rows, refusals.NO_TAGS)
    tags = checked_tags(rows)
    instance = instance_of(project, request)
    return _put(project, instance, with_tags(instance.tags, tags))


def batch_delete_tags(project: Project, request: Request) -> Response:
    rows = read_body(bodies.BatchDeleteTags, request.body).tags
    require(rows, refusals.NO_TAGS)
    wanted = [(checked_key(row), _value(row)) for row in rows]
    instance = instance_of(project, request)
    left = [tag for tag in instance.tags if not _is_meant(tag, wanted)]
    return _put(project, instance, left)


def delete_protected_instance_tag(project: Project, request: Request) -> Response:
    instance, key = instance_of(project, request), request.path_params["key"]
    require(key.strip(), refusals.BLANK_TAG_KEY)
    left = [tag for tag in instance.tags if tag.key != key]
    require(len(left) < len(instance.tags), refusals.TAG_NOT_FOUND)
    return _put(project, instance, left)


def list_protected_instance_tags(project: Project, request: Request) -> Response:
    return Response.ok(tags=[tag._asdict() for tag in instance_of(project, request).tags])


def list_protected_instances_project_tags(project: Project, _request: Request) -> Response:
    values = project.tag_index().values.items()
    return Response.ok(tags=[{"key": key, "values": each} for key, each in values])


def list_protected_instances_by_tags(project: Project, request: Request) -> Response:
    query = TagQuery.of(read_body(bodies.ListProtectedInstancesByTags, request.body))
    instances = query.select(project.protected_instances.ordered())
    found = project.tag_index().find([each.id for each in instances], **query.lists)
    if query.counts:
        return Response.ok(total_count=len(found))
    page = map(project.protected_instances.get, found[query.offset : query.offset + query.limit])
    rows = b",".join(_row(each) for each in page if each)
    return Response(200, b'{"resources":[%b],"total_count":%d}' % (rows, len(found)))


def _put(project: Project, instance: ProtectedInstance, tags: Iterable[Tag]) -> Response:
    """Give an instance these tags, where it has others."""
    new = tuple(tags)
    if new != instance.tags:
        project.protected_instances.put([updated(instance, project.now(), tags=new)])
    return Response.no_content()


def _value(row: Any) -> str | None:
    """The value with which a tag is to be deleted; None for any."""
    value = row.get("value")
    require(isinstance(value, str | None), refusals.INVALID_TAG_VALUE)
    return value  # type: ignore[no-any-return]


def _is_meant(tag: Tag, wanted: Sequence[tuple[str, str | None]]) -> bool:
    """Whether a tag is to be deleted: by its key, and by its value where one is given."""
    return any(tag.key == key and value in {None, tag.value} for key, value in wanted)


def _row(instance: ProtectedInstance) -> bytes:
    """A row as JSON; the times in its details are integers, as clients read them there."""
    # Cut from the JSON that the instance keeps: parsing a page takes longer than finding it. A
    # quote within a value is escaped, so that no value looks like a key.
    head, _, rest = instance.wire_json.partition(b'"created_at":')
    tail = rest[rest.index(b',"priority_station":') :]
    tags = tail[tail.index(b',"tags":') : tail.rindex(b',"metadata":{')]
    return b'{"resource_id":%b,"resource_name":%b,"resource_detail":%b%b%b%b}' % (
        to_json(instance.id),
        to_json(instance.name),
        head,
        b'"created_at":%d,"updated_at":%d' % _times(instance),
        tail,
        tags,
    )


def _times(instance: ProtectedInstance) -> tuple[int, int]:
    return to_milliseconds(instance.created_at), to_milliseconds(instance.updated_at)
