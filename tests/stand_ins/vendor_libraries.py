# SPDX-License-Identifier: MIT
"""Loads the stand-ins for tests in Python: the commands of each, and which functions it exports."""
import ctypes
import os
import subprocess
import tempfile

FOLDER = os.path.join(os.environ.get("CANSUITE_BIN", ""), "stand_ins")


def path(name):
    return os.path.join(FOLDER, f"lib{name}_stand_in.so")


class Library:
    """A stand-in; what isn't found here is a function of its ABI."""

    def __init__(self, name):
        self.library = ctypes.CDLL(path(name))
        self.library.stand_in_query.restype = ctypes.c_longlong

    def __getattr__(self, name):
        return getattr(self.library, name)

    def command(self, text):
        assert self.library.stand_in_control(text.encode()) == 0, text

    def query(self, text):
        return self.library.stand_in_query(text.encode())


def exports(name):
    """The names that a stand-in shows to a program."""
    lines = subprocess.run(["nm", "-D", "--defined-only", path(name)], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    return {line.split()[-1] for line in lines}


def folder_with(**sonames):
    """A temporary folder with a link for each soname=stand-in, for LD_LIBRARY_PATH."""
    folder = tempfile.TemporaryDirectory(prefix="cansuite-stand-ins-")
    for soname, name in sonames.items():
        os.symlink(os.path.abspath(path(name)), os.path.join(folder.name, f"{soname}.so"))
    return folder
