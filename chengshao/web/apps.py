from django.apps import AppConfig
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "chengshao.web"

    def ready(self) -> None:
        """Say in plain words what Django says of it in its own: citizens read it too."""
        ProhibitNullCharactersValidator.message = _(
            "里面有存不了的字符（看不见的空字符），请删去再交。"
        )
