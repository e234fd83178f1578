"""Make each notebook from its source: chapters/NN_era/NN_K_title.md -> .ipynb, executed, outputs kept.

    python -m tools.build                     every lesson and every chapter's solutions
    python -m tools.build 01_1 01_solutions   these
    python -m tools.build 01_1 --twice        and prove that two builds give the same bytes
    python -m tools.build --check             no execution: does every notebook say what its source says?

Two builds of the same source on one machine are equal byte for byte. The cells tagged `timing` show
measurements: they keep their earlier output while the code up to them is unchanged (--retime measures anew).
"""

import argparse
import os
import sys
import tempfile
import time

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from tools.notebook import (
    CourseError,
    as_text,
    difference,
    find_sources,
    is_solutions,
    read_notebook,
    tags,
    unexecuted,
    write,
)
from tools.outputs import NOTEBOOK_BYTES, clean, complaints, keep_timings

SECONDS_PER_CELL = 300


class ThisPython(KernelSpecManager):
    """Always the kernel of the Python that runs the build, whatever kernels the user has registered."""

    def get_kernel_spec(self, kernel_name):
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def kernel_environment(source, profile):
    """The environment of a kernel that builds `source`; `profile` is an empty folder for IPython's files."""
    settings = {
        "COURSE_BUILD": "1",
        "IPYTHONDIR": profile,
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "TQDM_DISABLE": "1",
    }
    inherited = dict(os.environ)
    for name in ("COURSE_STRICT", "MPLBACKEND"):
        inherited.pop(name, None)
    return inherited | settings | ({"COURSE_STRICT": "1"} if is_solutions(source) else {})


def build(source, *, instructor=False, retime=False, old=None, report=print):
    """Execute the notebook of `source` and return its text and the file it belongs in; writes nothing.

    `old` is the notebook whose ids and timings are kept: the committed one unless given.
    CourseError names the cell that fails, warns, shows a picture without alt text, or is over a budget.
    """
    target = source.with_name(source.stem + ("_instructor" if instructor else "") + ".ipynb")
    old = old or read_notebook(target)
    notebook = unexecuted(source, target, instructor)
    with tempfile.TemporaryDirectory() as profile:
        execute(notebook, source, kernel_environment(source, profile), report)
    keep_timings(notebook, None if retime else old)
    clean(notebook)
    text = as_text(notebook)
    if len(text.encode()) > NOTEBOOK_BYTES:
        raise CourseError(f"{target.name} has {len(text.encode()):,} bytes, the budget is {NOTEBOOK_BYTES:,}")
    return text, target


def execute(notebook, source, environment, report):
    """Run the code cells in the folder of `source`, a line of progress each; stop at the first complaint."""
    manager = AsyncKernelManager(kernel_spec_manager=ThisPython(), kernel_name="python3")
    folder = {"metadata": {"path": str(source.resolve().parent)}}
    client = NotebookClient(
        notebook, km=manager, timeout=SECONDS_PER_CELL, resources=folder, record_timing=False
    )
    with client.setup_kernel(env=environment, cleanup_kc=True):
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            began = time.perf_counter()
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                raise cell_error(source, index, cell, f"{error.ename}: {error.evalue}") from None
            except CellTimeoutError:
                raise cell_error(source, index, cell, f"it ran longer than {SECONDS_PER_CELL} s") from None
            except DeadKernelError:
                raise cell_error(source, index, cell, "the kernel died (out of memory?)") from None
            for complaint in complaints(cell):
                raise cell_error(source, index, cell, complaint)
            seconds = time.perf_counter() - began
            report(f"  cell {index + 1:3d}  {seconds:6.1f} s  {cell.source.splitlines()[0][:70]}")
        client.set_widgets_metadata()  # what the viewers hold; `clean` drops it, tools/site.py needs it


def cell_error(source, index, cell, complaint):
    """A CourseError that says which cell it is, where it stands in the source, and shows it."""
    lines, first = source.read_text(encoding="utf-8").splitlines(), cell.source.splitlines()[0]
    where = f", line {lines.index(first) + 1} of the source" if first in lines else ""
    shown = "\n".join(f"    | {line}" for line in cell.source.splitlines())
    return CourseError(f"{source.name}, cell {index + 1}{where}:\n{shown}\n  {complaint}")


def first_difference(one, two):
    """Name the first cell in which two texts of a notebook differ; None if they are the same bytes."""
    if one == two:
        return None
    pairs = zip(nbformat.reads(one, 4).cells, nbformat.reads(two, 4).cells, strict=False)
    for number, (a, b) in enumerate(pairs, 1):
        if a != b:
            part = next(key for key in sorted(a) if a.get(key) != b.get(key))
            return f"cell {number} ({', '.join(tags(a)) or a.cell_type}) differs in its {part}:\n{a.source}"
    return "the two builds differ outside of their cells"


def build_and_write(source, options):
    """Build one source, prove it repeatable if asked, and write it."""
    print(source.name, flush=True)
    began = time.perf_counter()
    settings = {"instructor": options.instructor, "report": lambda line: print(line, flush=True)}
    text, target = build(source, retime=options.retime, **settings)
    if options.twice:
        print("  again, to compare", flush=True)
        again, _ = build(source, old=nbformat.reads(text, 4), **settings)
        if found := first_difference(text, again):
            raise CourseError(f"{source.name}: two builds are not the same. {found}")
    write(text, target)
    same = ", twice the same" if options.twice else ""
    print(f"  {target.name}: {len(text.encode()) / 1000:.0f} kB, {time.perf_counter() - began:.1f} s{same}")


def check(sources):
    """Compare every notebook with its source; return the sentences about those that disagree."""
    found = []
    for source in sources:
        target = source.with_suffix(".ipynb")
        if reason := difference(unexecuted(source, target), read_notebook(target)):
            repair = f"Run: course.py build {source.stem}"
            found.append(f"{target.name} is not what {source.name} says: {reason}. {repair}")
    return found


def arguments(argv):
    about = "Make the notebooks from their sources."
    parser = argparse.ArgumentParser(prog="course.py build", description=about)
    parser.add_argument("lessons", nargs="*", help="ids (01_1, 01_solutions), chapters (01), paths; or all")
    flags = {
        "--twice": "build twice and fail unless the bytes are the same",
        "--instructor": "write *_instructor.ipynb, with the teaching notes",
        "--retime": "measure the cells tagged `timing` anew",
        "--check": "only compare the notebooks with their sources, running nothing",
    }
    for flag, meaning in flags.items():
        parser.add_argument(flag, action="store_true", help=meaning)
    return parser.parse_args(argv)


def main(argv=None):
    """Exit status 0 if everything asked for was done, 1 with a message otherwise."""
    options = arguments(argv)
    failed = []
    try:
        sources = find_sources(options.lessons)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    if options.check:
        failed = check(sources)
        print("\n".join(failed) or f"{len(sources)} notebooks say what their sources say")
        return 1 if failed else 0
    for source in sources:
        try:
            build_and_write(source, options)
        except CourseError as error:
            failed.append(source.name)
            print(error, file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            print(f"\nstopped; {source.stem}.ipynb is as it was", file=sys.stderr)
            return 130
    print(f"{len(sources) - len(failed)} built" + (f", failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
