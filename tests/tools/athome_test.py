#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Command lines as users of can-utils and python-can type them. What needs CAN interfaces is in vm/."""
import calendar
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402
from serial_adapters import Adapters  # noqa: E402

BUS = ["-i", "udp_multicast"]
GROUP = "239.74.163.2"
FRAMES = ["123#DEADBEEF", "1ABCDEF0##3112233445566778899AABBCC", "00000123#R4"]


class AtHome(harness.ToolTest):
    def send(self, *frames, where=BUS):
        self.run_tool("cansend", *where, *frames)

    def started(self, *arguments):
        """A canlogger that is ready."""
        process = self.start("canlogger", "-v", *arguments)
        self.said = []
        for line in process.stderr:
            self.said.append(line)
            if "recording" in line:
                return process
        self.fail("".join(self.said))

    def ended(self, process, status=0):
        output, complaints = process.communicate(timeout=20)
        self.assertEqual(process.returncode, status, complaints)
        return output


class Candump(AtHome):
    def test_channels_with_filters(self):
        """Channels that are no CAN interfaces are those of the interface that a file names."""
        self.write(".canrc", "[default]\ninterface = udp_multicast\nport = 43117\n")
        logger = self.started("239.1.1.1,123:7FF,124:7FF", "239.1.1.2,111~7FF", "-n", "3", "-f", "a.log")
        self.run_tool("cansend", "239.1.1.1", "122#01", "123#01", "124#01")
        self.run_tool("cansend", "239.1.1.2", "111#02", "123#02")
        self.ended(logger)
        kept = [line.split()[2] for line in self.read("a.log").splitlines()]
        self.assertEqual(sorted(kept), ["123#01", "123#02", "124#01"])

    def test_joined_filters(self):
        logger = self.started(*BUS, GROUP + ",120:7F0,3:F,j", "-n", "1", "-f", "a.log")
        self.send("124#", "113#", "123#", where=[*BUS, "-c", GROUP])
        self.ended(logger)
        self.assertEqual(self.read("a.log").split()[2], "123#")

    def test_socketcan_is_the_interface_of_channels(self):
        """Where nothing else is configured."""
        for command in (["canlogger", "nocan0"], ["cansend", "nocan0", "123#DEAD"],
                        ["canlogger", "nocan0,123:7FF", "nocan1"]):
            self.assert_refused(*command, says="socketcan nocan0: ")
        self.assert_refused("canlogger", "-c", "nocan0", says="no interface; give -i", status=2)

    def test_what_is_wrong_in_a_channel(self):
        for wrong, says in (("can0,123", "expected a filter"), ("can0,#xyz", "expected an error mask"),
                            (",123:7FF", "expected a channel")):
            self.assert_refused("canlogger", wrong, says=says, status=2)
        self.assert_refused("canlogger", *BUS, GROUP + ",#4", says="has no option for an error mask", status=2)
        self.assert_refused("canlogger", *BUS, GROUP + ",#FFFFFFFF", "-l", "-f", "x", says="excludes", status=2)

    def test_a_silence_ends_the_recording(self):
        for option in ("-T", "--timeout"):
            logger = self.started(*BUS, option, "700", "-f", "a.log")
            start = time.monotonic()
            time.sleep(0.4)
            self.send("123#")
            self.ended(logger)
            self.assertGreaterEqual(time.monotonic() - start, 1.1)
            self.assertEqual(len(self.read("a.log").splitlines()), 1)

    def test_a_log_named_by_date(self):
        self.environment["TZ"] = "Somewhere-3"  # three hours ahead of UTC
        before = int(time.time())
        logger = self.started(*BUS, "-l", "-n", "1")
        after = time.time()
        self.send("123#")
        self.ended(logger)
        [name] = [name for name in os.listdir(self.folder) if name.endswith(".log")]
        stamp = calendar.timegm(time.strptime(name, "candump-%Y-%m-%d_%H%M%S.log"))
        self.assertTrue(before <= stamp - 3 * 3600 <= after, name)
        self.assertRegex(self.read(name), r"^\(\d{10}\.\d{6}\) \S+ 123#\n$")

    def test_names_with_places_for_the_date(self):
        now = time.strftime("%Y%m")
        for name, wanted in (("a_%Y%m.log", f"a_{now}.log"), ("100%.log", "100%.log"), ("50%%_%q.log", "50%_%q.log")):
            logger = self.started(*BUS, "-n", "1", "-f", name)
            self.send("123#")
            self.ended(logger)
            self.assertTrue(os.path.exists(self.path(wanted)), os.listdir(self.folder))

    def shown(self, *options, frames=FRAMES):
        logger = self.started(*BUS, "-n", str(len(frames)), *options)
        self.send(*frames)
        return self.ended(logger)

    def test_lines_of_candump(self):
        own = ["123#DEADBEEF", "1ABCDEF0##7112233445566778899AABBCC", "00000123#R4"]
        for options in (["-L"], ["--format", "candump"], ["--format", "candump", "--direction", "none"]):
            lines = self.shown(*options).splitlines()
            for line, frame in zip(lines, own, strict=True):
                self.assertRegex(line, rf"^\(\d{{10}}\.\d{{6}}\) \S+ {frame}$")
        for options in (["-L", "-x"], ["-L", "--direction", "both"]):
            self.assertEqual([line.split()[2:] for line in self.shown(*options).splitlines()],
                             [[frame, "R"] for frame in own])
        self.assertRegex(self.shown("-x").splitlines()[0], r"^ \(\d{10}\.\d{6}\)  \S+  RX - -  123 ")

        for options, end in (([], "123#"), (["-x"], "123# R"), (["--direction", "none"], "123#")):
            self.shown(*options, "-f", "a.log", frames=["123#"])
            self.assertTrue(self.read("a.log").endswith(end + "\n"), options)

    def test_lines_of_a_log(self):
        """A log that is converted: the direction is kept, unless candump's lines are wanted."""
        self.write("in.log", "(1.0) can0 123##1 T\n(2.0) vcan10 124# R\n(3.0) can0 125#\n")
        for options, wanted in (([], ["can0 123##1 T", "vcan10 124#", "can0 125#"]),
                                (["--direction", "sent"], ["can0 123##1 T", "vcan10 124#", "can0 125#"]),
                                (["--direction", "none"], ["can0 123##5", "vcan10 124#", "  can0 125#"]),
                                (["--direction", "both"], ["can0 123##5 T", "vcan10 124# R", "  can0 125# R"])):
            for command in (["canconvert", "in.log", "out.log", *options],
                            ["canplayer", "-i", "virtual", *options, "-f", "out.log", "in.log"]):
                complaints = self.run_tool(*command).stderr
                got = [line.split(") ")[1] for line in self.read("out.log").splitlines()]
                if command[0] == "canplayer":
                    self.assertEqual(len(got), 3)
                    continue
                self.assertEqual(got, wanted)
                self.assertEqual("direction" in complaints, options[1:] == ["none"], complaints)

    def test_several_channels_are_told_apart(self):
        frames = ["123#00", "124#01"]
        self.assertRegex(self.shown(frames=frames), "^Timestamp: ")
        for channels in (["-c", GROUP, "-c", "239.1.1.9"], [GROUP]):
            logger = self.started(*BUS, *channels, "-n", "1")
            self.send("123#00", where=[*BUS, "-c", GROUP])
            self.assertRegex(self.ended(logger), r"^ \(\d{10}\.\d{6}\)  \S+  RX - -  123   \[1\]  00\n")


