"""The live test of a key. It observes; `core.diagnosis` judges.

A test runs through these modules in this order:

* `live_run`: a test as a page or the terminal starts it; `policy`: what this portal's settings allow it
* `request`: what n8n would send; `ask`: each model, side by side; `answers`: an answer or a fault as a `Failure`
* `probe`: the nine steps; `record`, `summary`, `result`: how they are kept and what they prove

A caller passes `probe` a function from a failure to a cause id. Every error of `core.net` ends inside `probe`, and so
does `KeyForgottenError` (the key's time is up, `core.keys.secret`).
"""
