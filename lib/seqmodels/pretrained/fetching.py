"""Fetch a published model, when you ask for it: resumed where it broke off, and checked against a known checksum.

Every lesson is whole without this. Nothing is sent but the request for a file, and nothing that comes is executed.
"""

import errno
import hashlib
import os
import re
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from seqmodels.runtime import progress

MEGABYTE = 1 << 20
TIMEOUT = 30  # seconds without an answer
ATTEMPTS = 3  # in a row without one byte more
OURS = {errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR}  # of this disk, not of the network


class Published(NamedTuple):
    """Where a model stands, under which licence, and of each of its files (bytes, sha256); None: not known for sure."""

    address: str
    licence: str
    files: dict


PUBLISHED = {
    "gpt2": Published(
        "https://huggingface.co/openai-community/gpt2/resolve/607a30d783dfa663caf39e06633721c8d4cfcd7e",
        "MIT",
        {
            "config.json": (665, "0daed7749b4f02b8f76240d5444551d7b08712dab4d0adb8239c56ba823bb7b4"),
            "tokenizer.json": (1355256, "8414cab924d8b9b33013f0d221c5862f365ee9be39c5c2bfae8a5a9e970478a6"),
            "model.safetensors": (548105171, "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707"),
        },
    ),
    "bert-base-uncased": Published(
        "https://huggingface.co/google-bert/bert-base-uncased/resolve/86b5e0934494bd15c9632b12f734a8a67f723594",
        "Apache 2.0",
        {
            "config.json": (570, "7160e1553ad2ca51d8c1cb066be533db31826e12d173824c1bb0cb1a4f187d20"),
            "tokenizer.json": (466062, "ce64fce797c24f68df90b40a3f74f579b336a493db14bd583fd520ea0d8c9a98"),
            "model.safetensors": (440449768, "68d45e234eb4a928074dfd868cead0219ab85354cc53d20e772753c6bb9169d3"),
        },
    ),
    "t5-small": Published(
        "https://huggingface.co/google-t5/t5-small/resolve/df1b051c49625cf57a3d0d8d3863ed4d13564fe4",
        "Apache 2.0",
        {
            "config.json": (1206, "530e25060e3a8d5f7b0fcf53bfea9f3601165161f3b1914676e98d97cf07bcf1"),
            "tokenizer.json": (None, None),
            "model.safetensors": (242043056, None),
        },
    ),
}


def fetch(name, folder=None, *, sha256=None, address=None) -> Path:
    """Fetch a model of `PUBLISHED` into a folder and return the folder, for `GPT.from_pretrained` and its kin.

    name: gpt2 (550 MB), bert-base-uncased (440 MB) or t5-small (240 MB). folder: by default one of your own, outside
    the course: $COURSE_MODELS, else ~/.cache/markov-to-mamba, and in it one of the model's name. sha256: {file:
    checksum} for files whose checksum this library does not know for sure (those of t5-small); without one nothing is
    fetched. address: another place with the same files, such as a mirror.

    What is there already is only checked. What broke off goes on where it was. A file appears under its name when it is
    whole and has its checksum, and not before. ConnectionError where there is no network, ValueError for a wrong name
    or checksum. Held by tests/unit/test_pretrained.py, with a server on this computer.
    """
    if name not in PUBLISHED:
        raise ValueError(f"name: expected one of {', '.join(PUBLISHED)}, got {name!r}")
    published = PUBLISHED[name]
    address = _checked_address(published.address if address is None else address)
    checksums = _checksums(name, published.files, {} if sha256 is None else sha256)
    folder = default_folder() / name if folder is None else Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for file, (size, _) in published.files.items():
        _fetch_file(f"{address}/{file}", folder / file, size, checksums[file])
    return folder


def default_folder() -> Path:
    """Where models are kept: $COURSE_MODELS, else ~/.cache/markov-to-mamba."""
    chosen = os.environ.get("COURSE_MODELS")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "markov-to-mamba"


def _fetch_file(address, path, size, checksum):
    if path.exists():
        found = _sha256(path)
        if found != checksum:
            raise ValueError(f"folder: {path} is there already and is another file (sha256 {found}, expected "
                             f"{checksum}); move it away, or choose another folder")  # fmt: skip
        return
    part = path.with_name(f"{path.name}.part")
    _receive_whole(address, part, size)
    found = _sha256(part)
    if found != checksum:
        part.unlink()
        raise ValueError(f"sha256: what came from {address} has {found}, expected {checksum}; it was thrown away")
    os.replace(part, path)


