"""Starts a real n8n on loopback, with its own data folder, and drives it through its own API and command line.

Facts of n8n 2.41.1: the owner is set up over ``/rest/owner/setup``, a manual run over
``/rest/workflows/{id}/run``; there is no public API call to run a workflow.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.n8n import install

_EMAIL = "owner@example.com"
_DONE = {"success", "error", "crashed", "canceled"}


class N8nError(Exception):
    """n8n did not do what was asked; the message is n8n's."""


@dataclass(frozen=True)
class Run:
    """One execution: its status, and what each node gave out."""

    id: str
    status: str
    data: dict[str, Any]

    def items(self, node: str, output: int = 0) -> list[dict[str, Any]]:
        """The items that a node gave on an output, over all its runs."""
        found = []
        for run in self.data["resultData"]["runData"].get(node, []):
            outputs = run.get("data", {}).get("main", [])
            found += [item["json"] for item in (outputs[output] if output < len(outputs) else None) or []]
        return found

    def runs_of(self, node: str) -> int:
        """How often a node ran."""
        return len(self.data["resultData"]["runData"].get(node, []))

    @property
    def error(self) -> dict[str, Any]:
        """The error that stopped the run, or an empty dict."""
        return self.data["resultData"].get("error") or {}


@dataclass
class N8n:
    """A running n8n; a context manager."""

    folder: Path
    reroute: Mapping[str, int]
    authority: Path
    credentials: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, broker = _free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.password = "Aa1" + secrets.token_hex(8)
        self._environment = _environment(self.folder, self.port, broker, self.reroute, self.authority)
        log = (self.folder / "n8n.log").open("wb")
        self._process = subprocess.Popen(
            _command("start"), env=self._environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        self.client = httpx.Client(base_url=self.url, headers={"browser-id": "test"}, timeout=120, trust_env=False)
        try:
            self._wait_until_up()
            self._become_owner()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._stop()

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        """Call the editor's own API and return its `data`; raises `N8nError`."""
        return self._call(method, "/rest" + path, body)["data"]

    def public(self, method: str, path: str, body: Any = None) -> Any:
        """Call the public API; raises `N8nError`."""
        return self._call(method, "/api/v1" + path, body, {"X-N8N-API-KEY": self._api_key})

    def cli(self, *arguments: str) -> str:
        """Run n8n's command line on the same data and return what it printed; raises `N8nError`."""
        environment = self._environment | {"N8N_RUNNERS_BROKER_PORT": str(_free_ports(1)[0])}
        done = subprocess.run(
            _command(*arguments), env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode != 0:
            raise N8nError(done.stdout[-2000:] + done.stderr[-2000:])
        return done.stdout

    def credential(self, kind: str, key: str, base_url: str = "https://api.anthropic.com") -> dict[str, str]:
        """Make a credential, once per key, and return what a node says to use it: `id` and `name`."""
        if (kind, key) not in self.credentials:
            data = {"apiKey": key, "url": base_url} if kind == "anthropicApi" else {"name": "x-api-key", "value": key}
            name = f"test {len(self.credentials)}"
            made = self.rest("POST", "/credentials", {"name": name, "type": kind, "data": data})
            self.credentials[kind, key] = {"id": made["id"], "name": name}
        return self.credentials[kind, key]

    def create(self, workflow: Mapping[str, Any]) -> str:
        """Create a workflow as the editor's import does, and return its id."""
        settings = workflow.get("settings") or {}
        body = {"name": workflow.get("name", "pasted"), "settings": settings}
        body |= {"nodes": workflow["nodes"], "connections": workflow["connections"]}
        return str(self.rest("POST", "/workflows", body)["id"])

    def run(self, workflow_id: str, timeout: float = 90) -> Run:
        """Run a workflow by its manual trigger and wait for its end; raises `N8nError`."""
        nodes = self.rest("GET", f"/workflows/{workflow_id}")["nodes"]
        trigger = next(node["name"] for node in nodes if node["type"] == "n8n-nodes-base.manualTrigger")
        started = self.rest("POST", f"/workflows/{workflow_id}/run", {"triggerToStartFrom": {"name": trigger}})
        return self.wait_for(str(started["executionId"]), timeout)

    def wait_for(self, execution_id: str, timeout: float = 90) -> Run:
        """Wait until an execution ends; raises `N8nError`."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            found = self.public("GET", f"/executions/{execution_id}?includeData=true")
            if found["status"] in _DONE:
                return Run(execution_id, found["status"], found["data"])
            time.sleep(0.1)
        raise N8nError(f"execution {execution_id} is still {found['status']} after {timeout} s")

    def _call(self, method: str, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Any:
        answer = self.client.request(method, path, json=body, headers=headers or {})
        if answer.status_code >= 300:
            raise N8nError(f"{method} {path}: {answer.status_code} {answer.text[:1000]}")
        return answer.json() if answer.content else None

    def _wait_until_up(self) -> None:
        for _ in range(240):
            if self._process.poll() is not None:
                break
            try:
                answer = self.client.get("/rest/settings")
                if answer.status_code == 200 and "json" in answer.headers.get("content-type", ""):
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.5)
        raise N8nError("n8n did not come up:\n" + (self.folder / "n8n.log").read_text("utf-8", "replace")[-3000:])

    def _become_owner(self) -> None:
        person = {"email": _EMAIL, "firstName": "Test", "lastName": "Owner", "password": self.password}
        for _ in range(60):  # the page's API answers a little later than the settings
            answer = self.client.post("/rest/owner/setup", json=person)
            if answer.status_code != 404:
                break
            time.sleep(0.5)
        if answer.status_code >= 300:
            raise N8nError(answer.text)
        scopes = self.rest("GET", "/api-keys/scopes")
        made = self.rest("POST", "/api-keys", {"label": "test", "scopes": scopes, "expiresAt": None})
        self._api_key = made["rawApiKey"]

    def _stop(self) -> None:
        self.client.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(10)


def _command(*arguments: str) -> list[str]:
    return [str(install.node()), str(install.program()), *arguments]


def _environment(folder: Path, port: int, broker: int, reroute: Mapping[str, int], authority: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {
        "PATH": f"{install.node().parent}:{os.environ['PATH']}",
        "N8N_USER_FOLDER": str(folder),
        "N8N_PORT": str(port),
        "N8N_HOST": "127.0.0.1",
        "N8N_LISTEN_ADDRESS": "127.0.0.1",
        "N8N_DIAGNOSTICS_ENABLED": "false",
        "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
        "N8N_TEMPLATES_ENABLED": "false",
        "N8N_PERSONALIZATION_ENABLED": "false",
        "N8N_LICENSE_AUTO_RENEW_ENABLED": "false",
        "N8N_SECURE_COOKIE": "false",
        "N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS": "false",
        "N8N_ENCRYPTION_KEY": "a-key-for-tests",
        "N8N_RUNNERS_ENABLED": "true",
        "N8N_RUNNERS_BROKER_PORT": str(broker),
        "NODE_OPTIONS": f"--require {Path(__file__).with_name('reroute.cjs')}",
        "NODE_EXTRA_CA_CERTS": str(authority),
        "REROUTE": json.dumps(dict(reroute)),
    }


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
