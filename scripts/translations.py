"""The site's words in English: `translations.py update` gathers them, `check` tells what is missing.

The source is French, so the French words are the keys. Plain Python, because a machine may lack the gettext programs.
Both the readable catalogue (.po) and the compiled one (.mo) are kept in the tree and ship in the wheel.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "src" / "parvis" / "web"
# Plural forms: French says "0 action", English "0 actions".
PLURALS = {"fr": "nplurals=2; plural=(n > 1);", "en": "nplurals=2; plural=(n != 1);"}
# How many of a function's first arguments are words, and whether the first of them is a context.
FUNCTIONS = {"_": "s", "gettext": "s", "ngettext": "sp", "pgettext": "cs", "npgettext": "csp"}
FUNCTIONS |= {f"{name}_{kind}": shape for name, shape in list(FUNCTIONS.items()) for kind in ("lazy", "noop")}


@dataclass(frozen=True)
class Message:
    """Words to translate, and their translation (empty: missing; two when there is a plural)."""

    singular: str
    plural: str = ""
    context: str = ""
    where: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.singular

    @property
    def complete(self) -> bool:
        return len(self.translated) == (2 if self.plural else 1) and all(self.translated)


# --- gathering


def gather(web: Path = WEB) -> dict[tuple[str, str], Message]:
    """Every message of the site's code and templates, by context and words, in the order of the files."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted([*web.rglob("*.py"), *web.rglob("templates/**/*.html"), *web.rglob("templates/**/*.txt")]):
        where = path.relative_to(web).as_posix()
        read = of_python if path.suffix == ".py" else of_template
        for message in read(path.read_text(encoding="utf-8"), where):
            known = found.get(message.key, message)
            places = tuple(dict.fromkeys((*known.where, where)))
            found[message.key] = replace(known, plural=known.plural or message.plural, where=places)
    return found


def of_python(source: str, where: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in FUNCTIONS:
                words = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                if any(isinstance(argument, ast.JoinedStr) for argument in node.args):
                    raise ValueError(f"{where}, line {node.lineno}: an f-string cannot be translated; use %(name)s")
                yield from _message(name, [word for word in words if isinstance(word, str)], where)


_STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)


def of_template(source: str, where: str) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    for call in _CALL.finditer(templatize(source)):
        yield from _message(call[1], list(ast.literal_eval(f"({call[2]},)")), where)


def _message(function: str, words: list[str], where: str) -> Iterator[Message]:
    shape = FUNCTIONS[function]
    if len(words) >= len(shape):
        named = dict(zip(shape, words, strict=False))
        yield Message(named["s"], named.get("p", ""), named.get("c", ""), (where,))


# --- the readable catalogue


def read(catalogue: Path) -> dict[tuple[str, str], Message]:
    """The messages of a .po file; those marked fuzzy count as missing."""
    found = {}
    for block in catalogue.read_text(encoding="utf-8").split("\n\n") if catalogue.exists() else []:
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if match := re.match(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$', line):
                name = match[1]
                fields[name] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                fields[name] += ast.literal_eval(line)
        if fields.get("msgid") and "#, fuzzy" not in block:
            texts = tuple(fields[name] for name in ("msgstr", "msgstr[0]", "msgstr[1]") if name in fields)
            message = Message(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""), (), texts)
            found[message.key] = message
    return found


def write(catalogue: Path, language: str, messages: list[Message]) -> None:
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    blocks = [f'msgid ""\nmsgstr ""\n{_quoted(header(language))}']
    for message in messages:
        lines = [f"#: {' '.join(message.where)}"] if message.where else []
        lines += [f"msgctxt {_quoted(message.context)}"] if message.context else []
        lines.append(f"msgid {_quoted(message.singular)}")
        if message.plural:
            one, several = message.translated if len(message.translated) == 2 else ("", "")
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            lines += [f"msgstr[0] {_quoted(one)}", f"msgstr[1] {_quoted(several)}"]
        else:
            lines.append(f"msgstr {_quoted(message.translated[0] if message.translated else '')}")
        blocks.append("\n".join(lines))
    catalogue.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def header(language: str) -> str:
    return f"Language: {language}\nContent-Type: text/plain; charset=UTF-8\nPlural-Forms: {PLURALS[language]}\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


# --- the compiled catalogue


def compiled(language: str, messages: list[Message]) -> bytes:
    """The .mo file: GNU gettext's format, little-endian, keys in order, no hash table."""
    pairs = {"": header(language)}
    for message in messages:
        if message.complete:
            start = f"{message.context}\4" if message.context else ""
            pairs[start + "\0".join(filter(None, (message.singular, message.plural)))] = "\0".join(message.translated)
    encoded = sorted((key.encode(), text.encode()) for key, text in pairs.items())
    size = len(encoded)
    index, body = [b"", b""], b""
    for side in (0, 1):
        for pair in encoded:
            index[side] += struct.pack("<II", len(pair[side]), 28 + 16 * size + len(body))
            body += pair[side] + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, size, 28, 28 + 8 * size, 0, 28 + 16 * size) + index[0] + index[1] + body


# --- the whole


def catalogue(language: str, web: Path = WEB) -> Path:
    return web / "locale" / language / "LC_MESSAGES" / "django.po"


def french(messages: dict[tuple[str, str], Message]) -> list[Message]:
    """French translates itself, but needs its own plural rule."""
    return [
        replace(message, translated=(message.singular, message.plural))
        for message in messages.values()
        if message.plural
    ]


def merged(web: Path = WEB) -> dict[str, list[Message]]:
    """What each catalogue should hold: today's messages with the translations already there."""
    messages, known = gather(web), read(catalogue("en", web))
    english = [
        replace(
            message, translated=known[key].translated if key in known and known[key].plural == message.plural else ()
        )
        for key, message in messages.items()
    ]
    return {"en": english, "fr": french(messages)}


def missing(web: Path = WEB) -> list[str]:
    """The French words that have no English yet, with the file that says them."""
    return [f"{message.where[0]}: {message.singular!r}" for message in merged(web)["en"] if not message.complete]


def update(web: Path = WEB) -> None:
    for language, messages in merged(web).items():
        write(catalogue(language, web), language, messages)
        catalogue(language, web).with_suffix(".mo").write_bytes(compiled(language, messages))


def stale(web: Path = WEB) -> list[str]:
    """The compiled catalogues that no longer say what the code and the readable ones say."""
    told = []
    for language, messages in merged(web).items():
        path = catalogue(language, web).with_suffix(".mo")
        if not path.exists() or path.read_bytes() != compiled(language, messages):
            told.append(f"{path.relative_to(web)}: run make messages")
    return told


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    faults = [*missing(), *stale()]
    print("\n".join(faults) or "every message is translated")
    sys.exit(bool(faults) and sys.argv[1:] != ["update"])
