"""The deployment's secret: made once whichever replica starts first, never shown, different for each use."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.settings import Settings, load
from core.storage import DatabaseState, Stores, health
from core.storage.deployment_secret import DeploymentSecret
from core.storage.errors import Damaged, Unavailable
from tests.storage.samples import settings_for


def without_setting(folder: Path) -> Settings:
    return load({"RECONNECT_DATA_DIR": str(folder)})


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path):
    settings = without_setting(tmp_path / "data")
    first = DeploymentSecret(settings).fingerprint("a key")
    assert DeploymentSecret(settings).fingerprint("a key") == first
    (file,) = settings.data_dir.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700


def test_processes_that_start_together_agree(tmp_path: Path):
    settings = without_setting(tmp_path / "data")
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: DeploymentSecret(settings).fingerprint("a key"), range(40)))
    assert len(found) == 1
    assert [file.name for file in settings.data_dir.iterdir()] == ["secret"]


def test_a_chosen_secret_leaves_no_file(tmp_path: Path):
    DeploymentSecret(settings_for(tmp_path / "data")).fingerprint("a key")
    assert not (tmp_path / "data").exists()


def test_each_use_has_its_own_key(tmp_path: Path):
    secret = DeploymentSecret(settings_for(tmp_path))
    same = {secret.fingerprint("x"), secret.subject("x"), secret.check, secret.salt.hex()}
    assert len(same) == 4
    assert secret.link("a", "bc") != secret.link("ab", "c")


def test_an_empty_file_is_not_taken_for_a_secret(tmp_path: Path):
    (tmp_path / "secret").touch()
    with pytest.raises(Damaged, match="empty or cut off"):
        DeploymentSecret(without_setting(tmp_path)).fingerprint("a key")


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="Set RECONNECT_SECRET"):
        DeploymentSecret(without_setting(tmp_path / "file" / "data")).fingerprint("a key")


def test_a_replica_with_another_secret_is_reported(database: Settings, kept: Stores):
    assert kept.storage.ability().writable
    assert health(database).state is DatabaseState.REACHABLE
    other = settings_for(database.data_dir, database.database_url, RECONNECT_SECRET="another secret, alas")
    state, sentence = health(other)
    assert state is DatabaseState.OTHER_SECRET
    assert "RECONNECT_SECRET" in sentence
