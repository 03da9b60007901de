#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The format canb: the reader in examples/read_canb.py, losses that are told, the size of real logs."""
import glob
import gzip
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../support"), os.path.join(HERE, "../../examples")]
import harness  # noqa: E402
import read_canb  # noqa: E402

CORPUS = os.environ.get("CANSUITE_CORPUS", os.path.join(HERE, "../../../shared/corpus"))
FLAGS = ("extended", "remote", "error", "fd", "brs", "esi")
LOG = """(1551774790.942758001) can0 123#DEADBEEF
(1551774791.942761) can1 1ABCDEF0##1AABB T
(1551774791.942760) can1 1ABCDEF0##2AABB
(1551774792.500000) can0 7E8#R4
(1551774792.500000) bus.2 7E8#R
(1551774793.000001) can0 20000004#0004000000000000
(0.5) can0 123#0011223344556677_D
""" + "".join(f"(1551774800.{i:06}) can0 {i % 0x700:03X}#{i:016X}\n" for i in range(5000))


def fields(frame):
    """A frame of read_canb as canconvert's JSON Lines have it."""
    time, channel, frame_id, flags, length, code, data = frame
    found = {name: bool(flags & 1 << bit) for bit, name in enumerate(FLAGS)}
    data = b"" if found["remote"] else data[:length]
    return {"timestamp": time, "channel": channel or None, "id": frame_id, **found,
            "direction": "tx" if flags & read_canb.TX else "rx", "length": length, "data": data.hex(),
            "raw": code}


class Canb(harness.ToolTest):
    def read(self, name):
        with open(self.path(name), "rb") as file:
            return [fields(frame) for batch in read_canb.batches(file.read()) for frame in read_canb.frames(*batch)]

    def wanted(self, name):
        """The same by canconvert."""
        rows = []
        for line in self.run_tool("canconvert", "-q", name, "-", "--format", "jsonl").stdout.splitlines():
            row = json.loads(line, parse_float=str)
            seconds, nanoseconds = row["timestamp"].split(".")
            row["timestamp"] = int(seconds) * 10**9 + int(nanoseconds)
            code = row.pop("dlc")
            row["raw"] = code if not row["fd"] and code > 8 else 0
            rows.append(row)
        return rows

    def test_the_example_reads_all_that_a_message_has(self):
        self.write("a.log", LOG)
        for level in ("0", "4"):
            self.run_tool("canconvert", "a.log", "a.canb", "--compression-level", level)
            self.assertEqual(self.read("a.canb"), self.wanted("a.log"))
            os.remove(self.path("a.canb"))

    def test_the_example_prints_a_candump_log(self):
        self.write("a.log", LOG)
        self.run_tool("canconvert", "a.log", "a.canb")
        example = os.path.join(HERE, "../../examples/read_canb.py")
        printed = subprocess.run(["/usr/bin/python3", example, self.path("a.canb")], capture_output=True, text=True)
        self.assertEqual(printed.stderr, "")
        self.write("b.log", printed.stdout)
        self.assertEqual(self.wanted("b.log"), self.wanted("a.log"))

    def test_losses_are_told(self):
        self.write("a.log", LOG)
        self.run_tool("canconvert", "a.log", "a.canb")
        with open(self.path("a.canb"), "rb") as file:
            data = file.read()
        sizes = [head["size"] for head, _, _ in read_canb.batches(data)]
        with open(self.path("gap.canb"), "wb") as file:
            file.write(data[:sizes[0]] + data[sizes[0] + sizes[1]:])
        result = self.run_tool("canconvert", "gap.canb", "gap.log", "--events")
        self.assertIn(f"gap.canb: offset 0x{sizes[0]:x}: 2000 messages missing", result.stderr)
        self.assertRegex(result.stderr, r"gap.canb: \d+\.\d{6} 2000 messages missing")

    def test_every_real_log_comes_back(self):
        if not os.path.isdir(CORPUS):
            self.skipTest("no corpus of real logs")
        files, read = sorted(glob.glob(os.path.join(CORPUS, "files/*/*"))), 0
        for file in files:
            as_json = lambda name: subprocess.run([harness.program("canconvert"), "-q", name, "-", "--format", "jsonl"],
                                                  cwd=self.folder, capture_output=True)
            straight = as_json(file)
            if straight.returncode != 0 or not straight.stdout:
                continue  # damaged, no log, or empty
            with self.subTest(file=file):
                self.run_tool("canconvert", "-q", "--force", file, "a.canb")
                self.assertEqual(as_json("a.canb").stdout, straight.stdout)
                read += 1
        self.assertGreater(read, 80)

    def test_seconds_of_real_logs_take_4_bytes_a_message(self):
        logs = [os.path.join(CORPUS, name) for name in ("big/remora_truck_387k.log.gz", "files/log/x250_candump.log")]
        if not all(map(os.path.exists, logs)):
            self.skipTest("no corpus of real logs")
        for log in logs:
            opener = gzip.open if log.endswith(".gz") else open
            size, count = 0, 0
            with opener(log, "rt") as file:
                for second, lines in seconds_of(file, most=40):
                    self.write(f"{second}.log", "".join(lines))
                    self.run_tool("canconvert", "-q", "--compression-level", "5", f"{second}.log", f"{second}.canb")
                    size += os.path.getsize(self.path(f"{second}.canb"))
                    count += len(lines)
            with self.subTest(log=log, count=count):
                self.assertLess(size / count, 4.05)


def seconds_of(lines, most):
    """The lines of each second of a candump log, in order, but for the last one."""
    held, begin, number = [], None, 0
    for line in lines:
        time = float(line[1:line.index(")")])
        begin = time if begin is None else begin
        if time - begin >= 1:
            yield number, held
            held, begin, number = [], time, number + 1
        if number == most:
            return
        held.append(line)


if __name__ == "__main__":
    harness.main()
