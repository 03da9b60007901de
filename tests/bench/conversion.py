# SPDX-License-Identifier: MIT
"""Every pair of formats: canconvert beside python-can, can-utils and the limit."""
import functools
import os
import shutil
import sqlite3

import costs
import harness
from logs import FORMATS, TEXT

PYTHON_CAN = "/usr/bin/can_logconvert"
PYTHON_CAN_SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python_can.py")
MOST_ROWS = 1_000_000  # for SQLite's ceiling: it goes on at the same speed
MOST_FOR_CAN_UTILS = 1_000_000
MOST_WRITTEN = 1_000_000  # as bench_write keeps in memory
MEMORY = 32  # MiB, whatever is converted
# Times the speed of another program: the least, and what we are after.
FROM_OR_TO_DB, TO_BLF, TO_TEXT = (10, 15), (40, 60), (60, 100)
CAN_UTILS = {("log", "asc"): (12, 20), ("asc", "log"): (25, 40)}
OVER_LIMIT, OVER_LIMIT_GOAL = 1.5, 1.25  # times the greater limit of a conversion's two sides
LIMITS = ["inflate", "select", "deflate", "insert", "copy"]
OVER_ZLIB6 = 1.03


def python_can_command(log, output):
    """python-can has no JSON Lines: there it is what our script adds to it."""
    if log.endswith(".jsonl") or output.endswith(".jsonl"):
        return ["/usr/bin/python3", PYTHON_CAN_SCRIPT, "1", log, output]
    return [PYTHON_CAN, log, output]


def python_can_target(source, target):
    if "db" in (source, target):
        return FROM_OR_TO_DB
    return TO_BLF if target == "blf" else TO_TEXT


def can_utils_command(source, log, output):
    if source == "log":
        return ["log2asc", "-I", log, "-O", output, "can0", "can1"]
    return ["asc2log", "-I", log, "-O", output]


class Setup:
    """What is measured: all messages by us, fewer by slower programs."""

    def __init__(self, folder, rounds, **logs):
        self.folder, self.rounds = folder, rounds
        self.all, self.for_can_utils = logs["all"], logs["for_can_utils"]
        self.subset, self.start = logs["subset"], logs["start"]  # of python-can
        self.python_can = os.path.exists(PYTHON_CAN)
        self.can_utils = shutil.which("log2asc") is not None

    def output(self, name):
        """A path for an output, where nothing is."""
        path = os.path.join(self.folder, "output." + name)
        for leftover in (path, path + "-journal"):
            costs.remove(leftover)
        return path

    def limits(self, sources, targets):
        """What reading and writing these takes at least. Text is read as fast as it is copied,
        which the limit of writing it has in it."""
        found = {}
        for source in {"blf", "mf4"} & set(sources):
            found["inflate"] = functools.partial(self.limit, "inflate", self.all.path(source), "0")
        if "db" in sources:
            found["select"] = lambda: self.limit("select", self.all.path("db"))
        for target in targets:
            if target in ("blf", "mf4"):
                found["deflate"] = functools.partial(self.limit, "deflate", self.all.path(target), "0")
            elif target == "db":
                found["insert"] = self.insert
            else:
                found["copy"] = lambda: self.limit("copy", self.all.path(target),
                                                   self.output(target))
        return found

    def limit(self, *arguments):
        return costs.limit(arguments, self.all.count)

    def insert(self):
        rows = min(MOST_ROWS, self.all.count)
        return costs.limit(["insert", str(rows), self.output("db")], rows)


class Measured:
    """Something of ours beside its limits."""

    def over_limit(self):
        """How many times the greater of the limits it took, and which one that was."""
        return min((self.over(limit), limit) for limit in LIMITS if limit in self.costs)

    def over(self, limit):
        return 1 / costs.ratio(self.costs["cansuite"], self.costs[limit])

    def limit_seconds(self):
        """What the greater limit takes for as many messages."""
        _, limit = self.over_limit()
        return costs.median(run.per_frame for run in self.costs[limit]) * self.costs["cansuite"][0].frames


