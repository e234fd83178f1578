"""requirements.txt, constraints.txt and environment.yml say the same, and nothing that only one machine knows."""

import re
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tools.pins import clean

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {"pytorch-cpu": "torch"}  # conda-forge's name -> ours, where they differ
FILES = ("requirements.txt", "requirements-pretrained.txt", "requirements-test.txt", "constraints.txt",
         "environment.yml")  # fmt: skip


def rows(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]


def requirements(name):
    """{package: its Requirement} of a requirements file."""
    return {row.name: row for row in map(Requirement, rows(name))}


def conda():
    """environment.yml, and its {package: SpecifierSet} in our names, without Python."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    packages = {row.name: row.specifier for row in map(Requirement, environment["dependencies"][1:])}
    return environment, {CONDA_NAMES.get(name, name): version for name, version in packages.items()}


def test_conda_asks_for_the_same_packages_and_versions():
    _, packages = conda()
    assert packages == {name: row.specifier for name, row in requirements("requirements.txt").items()}


def test_conda_takes_a_python_that_binder_can_read():
    environment, _ = conda()
    found = re.fullmatch(r"python=3\.(\d+)", environment["dependencies"][0])
    assert found and int(found.group(1)) >= 11, "Binder reads only python=3.NN"
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert environment["variables"] == {"OMP_NUM_THREADS": "1"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-pretrained.txt", "requirements-test.txt"])
def test_every_requirement_has_a_pin_that_it_accepts(name):
    pins = [Requirement(row) for row in rows("constraints.txt")]
    for package, requirement in requirements(name).items():
        found = [pin for pin in pins if pin.name == package]
        assert found, f"{package} has no row in constraints.txt: python -m tools.pins"
        for pin in found:
            (version,) = [spec.version for spec in pin.specifier]
            assert requirement.specifier.contains(version), f"{pin} does not satisfy {requirement}"


def test_each_file_begins_with_the_others():
    files = ["requirements.txt", "requirements-pretrained.txt", "requirements-test.txt"]
    for i, name in enumerate(files):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if line.startswith("-r ")] == [f"-r {other}" for other in files[:i]]
        assert not any(set(requirements(name)) & set(requirements(other)) for other in files[:i])


@pytest.mark.parametrize("name", FILES)
def test_no_host_path_hash_or_cuda_row(name):
    for row in rows(name):
        bare = row.split("#")[0]
        assert "//" not in bare and "/" not in bare and "@" not in bare and "--" not in bare, row
        assert not re.search(r"nvidia|cuda|triton|\+cpu|sha256", bare, re.I), row


def test_constraints_are_as_the_tool_writes_them():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert clean(text) == text


def test_the_tool_drops_cuda_and_builds():
    compiled = "nvidia-cublas==13.1 ; sys_platform == 'linux'\ntorch==2.13.0+cpu\ntriton==3.5\ntqdm==4.70.1\n"
    assert clean(compiled).splitlines()[1:] == ["torch==2.13.0", "tqdm==4.70.1"]


@pytest.mark.parametrize("row", ["--index-url https://a.example", "torch @ file:///wheels/torch.whl", "numpy>=2"])
def test_the_tool_refuses_what_is_no_pin(row):
    with pytest.raises(ValueError, match="NAME==VERSION"):
        clean(row)
