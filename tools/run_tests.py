"""Run every test of the course, in stages, and say at the end how it went. `course.py test` calls this.

    python -m tools.run_tests                  what a contributor runs before a commit
    python -m tools.run_tests --quick          the inner loop: units, properties, structure of the lessons
    python -m tools.run_tests --lesson 01_1    the structure and the notebook of one lesson
    python -m tools.run_tests --require-all    nothing may be skipped but what needs a GPU

Stages: `code` (everything that needs neither kernel nor browser), `machine` (set-up, viewers under node), `browser`
(JupyterLab in Chromium, in one process), `notebooks` (each notebook in a kernel of its own, without a network).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from tools.notebook import ROOT, CourseError, find_sources

PEAK_BYTES = 1_500_000_000
LESSON_SECONDS = 75
ACCEPTED_SKIP = "no GPU"
NBVAL = [
    "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300", "--nbval-kernel-startup-timeout=120",
    "-p", "notebook_stage",
]  # fmt: skip
TWO_WORKERS = ["-n", "2", "--dist", "worksteal"]
ONE_NOTEBOOK_A_WORKER = ["-n", "2", "--dist", "loadscope"]  # a notebook's cells need one kernel


@dataclass
class Results:
    """What one stage, or all of them together, came to."""

    passed: int = 0
    failed: list = field(default_factory=list)  # names, with a word of reason
    skipped: list = field(default_factory=list)  # (name, reason)
    seconds: dict = field(default_factory=dict)  # file -> seconds

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.seconds |= other.seconds


def stages(options):
    """The stages to run, as (name, arguments of pytest)."""
    if options.lesson:
        stems = [path.stem for path in find_sources(options.lesson)]
        made = stems + [stem.replace("_solutions", "_exercises") for stem in stems]
        notebooks = [str(path) for path in all_notebooks() if path.stem in made]
        return [("code", ["tests/lessons", "-k", " or ".join(stems)]), ("notebooks", [*NBVAL, *notebooks])]
    marks = "not browser and not slow" if options.quick else "not browser"
    plan = [
        ("code", ["tests", "--ignore=tests/reliability", "--ignore=tests/viewers", *TWO_WORKERS, "-m", marks]),
        ("machine", ["tests/reliability", "tests/viewers", "-m", marks]),
        ("browser", ["tests", "-m", "browser"]),
        ("notebooks", [*NBVAL, *ONE_NOTEBOOK_A_WORKER, *map(str, all_notebooks())]),
    ]
    return plan[:1] if options.quick else plan


def all_notebooks():
    """Every notebook a reader may open; not the instructor's copies."""
    found = sorted((ROOT / "chapters").glob("*/*.ipynb"))
    return [path.relative_to(ROOT) for path in found if not path.stem.endswith("_instructor")]


def environment(stage, options, records):
    """The environment of the pytest process of a stage."""
    added = {"OMP_NUM_THREADS": "1", "COURSE_RECORDS": str(records), "PYTHONUTF8": "1"}
    if options.require_all:
        added["COURSE_REQUIRE_ALL"] = "1"
    if options.all_lessons:
        added["COURSE_ALL_LESSONS"] = "1"
    if stage == "notebooks":
        inherited = os.environ.get("PYTHONPATH")
        added["PYTHONPATH"] = os.pathsep.join([str(ROOT / "tests" / "offline")] + ([inherited] if inherited else []))
    return os.environ | added


def run_stage(name, args, options, records):
    """Run one stage in a pytest of its own and read its report; a pytest that breaks counts as a failure."""
    if name == "notebooks" and not any(arg.endswith(".ipynb") for arg in args):
        return Results(failed=["notebooks: there is nothing to run; first: course.py build"])
    report = records / f"{name}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *args]
    print(f"\n== {name}: pytest {' '.join(args)}", flush=True)
    status = subprocess.run(command, cwd=ROOT, env=environment(name, options, records)).returncode
    results = read_report(report) if report.is_file() else Results()
    if status not in (0, 1, 5) or (status == 1 and not results.failed):
        results.failed.append(f"{name}: pytest ended with status {status}")
    if status == 5 and name in ("code", "notebooks"):  # the other stages may be empty
        results.failed.append(f"{name}: there was nothing to run")
    return results


def read_report(path):
    """The results in a JUnit file of pytest."""
    results = Results()
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        problem = next((case.find(kind) for kind in ("failure", "error") if case.find(kind) is not None), None)
        skip = case.find("skipped")
        if problem is not None:
            results.failed.append(f"{name}: {(problem.get('message') or '').strip().partition(chr(10))[0][:160]}")
        elif skip is not None:
            results.skipped.append((name, (skip.get("message") or "").strip()))
        else:
            results.passed += 1
        file = case.get("classname")
        results.seconds[file] = results.seconds.get(file, 0) + float(case.get("time") or 0)
    return results


def notebook_table(results, records):
    """Print seconds and peak memory of every notebook; those over the memory budget become failures."""
    peaks = {}
    for path in records.glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        peaks[record["notebook"]] = record["peak_bytes"]
    for notebook, peak in sorted(peaks.items()):
        seconds = sum(value for file, value in results.seconds.items() if f".{notebook}." in f".{file}.")
        slow = f"  over {LESSON_SECONDS} s" if seconds > LESSON_SECONDS else ""
        print(f"  {notebook:40s} {seconds:6.1f} s {peak / 1e6:7.0f} MB{slow}")
        if peak > PEAK_BYTES:
            results.failed.append(f"{notebook}: {peak / 1e6:.0f} MB of memory, the budget is {PEAK_BYTES / 1e6:.0f}")


def close(total, times, options):
    """Print what failed, what was skipped and why, the times, and the one closing line; return the exit status."""
    print("\n" + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in times.items()))
    unaccepted = [(name, why) for name, why in total.skipped if options.require_all and ACCEPTED_SKIP not in why]
    failed = total.failed + [f"{name}: skipped although everything is required: {why}" for name, why in unaccepted]
    skipped = [entry for entry in total.skipped if entry not in unaccepted]
    for name, why in skipped:
        print(f"skipped  {name}: {why}")
    for line in failed:
        print(f"FAILED   {line}")
    print(f"{total.passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or not total.passed else 0


def arguments(argv):
    parser = argparse.ArgumentParser(prog="course.py test", description="Run every test of the course.")
    parser.add_argument("--lesson", action="append", default=[], metavar="ID", help="only this lesson, such as 01_1")
    flags = {
        "--quick": "units, properties and the structure of the lessons only; under a minute",
        "--all-lessons": "open every lesson in the browser, not only the newest",
        "--require-all": "a missing browser or tool is a failure; only a missing GPU may be skipped",
    }
    for flag, meaning in flags.items():
        parser.add_argument(flag, action="store_true", help=meaning)
    return parser.parse_args(argv)


def main(argv=None):
    """Exit status 0 if something ran and nothing failed."""
    options = arguments(argv)
    total, times = Results(), {}
    with tempfile.TemporaryDirectory(prefix="course-tests-") as folder:
        try:
            for name, args in stages(options):
                began = time.perf_counter()
                results = run_stage(name, args, options, Path(folder))
                if name == "notebooks":
                    notebook_table(results, Path(folder))
                times[name] = time.perf_counter() - began
                total.add(results)
        except CourseError as error:
            print(error, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            total.failed.append("stopped from the keyboard")
    return close(total, times, options)


if __name__ == "__main__":
    sys.exit(main())
