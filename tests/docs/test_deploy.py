"""What deploy/ says agrees with the code: variables, commands, paths and ports."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.routing import Route
from typer.testing import CliRunner

from bot.config import Environment
from bot.monitor import Monitor
from main import cli

DEPLOY = Path(__file__).parents[2] / "deploy"
VARIABLES = {name.upper() for name in Environment.model_fields}
NAME = re.compile(r"\b((?:SLACK|TELEGRAM|LIAISON|DATABASE)_[A-Z_]+)\b")
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())


def _yaml(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_variable_exists(file: Path) -> None:
    assert set(NAME.findall(file.read_text("utf-8"))) <= VARIABLES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_command_exists(file: Path) -> None:
    for command in re.findall(r"main\.py(?: |\", \")([a-z]+)", file.read_text("utf-8")):
        answer = CliRunner().invoke(cli, [command, "--help"])
        assert answer.exit_code == 0, command


def test_probes_ask_what_there_is() -> None:
    there = {route.path for route in Monitor(None).routes() if isinstance(route, Route)}  # type: ignore[arg-type]
    [container] = _yaml("kubernetes.yaml")["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = container[probe]["httpGet"]
        assert asked["path"] in there
        assert asked["port"] in ports
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert f"LIAISON_MONITOR=0.0.0.0:{ports['monitor']}" in image
    assert f":{ports['monitor']}/healthz" in image


def test_three_replicas_wait_for_one_database() -> None:
    services = _yaml("compose.yaml")["services"]
    assert services["liaison"]["deploy"]["replicas"] == 3
    assert "database" in services["liaison"]["depends_on"]
    assert _yaml("kubernetes.yaml")["spec"]["replicas"] == 3


def test_the_image_has_all_of_the_program_and_runs_as_nobody() -> None:
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    for folder in ("bot", "storage", "templates"):
        assert f"COPY {folder} {folder}" in image
    assert re.search(r"^USER liaison$", image, re.MULTILINE)


def test_whoever_is_stopped_gets_the_time_to_finish() -> None:
    """The bot takes at most 15 s; who stops it waits longer."""
    assert _yaml("compose.yaml")["services"]["liaison"]["stop_grace_period"] == "30s"
    pod = _yaml("kubernetes.yaml")["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 30
    assert "TimeoutStopSec=30" in (DEPLOY / "liaison.service").read_text("utf-8")


def test_changed_settings_reach_the_pods() -> None:
    """A file mounted by itself (subPath) is never renewed; SIGHUP would read the old one."""
    pod = _yaml("kubernetes.yaml")["spec"]["template"]["spec"]
    [container] = pod["containers"]
    [mount] = container["volumeMounts"]
    given = {one["name"]: one["value"] for one in container["env"]}
    assert "subPath" not in mount
    assert given["LIAISON_CONFIG"] == f"{mount['mountPath']}/liaison.toml"
    assert mount["name"] in {volume["name"] for volume in pod["volumes"]}
