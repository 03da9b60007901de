# SPDX-License-Identifier: MIT
"""The figures as Markdown tables, and the machine they are from."""
import os
import platform
import subprocess
import time

import conversion
import costs
import decoding
import startup


def table(headings, rows):
    """Columns of equal width, so that it can be read as it is, too."""
    rows = [headings, *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(headings))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def figure(value):
    """Three digits that count."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def spread(values):
    return f"{figure(costs.median(values))} ({figure(min(values))}-{figure(max(values))})"


def yes_no(met):
    return "yes" if met else "NO"


def frames_a_second(runs):
    return f"{costs.median([1 / run.per_frame for run in runs]):,.0f}"


def common_cells(runs):
    return [spread([run.wall for run in runs]), figure(costs.median([run.cpu for run in runs])),
            frames_a_second(runs), f"{max(run.peak_mib for run in runs):.1f}"]


class Judgement:
    """Which targets of a conversion are met."""

    def __init__(self):
        self.targets, self.missed, self.wished = [], [], []

    def at_least(self, value, floor, goal, what):
        if value is not None:
            self.add(value >= floor, value >= goal, f"{floor}/{goal} {what}")

    def at_most(self, value, bound, what):
        if value is not None:
            self.add(value <= bound, True, f"{bound} {what}")

    def add(self, met, goal_met, text):
        self.targets.append(text)
        if not met:
            self.missed.append(text)
        elif not goal_met:
            self.wished.append(text)

    def cells(self):
        if self.missed:
            return [", ".join(self.targets), "NO: " + ", ".join(self.missed)]
        return [", ".join(self.targets) or "-", "floor" if self.wished else "yes" if self.targets else "-"]


def judge(pair):
    judgement = Judgement()
    judge_python_can(judgement, pair)
    floor, goal = conversion.CAN_UTILS.get((pair.source, pair.target), (0, 0))
    judgement.at_least(pair.times_can_utils(), floor, goal, "can-utils")
    judge_memory(judgement, pair)
    return judgement


def judge_python_can(judgement, pair):
    """A floor that lies beyond what the limit allows is none: there the limit alone is the target."""
    floor, goal = conversion.python_can_target(pair.source, pair.target)
    possible = pair.limit_times_python_can()
    if possible is not None and possible >= floor * conversion.OVER_LIMIT:
        judgement.at_least(pair.times_python_can(), floor, goal, "python-can")


def judge_memory(judgement, measured):
    peak = max(run.peak_mib for run in measured.costs["cansuite"])
    judgement.at_most(peak, conversion.MEMORY, "MiB")


def limit_cells(measured):
    """The greater limit's seconds, what we took for each of them, and whether that is little enough."""
    value, limit = measured.over_limit()
    met = "NO" if value > conversion.OVER_LIMIT else "floor" if value > conversion.OVER_LIMIT_GOAL else "yes"
    return [f"{figure(measured.limit_seconds())} ({limit})", figure(value), met]


def has_addition(pair):
    return "jsonl" in (pair.source, pair.target)


def pair_row(pair):
    star = "*" if has_addition(pair) else ""
    return [pair.name, *common_cells(pair.costs["cansuite"]),
            *limit_cells(pair), figure(pair.times_python_can()) + star,
            figure(pair.limit_times_python_can()), figure(pair.times_can_utils()), *judge(pair).cells()]


def half_row(half):
    """Of reading, or writing, alone. Where the process does more than that its memory isn't told."""
    judgement = Judgement()
    cells = common_cells(half.costs["cansuite"])
    if cells[-1] == "0.0":
        cells[-1] = "-"
    else:
        judge_memory(judgement, half)
    return [half.name, *cells, *limit_cells(half), "-", "-", "-", *judgement.cells()]


def conversions(pairs, halves):
    headings = ["conversion", "wall s (min-max)", "CPU s", "frames/s", "peak MiB", "limit s",
                "time / limit's", f"within {conversion.OVER_LIMIT}/{conversion.OVER_LIMIT_GOAL}",
                "x python-can", "the limit alone", "x can-utils", "target", "met"]
    notes = [f"{pair.name}: python-can lost up to {pair.lost:,} of {pair.setup.subset.count:,}"
             " rows." for pair in pairs if pair.lost]
    return "\n".join([table(headings, [*map(pair_row, pairs), *map(half_row, halves)]), "",
                      "\\* python-can has no JSON Lines: a reader and a writer over Python's json module"
                      " were added to it.", *notes])


def peers(pairs):
    """What the others took, for those who know these programs."""
    rows = [[f"{peer} {pair.name}", *common_cells(pair.costs[peer])]
            for pair in pairs for peer in ("python-can", "can-utils")
            if peer in pair.costs and not has_addition(pair)]
    return table(["other program, its start included", "wall s (min-max)", "CPU s", "frames/s",
                  "peak MiB"], rows)


def megabytes_a_second(runs):
    return figure(costs.median([max(run.bytes_in, run.bytes_out) / run.wall / 1e6 for run in runs]))


