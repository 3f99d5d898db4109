"""The client libraries as packages: what is packed is whole, and loads from where it was unpacked."""

import json
import os
import pathlib
import subprocess
import tarfile
import tomllib

CLIENTS = pathlib.Path(__file__).resolve().parents[2] / "clients"


def test_npm_packs_the_library_without_a_network_and_node_loads_it(tmp_path):
    environment = {**os.environ, "npm_config_cache": str(tmp_path / "cache")}
    packed = subprocess.run(
        ["/usr/bin/npm", "pack", "--offline", "--json", CLIENTS / "js"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    with tarfile.open(tmp_path / json.loads(packed.stdout)[0]["filename"]) as archive:
        archive.extractall(tmp_path / "node_modules")
    os.rename(tmp_path / "node_modules" / "package", tmp_path / "node_modules" / "btpay-client")
    there = {path.name for path in (tmp_path / "node_modules" / "btpay-client").rglob("*") if path.is_file()}
    assert there == {path.name for path in (CLIENTS / "js").rglob("*") if path.is_file()}
    (tmp_path / "main.mjs").write_text('import { hashOf } from "btpay-client";\nconsole.log(hashOf({}));\n')
    ran = subprocess.run(["/usr/bin/node", "main.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "44136fa355b3678a"


def test_the_packages_have_one_version_and_the_python_one_names_what_is_there():
    python = tomllib.loads((CLIENTS / "python" / "pyproject.toml").read_text())
    assert python["project"]["version"] == json.loads((CLIENTS / "js" / "package.json").read_text())["version"]
    for package in python["tool"]["setuptools"]["packages"]:
        assert (CLIENTS / "python" / package / "__init__.py").exists()
