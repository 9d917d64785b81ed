"""Every error sentence of the installed n8n and of its clients is known, and is read out of JavaScript as it is."""

import json
import subprocess

import pytest

from tests.harvest import packages
from tests.harvest.compare import gone, unmapped
from tests.n8n import install

pytestmark = pytest.mark.n8n


def test_every_sentence_of_n8n_is_known(installed):
    harvested = list(packages.javascript(installed))
    assert len(harvested) > 1_500
    assert unmapped(harvested) == []
    assert gone(harvested) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("throw new Error('a b');", {"a b"}),
        ("throw new NodeOperationError(node, `no ${name} here`);", {"no {} here"}),
        ("throw new x.UserError('a', { description: 'b', extra: 'c' });", {"a", "b"}),
        ("throw new Error('no ' + name + ' here');", {"no {} here"}),
        ("throw new Error(many ? 'one' : 'two');", {"one", "two"}),
        ("function f() { let why = 'a'; if (x) why = 'b'; throw new Error(why); }", {"a", "b"}),
        ("function f() { let why = 'a'; if (x) why = 'b'; throw new Error(`it: ${why}`); }", {"it: {}"}),
        ("class LostError extends Error { constructor() { super('lost'); } }", {"lost"}),
        ("var A = class extends LostError { constructor({ message = 'gone' }) { super({ message }); } };", {"gone"}),
        ("class Lost extends UserError { description = 'why'; }", {"why"}),
        ("error.message = 'new words';", {"new words"}),
        ("const WHY = 'a b'; throw new Error(WHY);", {"a b"}),
        ("const m = { 400: 'bad', 401: 'who', ECONNREFUSED: 'off' };", {"bad", "who", "off"}),
        ("return_({ status: 'Error', message: 'no' });", {"no"}),
        ("jsonParse(text, { errorMessage: 'no JSON' });", {"no JSON"}),
        ("Promise.reject('gone');", {"gone"}),
        ("console.log('a b'); node.description = 'a node';", set()),
        ("throw new Error(reason);", set()),
    ],
)
def test_a_sentence_is_read_with_its_holes(installed, tmp_path, source, expected):
    file = tmp_path / "a.js"
    file.write_text(source)
    done = subprocess.run(
        [install.node(), packages.SCRIPT],
        input=json.dumps({"parser": str(installed / "node_modules"), "files": [str(file)]}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(json.loads(done.stdout)["sentences"]) == expected
