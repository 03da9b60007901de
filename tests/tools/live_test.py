#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canlogger, canplayer and cansend on a udp_multicast bus, as a user runs them."""
import json
import os
import pwd
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]
FRAMES = ["123#DEADBEEF", "00000123#R4", "321##1AABBCC00", "20000004#0004000000000000"]


class Live(harness.ToolTest):
    def send(self, *frames, **options):
        self.run_tool("cansend", *BUS, *frames, **options)

    def lines(self, name):
        return self.read(name).splitlines() if os.path.exists(self.path(name)) else []

    def frames_of(self, name):
        output = self.run_tool("canconvert", "-q", name, "-", "--format", "candump").stdout
        return [line.split()[2] for line in output.splitlines()]

    def record(self, name, *frames):
        """Sends frames to a logger and waits until they stand in the file."""
        logger = self.start_logger("-f", name)
        self.send(*frames)
        self.assertTrue(harness.wait_for(lambda: len(self.lines(name)) >= len(frames)))
        return logger

    def test_every_kind_of_frame(self):
        logger = self.record("a.log", *FRAMES)
        _, complaints = self.stop(logger)
        self.assertIn("4 messages in", complaints)
        self.assertIn("0 dropped", complaints)
        self.assertEqual(self.frames_of("a.log"), FRAMES)

    def test_each_signal_ends_it_with_all_in_the_file(self):
        for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for name in ("a.log", "a.blf", "a.asc", "a.db", "a.csv", "a.jsonl"):
                with self.subTest(signal=sent, name=name):
                    logger = self.start_logger("-f", name)
                    self.send(*(f"{i:03X}#00" for i in range(50)))
                    self.stop(logger, sent)
                    self.assertEqual(len(self.frames_of(name)), 50)

    def test_ended_even_where_a_script_ignores_the_signal(self):
        ignore = lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
        logger = self.start_logger("-f", "a.log", preexec_fn=ignore)
        self.stop(logger, signal.SIGINT)

    def salvaged(self, name):
        """The frames that can be read of a log that has no end yet, or never gets one."""
        result = subprocess.run(
            [harness.program("canconvert"), "-q", name, "-", "--format", "candump"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True)
        return [line.split()[2] for line in result.stdout.splitlines()], result.stderr

    def test_a_killed_logger_leaves_a_log_that_can_be_read(self):
        frames = ["123#01", "123#02"]
        for name in ("a.log", "a.blf", "a.asc", "a.db", "a.jsonl", "a.log.gz", "a.log.zst"):
            with self.subTest(name=name):
                logger = self.start_logger("-f", name)
                self.send(*frames)
                harness.wait_for(lambda: self.salvaged(name)[0] == frames)
                logger.kill()
                logger.communicate()
                found, complaints = self.salvaged(name)
                self.assertEqual(found, frames, complaints)

    def test_count_and_duration(self):
        logger = self.start_logger("-n", "2", "-f", "a.log")
        self.send(*FRAMES)
        self.assertEqual(logger.wait(timeout=10), 0)
        self.assertEqual(self.frames_of("a.log"), FRAMES[:2])
        started = time.monotonic()
        self.run_tool("canlogger", *BUS, "--duration", "300ms", "-f", "b.log")
        self.assertGreaterEqual(time.monotonic() - started, 0.3)

    def test_filters_with_commas_and_blanks(self):
        logger = self.start_logger("-f", "a.log", "--filter", "100:7FF,200:7FF", "300:7FF")
        self.send("100#01", "400#04", "200#02", "300#03")
        self.assertTrue(harness.wait_for(lambda: len(self.lines("a.log")) >= 3))
        self.stop(logger)
        self.assertEqual(self.frames_of("a.log"), ["100#01", "200#02", "300#03"])

    def test_console_layouts(self):
        for options, pattern in (
                ([], r"^Timestamp: \d+\.\d{6}        ID: 0123    000    DLC: 2    01 02$"),
                (["--format", "candump"], r"^\(\d+\.\d{6}\) \S+ 123#0102$"),
                (["--format", "jsonl"], r'^{"timestamp":\d+\.\d{9},.*"data":"0102"}$')):
            with self.subTest(options=options):
                logger = self.start_logger("-n", "1", *options)
                self.send("123#0102")
                self.assertRegex(logger.communicate(timeout=10)[0].rstrip("\n"), pattern)

    def test_append(self):
        for name in ("a.log", "a.blf", "a.db", "a.csv"):
            with self.subTest(name=name):
                for data in ("01", "02"):
                    logger = self.start_logger("-a", "-n", "1", "-f", name)
                    self.send("123#" + data)
                    self.assertEqual(logger.wait(timeout=10), 0)
                self.assertEqual(self.frames_of(name), ["123#01", "123#02"])
        self.write("b.asc", "precious")
        self.assert_refused("canlogger", *BUS, "-a", "-f", "b.asc", says="can't be appended to")
        self.assertEqual(self.read("b.asc"), "precious")

    def test_how_it_goes_is_told_each_second(self):
        logger = self.start_logger("-v", "-f", "a.log", "--duration", "2500ms")
        self.send("123#00")
        _, complaints = logger.communicate(timeout=20)
        self.assertRegex(complaints, r"canlogger: 1 message, 0 dropped, \d+ bytes written")

    def test_rotation_by_size(self):
        logger = self.start_logger("-f", "a.log", "-s", "64", "--keep", "2")
        for i in range(5):  # some 30 bytes each, one batch at a time
            self.send(f"10{i}#00")
            self.assertTrue(harness.wait_for(lambda: f"10{i}#00" in "".join(
                self.read(n) for n in os.listdir(self.folder) if n.endswith(".log"))))
        self.stop(logger)
        parts = sorted(n for n in os.listdir(self.folder) if n.endswith(".log"))
        self.assertEqual(parts.pop(0), "a.log")
        for part in parts:
            self.assertRegex(part, r"^a_\d{4}-\d\d-\d\dT\d{6}_#\d{3}\.log$")
        self.assertEqual([self.frames_of(n) for n in [*parts, "a.log"]],
                         [["100#00", "101#00"], ["102#00", "103#00"], ["104#00"]])
        self.assert_refused("canlogger", *BUS, "-s", "1x", "-f", "b.log", status=2, says="'1x'")
        self.assert_refused("canlogger", *BUS, "--keep", "1", "-f", "b.log", status=2, says="--keep")
        self.assert_refused("canlogger", *BUS, "-s", "1M", says="standard output can't be rotated", status=2)

    def test_only_the_last_parts_are_kept(self):
        for old in ("a_2020-01-01T000000_#000.log", "a_2020-01-01T000001_#001.log", "a_b.log"):
            self.write(old, "")
        logger = self.start_logger("-f", "a.log", "-n", "2", "--rotate-every", "1ms", "--keep", "1")
        self.send("100#00")
        time.sleep(0.1)
        self.send("101#00")
        self.assertEqual(logger.wait(timeout=10), 0)
        parts = [n for n in os.listdir(self.folder) if "_20" in n]
        self.assertEqual(len(parts), 1)
        self.assertEqual(self.frames_of(parts[0]), ["100#00"])
        self.assertTrue(os.path.exists(self.path("a_b.log")))

    def test_parts_of_a_size_are_kept(self):
        old = [f"a_2020-01-01T000000_#00{i}.log" for i in range(3)]
        for name in old:
            self.write(name, "x" * 3000)
        logger = self.start_logger("-f", "a.log", "-n", "2", "--rotate-every", "1ms", "--keep-size", "7000")
        self.send("100#00")
        time.sleep(0.1)
        self.send("101#00")
        self.assertEqual(logger.wait(timeout=10), 0)
        parts = sorted(n for n in os.listdir(self.folder) if "_20" in n)
        self.assertEqual(parts[:2], old[1:])
        self.assertEqual(self.frames_of(parts[2]), ["100#00"])
        self.assert_refused("canlogger", *BUS, "-f", "b.log", "--keep-size", "1M", status=2,
                            says="--keep-size needs")

    def test_several_buses_together(self):
        logger = self.start_logger("-c", "239.1.1.1", "--bus", "udp_multicast:239.1.1.2,port=4444",
                                   "-f", "a.jsonl")
        for i in range(20):
            bus = ["-c", "239.1.1.1"] if i % 2 else ["-c", "239.1.1.2", "-o", "port=4444"]
            self.run_tool("cansend", *BUS, *bus, f"{i:03X}#00")
        self.assertTrue(harness.wait_for(lambda: len(self.lines("a.jsonl")) == 20))
        self.stop(logger)
        got = [json.loads(line) for line in self.lines("a.jsonl")]
        self.assertEqual([m["id"] for m in got], list(range(20)))
        self.assertEqual([m["channel"] for m in got], ["239.1.1.2", "239.1.1.1"] * 10)
        self.assert_refused("canlogger", "--bus", "virtual", status=2, says="--bus: expected")

    def test_each_channel_to_its_own_bus(self):
        self.write("in.log", "(1) can0 100#01\n(1) can1 101#02\n(1) can2 102#03\n(1) can0 100#04\n")
        for arguments in (["--map", "can0=239.1.1.1", "--map", "2=239.1.1.2", "in.log"],
                          ["-I", "in.log", "239.1.1.1=can0", "239.1.1.2=can1"]):
            logger = self.start_logger("-c", "239.1.1.1", "-c", "239.1.1.2", "-n", "3", "-f", "o.log")
            complaints = self.run_tool("canplayer", *BUS, *arguments).stderr
            self.assertIn("1 message not sent: --map doesn't name the channel", complaints)
            self.assertEqual(logger.wait(timeout=10), 0)
            self.assertEqual(sorted(self.frames_of("o.log")), ["100#01", "100#04", "101#02"])
        self.assert_refused("canplayer", *BUS, "in.log", "=nonsense", status=2, says="'=nonsense'")
        self.assert_refused("canplayer", *BUS, "--map", "can0=a", "--map", "1=b", "in.log", status=2,
                            says="channel '1': goes to 'a' already")
        self.assert_refused("canplayer", *BUS, "-I", "in.log", "a=can0", "b=can0", status=2,
                            says="channel 'can0': goes to 'a' already")
        self.assert_refused("canplayer", *BUS, "-c", "239.1.1.1", "in.log", "239.1.1.2=can0",
                            status=2, says="-c: not allowed with --map or TO=FROM")

    def test_cyclic_sending(self):
        logger = self.start_logger("-n", "6", "-f", "a.jsonl")
        started = time.monotonic()
        self.run_tool("cansend", *BUS, "--period", "50ms", "-n", "3", "100#01", "200#02")
        self.assertGreaterEqual(time.monotonic() - started, 0.1)
        self.assertEqual(logger.wait(timeout=10), 0)
        got = [json.loads(line)["id"] for line in self.lines("a.jsonl")]
        self.assertEqual(sorted(got), [0x100] * 3 + [0x200] * 3)
        logger = self.start_logger("-n", "3", "-f", "b.jsonl")
        sender = self.start("cansend", *BUS, "--period", "10ms", "100#01")
        self.assertEqual(logger.wait(timeout=20), 0)
        self.stop(sender)
        self.run_tool("cansend", *BUS, "--period", "10ms", "--duration", "50ms", "100#01")
        self.assert_refused("cansend", *BUS, "-n", "3", "100#01", status=2, says="--period")
        self.assert_refused("cansend", *BUS, "--period", "1s", "-", status=2, says="standard input")

    def test_replay_keeps_the_pauses(self):
        self.write("in.log", "(100.000000) can0 100#01 R\n(100.200000) can0 100#02 R\n"
                             "(100.200000) can0 100#03 R\n(100.500000) can0 100#04 R\n")
        logger = self.start_logger("-n", "4", "-f", "out.jsonl")
        started = time.monotonic()
        self.run_tool("canplayer", *BUS, "in.log")
        self.assertGreaterEqual(time.monotonic() - started, 0.5)
        self.assertEqual(logger.wait(timeout=10), 0)
        got = [json.loads(line) for line in self.lines("out.jsonl")]
        self.assertEqual([m["data"] for m in got], ["01", "02", "03", "04"])
        self.assertEqual([m["channel"] for m in got], ["can0"] * 4)

    def test_replay_skips_pauses_and_timestamps(self):
        self.write("in.log", "(100.0) can0 100#01 R\n(4000.0) can0 100#02 R\n")
        for options in (["-s", "0.1"], ["--ignore-timestamps"], ["--ignore-timestamps", "-g", "50"]):
            with self.subTest(options=options):
                started = time.monotonic()
                self.run_tool("canplayer", *BUS, *options, "in.log")
                self.assertLess(time.monotonic() - started, 20)

    def test_replay_leaves_error_frames_out(self):
        self.write("in.log", "(1.0) can0 100#01\n(1.0) can0 20000004#0004000000000000\n")
        logger = self.start_logger("-n", "3", "-f", "out.log")
        complaints = self.run_tool("canplayer", *BUS, "in.log").stderr
        self.assertIn("1 error frame not sent", complaints)
        self.run_tool("canplayer", *BUS, "--error-frames", "in.log")
        self.assertEqual(logger.wait(timeout=10), 0)
        self.assertEqual(self.frames_of("out.log"),
                         ["100#01", "100#01", "20000004#0004000000000000"])

    def test_replay_prints_and_logs_what_it_sends(self):
        self.write("in.log", "(1.0) can0 100#01\n(1.1) can0 100#02\n")
        result = self.run_tool("canplayer", *BUS, "-v", "-f", "sent.log", "in.log")
        self.assertEqual(result.stdout.count("ID: 0100"), 2)
        self.assertIn("2 messages sent", result.stderr)
        self.assertEqual(self.frames_of("sent.log"), ["100#01", "100#02"])

    def test_a_replay_cut_short(self):
        self.write("in.log", "(1.0) can0 100#01\n(1000.0) can0 100#02\n")
        player = self.start("canplayer", *BUS, "-v", "in.log")
        player.stdout.readline()
        self.stop(player, status=130)

    def test_a_damaged_log_is_played_up_to_there(self):
        self.write("in.log", "(1.0) can0 100#01\nhello\n(1.1) can0 zzz#02\n")
        result = self.run_tool("canplayer", *BUS, "-v", "in.log", status=1)
        self.assertEqual(result.stdout.count("ID: 0100"), 1)
        self.assertIn("in.log:3:", result.stderr)

    def test_frames_from_stdin(self):
        logger = self.start_logger("-n", "3", "-f", "a.log")
        self.send("001#", "-", "003#", input="002#\n\n")
        self.assertEqual(logger.wait(timeout=10), 0)
        self.assertEqual(self.frames_of("a.log"), ["001#", "002#", "003#"])
        self.assert_refused("cansend", *BUS, "-", input="001#\n01#\n", status=2,
                            says="standard input:2: .*'01#'")

    def test_nothing_is_sent_when_a_frame_is_bad(self):
        logger = self.start_logger("-n", "1", "-f", "a.log")
        self.assert_refused("cansend", *BUS, "001#", "xyz#", status=2, says="column 1 of 'xyz#'")
        self.send("002#")
        self.assertEqual(logger.wait(timeout=10), 0)
        self.assertEqual(self.frames_of("a.log"), ["002#"])

    def test_configuration(self):
        self.write(".canrc", "[default]\ninterface = udp_multicast\nchannel = 239.1.2.3\n"
                             "[other]\nport = 50000\n")
        shown = self.run_tool("canlogger", "--show-config").stdout
        self.assertRegex(shown, r"channel = 239\.1\.2\.3  \(.*/\.canrc:3\)")
        self.assertNotIn("50000", shown)
        self.assertIn("port = 50000",
                      self.run_tool("canlogger", "--config-section", "other", "--show-config").stdout)
        self.environment["CAN_CHANNEL"] = "239.4.5.6"
        shown = self.run_tool("canlogger", "-o", "port=1234", "--show-config").stdout
        self.assertIn("channel = 239.4.5.6  (CAN_CHANNEL)", shown)
        self.assertIn("port = 1234  (command line)", shown)
        self.run_tool("canlogger", "--duration", "50ms", "-f", "a.log")  # all of it configured
        self.write(".can", "[default]\nnonsense\n")
        self.assert_refused("canlogger", says=r"\.can:2: expected key = value, got 'nonsense'")

    def test_configuration_files_that_are_wrong(self):
        command = ["canlogger", "--show-config"]
        self.write(".canrc", "[default]\nchanel = a\n")
        self.assertIn("/.canrc:2: unknown setting 'chanel'; did you mean 'channel'?",
                      self.run_tool(*command).stderr)
        self.write(".canrc", "[default]\nport = 1\nwait = 1\nfd = 1\nbustype = virtual\n")
        self.assertEqual(self.run_tool(*command).stderr, "")
        self.write(".canrc", "\ufeff[default]\nchannel = marked\n")
        self.assertIn("channel = marked", self.run_tool(*command).stdout)
        with open(self.path(".canrc"), "w", encoding="utf-16") as file:
            file.write("[default]\n")
        self.assert_refused(*command, says=r"\.canrc: expected UTF-8, got UTF-16")
        os.remove(self.path(".canrc"))
        os.symlink(".canrc", self.path(".canrc"))
        self.assert_refused(*command, says=r"\.canrc: too many levels of symbolic links")
        os.remove(self.path(".canrc"))
        os.mkdir(self.path(".canrc"))
        self.assert_refused(*command, says=r"\.canrc: is a directory")
        os.rmdir(self.path(".canrc"))
        if os.getuid() == 0:
            self.assert_configuration_of_others()
        del self.environment["HOME"]
        self.assertIn(pwd.getpwuid(os.getuid()).pw_dir + "/.canrc", self.run_tool(*command).stdout)

    def assert_configuration_of_others(self):
        """A file that is closed to this user is told, a folder that is closed is none of his."""
        nobody = ["setpriv", "--reuid=nobody", "--clear-groups", harness.program("canlogger"),
                  "--show-config"]
        run = lambda: subprocess.run(nobody, env=self.environment, capture_output=True, text=True)
        self.write(".canrc", "[default]\n")
        os.chmod(self.path(".canrc"), 0)
        os.chmod(self.folder, 0o755)
        self.assertRegex(run().stderr, r"^canlogger: .*/\.canrc: permission denied$")
        os.chmod(self.folder, 0o700)
        self.assertEqual(run().stderr, "")

    def test_mistakes(self):
        self.write("precious.log", "precious")
        refused = lambda *command, **options: self.assert_refused("canlogger", *command, **options)
        refused("-i", "socketan", "-f", "precious.log", status=2, says="no interface 'socketan'")
        refused("-i", "udp_multicst", status=2, says="did you mean 'udp_multicast'")
        refused(*BUS, "-f", "a.foo", status=2, says="unknown log format '.foo'")
        refused(*BUS, "--filter", "12:zz", "-f", "precious.log", status=2, says="'12:zz'")
        refused(*BUS, "-c", "10.0.0.1", "-f", "precious.log", says="udp_multicast 10.0.0.1: ",
                status=2)
        refused(*BUS, "-o", "prt=1", "-f", "precious.log", status=2, says="did you mean 'port'")
        refused(*BUS, "-o", "port=99999", "-f", "precious.log", status=2, says="'port'")
        refused(*BUS, "--duration", "soon", "-f", "precious.log", status=2, says="'soon'")
        refused(*BUS, "-f", "no/a.log", says="no/a.log: no such file or directory")
        self.assertEqual(self.read("precious.log"), "precious")

    def test_a_full_disk_ends_it_with_one_line(self):
        logger = self.start_logger("-f", "/dev/full", "--format", "candump")
        self.send("123#01")
        _, complaints = logger.communicate(timeout=20)
        self.assertEqual(logger.returncode, 1)
        self.assertEqual(complaints.count("/dev/full: no space left on device"), 1, complaints)

    def test_a_closed_pipe_ends_it(self):
        logger = self.start_logger("--format", "candump")
        logger.stdout.close()
        self.send("123#01")
        time.sleep(0.2)
        self.send("123#01")
        self.assertEqual(logger.wait(timeout=10), 0)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
