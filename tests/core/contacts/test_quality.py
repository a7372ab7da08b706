"""Flags: each rule on the smallest set that sets it off, and just under."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.contacts.quality import Filled, Flag, FlagKind, QualityRules, quality_flags

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def flagged(*forms: Filled, **rules) -> set[tuple[str, FlagKind]]:
    return {(flag.filled, flag.kind) for flag in quality_flags(forms, QualityRules(**rules))}


def test_too_fast_in_seconds_and_against_the_others():
    assert flagged(Filled("a", "o", NOON, after(19)), Filled("b", "p", NOON, after(20))) == {("a", FlagKind.TOO_FAST)}
    usual = [Filled(f"u{n}", f"o{n}", NOON, after(300)) for n in range(10)]
    assert flagged(*usual, Filled("c", "x", NOON, after(98))) == {("c", FlagKind.TOO_FAST)}  # 0.33 × 300 s = 99 s
    assert flagged(*usual, Filled("c", "x", NOON, after(100))) == set()


def test_straight_lines_need_enough_marks():
    five = {f"q{n}": "4" for n in range(5)}
    assert flagged(Filled("a", "o", marks=five)) == set()
    assert flagged(Filled("a", "o", marks=five | {"q5": "4"})) == {("a", FlagKind.STRAIGHT_LINED)}
    assert flagged(Filled("a", "o", marks=five | {"q5": "4", "q6": "3"})) == set()


def test_the_same_text_whatever_its_accents():
    first = Filled("a", "o", text="Très bon accueil, merci à tous !")
    second = Filled("b", "p", text="tres bon ACCUEIL merci a tous")
    short = [Filled("c", "q", text="Très bien merci"), Filled("d", "r", text="très bien, merci.")]
    assert quality_flags([first, second, *short]) == [
        Flag("a", FlagKind.DUPLICATE_TEXT, "b"),
        Flag("b", FlagKind.DUPLICATE_TEXT, "a"),
    ]


def test_a_burst_is_many_from_one_source_in_a_short_time():
    ten = [Filled(f"r{n}", "kiosk", received_at=after(13 * n)) for n in range(10)]
    assert flagged(*ten) == {(f"r{n}", FlagKind.BURST) for n in range(10)}  # 117 s from first to last
    assert flagged(*ten, burst_seconds=116) == set()
    apart = [Filled(f"r{n}", f"k{n % 2}", received_at=after(13 * n)) for n in range(10)]
    assert flagged(*apart) == set()


def test_impossible_times_allow_for_the_error_of_a_clock():
    assert flagged(Filled("a", "o", after(60), NOON)) == {("a", FlagKind.IMPOSSIBLE_TIMES)}
    assert flagged(Filled("a", "o", NOON, after(600), NOON)) == set()
    assert flagged(Filled("a", "o", NOON, after(601), NOON)) == {("a", FlagKind.IMPOSSIBLE_TIMES)}


def test_nobody_is_in_two_places_at_once():
    visits = [
        Filled("a", "o", NOON, after(600), in_person=True),
        Filled("b", "o", after(599), after(900), in_person=True),
        Filled("c", "o", after(900), after(1200), in_person=True),
        Filled("d", "p", NOON, after(600), in_person=True),
    ]
    assert flagged(*visits) == {("a", FlagKind.OVERLAPPING), ("b", FlagKind.OVERLAPPING)}


def test_late_is_after_a_day():
    day = 24 * 3600
    assert flagged(Filled("a", "o", NOON, after(60), after(60 + day))) == set()
    assert flagged(Filled("a", "o", NOON, after(60), after(3700 + day))) == {("a", FlagKind.LATE)}
    untimed = Filled("a", "o", happened_by=NOON, received_at=after(60 + day))  # filed without a phone's clock
    assert flagged(untimed) == {("a", FlagKind.LATE)}


forms = st.lists(
    st.builds(
        Filled,
        key=st.text("abcdef", min_size=1, max_size=3),
        source=st.sampled_from("op"),
        started_at=st.none() | st.integers(0, 2000).map(after),
        finished_at=st.none() | st.integers(0, 2000).map(after),
        received_at=st.none() | st.integers(0, 2000).map(after),
        marks=st.dictionaries(st.sampled_from("stuvwxyz"), st.sampled_from("12")),
        text=st.sampled_from(["", "un deux trois quatre cinq", "Un, deux, trois, quatre, cinq !"]),
        in_person=st.booleans(),
    ),
    max_size=15,
    unique_by=lambda form: form.key,
)


@settings(max_examples=25)
@given(forms, st.randoms(use_true_random=False))
def test_the_order_of_forms_never_matters(some, dice):
    shuffled = list(some)
    dice.shuffle(shuffled)
    assert quality_flags(shuffled) == quality_flags(some)


def test_a_remark_that_says_the_opposite_of_its_marks_is_read() -> None:
    bad = "Accueil désagréable, agent agressif."
    assert flagged(Filled("a", "o", text=bad, score=1.0)) == {("a", FlagKind.COMMENT_AGAINST_SCORE)}
    assert flagged(Filled("b", "o", text="Parfait, très aimable.", score=0.1)) == {
        ("b", FlagKind.COMMENT_AGAINST_SCORE)
    }
    assert flagged(Filled("c", "o", text=bad, score=0.2), Filled("d", "o", text="Pas désagréable.", score=1.0)) == set()


def test_photos_that_look_the_same_are_read_and_plain_walls_are_not() -> None:
    photo, close, far = "0f1e2d3c4b5a6978", "0f1e2d3c4b5a697f", "f0e1d2c3b4a59687"
    forms = [
        Filled("a", "o", images=frozenset({photo})),
        Filled("b", "p", images=frozenset({close})),  # 3 bits apart
        Filled("c", "q", images=frozenset({far})),
        Filled("d", "o", images=frozenset({"0" * 16})),
        Filled("e", "p", images=frozenset({"0" * 16})),
    ]
    assert flagged(*forms) == {("a", FlagKind.DUPLICATE_IMAGE), ("b", FlagKind.DUPLICATE_IMAGE)}


def test_an_answer_against_a_known_fact_and_an_invented_position_are_read() -> None:
    known = {"sign": "yes"}
    forms = [
        Filled("a", "o", given={"sign": "no"}, expected=known),
        Filled("b", "o", given={"sign": "yes"}, expected=known),
        Filled("c", "o", given={}, expected=known),
        Filled("d", "o", mocked=True),
        Filled("e", "o", text="Reçu par Mme Martin."),
    ]
    assert flagged(*forms) == {
        ("a", FlagKind.TRAP_MISSED), ("d", FlagKind.MOCK_LOCATION), ("e", FlagKind.NAMES_SOMEONE)
    }  # fmt: skip
