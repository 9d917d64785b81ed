"""The database's history: one file a step in `versions/`, applied in order and never taken back."""
