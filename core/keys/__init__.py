"""What the text of a key shows before anybody is asked, and the one object that holds a key.

* `kinds`: whose key a text is, by its form
* `characters`: characters that no key has, and what n8n does with each
* `key_text`: all that can be said about the text of a key, and the key without what does not belong to it
* `secret`: holds the key while it is tested, and forgets it

`secret.KeyForgottenError` is the only error: the time of the key under test is up.
"""