def _receive_whole(address, part, size):
    """Until the file is whole; as long as every try brings more, go on, and give up after `ATTEMPTS` that do not."""
    tries = 0
    while True:
        before = _size(part)
        try:
            return _receive(address, part, size)
        except (OSError, HTTPException) as trouble:
            if isinstance(trouble, OSError) and trouble.errno in OURS:
                raise
            refused = isinstance(trouble, HTTPError) and trouble.code < 500
            tries = 1 if _size(part) > before else tries + 1
            if refused or tries >= ATTEMPTS:
                raise ConnectionError(_in_words(address, part, trouble)) from trouble


def _receive(address, part, size):
    """Ask for what is still missing and append it."""
    have = _size(part)
    if size is not None and have > size:
        part.unlink()
        have = 0
    if have == size:
        return
    request = Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urlopen(request, timeout=TIMEOUT)
    except HTTPError as error:
        if error.code == 416:  # nothing is left to send: what is here is whole, or of another file
            if size is None:
                return
            part.unlink()
        raise
    with answer:
        goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        have = have if goes_on else 0
        promised = answer.headers.get("Content-Length")
        end = have + int(promised) if promised is not None else size
        if size is not None and end != size:
            raise ValueError(f"address: {address} offers {end} bytes, expected {size}")
        _write(answer, part, "ab" if goes_on else "wb", have, end)
    if end is not None and _size(part) < end:
        raise ConnectionError(f"it ended after {_size(part)} of {end} bytes")


def _write(answer, part, mode, have, end):
    label = f"{part.name.removesuffix('.part')}, MB"
    total = None if end is None else -(-end // MEGABYTE)
    with open(part, mode) as file, progress(total=total, label=label) as bar:
        bar.update(have // MEGABYTE)
        while piece := answer.read(MEGABYTE):
            file.write(piece)
            file.flush()
            have += len(piece)
            if end is not None and have > end:
                raise ValueError(f"address: more came than the {end} bytes of {part.name}")
            bar.update(have // MEGABYTE - bar.n)


def _in_words(address, part, trouble):
    host, kept = urlsplit(address).netloc, _size(part)
    if isinstance(trouble, HTTPError) and trouble.code < 500:
        return f"fetch: {host} answers {trouble.code} ({trouble.reason}) to {address}; is that address still right?"
    reason = getattr(trouble, "reason", None) or trouble
    so_far = f" What came so far ({kept / 1e6:.1f} MB) is kept: call it again and it goes on from there." * (kept > 0)
    return (f"fetch: {host} cannot be reached, or the connection broke ({reason}). Is there a network, and no proxy in "
            f"the way?{so_far} No lesson needs this.")  # fmt: skip


def _checksums(name, files, given):
    unknown = set(given) - set(files)
    if unknown:
        raise ValueError(f"sha256: {sorted(unknown)[0]} is no file of {name}; expected {', '.join(files)}")
    known = {file: given.get(file, checksum) for file, (_, checksum) in files.items()}
    missing = [file for file, checksum in known.items() if checksum is None]
    if missing:
        raise ValueError(f"sha256: the checksums of {', '.join(missing)} of {name} are not known for sure here, and "
                         "nothing is fetched unchecked; give them as sha256={file: checksum} from a source that you "
                         "trust")  # fmt: skip
    for file, checksum in known.items():
        if not isinstance(checksum, str) or not re.fullmatch("[0-9a-f]{64}", checksum):
            raise ValueError(f"sha256: expected 64 digits 0-9a-f for {file}, got {checksum!r}")
        if files[file][1] not in (None, checksum):
            raise ValueError(f"sha256: that of {file} is known and is another, {files[file][1]}, got {checksum}")
    return known


def _checked_address(address):
    parts = urlsplit(address)
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not (parts.scheme == "https" or (parts.scheme == "http" and loopback)) or not parts.netloc:
        raise ValueError(f"address: expected one that begins with https://, got {address!r}")
    return address.rstrip("/")


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(path):
    return path.stat().st_size if path.exists() else 0
