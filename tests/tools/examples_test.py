#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The examples, built with the installed library, do what their first lines say."""
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

BUS = ("udp_multicast", "239.74.163.2")
OTHER_BUS = ("udp_multicast", "239.74.163.3")
LINE = r"Timestamp: +\d+\.\d{6} +ID: +%s +\d{3} +DLC: %d(?: +%s)?$"
LIVE_FORMATS = ("asc", "blf", "csv", "db", "jsonl", "log", "log.gz", "log.zst", "pcapng", "trc", "txt")


class Example:
    """An example that runs, and the lines that it prints."""

    def __init__(self, process):
        self.process, self.read = process, b""

    def line(self, seconds=60):
        """The next line; None if there is none in this time, or at the end."""
        while b"\n" not in self.read:
            if not select.select([self.process.stdout], [], [], seconds)[0]:
                return None
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                return None
            self.read += more
        line, self.read = self.read.split(b"\n", 1)
        return line.decode()

    def lines_until(self, wanted):
        """The lines up to one that has this text."""
        lines = []
        while not lines or wanted not in lines[-1]:
            line = self.line()
            if line is None:
                raise AssertionError(f"no line with '{wanted}' after {lines}")
            lines.append(line)
        return lines


class Examples(harness.ToolTest):
    @classmethod
    def setUpClass(cls):
        cls.build = tempfile.mkdtemp(prefix="cansuite-examples-")
        cls.addClassCleanup(shutil.rmtree, cls.build)
        source = os.path.join(HERE, "../examples")
        for command in (["--install", os.path.dirname(harness.BIN), "--prefix", f"{cls.build}/usr"],
                        ["-S", source, "-B", cls.build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={cls.build}/usr"],
                        ["--build", cls.build]):
            done = subprocess.run(["cmake", *command], capture_output=True, text=True)
            if done.returncode != 0:
                raise AssertionError(done.stdout + done.stderr)

    def example(self, name, *arguments):
        process = self.start(os.path.join(self.build, name), *arguments, stdin=subprocess.PIPE)
        self.addCleanup(process.stdin.close)
        return Example(process)

    def run_example(self, name, *arguments, status=0):
        return self.run_tool(os.path.join(self.build, name), *arguments, status=status)

    def send(self, bus, *frames):
        self.run_tool("cansend", "-i", bus[0], "-c", bus[1], *frames)

    def send_until(self, receiver, wanted, bus, *frames):
        """Sends again and again until the receiver, which doesn't say when it is ready, has printed a line with
        this text. Returns the number of lines."""
        count = 0
        for _ in range(200):
            self.send(bus, *frames)
            while (line := receiver.line(0.1)) is not None:
                count += 1
                if wanted in line:
                    return count
        return self.fail(f"no line with '{wanted}'")

    def count(self, log):
        """The messages in a log whose end may be missing."""
        if log.endswith(".txt"):
            return self.read(log).count("Timestamp:")
        command = [harness.program("canconvert"), "--keep-going", self.path(log), "-", "--format", "candump"]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment).stdout.count("#")

    def test_virtual_pair(self):
        self.assertEqual(self.run_example("virtual_pair").stdout,
                         "the same frame\ndid not hear itself\n")

    def test_configured(self):
        """The command line over the environment over the file; the bus opens by them."""
        self.write(".canrc", "[default]\ninterface = virtual\nchannel = file\nchanel = x\n")
        shown = self.run_example("configured", "mine")
        self.assertIn("channel = mine (command line)\n", shown.stdout)
        self.assertIn(f"interface = virtual ({self.folder}/.canrc:2)\n", shown.stdout)
        self.assertIn("open: virtual mine\n", shown.stdout)
        self.assertIn("'chanel'; did you mean 'channel'?", shown.stderr)
        self.environment["CAN_CHANNEL"] = "environment"
        self.assertIn("open: virtual environment\n", self.run_example("configured").stdout)

    def test_send_one_by_configuration(self):
        self.environment.update(CAN_INTERFACE="virtual", CAN_CHANNEL="x")
        self.assertEqual(self.run_example("send_one").stdout, "sent on virtual x: 00C0FFEE#0019000103010401\n")

    def test_errors(self):
        said = self.run_example("send_one", "virtul", "x", status=1).stderr
        self.assertEqual(said, "send_one: no interface 'virtul'; did you mean 'virtual'?\n")
        for name in ("bridge", "buffered_reader", "count_ids", "cyclic", "own_format", "print_messages", "record"):
            self.run_example(name, status=2)

    def test_print_messages(self):
        """Only what passes the filter, and the line before the program ends."""
        printer = self.example("print_messages", *BUS, "60", "100:700")
        self.send_until(printer, "ID: 01fe", BUS, "200#11", "1FE#0102")
        self.run_example("send_one", *BUS)
        self.send(BUS, "123#AA")
        lines = printer.lines_until("ID: 0123")
        self.assertRegex(lines[-1], LINE % ("0123", 1, "aa"))
        self.assertNotRegex("".join(lines), "ID: 0200|ID: 00c0ffee")
        self.assertIsNone(printer.process.poll())

    def test_buffered_reader(self):
        reader = self.example("buffered_reader", *BUS, "2")
        self.assertEqual(reader.line(), "ready")
        self.run_example("send_one", *BUS)
        self.send(BUS, "123#AA")
        self.assertRegex(reader.line(), LINE % ("00c0ffee", 8, "00 19 00 01 03 01 04 01"))
        self.assertRegex(reader.line(), LINE % ("0123", 1, "aa"))
        self.assertEqual(reader.line(), "0 messages were dropped")

    def test_cyclic(self):
        """The four ways, one after the other."""
        printer = self.example("buffered_reader", *BUS, "1000000")
        self.assertEqual(printer.line(), "ready")
        self.assertRegex(self.run_example("cyclic", *BUS).stdout, r"^skipped \d+ messages\n$")
        self.send(BUS, "7FF#")
        order = []
        for line in printer.lines_until("ID: 07ff"):
            what = re.search(r"ID: +(\S+).*DLC: \d+ *(.*)$", line).groups()
            if what not in order:
                order.append(what)
        self.assertEqual(order, [("0123", "01 02 03"), ("0cf02200", "00 ff 00 01"), ("0cf02200", "99 01 01 01"),
                                 ("0042", "42                          'B'"), ("07ff", "")])

    def test_bridge(self):
        """Both ways, nothing in circles; Enter ends it."""
        bridge = self.example("bridge", *BUS, *OTHER_BUS)
        left, right = (self.example("print_messages", *bus, "60", "standard") for bus in (BUS, OTHER_BUS))
        self.send_until(right, "ID: 0123", BUS, "123#AA")
        self.send_until(left, "ID: 0124", OTHER_BUS, "124#AA")
        self.send(BUS, "125#", "126#")
        self.assertEqual(sum("ID: 0125" in line for line in left.lines_until("ID: 0126")), 1)
        bridge.process.communicate("\n", timeout=20)
        self.assertEqual(bridge.process.returncode, 0)

    def test_record(self):
        """The log is complete, with its event."""
        self.assertEqual(self.run_example("record", *BUS, "x.asc", "0").stdout, "")
        self.assertRegex(self.read("x.asc"), "recording has begun(.|\n)*End Trigger[Bb]lock")

    def test_killed_recorders(self):
        """What was received is printed at once, and in the log a second later, of every format that isn't
        written at the end: without more messages, and without an end of the program."""
        recorders = {f"x.{each}": self.example("record", *BUS, f"x.{each}", "600") for each in LIVE_FORMATS}
        printed = {log: self.send_until(recorder, "ID: 0123", BUS, "123#AABB") for log, recorder in recorders.items()}
        self.send(BUS, *["124#CC"] * 300, "125#")
        for log, recorder in recorders.items():
            printed[log] += len(recorder.lines_until("ID: 0125"))
            self.assertIsNone(recorder.process.poll())
            self.assertTrue(harness.wait_for(lambda: self.count(log) == printed[log], 30), log)
            recorder.process.kill()
            recorder.process.wait()
            self.assertEqual(self.count(log), printed[log], log)

    def test_own_format(self):
        self.write("in.log", "(1.0) can0 123#11\n(2.0) can0 7FF#\n")
        self.run_example("own_format", "in.log", "out.ids")
        self.assertEqual(self.read("out.ids"), "123\n7FF\n")
        self.run_example("own_format", "out.ids", "in.log", status=1)  # it can't be read

    def test_own_interface(self):
        self.assertRegex(self.run_example("own_interface").stdout, "^echo hall: " + LINE % ("0123", 3, "01 02 03"))

    def test_signals(self):
        self.write("x.dbc", "BU_: A\nBO_ 291 Engine: 2 A\n SG_ Speed : 0|16@1+ (0.5,0) [0|0] \"rpm\" A\nFOO\n")
        self.write("in.log", "(1.000000) can0 123#A206\n(1.000000) can0 124#11\n")
        printed = self.run_example("signals", "x.dbc", "in.log")
        self.assertEqual(printed.stdout, "Engine.Speed 849 rpm\n")
        self.assertEqual(printed.stderr, "x.dbc:4: expected a statement, got 'FOO'\n")

    def test_count_ids(self):
        self.write("in.log", "(1.0) can0 123#11\n(2.0) can0 123#12\n(2.0) can0 7FF#\n")
        self.assertEqual(self.run_example("count_ids", "in.log").stdout, "00000123 2\n000007FF 1\n")


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
