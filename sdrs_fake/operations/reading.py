"""Reading a body: as a strict model, or refused by its first wrong field; and its fields."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from sdrs_fake.domain import refusals
from sdrs_fake.domain.fields import first_problem, parameter_error
from sdrs_fake.domain.json_input import load_body
from sdrs_fake.domain.refusals import ApiError, Refusal

Model = TypeVar("Model", bound=BaseModel)


class Body(BaseModel):
    """A body, or a part of one."""

    model_config = ConfigDict(strict=True, frozen=True, defer_build=True, populate_by_name=False)


def read_body(model: type[Model], body: bytes) -> Model:
    """Read a body, or refuse it with the refusal of the first wrong field."""
    try:
        content = load_body(body)
    except ValueError:
        raise ApiError(refusals.INVALID_PARAMETERS, note="the body is no JSON") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        line = error.errors(include_url=False)[0]
        note = first_problem(error)
    absent = line["type"] == "missing" or line["input"] is None
    refusal = None if absent else _refusal_at(model, line["loc"])
    if line["type"] == "missing" and line["loc"] == (_action_of(model),) and content:
        raise ApiError(refusals.INVALID_ACTION, note)  # another one, or none of this route
    raise ApiError(refusal or refusals.INVALID_PARAMETERS, note)


def _action_of(model: type[BaseModel]) -> str | None:
    """The key of the body of an action."""
    field = model.model_fields.get("action")
    return field and field.alias


def unknown_fields(model: type[BaseModel], content: object, place: str = "") -> Iterator[str]:
    """The fields of a body that a model does not have, such as `servers[].colour`."""
    if isinstance(content, list):
        for each in content:
            yield from unknown_fields(model, each, f"{place}[]")
    if not isinstance(content, dict):
        return
    fields = _inner_models(model)
    before = f"{place}." if place else ""
    for name, value in content.items():
        if name not in fields:
            yield f"{before}{name}"
        elif inner := fields[name]:
            yield from unknown_fields(inner, value, f"{before}{name}")


def body_fields(model: type[BaseModel]) -> Iterator[str]:
    """The names of the fields of a body, without the wrapper around them."""
    for key, inner in _inner_models(model).items():
        if inner:
            yield from body_fields(inner)
        else:
            yield key


def field_in(model: type[BaseModel], content: object, field: str) -> object:
    """A field of a body as it was sent, below its wrapper; None where it is absent.

    Where several objects of a list have it, the list of its values.
    """
    if isinstance(content, list):
        values = [field_in(model, each, field) for each in content]
        return [each for each in values if each is not None] or None
    if not isinstance(content, dict):
        return None
    for key, inner in _inner_models(model).items():
        if inner is None and key == field:
            return content.get(key)
        found = field_in(inner, content.get(key), field) if inner else None
        if found is not None:
            return found
    return None


def refused_value(model: type[BaseModel], field: str, value: object) -> str:
    """Why a value of a field is always refused; empty where it may be accepted."""
    reasons = list(_reasons(model, field, value))
    return reasons[0] if reasons and all(reasons) else ""


def _reasons(model: type[BaseModel], field: str, value: object) -> Iterator[str]:
    """Why a value is refused, in each place that has the field; empty where it is accepted."""
    for key, inner in _inner_models(model).items():
        if inner:
            yield from _reasons(inner, field, value)
        elif key == field:
            try:
                model.model_validate({key: value})
            except ValidationError as error:  # the other fields are missing
                yield dict(parameter_error(error, ()).problems).get(key, "")
            else:
                yield ""


@cache
def _inner_models(model: type[BaseModel]) -> Mapping[str, type[BaseModel] | None]:
    """The fields of a model by their keys in a body, with the models of those that have fields."""
    fields = model.model_fields.items()
    return {each.alias or name: _model_in(each.annotation) for name, each in fields}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    kinds = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Body)), None)


def _refusal_at(model: type[BaseModel], place: tuple[int | str, ...]) -> Refusal | None:
    """The refusal of the innermost field of a place that has one."""
    refusal = None
    kind: type[BaseModel] | None = model
    for step in place:
        if isinstance(step, int):  # an element of a list, which has the fields of its model
            continue
        fields = kind.model_fields if kind else {}
        field = {each.alias or name: each for name, each in fields.items()}.get(step)
        if field is None:
            break
        refusal = next((each for each in field.metadata if isinstance(each, Refusal)), refusal)
        kind = _model_in(field.annotation)
    return refusal
