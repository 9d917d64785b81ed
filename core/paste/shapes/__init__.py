"""The shapes that a paste can have, one module a shape."""
