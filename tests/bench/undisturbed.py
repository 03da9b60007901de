# SPDX-License-Identifier: MIT
"""Every pair again, as it is where nothing else runs: the quickest of many short runs, of us as of
those we are compared with. On a machine whose host stops it for hundreds of milliseconds at a time,
medians say more of the host than of the programs; a run that is short enough slips through."""
import dataclasses

import conversion
import costs

RUNS = 25
MESSAGES = 100_000  # some 10 ms
FEW = 5_000  # for python-can, timed from within: its start would take longer than they do
SOME = 10_000  # for can-utils


def quickest(runs):
    return min(run.per_frame for run in runs)


def without_start(runs, starts):
    """The runs, less what a log of one message took at least."""
    start = min(run.wall for run in starts)
    return [dataclasses.replace(run, wall=run.wall - start) for run in runs]


class Pair(conversion.Pair):
    """One conversion, and what it is compared with."""

    def __init__(self, setup, source, target):
        super().__init__(setup, source, target)
        self.costs["cansuite"] = without_start(self.costs["cansuite"], self.costs.pop("our start"))
        if setup.python_can:
            self.costs["python-can"] = self.python_can_from_within()

    def actions(self):
        actions = super().actions()
        return {"our start": self.our_start,
                **{name: action for name, action in actions.items()
                   if name not in ("python-can", "its start")}}

    def our_start(self):
        logs = self.setup.start
        return costs.process(self.command(logs.path(self.source), self.setup.output(self.target)),
                             logs.count)

    def python_can_from_within(self):
        output, logs = self.setup.output(self.target), self.setup.subset
        lines = costs.output_of(["/usr/bin/python3", conversion.PYTHON_CAN_SCRIPT,
                                 str(self.setup.rounds), logs.path(self.source), output])
        if self.target == "db":
            self.look_for_loss(output, logs.count)
        return [costs.Cost(float(line), float(line), logs.count) for line in lines.splitlines()]

    def times(self, other):
        if other not in self.costs:
            return None
        return quickest(self.costs[other]) / quickest(self.costs["cansuite"])

    def times_python_can(self):
        return self.times("python-can")

    def times_can_utils(self):
        return self.times("can-utils")

    def over(self, limit):
        return 1 / self.times(limit)


class Reading(conversion.Reading):
    def __init__(self, setup, source):
        super().__init__(setup, source)
        self.costs["cansuite"] = without_start(self.costs["cansuite"], self.costs.pop("our start"))

    over = Pair.over
    times = Pair.times


class Writing(conversion.Writing):
    over = Pair.over
    times = Pair.times
