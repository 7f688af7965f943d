from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "chengshao.catalog"
