"""Where n8n runs, from what n8n wrote and from what a person says."""

import pytest

from core.paste import read
from core.paste.facts.hosting import hosting_in
from core.paste.failure import Hosting

WRITTEN = [
    ('"n8nVersion": "2.41.1 (Cloud)"', Hosting.CLOUD),
    ('"n8nVersion": "2.41.1 (Self Hosted)"', Hosting.OWN_SERVER),
    ("n8n version\n\n1.94.0 (Cloud)", Hosting.CLOUD),
    ("n8n version\n\n3.3.0 (Self Hosted)", Hosting.OWN_SERVER),
    ("- n8nVersion: 2.31.5\n- platform: docker (cloud)", Hosting.CLOUD),
    ("- n8nVersion: 2.3.4\n- platform: docker (self-hosted)", Hosting.OWN_SERVER),
    ("## core\n\n- n8nVersion: 1.122.5\n- platform: npm", Hosting.OWN_SERVER),
    ("POST https://acme.app.n8n.cloud/webhook/1 failed", Hosting.CLOUD),
    ("at run (/usr/lib/node_modules/n8n/node_modules/n8n-core/dist/a.js:1:2)", Hosting.OWN_SERVER),
    (r"at run (C:\Users\ann\AppData\Roaming\npm\node_modules\n8n\dist\a.js:1:2)", Hosting.OWN_SERVER),
    ("Editor: http://localhost:5678/workflow/1", Hosting.OWN_SERVER),
    # n8n Cloud runs the same image, so its paths tell nothing
    ("at run (/usr/local/lib/node_modules/n8n/node_modules/n8n-core/dist/a.js:1:2)", None),
    ("- platform: docker", None),
    # two instances in one text
    ("2.41.1 (Cloud)\n2.40.0 (Self Hosted)", None),
    # what n8n wrote is worth more than words
    ("We thought of going self-hosted. 2.41.1 (Cloud)", Hosting.CLOUD),
]
SAID = [
    ("We are on n8n Cloud and it fails", Hosting.CLOUD),
    ("it fails on n8n.io cloud since today", Hosting.CLOUD),
    ("using the cloud version of n8n", Hosting.CLOUD),
    ("self-hosted n8n, Claude fails", Hosting.OWN_SERVER),
    ("n8n runs on our own server", Hosting.OWN_SERVER),
    ("started with docker compose", Hosting.OWN_SERVER),
    ("we are not on n8n Cloud, we are self hosted", Hosting.OWN_SERVER),
    ("n8n Cloud, not self-hosted", Hosting.CLOUD),
    ("it works self-hosted and fails on n8n Cloud", None),
    ("Claude on Google Cloud", None),
    ("The host did not answer", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "hosting"), [*WRITTEN, *SAID])
def test_where_n8n_runs_is_read_from_the_text(text: str, hosting: Hosting | None):
    assert hosting_in(text) is hosting


def test_every_failure_of_a_paste_knows_it():
    reading = read("Problem in node ‘AI Agent‘\nOverloaded\n\nn8n version\n2.41.1 (Cloud)")
    assert reading.hosting is Hosting.CLOUD
    assert [failure.hosting for failure in reading.failures] == [Hosting.CLOUD]