class PythonCan(AtHome):
    def test_settings_as_in_python_can(self):
        for options in (["--port=43119"], ["--bus-kwargs", "port=43119", "hop_limit=0"], ["--port=1", "--port=43119"],
                        ["--port=43119", "-o", "hop_limit=0", "--bus-kwargs", "rcvbuf=100000"]):
            logger = self.started(*BUS, "-n", "1", "-f", "a.log", *options)
            self.send("123#", where=[*BUS, "-o", "port=43119"])
            self.ended(logger)
            self.assertEqual(self.read("a.log").split()[2], "123#")
        shown = self.run_tool("canlogger", *BUS, "--receive_own_messages=True", "--hop-limit=3", "--show-config").stdout
        self.assertIn("receive_own_messages = True", shown)
        self.assertIn("hop_limit = 3", shown)
        self.assert_refused("canlogger", "-i", "virtual", "--port=1", status=2, says="has no option 'port'")
        self.assert_refused("canlogger", *BUS, "--prot=1", status=2, says="--prot=1")
        self.assert_refused("canlogger", *BUS, "--port=x", status=2, says="'port': expected a number")
        self.assert_refused("canlogger", *BUS, "--bus-kwargs", "port", status=2, says="--bus-kwargs: expected KEY=VALUE")
        self.assert_refused("cansend", *BUS, "--", "--port=1", status=2, says="--port=1")

    def test_underscores_and_hyphens(self):
        for option in ("--data_bitrate", "--data-bitrate"):
            self.assertIn("data_bitrate = 4000", self.run_tool("canlogger", option, "4000", "--show-config").stdout)
            self.assertIn("data_bitrate = 4000", self.run_tool("canlogger", option + "=4000", "--show-config").stdout)
        for name, option in (("a", "--file_size"), ("b", "--file-size")):
            logger = self.started(*BUS, option, "60", "-f", name + ".log")
            for i in range(3):  # some 30 bytes each, one batch at a time
                self.send(f"1{name}{i}#00")
                self.assertTrue(harness.wait_for(lambda: f"1{name.upper()}{i}#00" in "".join(
                    self.read(log) for log in os.listdir(self.folder) if log.endswith(".log"))))
            self.stop(logger)
            self.assertTrue(any(log.startswith(name + "_20") for log in os.listdir(self.folder)))

    def test_state_of_the_bus(self):
        adapters = Adapters("slcan", 1)
        self.addCleanup(adapters.close)
        for option, listens_only in (("--active", False), ("--passive", True)):
            logger = self.started("-i", "slcan", "-c", adapters.paths[0], "-b", "500000", option)
            self.assertEqual("listen-only" in self.said[-1], listens_only, self.said)
            self.stop(logger)
            self.assert_refused("canlogger", *BUS, option, status=2, says="has no option for " + option)
        for interface in ("kvaser", "pcan", "seeed"):
            settings = self.run_tool("canlogger", "-i", interface, "-c", "0", "--passive", status=None).stderr
            self.assertNotIn("has no option", settings)
        self.assert_refused("canlogger", *BUS, "--active", "--passive", status=2, says="excludes")


