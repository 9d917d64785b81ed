"""Kubernetes secrets that are written as YAML, wherever in a text they are."""

import pytest

from core.redaction import redact

MANIFEST = "kind: Secret\ndata:\n  crm: c3dvcmQ=\n  shop: ZmlzaA==\n"


@pytest.mark.parametrize("lines", [0, 100, 500, 900, 2_000])
@pytest.mark.parametrize("after", ["", "---\nkind: ConfigMap\ndata:\n  shop: ZmlzaA==\n"])
def test_every_value_of_a_secret_is_hidden_however_much_is_above_it(lines: int, after: str) -> None:
    above = "a line of a log, and more\n" * lines + "---\n"
    redacted = redact(above + MANIFEST + after).text
    assert redacted.startswith(above + "kind: Secret\ndata:\n  crm: [")
    assert redacted.endswith("]\n" + after)
    assert "c3dvcmQ=" not in redacted
    assert redacted.count("[secret #") == 2
