"""The runner itself: it counts right, nothing is lost, and the stage of the notebooks can really turn red."""

import json
import os
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools import run_tests
from tools.notebook import ROOT, as_text, write
from tools.run_tests import Results, arguments, close, notebook_table, read_report, stages

REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.test_a" name="good" time="1.5"/>
<testcase classname="tests.unit.test_a" name="bad" time="0.5"><failure message="assert 1 == 2&#10;x">long</failure>
</testcase>
<testcase classname="tests.unit.test_a" name="broken" time="0"><error message="failed on setup">long</error></testcase>
<testcase classname="tests.unit.test_b" name="gpu" time="0"><skipped type="pytest.skip" message="no GPU"/></testcase>
<testcase classname="tests.unit.test_b" name="node" time="0"><skipped type="pytest.skip" message="no node"/></testcase>
</testsuite></testsuites>"""


def read(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    return read_report(tmp_path / "report.xml")


def test_report_is_counted(tmp_path):
    results = read(tmp_path)
    assert results.passed == 1 and results.seconds == {"tests.unit.test_a": 2.0, "tests.unit.test_b": 0.0}
    assert results.failed == ["tests.unit.test_a::bad: assert 1 == 2", "tests.unit.test_a::broken: failed on setup"]
    assert [why for _, why in results.skipped] == ["no GPU", "no node"]


@pytest.mark.parametrize(
    "flags, failures, closing",
    [([], 2, "1 passed, 2 failed, 2 skipped"), (["--require-all"], 3, "1 passed, 3 failed, 1 skipped")],
)
def test_closing_line_and_status(tmp_path, capsys, flags, failures, closing):
    assert close(read(tmp_path), {"code": 1}, arguments(flags)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == closing
    assert sum(line.startswith("FAILED") for line in lines) == failures
    assert any("no GPU" in line for line in lines if line.startswith("skipped"))


def test_status_is_zero_only_if_something_passed(capsys):
    assert close(Results(passed=1), {}, arguments([])) == 0
    assert close(Results(), {}, arguments([])) == 1


def test_pytest_that_breaks_is_a_failure(tmp_path):
    broken = run_tests.run_stage("code", ["--no-such-option"], arguments([]), tmp_path)
    assert broken.failed == ["code: pytest ended with status 4"]
    nothing = run_tests.run_stage("code", [str(tmp_path)], arguments([]), tmp_path)
    assert nothing.failed == ["code: there was nothing to run"]
    unbuilt = run_tests.run_stage("notebooks", run_tests.NBVAL, arguments([]), tmp_path)
    assert unbuilt.failed == ["notebooks: there is nothing to run; first: course.py build"]


def test_every_test_folder_and_notebook_belongs_to_a_stage():
    plan = dict(stages(arguments([])))
    ignored = {arg.partition("=")[2] for arg in plan["code"] if arg.startswith("--ignore")}
    assert plan["code"][0] == "tests" and ignored == set(plan["machine"][:2])
    notebooks = [path for path in (ROOT / "chapters").rglob("*.ipynb") if "instructor" not in path.name]
    assert all(str(path.relative_to(ROOT)) in plan["notebooks"] for path in notebooks)
    assert [name for name, _ in stages(arguments(["--quick"]))] == ["code"]


def test_memory_over_the_budget_is_a_failure(tmp_path, capsys):
    (tmp_path / "01_1_x.json").write_text(json.dumps({"notebook": "01_1_x", "peak_bytes": 1_600_000_000}))
    results = Results(seconds={"chapters.01_markov.01_1_x.ipynb": 80.0, "other": 3.0})
    notebook_table(results, tmp_path)
    assert results.failed == ["01_1_x: 1600 MB of memory, the budget is 1500"]
    assert "80.0 s" in capsys.readouterr().out


CELLS = {
    "good.ipynb": "import os\nassert 'COURSE_STRICT' not in os.environ",
    "01_solutions.ipynb": "import os\nassert os.environ['COURSE_STRICT'] == '1'",
    "network.ipynb": "import urllib.request\nurllib.request.urlopen('http://example.org')",
    "wrong.ipynb": "assert 1 == 2, 'one is not two'",
}


@pytest.mark.slow
def test_notebook_stage(tmp_path):
    """Strict only for solutions, no network in the kernels, a record of the memory, red where a cell raises."""
    for name, code in CELLS.items():
        write(as_text(new_notebook(cells=[new_code_cell(code)])), tmp_path / name)
    environment = run_tests.environment("notebooks", arguments([]), tmp_path)
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), *run_tests.NBVAL]
    subprocess.run([*command, f"--junitxml={report}", str(tmp_path)], env=environment, capture_output=True, timeout=300)
    results = read_report(report)
    assert results.passed == 2
    assert sorted(line.partition(".ipynb")[0] for line in results.failed) == ["network", "wrong"]
    peaks = {path.stem: json.loads(path.read_text())["peak_bytes"] for path in tmp_path.glob("*.json")}
    assert peaks["good"] > 10_000_000 and peaks["01_solutions"] > 10_000_000