class Pair(Measured):
    """One conversion, and what it is compared with."""

    def __init__(self, setup, source, target):
        self.setup, self.source, self.target = setup, source, target
        self.lost, self.complete = 0, False  # rows by python-can; by us
        self.costs = costs.in_turn(setup.rounds, self.actions())

    @property
    def name(self):
        return f"{self.source} -> {self.target}"

    def actions(self):
        actions = {"cansuite": self.ours}
        if self.setup.python_can:
            actions["python-can"] = lambda: self.python_can(self.setup.subset)
            actions["its start"] = lambda: self.python_can(self.setup.start)
        if (self.source, self.target) in CAN_UTILS and self.setup.can_utils:
            actions["can-utils"] = self.can_utils
        return {**actions, **self.setup.limits([self.source], [self.target])}

    def ours(self):
        output = self.setup.output(self.target)
        command = self.command(self.setup.all.path(self.source), output)
        cost = costs.process(command, self.setup.all.count)
        if not self.complete:
            self.check(output)
        return cost

    @staticmethod
    def command(log, output):
        return [harness.program("canconvert"), "-q", log, output]

    def check(self, output):
        """What loses messages has no right to be fast."""
        count = int(costs.output_of([harness.program("bench_read"), output]))
        if count != self.setup.all.count:
            raise SystemExit(f"bench: {self.name}: {count} of {self.setup.all.count} messages")
        self.complete = True

    def python_can(self, logs):
        output = self.setup.output(self.target)
        cost = costs.process(python_can_command(logs.path(self.source), output), logs.count)
        if self.target == "db":
            self.look_for_loss(output, logs.count)
        return cost

    def look_for_loss(self, path, wanted):
        with sqlite3.connect(path) as database:
            rows, = database.execute("SELECT count(*) FROM messages").fetchone()
        self.lost = max(self.lost, wanted - rows)

    def can_utils(self):
        logs, output = self.setup.for_can_utils, self.setup.output(self.target)
        return costs.process(can_utils_command(self.source, logs.path(self.source), output),
                             logs.count)

    def times_python_can(self):
        """A frame's share of python-can's time is counted without its start: at millions of
        messages that is no part of it. The start was measured with a log of one message."""
        if "python-can" not in self.costs:
            return None
        start = costs.median(run.wall for run in self.costs["its start"])
        return costs.median((theirs.wall - start) / theirs.frames / ours.per_frame
                            for ours, theirs in zip(self.costs["cansuite"],
                                                    self.costs["python-can"]))

    def limit_times_python_can(self):
        """How many times python-can's speed a program has that does nothing but what the limit does."""
        ours = self.times_python_can()
        return ours and ours * self.over_limit()[0]

    def times_can_utils(self):
        if "can-utils" not in self.costs:
            return None
        return costs.ratio(self.costs["cansuite"], self.costs["can-utils"])


class Reading(Measured):
    """Reading alone, beside its limit."""

    def __init__(self, setup, source):
        self.name = f"read {source}"
        self.costs = costs.in_turn(setup.rounds, {
            "cansuite": lambda: self.read(setup.all, source),
            "our start": lambda: self.read(setup.start, source),
            **setup.limits([source], [])})

    @staticmethod
    def read(logs, source):
        return costs.process([harness.program("bench_read"), logs.path(source)], logs.count)


class Writing(Measured):
    """Writing alone, of messages that are in memory, beside its limit."""

    def __init__(self, setup, target):
        self.name = f"write {target}"
        count = min(MOST_WRITTEN, setup.all.count)
        self.costs = costs.in_turn(setup.rounds, {
            "cansuite": lambda: costs.writing(setup.all.path("blf"), setup.output(target), count),
            **setup.limits([], [target])})


def measure_pairs(setup, wanted, say, kind=Pair):
    """Those of the pairs whose name has one of `wanted` in it."""
    for source in FORMATS:
        for target in FORMATS:
            name = f"{source}->{target}"
            if source != target and any(part in name for part in wanted):
                say(f"{source} -> {target}")
                yield kind(setup, source, target)


def measure_limits(setup):
    """All of them, by name: the parts of the work that no program can do without."""
    blf = setup.all.path("blf")
    arguments = {
        "inflate (libdeflate), 1 thread": ["inflate", blf, "1"],
        "inflate (libdeflate), all cores": ["inflate", blf, "0"],
        "deflate (libdeflate, our level), 1 thread": ["deflate", blf, "1"],
        "deflate (libdeflate, our level), all cores": ["deflate", blf, "0"],
        "deflate (zlib, level 6), 1 thread": ["zlib6", blf, "1"],
        "deflate (zlib, level 6), all cores": ["zlib6", blf, "0"],
        "copy of the .asc log, 1 MiB blocks": ["copy", setup.all.path("asc"), setup.output("asc")],
        "SQLite SELECT": ["select", setup.all.path("db")],
    }
    actions = {name: functools.partial(setup.limit, *words) for name, words in arguments.items()}
    return costs.in_turn(setup.rounds, {**actions, "SQLite INSERT, 50 rows each": setup.insert})


def blf_size_over_zlib6(limits):
    """Bytes in our containers for each byte of zlib's."""
    return (limits["deflate (libdeflate, our level), all cores"][0].bytes_out
            / limits["deflate (zlib, level 6), all cores"][0].bytes_out)
