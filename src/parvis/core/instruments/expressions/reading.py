"""From the text of a cell to a tree, within a closed language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parvis.core.instruments.form import Tree

LONGEST = 2000  # characters of an expression; also bounds its nesting
LONGEST_PATTERN = 100


class ExpressionRefused(ValueError):
    """An expression outside the language. Carries what is wrong in French and in English."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.fr = fr
        self.en = en


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d*)?|\.\d+)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<answer>\$\{\s*[A-Za-z_][\w.-]*\s*\}|\.\./[A-Za-z_][\w.-]*)
      | (?P<symbol><=|>=|!=|[=<>+*(),-])
      | (?P<own>\.)
      | (?P<word>[A-Za-z_][\w:-]*)
    )""",
    re.VERBOSE,
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
# name -> fewest and most arguments (None: any number)
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "selected": (2, 2),
    "count-selected": (1, 1),
    "not": (1, 1),
    "true": (0, 0),
    "false": (0, 0),
    "if": (3, 3),
    "coalesce": (2, 2),
    "number": (1, 1),
    "int": (1, 1),
    "round": (1, 2),
    "abs": (1, 1),
    "min": (1, None),
    "max": (1, None),
    "string": (1, 1),
    "string-length": (1, 1),
    "concat": (1, None),
    "contains": (2, 2),
    "starts-with": (2, 2),
    "ends-with": (2, 2),
    "regex": (2, 2),
    "today": (0, 0),
}


def compile_expression(text: str) -> Tree:
    """The tree of an expression written in an XLSForm cell.

    Raises ExpressionRefused on anything outside the closed list of operators and functions.

    >>> compile_expression("selected(${reason}, 'yes') and ${rings} < 5")
    ['and', ['selected', ['$', 'reason'], 'yes'], ['<', ['$', 'rings'], 5]]
    """
    if len(text) > LONGEST:
        raise ExpressionRefused(f"elle dépasse {LONGEST} caractères", f"it is longer than {LONGEST} characters")
    reader = _Reader(list(_tokens(text)))
    tree = reader.level(0)
    if reader.next_token is not None:
        raise _unexpected(reader.next_token[1])
    return tree


def references(tree: Tree) -> set[str]:
    """The names of the questions that a tree looks at.

    >>> sorted(references(["<", ["$", "rings"], ["+", ["$", "a"], ["."]]]))
    ['a', 'rings']
    """
    if not isinstance(tree, list):
        return set()
    if tree[0] == "$":
        return {tree[1]}
    return set().union(*(references(part) for part in tree[1:]))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            raise _unexpected(text[position:].strip()[:20])
        yield str(found.lastgroup), found.group(str(found.lastgroup))
        position = found.end()


@dataclass(slots=True)
class _Reader:
    """A recursive-descent reader, one method call per level of precedence."""

    tokens: list[tuple[str, str]]
    position: int = 0
    depth: int = 0

    @property
    def next_token(self) -> tuple[str, str] | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self, *symbols: str) -> str | None:
        token = self.next_token
        if token is None or token[0] not in ("symbol", "word") or token[1] not in symbols:
            return None
        self.position += 1
        return token[1]

    def level(self, number: int) -> Tree:
        if number == len(_LEVELS):
            return self.unary()
        left = self.level(number + 1)
        while (operation := self.take(*_LEVELS[number])) is not None:
            right = self.level(number + 1)
            if operation in ("and", "or"):
                left, right = _condition(left), _condition(right)
                left = [*left, right] if isinstance(left, list) and left[0] == operation else [operation, left, right]
            else:
                left = [operation, left, right]
        return left

    def unary(self) -> Tree:
        self.depth += 1
        if self.depth > 40:
            raise ExpressionRefused("elle est trop imbriquée", "it is nested too deeply")
        tree = ["neg", self.unary()] if self.take("-") else self.primary()
        self.depth -= 1
        return tree

    def primary(self) -> Tree:
        token = self.next_token
        if token is None:
            raise ExpressionRefused("elle s’arrête trop tôt", "it stops too early")
        self.position += 1
        kind, text = token
        if kind == "number":
            number = float(text)
            return int(number) if number.is_integer() else number
        if kind == "text":
            return text[1:-1]
        if kind == "answer":
            return ["$", text.strip("${} ./")]
        if kind == "own":
            return ["."]
        if text == "(":
            tree = self.level(0)
            self.close()
            return tree
        if kind == "word" and self.take("("):
            return self.function(text)
        raise _unexpected(text)

    def function(self, name: str) -> Tree:
        arguments: list[Tree] = []
        if not self.take(")"):
            arguments.append(self.level(0))
            while self.take(","):
                arguments.append(self.level(0))
            self.close()
        return _function(name, arguments)

    def close(self) -> None:
        if not self.take(")"):
            raise ExpressionRefused("une parenthèse n’est pas fermée", "a bracket is not closed")


def _function(name: str, arguments: list[Tree]) -> Tree:
    if name not in FUNCTIONS:
        known = ", ".join(FUNCTIONS)
        raise ExpressionRefused(
            f"la fonction « {name} » n’est pas dans la liste ({known})", f"function “{name}” is not among {known}"
        )
    fewest, most = FUNCTIONS[name]
    if len(arguments) < fewest or (most is not None and len(arguments) > most):
        raise ExpressionRefused(
            f"« {name} » a reçu {len(arguments)} valeur(s)", f"“{name}” was given {len(arguments)} value(s)"
        )
    if name in ("true", "false"):
        return name == "true"
    if name in ("not", "if"):
        arguments[0] = _condition(arguments[0])
    if name == "regex":
        _check_pattern(arguments[1])
    return [name, *arguments]


def _condition(tree: Tree) -> Tree:
    """Refuse a bare answer used as a condition: clients disagree on whether an empty answer is then false."""
    if isinstance(tree, list) and tree[0] in ("$", "."):
        raise ExpressionRefused(
            "une réponse y sert de condition sans être comparée ; écrivez par exemple « ${a} != '' »",
            "an answer stands as a condition without being compared; write for example “${a} != ''”",
        )
    return tree


# What Python and JavaScript read alike, without the backtracking that can hang a browser.
_PATTERN_PART = re.compile(
    r"""\^|\$|\\[dw\\^$.*+?()\[\]{}|/]|\[\^?(?:\\[dw\\^$.*+?()\[\]{}|/-]|[^\\\[\]])+\]|\((?:\?:)?|\)\??|\|
      |[^\\^$.*+?()\[\]{}|]|\.""",
    re.VERBOSE,
)
_QUANTIFIER = re.compile(r"\*|\+|\?|\{\d{1,3}(?:,(?:\d{1,3})?)?\}")


def _check_pattern(pattern: Tree) -> None:
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        raise ExpressionRefused(
            f"le motif de regex() doit être un texte d’au plus {LONGEST_PATTERN} caractères",
            f"the pattern of regex() must be a text of at most {LONGEST_PATTERN} characters",
        )
    position, unbounded = 0, 0
    while position < len(pattern):
        part = _PATTERN_PART.match(pattern, position)
        if part is None:
            raise _pattern_refused(pattern)
        position = part.end()
        if not part.group().startswith((")", "(", "^", "$", "|")):
            quantifier = _QUANTIFIER.match(pattern, position)
            if quantifier is not None:
                unbounded += quantifier.group() in ("*", "+") or quantifier.group().endswith(",}")
                position = quantifier.end()
    try:
        re.compile(pattern)
    except re.error as error:
        raise _pattern_refused(pattern) from error
    if unbounded > 3:
        raise _pattern_refused(pattern)


def _pattern_refused(pattern: str) -> ExpressionRefused:
    return ExpressionRefused(
        f"le motif « {pattern} » n’est pas lu de la même façon partout ; restez aux lettres, [ ], \\d, \\w, ?, *, +, "
        "{n,m} et n’en répétez pas un groupe",
        f"pattern “{pattern}” is not read alike everywhere; keep to letters, [ ], \\d, \\w, ?, *, +, {{n,m}} and do "
        "not repeat a group",
    )


def _unexpected(text: str) -> ExpressionRefused:
    return ExpressionRefused(f"« {text} » n’y a pas sa place", f"“{text}” does not belong there")
