"""Error sentences are read out of Python source, with holes for what is filled in."""

import pytest

from tests.harvest.python_sources import sentences_in


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('raise ValueError("a b")', {"a b"}),
        ('raise ValueError("a " "b")', {"a b"}),
        ('raise errors.RateLimitError(f"used {count} of {limit}")', {"used {} of {}"}),
        ('raise ValueError("no %s for %d" % (name, number))', {"no {} for {}"}),
        ('raise ValueError("no {name} here".format(name=name))', {"no {} here"}),
        ('raise ValueError("no " + name + " here")', {"no {} here"}),
        ('raise BadRequestError(message="why", model="opus")', {"why"}),
        ('raise HTTPException(status_code=401, detail={"error": "who"})', {"who"}),
        ('raise ValueError("one" if many else "two")', {"one", "two"}),
        ('def f():\n    text = "late"\n    raise ValueError(text)', {"late"}),
        ('def f():\n    text = ""\n    text = "late"\n    raise ValueError(f"it is {text}")', {"it is {}"}),
        (
            'class LostError(Exception):\n    def __init__(self, message="lost"):\n        super().__init__(message)',
            {"lost"},
        ),
        (
            'class LostError(Exception):\n    def __init__(self, name):\n        super().__init__(f"no {name}")',
            {"no {}"},
        ),
        ('class ProxyErrors(str, Enum):\n    no_db = "no database"', {"no database"}),
        ('print("a b")', set()),
        ("raise ValueError(reason)", set()),
    ],
)
def test_a_sentence_is_read_with_its_holes(source, expected):
    assert sentences_in(source) == expected
