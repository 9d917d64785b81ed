"""The measure itself: plain words score low, bureaucratic ones high."""

from tests.reading_grade import reading_grade


def test_plain_words_score_lower_than_long_ones():
    assert reading_grade("The cat sat on the mat. It was warm. The dog ran off.") < 2
    long = "Notwithstanding organizational heterogeneity, authentication infrastructures necessitate remediation."
    assert reading_grade(long) > 15


def test_markup_and_addresses_do_not_count():
    plain = "Open the page and look at it."
    assert reading_grade(f"<p>**{plain}** https://platform.claude.com/settings/keys</p>") == reading_grade(plain)
