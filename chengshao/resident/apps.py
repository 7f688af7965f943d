from django.apps import AppConfig


class ResidentConfig(AppConfig):
    name = "chengshao.resident"
