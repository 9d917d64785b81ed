"""The formats that a paste comes in, to text and values: decoded, repaired, unflattened, cut out of a page."""
