"""Fake secrets, made when a test runs so that no file holds a string of a real key's shape."""

import random
import string

BODY = string.ascii_letters + string.digits + "-_"
ALNUM = string.ascii_letters + string.digits


def letters(length: int, seed: int = 1, alphabet: str = ALNUM) -> str:
    """Return deterministic random characters."""
    return "".join(random.Random(seed).choices(alphabet, k=length))


def anthropic(tag: str = "api03", seed: int = 1, length: int = 93) -> str:
    """Return a key of Anthropic's shape: head, `length` characters, AA."""
    return f"sk-ant-{tag}-" + letters(length, seed, BODY) + "AA"


def jwt(seed: int = 1) -> str:
    return f"ey{'J'}hbGciOiJIUzI1NiJ9.ey{'J'}" + letters(40, seed) + "." + letters(43, seed + 1, BODY)


def encrypted(seed: int = 1) -> str:
    return "U2FsdGVk" + "X1" + letters(86, seed)


def private_key(seed: int = 1) -> str:
    lines = "\n".join(letters(64, seed + line) for line in range(4))
    return f"-----BEGIN {'PRIVATE'} KEY-----\n{lines}\n-----END {'PRIVATE'} KEY-----"
