"""The product's settings in another year, with one more page: it does at once what is due."""

from config.settings import *  # noqa: F403
from tests.browser.dated import clock

clock.start()
MIDDLEWARE = ["tests.browser.dated.clock.in_time", *MIDDLEWARE]  # noqa: F405
ROOT_URLCONF = "tests.browser.dated.urls"
