"""The product's settings with one more page, the bare one that the others are measured against."""

from portico.config.settings import *  # noqa: F403 (the product's own, all of them)
from portico.config.settings import INSTALLED_APPS as _PRODUCT

INSTALLED_APPS = [*_PRODUCT, "bench"]
ROOT_URLCONF = "bench.urls"
