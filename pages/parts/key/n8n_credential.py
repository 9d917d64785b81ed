"""What a green or a red test of a credential means: it depends on the n8n version."""

from core.causes.places import places
from core.diagnosis import Finding
from core.n8n import versions
from core.paste.failure import Surface
from core.text import vocabulary
from pages.parts import escaped


def concerns(finding: Finding) -> bool:
    """Return whether a finding comes from n8n's test of a credential."""
    tested = finding.failure is not None and finding.failure.surface is Surface.CREDENTIAL_TEST
    return tested or finding.card.about_credential_test


def draw(version: versions.Version | None) -> None:
    """Draw what the test of this version proves, or the table of all versions where none is known."""
    if version is None:
        escaped.paragraph(f"It depends on the n8n version. You find it in n8n under {places()['n8n.about'].label}.")
        table()
        return
    fact = versions.credential_test(version)
    escaped.paragraph(f"When you save the credential, n8n {version} {fact.what}.")
    escaped.paragraph(f"{fact.green_proves}.", lead="A green test proves:")
    escaped.paragraph(f"{fact.red_proves}.", lead="A red test proves:")
    escaped.paragraph("", lead="A green test leaves open:")
    escaped.bullets(fact.green_leaves_open)


def table() -> None:
    """Draw what the test does and proves in every range of versions."""
    rows = [
        (vocabulary.version_range(fact.n8n), fact.what, fact.green_proves, fact.red_proves)
        for fact in reversed(versions.credential_tests())
    ]
    escaped.table(
        "What n8n's test of a credential means", ("n8n version", "The test", "Green proves", "Red proves"), rows
    )
