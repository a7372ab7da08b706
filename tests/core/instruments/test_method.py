"""The method file: what ships is sound, and every fault of another is told at once."""

from __future__ import annotations

import pytest

from parvis.core.instruments.method import load_method, read_method
from parvis.core.vocabulary import Channel, ParvisError


def faults_of(text: str) -> dict[str, str]:
    with pytest.raises(ParvisError) as error:
        read_method(text)
    return {fault.where.get("key", ""): fault.code for fault in error.value.faults}


def test_the_shipped_method_gives_every_choice_its_reason_in_both_languages() -> None:
    method, text = load_method()
    assert method.id == "2026"
    assert set(method.channels) == set(Channel)
    assert len(method.why) == 17
    assert all(reason.fr != reason.en and len(reason.fr) > 40 for reason in method.why.values())
    assert read_method(text) == method


def test_faults_are_told_all_at_once() -> None:
    text = load_method()[1]
    for old, new in (
        ("phone = 1", "phon = 1"),
        ("confidence = 0.95", "confidence = 95"),
        ('method = "bootstrap"', 'method = "dice"'),
        ("cut_points = [1.645, 1.960, 3.090]", "cut_points = [3, 2, 1]"),
        ("peers = 5\n", ""),
        ("peers_of = 5\n", ""),
        ("[gate]\nwhy_fr", "[gate]\nreason"),
        ('kind = "pick_up"', 'kind = "ringing"'),
        ("minimum_share = 0.5\n", "minimum_share = true\n"),
    ):
        text = text.replace(old, new, 1)
    assert faults_of(text) == {
        "channels.phon": "method_unknown_key",
        "scores.confidence": "method_out_of_bounds",
        "ranking.method": "method_unknown_choice",
        "bands.cut_points": "method_out_of_bounds",
        "minimum.peers": "method_absent",
        "gate": "method_no_reason",
        "gate.reason": "method_unknown_key",
        "indicator 1.kind": "method_unknown_choice",
        "coverage.minimum_share": "method_out_of_bounds",
    }


def test_a_method_must_weigh_something() -> None:
    text = load_method()[1]
    for channel in Channel:
        text = text.replace(f"\n{channel} = 1\n", f"\n{channel} = 0\n")
    assert faults_of(text) == {"channels": "method_zero_weight"}


@pytest.mark.parametrize("text", ["", "x = ", "format = 'parvis-method/2'", "scores = 3\nchannels = []\nindicator = 1"])
def test_what_is_no_method_is_refused(text: str) -> None:
    assert faults_of(text)


def test_what_is_not_reached_may_be_told_by_criterion() -> None:
    text = load_method()[1].replace(
        "score = 0\ncriteria = {}", 'score = 0\ncriteria = { a = "not_applicable", b = 0.5 }'
    )
    assert read_method(text).not_reached.criteria == {"a": None, "b": 0.5}
    assert faults_of(text.replace("b = 0.5", "b = 2")) == {"not_reached.criteria.b": "method_out_of_bounds"}


def test_an_unknown_method_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ParvisError, match="2026"):
        load_method("1812")
