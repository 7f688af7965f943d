"""The product's settings with one more page: a request that waits until the test lets it go."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.run.slow_urls"
