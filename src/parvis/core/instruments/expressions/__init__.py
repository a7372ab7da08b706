"""Form logic: `${rings} <= 5 and selected(${reason}, 'yes')` compiled to a small JSON tree, and its interpreter.

The tree is `true`, `5`, `"yes"` or a list whose head names the operation:
`["and", ["selected", ["$", "reason"], "yes"], ["<=", ["$", "rings"], 5]]`. `["."]` is the question's own answer.
The browser holds the twin of the interpreter (`web/static/js/expressions.js`); both run the same `cases.json`.
The language is the part of XPath 1.0 and of the ODK functions that forms really use; all else is refused at import.
"""

from parvis.core.instruments.expressions.evaluating import Scope, Value, as_text, evaluate, is_true, number_of
from parvis.core.instruments.expressions.reading import (
    FUNCTIONS,
    ExpressionRefused,
    compile_expression,
    references,
)

__all__ = [
    "FUNCTIONS",
    "ExpressionRefused",
    "Scope",
    "Value",
    "as_text",
    "compile_expression",
    "evaluate",
    "is_true",
    "number_of",
    "references",
]
