"""The recipes hold together: services that are waited for exist, options are real ones, secrets are not written down."""

from pathlib import Path
from typing import Any

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
    "--office-hours",
    "--keep-rows",
    "--real",
    "--data",
    "--seats",
    "--sandbox",
}


def options(command: list[str]) -> set[str]:
    return {word for word in command if word.startswith("--")}


def check_command(command: list[str]) -> None:
    known = SERVE if command[0] == "liantiao" else OURS | LOCUST
    if command[0] != "sh":
        assert command[0] in ("liantiao", "locust")
        assert options(command) <= known, options(command) - known


def test_the_compose_file() -> None:
    told = yaml.safe_load((RECIPES / "compose.yaml").read_text(encoding="utf-8"))
    services: dict[str, Any] = told["services"]
    assert set(services) == {"sandbox", "reference", "master", "worker"}
    for name, each in services.items():
        assert set(each) <= {
            "image",
            "environment",
            "command",
            "volumes",
            "working_dir",
            "ports",
            "healthcheck",
            "depends_on",
            "deploy",
        }
        assert set(each["environment"]) <= VARIABLES
        assert each["environment"]["LIANTIAO_TOKEN"].startswith("${")
        assert set(each.get("depends_on", ())) <= set(services) - {name}
        assert {volume.partition(":")[0] for volume in each.get("volumes", ())} <= set(told["volumes"])
        check_command(each["command"])


def test_the_kubernetes_manifests() -> None:
    documents = list(yaml.safe_load_all((RECIPES / "kubernetes.yaml").read_text(encoding="utf-8")))
    kinds = {"ConfigMap": "v1", "Service": "v1", "Deployment": "apps/v1", "Job": "batch/v1"}
    labels, maps = set(), set()
    for each in documents:
        assert each["apiVersion"] == kinds[each["kind"]]
        if each["kind"] == "ConfigMap":
            maps.add(each["metadata"]["name"])
            assert set(each["data"]) <= VARIABLES
            assert all(isinstance(value, str) for value in each["data"].values())
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
    assert {each["spec"]["selector"]["app"] for each in documents if each["kind"] == "Service"} <= labels
