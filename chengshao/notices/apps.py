from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "chengshao.notices"
