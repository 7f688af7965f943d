"""What every HTTP door shares: field types, one error body, and who is asking."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import ConfigDict, Field

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import (
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    TooMany,
)
from chengshao.kernel.geo import Crs, to_wgs84
from chengshao.kernel.tables import TableRefused
from chengshao.web.texts import text

# The bounds are those of the columns behind; PostgreSQL takes no NUL.
Id = Annotated[int, Field(ge=0, le=2**63 - 1)]
Key = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\w.:-]+$")]
Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]


class In(Schema):
    model_config = ConfigDict(extra="forbid")


class Out(Schema):
    pass


class PointIn(In):
    lng: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    crs: Crs = Crs.WGS84

    def wgs84(self) -> tuple[float, float]:
        """Return (lng, lat) in CGCS2000, which is WGS84 here."""
        return to_wgs84(self.lng, self.lat, self.crs)


class FaultOut(Out):
    row: int
    column: str
    message: str


class ErrorOut(Schema):
    code: str
    message: str
    faults: list[FaultOut] = []


# In the OpenAPI: with a credential or without; people.api.OPEN is the auth behind it.
OPEN_TO_ANYONE: dict[str, list[dict[str, list[str]]]] = {
    "security": [{}, {"TokenCaller": []}, {"SessionCaller": []}]
}
# Beside it where an operation is throttled.
RETRY_AFTER: dict[str, Any] = {
    "responses": {
        429: {
            "headers": {
                "Retry-After": {
                    "description": "Seconds until the same caller is let in again.",
                    "schema": {"type": "integer", "minimum": 1},
                }
            }
        }
    }
}
ERRORS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), ErrorOut)
MOST_FAULTS = 500  # told at once; the message has their number
_STATUS = {
    Invalid: 422,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Refused: 409,
    TooMany: 429,
}
_CODE = {
    400: "unreadable_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    413: "request_too_large",
    429: "too_many_requests",
}


def actor_from_request(request: HttpRequest) -> Actor:
    """Return whom the API's auth recognised; an operation without auth has no actor."""
    actor = getattr(request, "auth", None)
    if not isinstance(actor, Actor):
        raise TypeError("this operation is open to anyone: it can't name an actor")
    return actor


def caller_address(request: HttpRequest) -> str:
    """Return the caller's network address, believing only as many proxies as we run ourselves."""
    direct = request.META.get("REMOTE_ADDR", "")  # a local socket has none
    chain = [*request.headers.get("X-Forwarded-For", "").split(","), direct]
    own = settings.TRUSTED_PROXIES
    found = chain[max(-len(chain), -1 - own)].strip()
    try:
        return str(ip_address(found))
    except ValueError:  # a proxy that says nonsense
        return str(direct)


def status_of(error: DomainError) -> int:
    """Return the HTTP status of one of the ways to say no."""
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


def error_body(error: DomainError) -> dict[str, Any]:
    """Return the one body in which an error is told, in the reader's language."""
    body: dict[str, Any] = {"code": error.code, "message": text(error.code, error.params)}
    if isinstance(error, TableRefused):
        body["faults"] = [
            {"row": f.row, "column": f.column, "message": text(f.code, f.params)}
            for f in error.faults[:MOST_FAULTS]
        ]
    return body


def say_when_to_retry(response: HttpResponse, error: DomainError) -> HttpResponse:
    """Tell who came too often when to come again, where that is known; return the response."""
    if isinstance(error, TooMany) and "retry_after" in error.params:
        response["Retry-After"] = str(error.params["retry_after"])
    return response


def _field_of(loc: Sequence[str | int]) -> str:
    """
    Return the field by the name that the client wrote.

    :param loc: where it comes from, for a body the parameter of ours that takes it, the name
    """
    return ".".join(str(part) for part in loc[2 if loc[0] == "body" else 1 :])


def _words_of(fault: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the code and the facts of the text for a fault that Pydantic found."""
    facts = {"field": _field_of(fault["loc"])}
    match fault["type"]:
        case "enum" | "literal_error":
            values = re.findall(r"'([^']*)'", fault["ctx"]["expected"])
            return "request_field_not_one_of", facts | {"allowed": _("、").join(values)}
        case "missing":
            return "request_field_missing", facts
        case "extra_forbidden":
            return "request_field_unknown", facts
        case _:
            return "invalid_request", facts


def answer_errors_in_one_shape(api: NinjaAPI) -> None:
    def answer(request: HttpRequest, status: int, code: str) -> HttpResponse:
        return api.create_response(request, {"code": code, "message": text(code)}, status=status)

    @api.exception_handler(DomainError)
    def on_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
        response = api.create_response(request, error_body(error), status=status_of(error))
        return say_when_to_retry(response, error)

    @api.exception_handler(ValidationError)
    def on_invalid_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
        said, facts = _words_of(error.errors[0])
        if not facts["field"]:  # the body as a whole
            return answer(request, 422, "unreadable_request")
        body = {"code": "invalid_request", "message": text(said, facts)}
        return api.create_response(request, body, status=422)

    @api.exception_handler(RequestDataTooBig)
    def on_large_request(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return answer(request, 413, "request_too_large")

    @api.exception_handler(HttpError)
    def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(request, error.status_code, _CODE.get(error.status_code, "not_allowed"))

    @api.exception_handler(Http404)
    def on_unknown_address(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, 404, "not_found")
