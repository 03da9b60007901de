# SPDX-License-Identifier: MIT
"""Measures conversions, limits, start-up and recording; see scripts/bench."""
import argparse
import contextlib
import functools
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import fleet  # noqa: E402
import harness  # noqa: E402

import conversion  # noqa: E402
import decoding  # noqa: E402
import fleet_crowd  # noqa: E402
import live  # noqa: E402
import report  # noqa: E402
import startup  # noqa: E402
import undisturbed  # noqa: E402
from logs import Logs, longest_of_corpus  # noqa: E402

PARTS = ["conversions", "undisturbed", "startup", "live", "signals", "fleet"]
LIVE_RATE = 200_000


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("messages", nargs="*", type=int, metavar="MESSAGES",
                        help="how many to convert [1000000], one table for each number")
    parser.add_argument("--quick", action="store_true",
                        help="a look: 100,000 messages, 2 rounds; nothing to rely on")
    parser.add_argument("--rounds", type=int, help="after one to warm up [5]")
    parser.add_argument("--truck", action="store_true",
                        help="convert the corpus's longest real log, over and over")
    parser.add_argument("--pair", action="append", metavar="FROM->TO",
                        help="only pairs with this in their name, such as 'blf->' or '->db'; "
                             "may be repeated")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this; repeatable")
    parser.add_argument("--fleet", nargs=3, type=int, metavar=("VEHICLES", "RATE", "SECONDS"),
                        help="vehicles that publish, messages a second of each, for how long [1000 2000 60]")
    parser.add_argument("--markdown", action="store_true",
                        help="with the machine's description, for doc/performance.md")
    parser.add_argument("--compiler", default="c++", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.messages = options.messages or [100_000 if options.quick else 1_000_000]
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.part = options.part or PARTS
    options.fleet = options.fleet or ([100, 2000, 5] if options.quick else [1000, 2000, 60])
    return options


def source(options):
    """The real log to repeat; None: made-up traffic."""
    if not options.truck:
        return None
    path = longest_of_corpus()
    if path is None:
        say("skipped: no corpus of real logs beside the project")
        sys.exit(harness.SKIP)
    return path


@contextlib.contextmanager
def setup(options, count):
    """Makes the logs in a folder that goes with them."""
    repeated = source(options)
    with tempfile.TemporaryDirectory(prefix="cansuite-bench-") as folder:
        logs = functools.cache(lambda number: Logs(folder, number, repeated))
        few = min(count, 20_000 if options.quick else 100_000)
        yield conversion.Setup(folder, options.rounds, all=logs(count), subset=logs(few),
                               for_can_utils=logs(min(count, conversion.MOST_FOR_CAN_UTILS)),
                               start=logs(1))


def convert(options, count):
    with setup(options, count) as made:
        pairs = list(conversion.measure_pairs(made, options.pair or [""], say))
        say("reading")
        halves = [conversion.Reading(made, "blf"), conversion.Writing(made, "blf"),
                  conversion.Reading(made, "mf4"), conversion.Writing(made, "mf4"),
                  conversion.Reading(made, "db")]
        say("limits")
        limits = conversion.measure_limits(made)
    print(f"\n## {count:,} messages\n\n{report.conversions(pairs, halves)}\n")
    print(f"{report.limits(limits)}\n\n{report.peers(pairs)}", flush=True)


def convert_undisturbed(options):
    repeated, rounds = source(options), 2 if options.quick else undisturbed.RUNS
    with tempfile.TemporaryDirectory(prefix="cansuite-bench-") as folder:
        logs = functools.cache(lambda number: Logs(folder, number, repeated))
        made = conversion.Setup(folder, rounds, all=logs(undisturbed.MESSAGES),
                                subset=logs(undisturbed.FEW), start=logs(1),
                                for_can_utils=logs(undisturbed.SOME))
        pairs = list(conversion.measure_pairs(made, options.pair or [""], say, undisturbed.Pair))
        halves = [undisturbed.Reading(made, "blf"), undisturbed.Writing(made, "blf"),
                  undisturbed.Reading(made, "mf4"), undisturbed.Writing(made, "mf4"),
                  undisturbed.Reading(made, "db")]
    print(f"\n## Undisturbed: the quickest of {rounds} runs of {undisturbed.MESSAGES:,} messages\n\n"
          f"{report.conversions(pairs, halves)}", flush=True)


def record(options):
    say("recording")
    with tempfile.TemporaryDirectory(prefix="cansuite-bench-") as folder:
        runs = list(live.measure(folder, 1 if options.quick else 5, LIVE_RATE))
    print(f"\n## Recording\n\n{report.live(runs)}", flush=True)


def decode(options):
    say("signals")
    with tempfile.TemporaryDirectory(prefix="cansuite-bench-") as folder:
        decoders, runs = decoding.measure(folder, max(options.messages), options.rounds)
    print(f"\n## Signals\n\n{report.decoders(decoders)}\n\n{report.signals(runs)}", flush=True)


def publish(options):
    say("fleet")
    if why := fleet.missing("mosquitto"):
        say(f"skipped: {why}")
        return
    with tempfile.TemporaryDirectory(prefix="cansuite-bench-") as folder:
        run = fleet_crowd.measure(folder, *options.fleet)
        print(f"\n## A fleet\n\n{report.fleet(run)}", flush=True)  # some disks take minutes to remove the store


def main():
    harness.enter_namespace()
    harness.set_up_namespace()
    options = arguments()
    if options.markdown:
        print(report.machine(options.compiler), flush=True)
    if "conversions" in options.part:
        for count in options.messages:
            convert(options, count)
    if "undisturbed" in options.part:
        say("undisturbed")
        convert_undisturbed(options)
    if "startup" in options.part:
        say("start-up")
        print(f"\n## Start-up\n\n{report.start_up(startup.measure(options.rounds))}", flush=True)
    if "live" in options.part:
        record(options)
    if "signals" in options.part:
        decode(options)
    if "fleet" in options.part:
        publish(options)


main()
