# SPDX-License-Identifier: MIT
"""Signals of a DBC file: the decoder alone, and a log to CSV beside canmatrix and the limit."""
import dataclasses
import os
import random
import re
import sys

import costs
import harness

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(HERE, "../../examples/drive.dbc")
CORPUS = os.path.join(os.environ.get("CANSUITE_CORPUS", os.path.join(HERE, "../../../shared/corpus")),
                      "dbc/files")
OURS, CANMATRIX, COPY = "log -> signals.csv", "canmatrix", "limit: the text out, copied"
FEW = 20_000  # messages for canmatrix
FLOORS = {"messages": 10_000_000, "goal": 20_000_000, "canmatrix": 50, "parse_ms": 50}


@dataclasses.dataclass
class Decoder:
    """One file: what bench_decode says of it."""
    name: str
    parse_ms: float
    messages: float  # a second
    signals: float


def files():
    """The example, and the largest real file."""
    found = [os.path.join(CORPUS, name) for name in os.listdir(CORPUS)] if os.path.isdir(CORPUS) else []
    return [EXAMPLE, *sorted(found, key=os.path.getsize)[-1:]]


def decoder(path, rounds):
    runs = [[float(word) for word in costs.output_of([harness.program("bench_decode"), path]).split()]
            for _ in range(rounds + 1)][1:]
    parse, messages, signals = (costs.median([run[i] for run in runs]) for i in range(3))
    return Decoder(os.path.basename(path), parse * 1000, messages, signals)


def write_log(path, count):
    """Messages of the example with random data, 2,500 a second."""
    with open(EXAMPLE, encoding="utf-8") as file:
        messages = [(int(number), int(size)) for number, size in
                    re.findall(r"^BO_ (\d+) \w+: (\d+)", file.read(), re.M)]
    generator = random.Random(1)
    with open(path, "w", encoding="ascii") as file:
        for i in range(count):
            number, size = generator.choice(messages)
            name = f"{number & 0x1FFFFFFF:08X}" if number >> 31 else f"{number:03X}"
            file.write(f"({1600000000 + i // 2500}.{i % 2500 * 400:06d}) can0 {name}#{generator.randbytes(size).hex()}\n")


def to_csv(log, output):
    """Into a new file: one that is replaced would be synced first."""
    costs.remove(output)
    return [harness.program("canconvert"), "-q", log, output, "--dbc", EXAMPLE]


def measure(folder, count, rounds):
    """The decoder of each file; costs by name of a log to CSV."""
    log, few, out = (os.path.join(folder, name) for name in ("all.log", "few.log", "out.csv"))
    copied, theirs = out + ".copy", out + ".canmatrix"

    def copy():
        costs.remove(copied)
        return costs.limit(["copy", out, copied], count)

    write_log(log, count)
    write_log(few, FEW)
    one = os.path.join(folder, "one.log")
    write_log(one, 1)
    script = [sys.executable, os.path.join(HERE, "canmatrix_csv.py"), EXAMPLE]

    def canmatrix():
        start = costs.process([*script, one, theirs], 1)
        run = costs.process([*script, few, theirs], FEW)
        return dataclasses.replace(run, wall=run.wall - start.wall, cpu=run.cpu - start.cpu)

    measured = costs.in_turn(rounds, {
        OURS: lambda: costs.process(to_csv(log, out), count),
        COPY: copy,
        CANMATRIX: canmatrix})
    return [decoder(path, rounds) for path in files()], measured
