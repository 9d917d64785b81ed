"""The only HTTP client of the project: it calls only allowed addresses, and knows no provider.

A call runs through these modules in this order:

* `base_url`: the address to call, by a strict grammar
* `addresses`, `cidr`, `route`: where its host leads, looked up once, and whether that is allowed
* `client`, `network`, `budget`, `certificate`: one call along that route, under a deadline and size caps

Errors: `TargetRefused` (a base URL that is not called), `AddressRefused` and `LookupFailed` (where a name leads),
`Fault` (a call without a whole answer). `core.probe` catches them all.
"""
