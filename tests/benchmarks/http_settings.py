"""The portal's own settings, with one address more: an empty view to measure the others against."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.http_urls"
