"""Settings of a running Parvis, all by environment (docs/guides/settings.md lists every variable)."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from parvis.web.settings import environment

WEB = Path(__file__).resolve().parent.parent
HOME = environment.home()

DEBUG = environment.flag("PARVIS_DEBUG")
SECRET_KEY = environment.secret_key(HOME)
ALLOWED_HOSTS = environment.words("PARVIS_HOSTS", "localhost,127.0.0.1,[::1]")
PUBLIC_URL = os.environ.get("PARVIS_PUBLIC_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = environment.words("PARVIS_TRUSTED_ORIGINS")
DEMONSTRATION = environment.flag("PARVIS_DEMONSTRATION")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "rules",
    "parvis.web.jobs",
    "parvis.web.people",
    "parvis.web.territory",
    "parvis.web.editions",
    "parvis.web.fieldwork",
    "parvis.web.consultation",
    "parvis.web.results",
    "parvis.web.improvement",
    "parvis.web.pages",
]

MIDDLEWARE = [
    "parvis.web.pages.citizen.short_way.CitizenPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "parvis.web.people.second_factor.SecondFactorMiddleware",
]

ROOT_URLCONF = "parvis.web.urls"
WSGI_APPLICATION = "parvis.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parvis.web.pages.context.navigation",
            ],
            "builtins": ["parvis.web.pages.templatetags.parvis_tags", "parvis.web.pages.templatetags.form_tags"],
        },
    }
]

DATABASES = {"default": environment.database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "parvis_cache"}}

# Accounts: e-mail and a code, or a password; a second factor for those who see or decide for others.
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Parvis : "
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "parvis.web.people.adapter.AccountAdapter"
SECOND_FACTOR_RULE = "parvis.web.editions.rules.needs_second_factor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Parvis"
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": environment.openid_providers()}}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "mine:home"
LOGOUT_REDIRECT_URL = "public:home"

# Words
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]
LOCALE_PATHS = [WEB / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # files are served from the package; this one may stay empty
STATICFILES_DIRS = [WEB / "static"]
MEDIA_ROOT = HOME / "files"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
DATASETS = HOME / "datasets"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Work in the background. DAILY and OFTEN: functions (at) -> None, safe to run again, once a day and once a minute.
DAILY = [
    "parvis.web.consultation.tasks.forget_yesterday",
    "parvis.web.fieldwork.tasks.end_late_offers",
    "parvis.web.fieldwork.tasks.forget_old_fieldwork",
    "parvis.web.fieldwork.tasks.close_old_accounts",
    "parvis.web.improvement.tasks.forget_old_plans",
    "parvis.web.people.tasks.forget_what_is_over",
]
OFTEN = [
    "parvis.web.fieldwork.tasks.screen_reports",
    "parvis.web.fieldwork.tasks.count_boards",
    "parvis.web.fieldwork.mailbox.tasks.fetch_mail",
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Citizens' consultation: seconds for which dates and rule are remembered; header in which our proxy writes addresses
CONSULTATION_MEMORY = float(os.environ.get("PARVIS_CONSULTATION_MEMORY", "5"))
ADDRESS_HEADER = os.environ.get("PARVIS_ADDRESS_HEADER", "")

# Mail
EMAIL_BACKEND = os.environ.get("PARVIS_MAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("PARVIS_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("PARVIS_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PARVIS_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PARVIS_MAIL_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("PARVIS_MAIL_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("PARVIS_MAIL_FROM", "Parvis <ne-pas-repondre@localhost>")

# Mailbox of missions (optional): its address with {} where the token stands, the servers it leaves and comes by
MAILBOX_ADDRESS = os.environ.get("PARVIS_MAILBOX_ADDRESS", "")
MAILBOX_SMTP = os.environ.get("PARVIS_MAILBOX_SMTP", "")
MAILBOX_IMAP = os.environ.get("PARVIS_MAILBOX_IMAP", "")

# Safety
SECURE = environment.flag("PARVIS_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF, "'unsafe-inline'"],  # the charts' and the citizen pages' own inline rules
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PARVIS_LOG_LEVEL", "INFO")},
}
