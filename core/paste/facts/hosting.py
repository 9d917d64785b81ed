"""Where n8n runs, as a paste shows it: on n8n Cloud, or on a server of the person's own.

n8n writes it behind its version ("2.41.1 (Self Hosted)"), and in the debug info that its Help menu copies ("platform:
docker (cloud)"). A stack trace tells only where n8n was installed without its Docker image: n8n Cloud runs the same
image, with the same paths below /usr/local/lib (n8n-io/n8n issue 15563). What n8n wrote is worth more than what a
person says; where two signs of one kind disagree, it is not known.
"""

from typing import Final

import re2

from core.paste.failure import Hosting

_WRITTEN: Final = {
    Hosting.CLOUD: re2.compile(
        r"(?i)\d\.\d{1,4}(?:\.\d{1,4})?[\w.-]{0,20} {0,2}\(cloud\)|\bplatform\W{1,6}\w{1,12} \(cloud\)"
        r"|[\w-]\.app\.n8n\.cloud\b"
    ),
    Hosting.OWN_SERVER: re2.compile(
        r"(?i)\d\.\d{1,4}(?:\.\d{1,4})?[\w.-]{0,20} {0,2}\(self[ -]?hosted\)"
        r"|\bplatform\W{1,6}\w{1,12} \(self[ -]?hosted\)"
        r"|\bplatform\W{1,6}npm\b|\b(?:localhost|127\.0\.0\.1):5678\b"
        r"|(?:/usr/lib|/opt|/home|/root|/Users|AppData)[\w./\\@-]{0,80}[/\\]node_modules[/\\]n8n[/\\]"
    ),
}
_SAID: Final = {
    Hosting.CLOUD: re2.compile(
        r"(?i)\bn8n(?:\.io)?(?:.s)?[ -](?:\w{1,12} )?cloud\b"
        r"|\bcloud (?:version|edition|plan|instance|hosted)\b.{0,20}\bn8n\b"
        r"|\bn8n\b.{0,20}\bcloud (?:version|edition|plan|instance)\b"
    ),
    Hosting.OWN_SERVER: re2.compile(
        r"(?i)\bself[ -]?host(?:ed|ing)?\b|\b(?:my|our|your|an) own (?:server|vps|machine)\b.{0,60}\bn8n\b"
        r"|\bn8n\b.{0,60}\b(?:my|our|an) own (?:server|vps|machine)\b|\bdocker[ -]compose\b|\bdocker run\b|\bnpx n8n\b"
    ),
}
_DENIED: Final = re2.compile(
    r"(?i)\b(?:not|isn.?t|aren.?t|never|no longer|instead of|rather than|unlike|neither|nor|moved from|left)\b"
    r"(?: \w{1,12}){0,3} $"
)
_BEFORE: Final = 60
_MENTIONS: Final = ("loud", "ost", "platform", "ocker", "node_modules", "npx", "own ", "127.0.0.1")


def hosting_in(text: str) -> Hosting | None:
    """Return where n8n runs, None where the text does not tell.

    >>> hosting_in("n8n version\\n2.41.1 (Self Hosted)"), hosting_in("We are on n8n Cloud")
    (<Hosting.OWN_SERVER: 'own_server'>, <Hosting.CLOUD: 'cloud'>)
    >>> hosting_in("not on n8n Cloud, we are self-hosted"), hosting_in("Claude, Google Cloud")
    (<Hosting.OWN_SERVER: 'own_server'>, None)
    """
    if not any(mention in text for mention in _MENTIONS):
        return None
    written = [hosting for hosting, pattern in _WRITTEN.items() if pattern.search(text)]
    if written:
        return written[0] if len(written) == 1 else None
    said = [hosting for hosting, pattern in _SAID.items() if _affirms(pattern, text)]
    return said[0] if len(said) == 1 else None


def _affirms(pattern: "re2._Regexp[str]", text: str) -> bool:
    return any(not _DENIED.search(text[max(0, hit.start() - _BEFORE) : hit.start()]) for hit in pattern.finditer(text))
