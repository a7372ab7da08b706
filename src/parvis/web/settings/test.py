"""Settings of the test suite: the same as in production, with a database of its own and no waiting."""

import os
import tempfile

os.environ.setdefault("PARVIS_HOME", tempfile.mkdtemp(prefix="parvis-test-"))
os.environ.setdefault("PARVIS_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-only")

from parvis.web.settings.base import *  # noqa: F403 - a settings module inherits by star

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
LOGGING = {"version": 1, "disable_existing_loggers": False}
CONSULTATION_MEMORY = 0.0  # a test changes what the next one must see

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # a file, as in production: threads that share one connection in memory would trip over each other's transactions
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["PARVIS_HOME"], "test.sqlite3")}  # noqa: F405
