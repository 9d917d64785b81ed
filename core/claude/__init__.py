"""The Anthropic side: the live test of a key (probe), the pinned way to the network, and the model catalogue.

A test runs through these modules in this order:

* `key_text`, `key_kinds`, `key_characters`: what a key's text says by itself; `secret` holds it during the test
* `target`: the base URL by a strict grammar; `addresses`, `surroundings`, `route`: where it may lead, looked up once
* `client`, `network`, `budget`, `certificate`: one call along that route, under a deadline and caps; the only HTTP here
* `request`: what n8n would send; `ask`: each model, side by side; `answers`: an answer or a fault as a `Failure`
* `probe`: the nine steps; `record`, `verdict`, `result`: how they are kept, what they prove, how they are told

It observes and never judges: a caller hands `probe` a function from a failure to a cause id.

Errors, all ended inside `probe`: `TargetRefused` (a base URL that is not called), `AddressRefused` and `LookupFailed`
(where a name leads), `Fault` (a call without a whole answer), `KeyForgottenError` (the key's time is up).
"""