class Generated(AtHome):
    def frames(self, *options, status=0):
        """What cansend says that it sends, as python-can's Printer: id, flags, length, data."""
        shown = self.run_tool("cansend", "-i", "virtual", "--generate", "-v", "-g", "0", *options, status=status)
        self.said = shown.stderr
        pattern = r"Timestamp: \S+ +ID: (\S+) +(\S+(?: FD)?(?: BRS)?) +DLC: (\d+) *(.*?)(?: +'.*')?$"
        return re.findall(pattern, shown.stdout, re.M)

    def test_what_is_sent_is_shown(self):
        shown = self.run_tool("cansend", "-i", "virtual", "-v", "123#AABB", "-", input="\n124#\n").stdout
        self.assertEqual([line.split("ID: ")[1] for line in shown.splitlines()],
                         ["0123    000    DLC: 2    aa bb", "0124    000    DLC: 0"])
        shown = self.run_tool("cansend", "-i", "virtual", "-v", "--period", "10ms", "-n", "3", "125#01").stdout
        self.assertEqual([line.split("ID: ")[1] for line in shown.splitlines()], ["0125    000    DLC: 1    01"])
        self.assertEqual(self.run_tool("cansend", "-i", "virtual", "123#").stdout, "")

    def test_generated_frames(self):
        frames = self.frames("-n", "300")
        self.assertEqual(len(frames), 300)
        self.assertIn("300 frames sent in ", self.said)
        self.assertIn("--seed ", self.said)
        self.assertTrue({frame[1] for frame in frames} == {"000"} and len({frame[0] for frame in frames}) > 200)
        self.assertEqual({int(frame[2]) for frame in frames}, set(range(9)))
        self.assertNotEqual(self.frames("-n", "20"), self.frames("-n", "20"))
        self.assertEqual(self.frames("-n", "20", "--seed", "5"), self.frames("--count", "20", "--seed", "5"))

    def test_values_of_generated_frames(self):
        for options, wanted in (
                (["-I", "i", "-L", "2", "-D", "i"], [("0000", "000", "2", "00 00"), ("0001", "000", "2", "01 00")]),
                (["--id", "increment", "--length", "i", "--data", "r"], [("0000", "000", "0", "")]),
                (["-I", "123", "-D", "0102"], [("0123", "000", "2", "01 02")] * 2),
                (["--id", "00000123", "--data", "0102", "--length", "3"], [("00000123", "010", "3", "01 02 00")]),
                (["-I", "800", "-L", "0"], [("00000800", "010", "0", "")]),
                (["-e", "-I", "7", "-L", "0"], [("00000007", "010", "0", "")]),
                (["--extended", "-R", "-I", "7", "-L", "4"], [("00000007", "110", "4", "")]),
                (["--remote", "-I", "7", "-L", "4"], [("0007", "100", "4", "")]),
                (["--fd", "--brs", "-I", "7", "-D", "00" * 9], [("0007", "000 FD BRS", "12", " ".join(["00"] * 12))])):
            with self.subTest(options=options):
                self.assertEqual(self.frames("-n", str(len(wanted)), *options), wanted)

    def test_mixed_frames(self):
        for option in ("-m", "--mix"):
            kinds = {frame[1] for frame in self.frames("-n", "400", option)}
            self.assertEqual(kinds, {"000", "010", "100", "110"})
        kinds = {frame[1] for frame in self.frames("-n", "400", "-m", "--fd")}
        self.assertGreater(kinds, {"000", "010", "100", "000 FD", "010 FD BRS"})

    def test_how_fast_and_how_long_frames_are_generated(self):
        for options, least, most in ((["-g", "50", "-n", "5"], 0.2, 5), (["--gap", "60s", "-n", "6", "--burst", "6"], 0, 5),
                                     (["-g", "20", "--duration", "300ms"], 0.2, 16)):
            start = time.monotonic()
            said = self.run_tool("cansend", "-i", "virtual", "--generate", *options).stderr
            self.assertGreaterEqual(time.monotonic() - start, least)
            count = int(re.search(r"(\d+) frame", said)[1])
            if "--duration" in options:
                self.assertTrue(1 <= count <= most, said)
        sender = self.start("cansend", "-i", "virtual", "--generate", "-g", "1")
        time.sleep(0.5)
        self.assertRegex(self.stop(sender)[1], r"cansend: \d+ frames sent in ")

    def test_a_bus_that_is_full(self):
        """The adapter answers, but its terminal takes no more."""
        main, line = os.openpty()
        self.addCleanup(os.close, main)
        self.addCleanup(os.close, line)
        where = ["-i", "seeed", "-c", os.ttyname(line), "-b", "500000"]
        for option, seconds in (("-p", 3), ("--poll", 0.3)):
            start = time.monotonic()
            said = self.run_tool("cansend", *where, "--generate", "-g", "0", option, f"{seconds}s", status=1).stderr
            self.assertGreaterEqual(time.monotonic() - start, seconds)
            self.assertRegex(said, r"(?m)^cansend: [\d,]+ frames sent in ")
            self.assertIn("takes no more", said)

    def test_where_generated_frames_go(self):
        logger = self.started(*BUS, "-c", "239.1.1.3", "-n", "2", "-f", "a.log")
        self.run_tool("cansend", *BUS, "--generate", "-n", "2", "-I", "123", "-L", "0", "239.1.1.3")
        self.ended(logger)
        self.assertEqual([line.split()[2] for line in self.read("a.log").splitlines()], ["123#"] * 2)

    def test_what_makes_no_sense(self):
        virtual = ["cansend", "-i", "virtual", "--generate", "-n", "1"]
        for options, says in ((["-I", "20000000"], "--id: expected random, increment or a number of at most 1FFFFFFF"),
                              (["-L", "9"], "--length: .* at most 8"), (["-L", "65", "--fd"], "at most 64"),
                              (["-D", "123"], "--data: expected"), (["-D", "xx"], "--data"),
                              (["-R", "--fd"], "--remote"), (["--brs"], "--brs needs --fd"),
                              (["--period", "1s"], "--period"), (["can0", "123#"], "expected no frame, got '123#'"),
                              (["-g", "-1"], "--gap"), (["--seed", "x"], "--seed"), (["--burst", "0"], "--burst")):
            self.assert_refused(*virtual, *options, status=2, says=says)
        self.assert_refused("cansend", "-i", "virtual", "-I", "1", "123#", status=2, says="--generate")
        self.assert_refused("cansend", "-i", "virtual", "-n", "1", "123#", status=2, says="--count needs --period")
        self.assert_refused("cansend", "-i", "virtual", status=2, says="FRAME is required")


