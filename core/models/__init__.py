"""Claude's models.

* `catalogue`: which ids exist, until when, and which parameters each takes, from ``models.toml``
* `spelling`: the id that a misspelled name, or one of another platform, stands for

`ValueError`, for wrong data at load, is the only error.
"""
