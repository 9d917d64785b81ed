"""Cells below or beside the name of a secret."""

import pytest

from core.redaction import redact


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("user,password\nbob,hunter2\n", ["hunter2"]),
        ("user;password\nbob;hunter2\neve;tiger33\n", ["hunter2", "tiger33"]),
        ("user\tpassword\nbob\thunter2\n", ["hunter2"]),
        ("| user | password |\n|------|----------|\n| bob | hunter2 |\n", ["hunter2"]),
        ('user,password\nbob,"hunter,2"\n', ["hunter,2"]),
        # another number of cells is another table, and so is what follows an empty line
        ("user,password\nbob,hunter2\nroom,12,tiger33\n", ["hunter2"]),
        ("user,password\nbob,hunter2\n\neve,tiger33\n", ["hunter2"]),
        ("insert into users (name, password) values ('bob', 'hunter2')", ["hunter2"]),
        ("insert into users (password, name) values ('hunter2', 'tiger33')", ["hunter2"]),
        ("<tr><th>API key</th><td>abcde123</td></tr>", ["abcde123"]),
    ],
)
def test_the_cells_of_a_secrets_column_are_hidden_and_no_others(text: str, hidden: list[str]) -> None:
    result = redact(text).text
    for cell in hidden:
        assert cell not in result
        text = text.replace(cell, "§")
    pieces = text.split("§")
    assert len(result) == len(text) - len(hidden) + sum(map(len, _masks(result, pieces)))


def _masks(text: str, pieces: list[str]) -> list[str]:
    """Return what stands between the pieces, which must follow each other in the text."""
    masks, at = [], 0
    for piece in pieces:
        start = text.index(piece, at)
        masks.append(text[at:start])
        at = start + len(piece)
    assert not masks.pop(0)
    return masks


@pytest.mark.parametrize(
    "text",
    [
        "name,city\nhunter2,tiger33\n",
        "user=x,password\nbob,hunter2\n",
        "a: one, b: password\nbob,hunter2\n",
        "if (user, {password\nbob,hunter2\n",
        f"{'long ' * 13},password\nbob,hunter2\n",
        "insert into users (name, city) values ('bob', 'hunter2')",
        "insert into users (name, password) values ('hunter2', '')",
        "user,password\nbob,1234567\n",
        "user,password\nbob,ab\n",
    ],
)
def test_cells_below_anything_else_are_left(text: str) -> None:
    assert redact(text).text == text


def test_beside_a_name_a_passwords_cell_needs_one_digit_and_another_names_must_look_like_a_key() -> None:
    assert "hunter2" not in redact("| password | hunter2 |").text
    assert redact("| token | hunter2 |").text == "| token | hunter2 |"
    assert "aB9dE9gH9jKlq2" not in redact("| token | aB9dE9gH9jKlq2 |").text
