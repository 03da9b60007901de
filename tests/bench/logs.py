# SPDX-License-Identifier: MIT
"""The logs that are converted: the same traffic in every format."""
import os
import subprocess

import harness

FORMATS = ["asc", "blf", "log", "csv", "jsonl", "db"]
HALVES = ["mf4", "canb"]  # these are read and written only
TEXT = ["asc", "log", "csv", "jsonl"]
HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.environ.get("CANSUITE_CORPUS", os.path.join(HERE, "../../../shared/corpus"))


class Logs:
    """Logs of `count` messages in a folder: made up, or the log `repeated` over and over."""

    def __init__(self, folder, count, repeated=None):
        self.folder, self.count = folder, count
        options = ["--repeat", repeated] if repeated else []
        subprocess.run([harness.program("bench_traffic"), *options, str(count),
                        *(self.path(name) for name in FORMATS + HALVES)], check=True)

    def path(self, name):
        return os.path.join(self.folder, f"{self.count}.{name}")

    def remove(self):
        for name in FORMATS + HALVES:
            os.remove(self.path(name))


def longest_of_corpus():
    """The longest real log of the corpus; None where there is no corpus."""
    found = []
    for folder, _, names in os.walk(os.path.join(CORPUS, "big")):
        found += [os.path.join(folder, name) for name in names]
    return max(found, key=os.path.getsize, default=None)
