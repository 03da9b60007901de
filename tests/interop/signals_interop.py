#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Signals of real DBC files: beside a trusted decoding of each, and beside canmatrix with random data.
Skips (status 77) where neither the files nor canmatrix are there."""
import contextlib
import decimal
import io
import json
import os
import random
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

CORPUS = os.path.join(os.environ.get("CANSUITE_CORPUS", os.path.join(HERE, "../../../shared/corpus")), "dbc")
EXAMPLE = os.path.join(HERE, "../../examples/drive.dbc")
DECODE = ("-", "-", "--from", "candump", "--format", "signals")
FRAMES = 3  # of each message

try:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        import canmatrix.formats
except ImportError:
    canmatrix = None


def check(*options):
    """What check.py beside the files says of canconvert: the last line, and the exit status."""
    done = subprocess.run([sys.executable, os.path.join(CORPUS, "check.py"), *options, "--",
                           harness.program("canconvert"), *DECODE], capture_output=True, text=True, timeout=500)
    return done.stdout, done.returncode


def load(path):
    """The messages of a file by id, as canmatrix reads it; an exception where it doesn't."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        data.decode()
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "cp1252"
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        matrix = canmatrix.formats.loads(data, import_type="dbc", dbcImportEncoding=encoding,
                                         dbcImportCommentEncoding=encoding)[""]
    return {(frame.arbitration_id.id, bool(frame.arbitration_id.extended)): frame for frame in matrix.frames}


def random_frames(frames, seed):
    """Random data for each message that fits a frame: (message, bytes, line of candump)."""
    generator = random.Random(seed)
    lengths = (*range(9), 12, 16, 20, 24, 32, 48, 64)
    for (arbitration_id, extended), frame in frames.items():
        if not frame.signals or not 0 < frame.size <= 64 or arbitration_id >= 1 << (29 if extended else 11):
            continue
        size = next(length for length in lengths if length >= frame.size)
        for _ in range(FRAMES):
            data = generator.randbytes(size)
            name = f"{arbitration_id:08X}" if extended else f"{arbitration_id:03X}"
            yield frame, data, f"(1.000000) can0 {name}{'##0' if size > 8 else '#'}{data.hex()}\n"


def expected(frame, data):
    """Name -> value of the signals that canmatrix sees."""
    with contextlib.redirect_stdout(io.StringIO()):
        decoded = frame.decode(data[:frame.size])
    return {name: each.phys_value for name, each in decoded.items()}


def close(ours, theirs):
    """Whether the numbers are the same but for what a float of the other side loses."""
    ours = decimal.Decimal(str(ours))
    try:
        theirs = decimal.Decimal(theirs)
    except (TypeError, ValueError, decimal.InvalidOperation):
        theirs = decimal.Decimal(str(theirs))
    if ours.is_nan() or theirs.is_nan() or ours.is_infinite():
        return str(ours) == str(theirs)
    return abs(ours - theirs) <= max(abs(ours), abs(theirs), 1) * decimal.Decimal(2) ** -48


class Corpus(unittest.TestCase):
    def setUp(self):
        if not os.path.isdir(CORPUS):
            self.skipTest("no corpus of real DBC files beside the project")

    def test_each_value_is_the_trusted_one(self):
        said, status = check()
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"(?m)^(\d+) of \1 files without a fault, 1\d{5} values compared")

    def test_each_file_is_described_as_it_should_be(self):
        said, status = check("--describe")
        self.assertEqual(status, 0, said)


class Canmatrix(unittest.TestCase):
    """Values of random data, as canmatrix has them."""

    # Files with a message that canmatrix doesn't take, whose signals it gives to the message before;
    # the last has signals with the same name, of which it shows one.
    WRONG = {"made__bad_lines_between.dbc", "opendbc___bosch_2018.dbc", "opendbc__toyota_2017_ref_pt.dbc",
             "dbcc__ex1.dbc", "canmatrix__j1939.dbc"}

    def setUp(self):
        if not canmatrix:
            self.skipTest("no python3-canmatrix")

    def compare(self, path):
        """What differs; the number of values that don't."""
        frames = load(path)
        wanted = list(random_frames(frames, os.path.basename(path)))
        if not wanted:
            return [], 0
        done = subprocess.run([harness.program("canconvert"), *DECODE, "--dbc", path], text=True,
                              input="".join(line for _, _, line in wanted), capture_output=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        left_out = set(re.findall("signal '(.*?)' .*; it is not decoded", done.stderr))
        self.assertEqual(len(lines), len(wanted))
        wrong, values = [], 0
        for (frame, data, _), line in zip(wanted, lines):
            got = json.loads(line, parse_float=decimal.Decimal)
            for name, value in self.seen_by_canmatrix(frame, data).items():
                ours = got["signals"].get(name)
                ours = ours["value"] if isinstance(ours, dict) else ours
                values += 1
                if ours is None and name in left_out:
                    continue  # canmatrix decodes signals that leave the message, too
                if ours is None or not close(ours, value):
                    wrong.append(f"{frame.name}.{name} of {data.hex()}: {ours} is not {value}")
        return wrong, values

    @staticmethod
    def seen_by_canmatrix(frame, data):
        try:
            return expected(frame, data)
        except Exception:  # it fails at signals that leave the message, and at unknown multiplexer values
            return {}

    def test_the_example(self):
        wrong, values = self.compare(EXAMPLE)
        self.assertEqual(wrong, [])
        self.assertGreater(values, 50)

    def test_the_corpus(self):
        files = sorted(os.listdir(os.path.join(CORPUS, "files"))) if os.path.isdir(CORPUS) else []
        if not files:
            self.skipTest("no corpus of real DBC files beside the project")
        total, refused = 0, []
        for name in files:
            try:
                wrong, values = self.compare(os.path.join(CORPUS, "files", name))
            except (ValueError, KeyError, AttributeError, TypeError, IndexError, decimal.InvalidOperation):
                refused.append(name)
                continue
            if name not in self.WRONG:
                self.assertEqual(wrong, [], name)
            total += values
        self.assertGreater(total, 90_000)
        self.assertLess(len(refused), 10, refused)  # by canmatrix


if __name__ == "__main__":
    harness.main()
