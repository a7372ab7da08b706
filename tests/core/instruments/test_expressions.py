"""Form logic: the closed language, and two interpreters that say the same."""

import json
import math
import shutil
import subprocess
from pathlib import Path

import pytest

from parvis.core.instruments.expressions import (
    ExpressionRefused,
    Scope,
    as_text,
    compile_expression,
    evaluate,
    references,
)
from tests.chromium import installed

HERE = Path(__file__).parent
TWIN = HERE.parents[2] / "src/parvis/web/static/js/expressions.js"
SHARED = json.loads((HERE / "cases.json").read_text("utf-8"))
SCRIPT = """
const plain = (v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v);
const answer = (twin, shared) => ({
  cases: shared.cases.map((c) => plain(twin.evaluate(c.tree, {
    get: (name) => shared.answers[name], own: shared.own, today: shared.today }))),
  live: shared.live.map((c) => {
    const { visible, values } = twin.live(c.questions, c.answers, shared.today);
    return { visible: [...visible].sort(), values };
  }),
});
"""


def _plain(value):
    return as_text(value) if isinstance(value, float) and not math.isfinite(value) else value


def _same(told, expected) -> bool:
    """Equal, of the same kind (true is not 1), numbers to 1e-12."""
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in (told, expected)]
    return abs(told - expected) < 1e-12 if all(numbers) else type(told) is type(expected) and told == expected


def _in_node() -> dict:
    script = (
        f"{SCRIPT}\nimport fs from 'node:fs';\nimport * as twin from {json.dumps(TWIN.as_uri())};\n"
        f"console.log(JSON.stringify(answer(twin, JSON.parse(fs.readFileSync(0)))));"
    )
    done = subprocess.run(
        ["node", "--experimental-default-type=module", "--input-type=module", "-e", script],
        input=json.dumps(SHARED), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return json.loads(done.stdout)


def _in_chromium() -> dict:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed(),
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking"],
        )
        page = browser.new_page()
        told = page.evaluate(
            "async ([source, script, shared]) => {"
            " const twin = await import('data:text/javascript,' + encodeURIComponent(source));"
            " return new Function('twin', 'shared', script + '; return answer(twin, shared)')(twin, shared); }",
            [TWIN.read_text("utf-8"), SCRIPT, SHARED],
        )
        browser.close()
    return told


@pytest.fixture(scope="module")
def in_the_browser() -> dict:
    """What the JavaScript twin answers to the shared cases: in node where there is one, else in Chromium."""
    return _in_node() if shutil.which("node") else _in_chromium()


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["expression"])
def test_python_gives_the_judged_value(case):
    tree = compile_expression(case["expression"])
    assert tree == case["tree"]
    value = evaluate(tree, Scope(SHARED["answers"], SHARED["own"], SHARED["today"]))
    assert _same(_plain(value), case["value"]), value


def test_the_browser_agrees_on_every_case(in_the_browser):
    told = in_the_browser["cases"]
    assert len(told) == len(SHARED["cases"]) > 100
    wrong = [
        (case["expression"], case["value"], value)
        for case, value in zip(SHARED["cases"], told, strict=True)
        if not _same(value, case["value"])
    ]
    assert wrong == []


def test_the_browser_shows_the_same_questions(in_the_browser):
    for case, told in zip(SHARED["live"], in_the_browser["live"], strict=True):
        assert told["visible"] == case["visible"], case["what"]
        assert told["values"] == case["values"], case["what"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("pulldata('a', 'b')", "function “pulldata” is not among"),
        ("once(${a})", "function “once” is not among"),
        ("/data/a = 1", "does not belong there"),
        ("${a} = ", "it stops too early"),
        ("(${a} = 1", "a bracket is not closed"),
        ("${a} = 1)", "“)” does not belong there"),
        ("selected(${a})", "was given 1 value(s)"),
        ("${a} and ${b} = 1", "stands as a condition without being compared"),
        ("not(${a})", "stands as a condition without being compared"),
        ("regex(., ${pattern})", "must be a text"),
        ("regex(., '(a+)+$')", "do not repeat a group"),
        ("regex(., '(?=x)y')", "do not repeat a group"),
        ("regex(., '\\bword')", "do not repeat a group"),
        ("regex(., 'a*b*c*d*')", "do not repeat a group"),
        ("(" * 60 + "1" + ")" * 60, "nested too deeply"),
        ("1 + " * 1000 + "1", "longer than 2000"),
        ("${a} ; ${b}", "does not belong there"),
        ("'unfinished", "does not belong there"),
        ("", "stops too early"),
    ],
)
def test_what_is_outside_the_language_is_refused_with_a_reason(text, reason):
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text)
    assert reason in refused.value.en
    assert refused.value.fr


def test_references_are_the_questions_looked_at():
    assert references(compile_expression("if(${a} > 1, ${b}, . + ${c})")) == {"a", "b", "c"}