class Load(AtHome):
    LINE = r"(\S+) +(\d+) rx/s +(\d+) tx/s +(\d+) errors/s +(\S+) %"

    def measured(self, logger, count):
        """The first lines with frames."""
        found = []
        for line in logger.stdout:
            match = re.fullmatch(self.LINE + "\n", line)
            self.assertTrue(match, line)
            if match[2] != "0" or match[4] != "0":
                found.append(match.groups())
            if len(found) == count:
                return found
        self.fail("ended")

    def test_load_of_a_bus(self):
        logger = self.started(*BUS, "-c", GROUP, "--load", "-b", "100000")
        self.start("cansend", *BUS, "-c", GROUP, "--generate", "-I", "123", "-L", "8", "-g", "10", "--burst", "4")
        channel, received, sent, errors, load = self.measured(logger, 2)[1]
        self.assertEqual((channel, sent, errors), (GROUP, "0", "0"))
        self.assertAlmostEqual(float(load), int(received) * 111 / 100_000 * 100, delta=0.2)
        self.stop(logger)

    def test_load_of_each_second_alone(self):
        """A second that began with silence isn't diluted by those before it."""
        logger = self.started(*BUS, "-c", GROUP, "--load")
        for _ in range(3):
            self.assertRegex(logger.stdout.readline(), " 0 rx/s ")
        self.run_tool("cansend", *BUS, "-c", GROUP, "--generate", "-n", "800", "-g", "1")
        rates = []
        while not rates or rates[-1] > 0 or sum(rates) == 0:
            rates.append(int(re.fullmatch(self.LINE + "\n", logger.stdout.readline())[2]))
        self.assertTrue(400 < sum(rates) < 810, rates)
        self.stop(logger)

    def test_load_of_several_buses_and_their_log(self):
        logger = self.started(*BUS, "-c", GROUP, "-c", "239.1.1.4", "--load", "-f", "a.log")
        self.start("cansend", *BUS, "-c", "239.1.1.4", "--generate", "-g", "10")
        [channel, *_, load] = self.measured(logger, 1)[0]
        self.assertEqual((channel, load), ("239.1.1.4", "-"))
        self.assertIn(" messages in ", self.stop(logger)[1])
        self.assertIn("#", self.read("a.log"))

    def test_load_on_a_terminal(self):
        main, line = os.openpty()
        self.addCleanup(os.close, main)
        process = subprocess.Popen([harness.program("canlogger"), *BUS, "-c", GROUP, "--load"], stdout=line,
                                   cwd=self.folder, env=self.environment)
        os.close(line)
        text = b""
        while b"\x1b[1A" not in text:
            text += os.read(main, 1000)
        process.terminate()
        self.assertEqual(process.wait(20), 0)
        self.assertTrue(text.startswith(GROUP.encode()), text)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
