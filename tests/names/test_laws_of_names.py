"""What holds of any name, and how many of the labelled ones are judged right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure import JUDGEMENTS, parts, score

from protocols import names

_WORDS = """
    share shared sharing Article Product cart Order to of in up Sign signed view List page user 123 8f14e45f 2024-01-15 iOS API 2FA the a
    Completed complete - _ . é 製品 🍱 {{x}} /a
"""
WORDS = st.sampled_from(_WORDS.split())
NAMES = st.one_of(st.text(max_size=40), st.builds(lambda words, by: by.join(words), st.lists(WORDS, max_size=7), st.sampled_from(" _-")))


@given(NAMES)
def test_a_better_order_is_right_and_has_none_better(name):
    better = names.object_action(name)
    if better is not None:
        assert not names.is_object_action(name)
        assert names.is_object_action(better)


@given(NAMES)
def test_what_varies_stands_in_the_name_and_is_gone_without_it(name):
    part = names.dynamic_part(name)
    assert part is None or (part and part in name)
    assert part is not None or names.without_dynamic_part(name) == name


@given(NAMES)
def test_the_spec_has_what_a_name_means(name):
    meant = names.spec_event(name)
    assert meant is None or (meant != name and names.is_spec_event(meant))


@given(st.lists(st.from_regex(r"[a-z]{2,8}[0-9]?", fullmatch=True), min_size=1, max_size=5), st.sampled_from(sorted(names.CASES)))
def test_a_name_is_written_in_the_case_it_was_rewritten_in(words, case):
    rewritten = names.write(words, case)
    assert names.is_written_in(rewritten, case), rewritten
    assert names.fold(rewritten) == "".join(words)


@given(NAMES)
def test_no_name_raises(name):
    for judge in (names.words, names.fold, names.case_of, names.action_of):
        judge(name)
    for case in names.CASES:
        names.is_written_in(name, case)
        names.rewrite(name, case)


@pytest.mark.parametrize("text", ["1a-", "1a.", "a@", "{", "<a", "%", "Order shared up ", "shared ", "product "])
def test_a_long_name_is_no_harm(text):
    name = text * (30_000 // len(text))
    assert names.object_action(name) is None
    assert names.spec_event(name) is None
    assert names.dynamic_part(name) in (None, names.dynamic_part(name[:500]))


@pytest.mark.parametrize("judgement", JUDGEMENTS)
def test_the_labelled_names(judgement):
    first, later = (score(judgement, rows) for rows in parts().values())
    assert (first.misses, later.misses) == ((), ())
    assert first.rows + later.rows > 400
