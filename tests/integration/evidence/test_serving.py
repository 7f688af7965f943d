from datetime import UTC, datetime

import pytest
from django.http import FileResponse, HttpRequest
from django.test import Client
from django.urls import path

from chengshao.evidence import actions, queries
from chengshao.evidence.models import Blob
from chengshao.evidence.queries import BlobFileMissing, BlobNotFound
from chengshao.evidence.terms import FileKind
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.models import User
from tests.statements import count_statements
from tests.unit.evidence.files import m4a, office, pdf, photo

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CITIZEN = Actor(ActorKind.CITIZEN)


def store(content: bytes, name: str = "a", actor: Actor = CITIZEN) -> Blob:
    return queries.blob(actions.store_upload(content=content, name=name, actor=actor, at=AT))


def staff(username: str) -> Actor:
    return Actor(ActorKind.PERSON, User.objects.create(username=username).pk)


@pytest.mark.parametrize("inline_image", [True, False])
@pytest.mark.parametrize("content", [pdf(), office(), m4a()])
def test_a_document_is_saved_and_never_shown(content: bytes, inline_image: bool) -> None:
    answer = queries.as_attachment(store(content), inline_image=inline_image)

    assert answer["Content-Disposition"].startswith("attachment; ")


def test_a_photo_is_shown_only_when_asked() -> None:
    stored = store(photo(), "井盖.jpg")

    shown = queries.as_attachment(stored, inline_image=True)
    saved = queries.as_attachment(stored)

    name = "filename*=utf-8''%E4%BA%95%E7%9B%96.jpg"
    assert shown["Content-Disposition"] == f"inline; {name}"
    assert saved["Content-Disposition"] == f"attachment; {name}"


def test_a_stored_file_can_do_nothing_in_a_browser() -> None:
    answer = queries.as_attachment(store(pdf(), "答复.pdf"))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-cache"
    assert b"".join(answer) == pdf()


def test_a_thumbnail_is_served_as_what_it_is() -> None:
    stored = store(photo("PNG"), "截图.png")

    answer = queries.as_attachment(stored, inline_image=True, thumbnail=True)

    assert answer["Content-Type"] == "image/jpeg"
    assert b"".join(answer).startswith(b"\xff\xd8\xff")


def test_a_document_has_no_thumbnail() -> None:
    stored = store(pdf())

    with pytest.raises(BlobNotFound):
        queries.as_attachment(stored, thumbnail=True)


def test_a_missing_file_is_told_apart_from_a_missing_row() -> None:
    stored = store(pdf())
    queries.path_of(stored.digest).unlink()

    with pytest.raises(BlobFileMissing):
        queries.open_file(stored)
    with pytest.raises(BlobNotFound):
        queries.blob(stored.pk + 1)


def test_many_blobs_take_one_statement() -> None:
    one, other = store(pdf()), store(photo())

    with count_statements() as counted:
        found = queries.blobs([one.pk, other.pk, other.pk + 1])

    assert found == {one.pk: one, other.pk: other}
    assert counted.number == 1


def test_kinds_are_those_of_the_content() -> None:
    kinds = [queries.kind_of(store(sent)) for sent in (photo(), pdf(), office(), m4a())]

    assert kinds == [FileKind.IMAGE, FileKind.PDF, FileKind.WORD, FileKind.AUDIO]


def test_one_may_attach_by_id_only_what_one_uploaded_oneself() -> None:
    handler, other = staff("handler"), staff("other")
    own, foreign, anonymous = store(pdf(), actor=handler), store(pdf(), actor=other), store(pdf())

    queries.check_own([own.pk, own.pk], actor=handler)
    queries.check_own([], actor=CITIZEN)
    for ids in ([foreign.pk], [own.pk, foreign.pk], [anonymous.pk], [anonymous.pk + 1]):
        with pytest.raises(BlobNotFound):
            queries.check_own(ids, actor=handler)


def test_a_citizen_has_no_ids_to_attach() -> None:
    anonymous = store(pdf())

    with pytest.raises(BlobNotFound):
        queries.check_own([anonymous.pk], actor=CITIZEN)


def show(request: HttpRequest, blob_id: int) -> FileResponse:
    return queries.as_attachment(queries.blob(blob_id), inline_image=True)


urlpatterns = [path("files/<int:blob_id>", show)]


@pytest.mark.urls("tests.integration.evidence.test_serving")
def test_the_rest_of_the_house_does_not_soften_the_headers(client: Client) -> None:
    stored = store(photo(), "井盖.jpg")

    answer = client.get(f"/files/{stored.pk}")

    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Content-Disposition"].startswith("inline; ")
    assert answer["Content-Length"] == str(stored.size)
