"""The recipes are what their tools take, and hold together: who is waited for exists, options are real, no secret is written down."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from loadtests.settings import OPTIONS, variable_of

RECIPES = Path(__file__).parents[2] / "loadtests" / "recipes"
VARIABLES = {variable_of(name) for name, _, _ in OPTIONS} | {"LIANTIAO_TOKEN", "POD_IP"}
OURS = {f"--{name}" for name, _, _ in OPTIONS}
LOCUST = {"--headless", "--master", "--expect-workers", "--worker", "--master-host"}
SERVE = {
    "--host",
    "--port",
    "--run",
    "--cases",
    "--handling",
    "--term-factor",
    "--office-hours",
    "--keep-rows",
    "--real",
    "--data",
    "--seats",
    "--sandbox",
}


def complaints(kind: str, document: Any) -> list[str]:
    """What its tool's schema says against a document, by place."""
    schema = json.loads((Path(__file__).parent / "schemas" / f"{kind}.json").read_text(encoding="utf-8"))
    found = jsonschema_rs.validator_for(schema).iter_errors(document)
    return [f"{'/'.join(map(str, each.instance_path))}: {each.message}" for each in found]


def documents(kind: str) -> list[Any]:
    return list(yaml.safe_load_all((RECIPES / f"{kind}.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", ["compose", "kubernetes"])
def test_recipes_are_what_their_tools_take(kind: str) -> None:
    for each in documents(kind):
        assert complaints(kind, each) == []


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        ("compose", "services/sandbox/port", ["8900:8900"]),
        ("compose", "services/sandbox/ports", [8900]),
        ("compose", "services/reference/depends_on/sandbox/condition", "healthy"),
        ("compose", "services/worker/deploy/replicas", "2"),
        ("compose", "services/master/environment/LIANTIAO_LOAD_CASES", 10_000),
        ("compose", "volumes/journal", []),
        ("kubernetes", "0/data/LIANTIAO_LOAD_CASES", 10_000),
        ("kubernetes", "1/spec/ports/0/port", "8900"),
        ("kubernetes", "4/spec/selector/matchlabels", {"app": "x"}),
        ("kubernetes", "4/spec/template/spec/containers/0/args/4", 1),
        ("kubernetes", "4/spec/template/spec/containers/0/readinessProbe/tcpSocket/port", 0),
        ("kubernetes", "5/spec/template/spec/containers/0/env/1/valueFrom/fieldRef/fieldPath", "status.podIp"),
        ("kubernetes", "6/spec/template/spec/restartPolicy", "Always"),
        ("kubernetes", "6/apiVersion", "batch/v2"),
        ("kubernetes", "7/metadata/name", "Worker"),
    ],
)
def test_each_schema_can_say_no(kind: str, place: str, value: Any) -> None:
    told: Any = deepcopy(documents(kind))
    *parts, last = [int(part) if part.isdigit() else part for part in place.split("/")]
    at: Any = told if kind == "kubernetes" else told[0]
    for part in parts:
        at = at[part]
    at[last] = value
    assert any(complaints(kind, each) for each in told)


def options(command: list[str]) -> set[str]:
    return {word for word in command if word.startswith("--")}


def check_command(command: list[str]) -> None:
    known = SERVE if command[0] == "liantiao" else OURS | LOCUST
    if command[0] != "sh":
        assert command[0] in ("liantiao", "locust")
        assert options(command) <= known, options(command) - known


def test_the_compose_file() -> None:
    (told,) = documents("compose")
    services: dict[str, Any] = told["services"]
    assert set(services) == {"sandbox", "reference", "master", "worker"}
    for name, each in services.items():
        assert set(each["environment"]) <= VARIABLES
        assert each["environment"]["LIANTIAO_TOKEN"].startswith("${")
        assert set(each.get("depends_on", ())) <= set(services) - {name}
        assert {volume.partition(":")[0] for volume in each.get("volumes", ())} <= set(told["volumes"])
        check_command(each["command"])


def test_the_kubernetes_manifests() -> None:
    told = documents("kubernetes")
    labels, maps = set(), set()
    for each in told:
        if each["kind"] == "ConfigMap":
            maps.add(each["metadata"]["name"])
            assert set(each["data"]) <= VARIABLES
        if each["kind"] in ("Deployment", "Job"):
            template = each["spec"]["template"]
            labels.add(template["metadata"]["labels"]["app"])
            if each["kind"] == "Deployment":
                assert each["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
            (container,) = template["spec"]["containers"]
            check_command(container["args"])
            assert {variable["name"] for variable in container["env"]} <= VARIABLES
            assert all("value" not in variable for variable in container["env"])
            mounts = {mount["name"] for mount in container.get("volumeMounts", ())}
            assert mounts == {volume["name"] for volume in template["spec"].get("volumes", ())}
            assert {source["configMapRef"]["name"] for source in container.get("envFrom", ())} <= maps
    assert {each["spec"]["selector"]["app"] for each in told if each["kind"] == "Service"} <= labels
