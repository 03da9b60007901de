# SPDX-License-Identifier: MIT
"""What commands cost: run as whole processes, in turn, several times."""
import dataclasses
import os
import statistics
import subprocess

import harness


@dataclasses.dataclass
class Cost:
    """Of one run, and how many frames it was for."""
    wall: float  # seconds
    cpu: float
    frames: int
    peak_mib: float = 0.0
    bytes_in: int = 0  # of the limits
    bytes_out: int = 0

    @property
    def per_frame(self):
        return self.wall / self.frames


def output_of(command):
    """What a command prints. What it complains of is shown only when it fails."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command)} failed\n{result.stderr}")
    return result.stdout


def process(command, frames, runs=1):
    """Runs a command `runs` times; its standard output goes nowhere."""
    costs = []
    for line in output_of([harness.program("bench_run"), str(runs), *command]).splitlines():
        wall, cpu, peak_kib = line.split()
        costs.append(Cost(float(wall), float(cpu), frames, int(peak_kib) / 1024))
    return costs if runs > 1 else costs[0]


def limit(arguments, frames):
    """What a part of the work takes at least: bench_limits times it itself."""
    wall, cpu, *sizes = output_of([harness.program("bench_limits"), *arguments]).split()
    return Cost(float(wall), float(cpu), frames, 0.0, *map(int, sizes))


def writing(source, target, frames):
    """What writing the messages of `source` takes: bench_write times it itself."""
    wall, cpu, *_ = output_of([harness.program("bench_write"), source, target]).split()
    return Cost(float(wall), float(cpu), frames)


def in_turn(rounds, actions):
    """Runs each action once to warm up, then all of them in turn: the machine changes under us.
    Returns their costs by name, a list with one for each round."""
    for action in actions.values():
        action()
    costs = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            costs[name].append(action())
    return costs


def median(values):
    return statistics.median(values)


def ratio(costs, others):
    """How many times the cost of `costs` a frame of `others` takes: median over the rounds, whose
    runs stood next to each other."""
    return median(b.per_frame / a.per_frame for a, b in zip(costs, others))


def remove(path):
    if os.path.exists(path):
        os.remove(path)
