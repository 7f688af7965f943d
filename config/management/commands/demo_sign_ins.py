"""Say how to sign in to the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from chengshao.kernel.errors import DomainError
from chengshao.web.texts import text
from config.demo import demo_password, demo_sign_ins


class Command(BaseCommand):
    help = "List the sign-ins of the demo with their password."

    def handle(self, **options: Any) -> None:
        try:
            password = demo_password()
        except DomainError as error:
            raise CommandError(text(error.code, error.params)) from error
        self.stdout.write(_("演示用户（密码都是 {password}）：").format(password=password))
        for one in demo_sign_ins():
            unit = f"  {one.unit}" if one.unit else ""
            self.stdout.write(f"  {one.username:24}{one.role}  {one.name}{unit}")
