"""A project as startproject makes it, as far as its tests need it; the connection is in PG* variables."""

import os

SECRET_KEY = "for tests"
INSTALLED_APPS = ["shop"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": os.environ["PGUSER"],
        "PASSWORD": os.environ["PGPASSWORD"],
        "HOST": "localhost",
        "PORT": os.environ["PGPORT"],
        "OPTIONS": {"sslmode": "disable"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