def limits(measured):
    rows = []
    for name, runs in measured.items():
        size = runs[0].bytes_in
        rows.append([name, spread([run.wall for run in runs]),
                     figure(costs.median([run.cpu for run in runs])), frames_a_second(runs),
                     megabytes_a_second(runs) if size else "-",
                     f"{runs[0].bytes_out:,}" if "deflate (" in name else "-"])
    ratio = conversion.blf_size_over_zlib6(measured)
    met = yes_no(ratio <= conversion.OVER_ZLIB6)
    return "\n".join([
        table(["limit", "wall s (min-max)", "CPU s", "frames/s", "MB/s unpacked", "packed to"],
              rows), "",
        f"BLF as we write it takes {ratio:.3f} times the bytes of zlib's level 6"
        f" (target {conversion.OVER_ZLIB6}: {met})."])


def start_up(measured):
    """Against the empty program by the quickest runs, too: a busy machine evens medians out."""
    empty = measured[startup.EMPTY]
    rows = []
    for name, seconds in measured.items():
        times = [costs.median(seconds) / costs.median(empty), min(seconds) / min(empty)]
        target, met = "-", "-"
        if name == startup.SEND:
            target, met = f"{startup.OVER_EMPTY} x empty", yes_no(max(times) <= startup.OVER_EMPTY)
        elif name == startup.LOGGER:
            target = f"{startup.READY * 1000:.0f} ms"
            met = yes_no(costs.median(seconds) < startup.READY)
        rows.append([name, spread([value * 1000 for value in seconds]), *map(figure, times),
                     target, met])
    return table(["start-up", "ms, median (min-max)", "x empty, medians", "x empty, quickest",
                  "target", "met"], rows)


def live(rows):
    headings = ["recording", "sent/s", "sent", "in the log", "reported dropped",
                "CPU us/message", "peak MiB", "no loss"]
    return table(headings, [[
        run.name, f"{run.rate:,.0f}", f"{run.sent:,}", f"{run.logged:,}", run.dropped,
        figure(run.cpu / max(run.logged, 1) * 1e6), figure(run.peak_mib),
        yes_no(run.logged == run.sent)] for run in rows])


def decoders(measured):
    floors = decoding.FLOORS
    rows = []
    for each in measured:
        judgement = Judgement()
        judgement.at_least(each.messages, floors["messages"], floors["goal"], "messages/s")
        judgement.at_most(each.parse_ms, floors["parse_ms"], "ms")
        rows.append([each.name, figure(each.parse_ms), f"{each.messages:,.0f}", f"{each.signals:,.0f}", *judgement.cells()])
    return table(["DBC file", "parse ms", "messages/s and core", "signals/s", "target", "met"], rows)


def signals(runs):
    ours = runs[decoding.OURS]
    judgement = Judgement()
    times = costs.ratio(ours, runs[decoding.CANMATRIX])
    judgement.at_least(times, decoding.FLOORS["canmatrix"], decoding.FLOORS["canmatrix"], "canmatrix")
    over = costs.ratio(runs[decoding.COPY], ours)
    rows = [[name, *common_cells(costs_of)] for name, costs_of in runs.items()]
    return "\n".join([table(["what", "wall s (min-max)", "CPU s", "frames/s", "peak MiB"], rows), "",
                      f"{figure(times)} times canmatrix, {figure(over)} times the limit; "
                      f"target, met: {', '.join(judgement.cells())}"])


def fleet(run):
    crowd = run.crowd
    headings = ["program", "CPU s", "CPU us/message", "peak MiB"]
    rows = [[name, figure(cpu), figure(cpu / crowd["messages"] * 1e6), figure(peak) if peak else "-"]
            for name, cpu, peak in run.programs]
    return "\n".join([table(headings, rows), "",
                      f"{crowd['vehicles']:,} vehicles sent {crowd['messages']:,} messages in {crowd['batches']:,} batches, "
                      f"{run.bytes / 1e6:,.1f} MB; {crowd['resent']:,} sent again; {run.stored:,} messages stored; "
                      f"all acknowledged after {crowd['seconds']:.1f} s; the latest batch was made {crowd['late']:.1f} s late; "
                      f"no loss: {yes_no(run.stored == crowd['messages'])}"])


def first_line(command):
    try:
        result = subprocess.run(command, capture_output=True, text=True)
        return result.stdout.splitlines()[0]
    except (OSError, IndexError):
        return "-"


def packages():
    names = ["python3-can", "can-utils", "libdeflate0", "zlib1g", "libsqlite3-0"]
    query = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}, ", *names],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return query.stdout.rstrip(", ")


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.split(":")[1].strip() for line in file if "model name" in line), "-")


def machine(compiler):
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    commit = first_line(["git", "describe", "--always", "--dirty"])
    return "\n".join([
        f"* {time.strftime('%Y-%m-%d', time.gmtime())}, {commit}",
        f"* {cpu_model()}, {os.cpu_count()} cores, {memory:.0f} GiB",
        f"* Linux {platform.release()}, {first_line([compiler, '--version'])}, release preset",
        f"* {packages()}",
        f"* load when it began: {os.getloadavg()[0]:.1f}"])
