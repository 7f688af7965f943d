"""How large a request may be: told from its head, before any of it is read or put on the disk."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from chengshao.web.pages import refuse

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

MAX_BODY_BYTES = 64 * 1024 * 1024  # three of the largest files, or one import, and words
MAX_SKIPPED_BYTES = 16 * MAX_BODY_BYTES  # a long film that somebody chose by mistake


def keeps_words(page: Page[P]) -> Page[P]:
    """
    Let the page have the words of a form whose files are too large, without the files: they are
    read past, never stored. `files_left_out` tells it. The page must be exempt from the check for
    CSRF, which reads the form before any page.
    """

    @wraps(page)
    def reading(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if files_left_out(request):
            request.upload_handlers = [_SkipsFiles(request)]
            len(request.POST)  # to the end: a browser hears no answer before it has sent all
        return page(request, *args, **kwargs)

    reading.keeps_words = True  # type: ignore[attr-defined]
    return reading


def files_left_out(request: HttpRequest) -> bool:
    """Tell whether the files of this form were too large to be read."""
    return _stated_length(request) > MAX_BODY_BYTES


class _SkipsFiles(FileUploadHandler):
    def new_file(self, *args: object, **kwargs: object) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        return None


class BodySizeMiddleware:
    """Refuses what is too large. Django bounds forms and JSON by itself, but not files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not files_left_out(request) or _asked_of_one_that_keeps_words(request):
            return self.get_response(request)
        return refuse(request, "request_too_large", 413)


def _asked_of_one_that_keeps_words(request: HttpRequest) -> bool:
    if request.content_type != "multipart/form-data":
        return False
    if _stated_length(request) > MAX_SKIPPED_BYTES:
        return False
    try:
        page = resolve(request.path_info).func
    except Resolver404:
        return False
    return getattr(page, "keeps_words", False)


def _stated_length(request: HttpRequest) -> int:
    # Without a length, or with a broken one, Django reads nothing.
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
