from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from pytest_django import Settings

from chengshao.evidence.models import Blob


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the files of this test lie."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def attachments(transactional_db: None) -> Iterator[type[models.Model]]:
    """The table of a room above, whose rows refer to blobs."""

    class Attachment(models.Model):
        blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")

        class Meta:
            app_label = "evidence"

    with connection.schema_editor() as editor:
        editor.create_model(Attachment)
    try:
        yield Attachment
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Attachment)
        del apps.all_models["evidence"]["attachment"]
        apps.clear_cache()
