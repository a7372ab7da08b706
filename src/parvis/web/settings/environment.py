"""Reading the environment: the only place that knows how a PARVIS_* variable becomes a value."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

# WAL lets readers and one writer live together; IMMEDIATE takes the write lock at once instead of failing half-way.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
    " PRAGMA wal_autocheckpoint=8000; PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
)


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def home() -> Path:
    """The folder that holds what must survive: database, evidence, datasets, secret key."""
    folder = Path(os.environ.get("PARVIS_HOME", "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """PARVIS_SECRET_KEY, else a key drawn once and kept beside the data, readable by its owner only."""
    if key := os.environ.get("PARVIS_SECRET_KEY"):
        return key
    kept = folder / "secret.key"
    if not kept.exists():
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(64))
    return kept.read_text()


def database(folder: Path) -> dict[str, Any]:
    """PARVIS_DATABASE_URL, else an embedded SQLite file tuned for several writers."""
    url = os.environ.get("PARVIS_DATABASE_URL", f"sqlite:///{folder / 'parvis.sqlite3'}")
    found: dict[str, Any] = dict(dj_database_url.parse(url))
    found["CONN_MAX_AGE"] = None
    found["CONN_HEALTH_CHECKS"] = True
    if found["ENGINE"] == "django.db.backends.sqlite3":
        found["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS}
    return found


def openid_providers() -> list[dict[str, Any]]:
    """One OpenID Connect provider from PARVIS_OIDC_URL, PARVIS_OIDC_ID, PARVIS_OIDC_SECRET, PARVIS_OIDC_NAME."""
    if not (url := os.environ.get("PARVIS_OIDC_URL")):
        return []
    return [
        {
            "provider_id": "oidc",
            "name": os.environ.get("PARVIS_OIDC_NAME", "OpenID Connect"),
            "client_id": os.environ.get("PARVIS_OIDC_ID", ""),
            "secret": os.environ.get("PARVIS_OIDC_SECRET", ""),
            "settings": {"server_url": url},
        }
    ]
