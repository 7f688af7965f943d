from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "chengshao.places"
