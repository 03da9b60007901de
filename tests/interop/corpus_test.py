#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Logs that other people's tools wrote, read by canconvert and compared with their trusted decoding.

corpus_test.py BIN_DIR [NAME...]    skips (status 77) where the corpus is missing
"""
import csv
import datetime
import decimal
import gzip
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.environ.get("CANSUITE_CORPUS", os.path.join(HERE, "../../../shared/corpus"))
FORMATS = ("asc", "blf", "csv", "db", "log", "mf4", "trc")
SKIP = 77

# Files where the truth can't stand in a CAN frame, and what canconvert says instead.
IMPOSSIBLE = {"cantools_candump_log.log": ":2: expected the end: a classic frame carries at most 8 bytes, at column 21"}


def epoch(civil):
    return decimal.Decimal(int(civil.replace(tzinfo=datetime.timezone.utc).timestamp()))


def block_date(row):
    """The date of the first trigger block of an ASC file, which wins over that of the header."""
    with open(os.path.join(CORPUS, row["file"]), encoding="latin-1") as file:
        found = re.search(r"^begin triggerblock (.+)", file.read(), re.IGNORECASE | re.MULTILINE)
    return found and found[1].strip()


def mf4_start(head):
    """Nanoseconds in the HD block, which the manifest has rounded to microseconds."""
    return struct.unpack_from("<q", head, 136)[0]


def start_of(row):
    """What the times in the truth count from, in seconds since the epoch, all clocks set to UTC."""
    text = row["start"]
    if row["format"] == "blf" and not text.startswith(("-", "0000")):
        whole, milliseconds = text.split(".")
        return epoch(datetime.datetime.fromisoformat(whole)) + decimal.Decimal(milliseconds) / 1000
    if row["format"] == "trc" and text != "-":
        days = decimal.Decimal(text) - 25569  # from 1899-12-30 to 1970-01-01
        return (days * 86400).quantize(decimal.Decimal("0.000000001"), decimal.ROUND_HALF_UP)
    if row["format"] == "mf4" and text != "-":
        with open(os.path.join(CORPUS, row["file"]), "rb") as file:
            return decimal.Decimal(mf4_start(file.read(168))) / 10**9
    if row["format"] == "asc":
        text = block_date(row) or text
    if row["format"] == "asc" and text != "-":
        _, month, day, clock, *half, year = text.split()
        clock, _, fraction = clock.partition(".")
        civil = datetime.datetime.strptime(f"{month} {day} {clock} {year}", "%b %d %H:%M:%S %Y")
        if half and civil.hour <= 12:
            civil = civil.replace(hour=civil.hour % 12 + (12 if half[0].lower() == "pm" else 0))
        if civil.year > 1970:
            return epoch(civil) + decimal.Decimal("0." + (fraction or "0"))
    return decimal.Decimal(0)


def as_truth(line, row, start):
    """One line of canconvert's JSON in the shape of the truth."""
    m = json.loads(line, parse_float=decimal.Decimal)
    counted = row["format"] in ("csv", "db")
    return {
        "t": str(m["timestamp"] - start), "ch": m["channel"], "id": m["id"], "ext": m["extended"],
        "rtr": m["remote"], "err": m["error"], "fd": m["fd"], "brs": m["brs"], "esi": m["esi"],
        "dir": m["direction"].capitalize(), "dlc": m["length"] if counted else m["dlc"],
        "data": m["data"]}


def truth_of(row):
    path = os.path.join(CORPUS, row["truth"])
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
    with opened as file:
        frames = [json.loads(line) for line in file if line.strip()]
    for frame in frames:
        frame["t"] = frame.get("tsum", frame["t"])
    return frames


def compare(truth, got):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("truth.jsonl", "got.jsonl")]
        for path, frames in zip(paths, (truth, got)):
            with open(path, "w") as file:
                file.writelines(json.dumps(frame) + "\n" for frame in frames)
        result = subprocess.run([sys.executable, os.path.join(CORPUS, "compare_truth.py"), *paths],
                                capture_output=True, text=True)
    return "" if result.returncode == 0 else result.stdout


def check(row, canconvert):
    """Returns what is wrong with canconvert's reading of one file; "" when nothing is."""
    result = subprocess.run(
        [canconvert, "--tz", "utc", os.path.join(CORPUS, row["file"]), "-", "--format", "jsonl"],
        capture_output=True, text=True, timeout=60)
    got = [as_truth(line, row, start_of(row)) for line in result.stdout.splitlines()]
    complaint = result.stderr.strip()
    refused = result.returncode == 1 and complaint and "internal error" not in complaint
    expect = row["expect"]
    for name, text in IMPOSSIBLE.items():  # a classic frame of ten bytes
        if row["file"].endswith("/" + name):
            return "" if refused and text in complaint else f"expected '{text}', got '{complaint}'"
    if result.returncode not in (0, 1):
        return f"status {result.returncode}: {complaint}"
    if expect == "refuse":
        return "" if refused or (not got and complaint) else f"not refused: {len(got)} frames"
    if "or refuse" in expect and refused:
        return ""
    if refused and not truth_of(row) and "no frame" in complaint:
        return ""
    difference = compare(truth_of(row), got)
    if difference:
        return difference + complaint
    if expect.startswith("partial"):
        return "" if complaint else "no word of what is damaged"
    return "" if result.returncode == 0 else f"refused: {complaint}"


def main(arguments):
    if not os.path.isdir(CORPUS):
        print("skipped: no corpus of real logs beside the project")
        return SKIP
    canconvert, names = os.path.join(arguments[0], "canconvert"), arguments[1:]
    with open(os.path.join(CORPUS, "manifest.tsv"), encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row["format"] in FORMATS]
    if names:
        rows = [row for row in rows if any(name in row["file"] for name in names)]
    failed = 0
    for row in rows:
        wrong = check(row, canconvert)
        if wrong:
            failed += 1
            print(f"FAILED {row['file']}\n" + re.sub("^", "    ", wrong.strip(), flags=re.M))
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
