"""The containers run the same code, as nobody in particular, with secrets from files."""

from __future__ import annotations

import dataclasses
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from network.cli import network
from network.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "network"]
SETTINGS = {field.name.upper() for field in dataclasses.fields(Settings)}


def network_commands(words: list[str]) -> list[list[str]]:
    """The `network ...` commands in a container's command."""
    text = words[2] if words[:2] == ["sh", "-c"] else shlex.join(words)
    return [shlex.split(part)[1:] for part in text.split("&&") if shlex.split(part)[0] == "network"]


@pytest.mark.parametrize("name", OURS)
def test_commands_exist_and_take_what_they_are_given(name: str) -> None:
    health = SERVICES[name].get("healthcheck", {}).get("test", ["CMD", "network", "--help"])[1:]
    commands = [*network_commands(SERVICES[name]["command"]), *network_commands(health)]
    assert len(commands) >= 2
    for words in commands:
        command: click.Command | None = network
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None
        if "--help" not in words:
            command.make_context(name, words)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting_and_every_secret_is_given(name: str) -> None:
    for variable, value in SERVICES[name]["environment"].items():
        setting = variable.removeprefix("NETWORK_").removesuffix("_FILE")
        assert variable.startswith("NETWORK_")
        assert setting in SETTINGS
        if variable.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in SERVICES[name]["secrets"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_guarded(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service["user"].startswith("0")
    assert name == "migrate" or "healthcheck" in service
    assert set(service["secrets"]) <= set(COMPOSE["secrets"])


def test_only_the_migration_knows_the_owner_and_the_administrator() -> None:
    for name in ("web", "worker", "scheduler"):
        assert not {"owner_database_url", "admin_database_url"} & set(SERVICES[name]["secrets"])
    assert "worker_database_url" not in SERVICES["web"]["secrets"]


def test_web_is_offered_to_this_machine_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:${NETWORK_PORT:-8000}:8000"]


def test_secrets_are_made_once_for_their_owner_alone_and_fit_the_settings(tmp_path: Path) -> None:
    made = ["sh", str(ROOT / "tools" / "make_secrets.sh"), str(tmp_path)]
    subprocess.run(made, check=True)
    folder = tmp_path / "secrets"
    first = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(first) == set(COMPOSE["secrets"])
    assert all(path.stat().st_mode & 0o077 == 0 for path in [folder, *folder.iterdir()])
    subprocess.run(made, check=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first
    web = SERVICES["web"]["environment"]
    given = {name: value.replace("/run/secrets", str(folder)) for name, value in web.items()}
    settings = Settings.from_environ(given)
    assert settings.environment == "production"
    assert "network_app" in settings.database_url
    assert re.fullmatch(r"NETWORK_UID=[1-9]\d*", (tmp_path / ".env").read_text().splitlines()[0])


def test_image_copies_only_what_is_there() -> None:
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            *sources, _ = line.split()[1:]
            for source in sources:
                assert (ROOT / source).exists()
                assert f"!{source}" in (ROOT / ".dockerignore").read_text().splitlines()
