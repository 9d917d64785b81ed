"""What the text of a key says about it, before anybody is asked; `secret` holds the key while it is tested."""
