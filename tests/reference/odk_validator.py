"""ODK's own validator, started once for many forms: starting it costs more than all that it checks."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pyxform.validators.odk_validate import ODK_VALIDATE_PATH


def refused_by_odk(forms: Mapping[str, str | bytes], folder: Path) -> set[str]:
    """The names of the forms that phones would not load; without Java, nothing is known and nothing is refused."""
    java = shutil.which("java")
    if java is None:
        return set()
    paths = []
    for name, form in forms.items():
        paths.append(folder / f"{name}.xml")
        paths[-1].write_bytes(form if isinstance(form, bytes) else form.encode())
    command = [java, "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true", "-jar", ODK_VALIDATE_PATH, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    failed = done.stderr.split("The following files failed validation:")[1:]
    refused = {path.stem for path in paths for said in failed if str(path) in said}
    assert done.stdout.count("Xform is valid!") == len(paths) - len(refused), done.stderr
    return refused
