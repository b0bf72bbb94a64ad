"""The plan of the house, proved from the code: a module imports from lower ranks only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCTOR = (
    {"app.doctor", "app.doctor.findings"},
    {"app.doctor.probes"},
    {"app.doctor.case"},
    {"app.doctor.api", "app.doctor.pages"},
    {"app.doctor.checks"},
    {"app.doctor.__main__"},
)
SWAGGER = (
    {"app.swagger.building"},
    {"app.swagger.fields", "app.swagger.responses"},
    {"app.swagger.operations", "app.swagger.schemas"},
    {"app.swagger.paths.*"},
    {"app.swagger.paths"},
    {"app.swagger"},
)
RANKS = (
    {"app.api", "app.config", "app.errors", "app.schema", "app.strict", "app.version"}
    | {"app.cognito_vocabulary"},
    *SWAGGER,
    {"app.inputs", "app.logs", "app.login", "app.tokens", "app.transport"}
    | {"app.cognito_answers", "app.cognito_errors"},
    {"app.cognito_client", "app.headers", "app.hosted_ui"},
    {"app.cognito"},
    {"app.services"},
    {"app.bearer", "app.server"},
    {"app.routes", "app.routes.*"},
    {"app", "app.awslambda"},
    {"main"},
    *DOCTOR,  # a command of its own: nothing imports it
)


def rank(module: str) -> int:
    """Return the rank of a module; fail for one that has none."""
    names = {module, f"{module.rpartition('.')[0]}.*"}
    found = [number for number, modules in enumerate(RANKS) if names & modules]
    assert found, f"{module} has no rank"
    return found[0]


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
TESTS = modules("tests/*.py").keys()
TESTS |= {name.removeprefix("tests.") for name in TESTS}  # pytest finds them without the folder


def ours(name: str) -> str | None:
    """Return the module of the app that an imported name is, or is in."""
    parent = name.rpartition(".")[0]
    return name if name in APP else parent if parent in APP else None


@pytest.mark.parametrize("module", APP)
def test_module_imports_lower_ranks_only(module: str) -> None:
    own = rank(module)
    imported = {found for name in imports(APP[module]) if (found := ours(name))}

    assert {name for name in imported if rank(name) >= own} == set()


@pytest.mark.parametrize("module", APP)
def test_the_app_imports_neither_local_nor_tests(module: str) -> None:
    found = {name for name in imports(APP[module]) if name.partition(".")[0] in {"local", *TESTS}}

    assert found == set()


@pytest.mark.parametrize("module", LOCAL := modules("local/**/*.py"))
def test_the_local_aws_imports_neither_app_nor_tests(module: str) -> None:
    others = {"app", "main", *TESTS}
    found = {name for name in imports(LOCAL[module]) if name.partition(".")[0] in others}

    assert found == set()
