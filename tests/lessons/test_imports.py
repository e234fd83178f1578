"""Who may import whom: read from the source with ast, nothing is imported."""

import ast
import sys

import pytest

from tools.notebook import ROOT, find_sources, read_source

LIBRARY = ROOT / "lib"
LOW = ["runtime", "checks", "nested", "padding", "scan", "trace", "probes", "layer"]
HIGH = [
    "language_model",
    "training",
    "decoding",
    "metrics",
    "tasks",
    "datasets",
    "tokens",
    "tales",
    "continuation",
    "gpt",
    "linear_transformer",
    "in_pieces",
    "checkpoints",
    "s4",
    "mamba",
    "mamba2",
    "jamba",
    "linear_recurrence",
    "wavenet",
    "wavenet_generation",
]
WIDGETS = {"ipywidgets", "anywidget", "traitlets"}
ALLOWED = {
    "seqmodels": {"seqmodels", "numpy", "torch", "tqdm", "safetensors"},
    "classroom": {"classroom", "numpy", "matplotlib", "cycler", "PIL", "IPython", *WIDGETS},
}
NOTEBOOKS = ALLOWED["seqmodels"] | ALLOWED["classroom"]
FORBIDDEN_CALLS = {"eval", "exec", "torch.load", "numpy.load", "np.load", "__import__"}
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"}
MODULES = sorted(LIBRARY.rglob("*.py"))


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(tree, package=""):
    """The full names of the modules that a tree imports, relative ones made whole with `package`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(part for part in (package if node.level else "", node.module or "") if part)
            yield base
            if (node.level and not node.module) or node.module in ALLOWED:
                yield from (f"{base}.{alias.name}" for alias in node.names)


def package_of(path):
    return path.relative_to(LIBRARY).parts[0]


def floor(module):
    """0 for the ground floor, 2 for the top one, 1 for the model families between."""
    return 0 if module in LOW else 2 if module in HIGH else 1


def seqmodels_imports(path):
    """The modules of seqmodels that one of them imports, by their first name."""
    found = {name.split(".")[1] for name in imports(tree_of(path), "seqmodels") if name.startswith("seqmodels.")}
    return found & {module_name(other) for other in (LIBRARY / "seqmodels").rglob("*.py")}


def module_name(path):
    return path.relative_to(LIBRARY / "seqmodels").with_suffix("").parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_only_allowed_packages(path):
    package = package_of(path)
    allowed = ALLOWED[package] | sys.stdlib_module_names
    found = {name.split(".")[0] for name in imports(tree_of(path), package)}
    assert found <= allowed, f"{path.name} imports {sorted(found - allowed)}; allowed: {sorted(ALLOWED[package])}"


@pytest.mark.parametrize("path", sorted((LIBRARY / "seqmodels").rglob("*.py")), ids=lambda path: path.stem)
def test_floors_import_only_downwards(path):
    module = module_name(path)
    if module == "__init__":
        return
    above = [name for name in seqmodels_imports(path) - {module} if floor(name) > floor(module)]
    assert not above, f"{module} (floor {floor(module)}) imports {above}, which stand above it"


def test_no_circles_in_seqmodels():
    graph = {}
    for path in (LIBRARY / "seqmodels").rglob("*.py"):
        if module_name(path) != "__init__":
            graph.setdefault(module_name(path), set()).update(seqmodels_imports(path) - {module_name(path)})
    while graph:
        free = [name for name, needs in graph.items() if not needs & set(graph)]
        assert free, f"these modules import each other in a circle: {sorted(graph)}"
        for name in free:
            del graph[name]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_nothing_that_runs_foreign_code(path):
    tree = tree_of(path)
    modules = {name.split(".")[0] for name in imports(tree)} & FORBIDDEN_MODULES
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)} & FORBIDDEN_CALLS
    assert not modules and not calls, f"{path.name} uses {sorted(modules | calls)}: read safetensors or plain text"


@pytest.mark.parametrize("source", find_sources(), ids=lambda path: path.stem)
def test_lessons_import_only_what_a_student_has(source):
    allowed = NOTEBOOKS | sys.stdlib_module_names
    code = [cell.source for cell in read_source(source).cells if cell.cell_type == "code"]
    found = {name.split(".")[0] for cell in code for name in imports(ast.parse(cell))}
    assert found <= allowed, f"{source.name} imports {sorted(found - allowed)}"


def test_the_reader_of_imports_sees_all_forms():
    code = "import a.b\nfrom . import c\nfrom .d import e\nfrom seqmodels import f\nif x:\n    import g"
    found = set(imports(ast.parse(code), "seqmodels"))
    assert {"a.b", "seqmodels.c", "seqmodels.d", "seqmodels.f", "g"} <= found
