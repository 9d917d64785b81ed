"""Claude's models: the catalogue and the spelling of their ids."""
