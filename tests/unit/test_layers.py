"""The plan of the house, proved from the code: a module imports from lower ranks only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import ROOT

# A row may import from the rows above it; a folder stands for all that is in it.
RANKS = (
    ("app.version", "app.settings", "app.errors", "app.logs", "app.origins", "app.strict"),
    ("app.cognito.vocabulary",),
    ("app.cognito", "app.swagger"),
    ("app.services",),
    ("app.web",),
    ("app.routes",),
    ("app.awslambda", "app.server", "app"),
    ("main", "doctor"),
)


ROOMS = {room: number for number, row in enumerate(RANKS) for room in row}


def room(module: str) -> str:
    """Return the entry of the table that a module is, or is in."""
    while module not in ROOMS:
        assert "." in module, f"{module} has no rank"
        module = module.rpartition(".")[0]
    return module


def modules(*patterns: str) -> dict[str, Path]:
    """List modules by their names, with their files."""
    paths = [path for pattern in patterns for path in ROOT.glob(pattern)]
    parts = {path: path.relative_to(ROOT).with_suffix("").parts for path in paths}
    return {".".join(names).removesuffix(".__init__"): path for path, names in parts.items()}


def imports(path: Path) -> Iterator[str]:
    """Name what a file imports, wherever in the file it does; `from a import b` may mean a.b."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


APP = modules("app/**/*.py", "main.py")
DOCTOR = modules("doctor/**/*.py")
LOCAL = modules("local/**/*.py")
KNOWN = APP | DOCTOR


def ours(name: str) -> str | None:
    """Return the module of the API that an imported name is, or is in."""
    parent = name.rpartition(".")[0]
    return name if name in KNOWN else parent if parent in KNOWN else None


def top_level(path: Path) -> set[str]:
    """Return the packages that a file imports from."""
    return {name.partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("module", KNOWN)
def test_module_imports_lower_ranks_and_its_own_room_only(module: str) -> None:
    imported = {known for name in imports(KNOWN[module]) if (known := ours(name))}

    others = {name for name in imported if room(name) != room(module)}
    assert {name for name in others if ROOMS[room(name)] >= ROOMS[room(module)]} == set()


@pytest.mark.parametrize("module", KNOWN)
def test_modules_do_not_import_each_other(module: str) -> None:
    """Inside a folder, too, imports go one way."""
    reached, waiting = set(), [module]
    while waiting:
        imported = {known for name in imports(KNOWN[waiting.pop()]) if (known := ours(name))}
        waiting += imported - reached
        reached |= imported

    assert module not in reached


@pytest.mark.parametrize("module", APP)
def test_the_app_imports_none_of_the_programs_beside_it(module: str) -> None:
    assert top_level(APP[module]) & {"doctor", "local", "tests", "tools", "walk"} == set()


@pytest.mark.parametrize("module", LOCAL)
def test_what_is_around_the_api_imports_nothing_of_it(module: str) -> None:
    assert top_level(LOCAL[module]) & {"app", "doctor", "main", "tests", "walk"} == set()


@pytest.mark.parametrize("module", [name for name in APP if name.startswith("app.cognito")])
def test_cognito_knows_neither_flask_nor_the_docs(module: str) -> None:
    imported = set(imports(APP[module]))

    assert {
        name for name in imported if name.startswith(("flask", "werkzeug", "app.swagger"))
    } == set()


@pytest.mark.parametrize("module", TESTS := modules("tests/**/*.py"))
def test_tests_share_what_is_in_support_only(module: str) -> None:
    imported = {name for name in imports(TESTS[module]) if name.startswith("tests.")}

    assert {name for name in imported if not name.startswith("tests.support.")} == set()
