"""Put this folder on PYTHONPATH and a Python process has no network: any connection but loopback is refused.

Python imports a module of this name by itself when it starts, so it reaches every kernel. A lesson that needs
the network fails here with a sentence, at once, and not on a reader's train.
"""

import importlib.machinery
import importlib.util
import ipaddress
import os
import socket
import sys


def _is_local(host):
    """Whether `host` (a name or a numeric address) is this machine's loopback."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(host):
    raise OSError(f"offline test: no connection to {host!r}; a lesson must run without a network")


def _guard_connection(method):
    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            _refuse(address[0])
        return method(self, address)

    return guarded


def _guard_lookup(function):
    def guarded(host, *args, **kwargs):
        if not _is_local(host) and host != socket.gethostname():
            _refuse(host)
        return function(host, *args, **kwargs)

    return guarded


def _run_next_sitecustomize():
    """The machine may have a sitecustomize of its own, which ours hides: run it as Python would have."""
    here = os.path.dirname(os.path.abspath(__file__))
    elsewhere = [folder for folder in sys.path if os.path.abspath(folder or ".") != here]
    found = importlib.machinery.PathFinder.find_spec("sitecustomize", elsewhere)
    if found and found.loader:
        found.loader.exec_module(importlib.util.module_from_spec(found))


socket.socket.connect = _guard_connection(socket.socket.connect)
socket.socket.connect_ex = _guard_connection(socket.socket.connect_ex)
socket.getaddrinfo = _guard_lookup(socket.getaddrinfo)
socket.gethostbyname = _guard_lookup(socket.gethostbyname)
_run_next_sitecustomize()
