#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Options whose values make no sense, and options given twice: for every program the same."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]
LOGGER = ["canlogger", *BUS, "-f", "out.log"]
PLAYER = ["canplayer", *BUS, "in.log"]
SENDER = ["cansend", *BUS, "--period", "1s", "123#"]
SERVER = ["canserver", "-i", "virtual", "-c", "x"]
CONVERTER = ["canconvert", "in.log", "out.log"]
NO_COUNT = ("0", "-1", "1.5", "0x10", "1e3", "x", "", "99999999999999999999")
NO_TIME = ("0", "0s", "-1", "-1s", "1x", "", "1e30", "nan")


class Usage(harness.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("in.log", "(1.0) can0 100#01\n")

    def test_values_that_make_no_sense(self):
        for command, options, values in (
                (LOGGER, ("-n", "--count"), NO_COUNT),
                (LOGGER, ("--duration", "--rotate-every"), NO_TIME),
                ([*LOGGER, "-s", "1M"], ("--keep",), NO_COUNT),
                (LOGGER, ("-s",), ("0", "-1", "x", "1X", "")),
                (LOGGER, ("-b", "--data-bitrate", "--threads"), NO_COUNT),
                (PLAYER, ("-g", "-s"), ("-1", "x", "")),
                (PLAYER, ("--on-late",), ("never", "")),
                (SENDER, ("-n",), NO_COUNT),
                (SENDER, ("--period", "--duration"), NO_TIME),
                (SERVER, ("-p",), ("-1", "65536", "x", "")),
                (SERVER, ("--max-clients", "--client-buffer"), NO_COUNT),
                (CONVERTER, ("--compression-level",), ("-1", "10", "x")),
                (CONVERTER, ("--threads",), NO_COUNT),
                (CONVERTER, ("--split",), ("0", "-1s", "x")),
                ([*CONVERTER, "--start", "10s"], ("--end",), ("5s", "10s", "0", "x")),
                (CONVERTER, ("--end",), ("0",))):
            for option in options:
                for value in values:
                    with self.subTest(command=command[0], option=option, value=value):
                        result = self.assert_refused(*command, option, value, status=2, says=".")
                        self.assertFalse(os.path.exists(self.path("out.log")), result.stderr)

    def test_a_value_says_which_option_it_belongs_to(self):
        self.assert_refused(*LOGGER, "-n", "0", status=2,
                            says="--count: expected a number of at least 1, got '0'")
        self.assert_refused(*LOGGER, "--rotate-every", "0", status=2,
                            says="--rotate-every: expected a time above 0, got '0'")
        self.assert_refused(*CONVERTER, "--start", "10s", "--end", "5s", status=2,
                            says="--end: expected a time after '10s', got '5s'")

    def test_numbers_are_decimal(self):
        self.run_tool("canconvert", "--compression-level", "09", "in.log", "out.blf")

    def test_the_last_of_an_option_given_twice_counts(self):
        self.run_tool("canlogger", "-i", "nonsense", *BUS, "--duration", "1h", "--duration", "10ms",
                      "-f", "first.log", "-f", "second.log", "--fd", "--fd")
        self.assertEqual(sorted(os.listdir(self.folder)), ["in.log", "second.log"])
        self.run_tool("cansend", *BUS, "-c", "nonsense", "-c", "239.1.1.1", "123#")
        self.run_tool("canplayer", *BUS, "-s", "1h", "-s", "0.1", "-q", "-q", "in.log")
        self.run_tool("canconvert", "--format", "asc", "--format", "jsonl", "in.log", "a.log")
        self.assertTrue(self.read("a.log").startswith("{"))

    def test_those_that_may_be_repeated_all_count(self):
        shown = self.run_tool("canlogger", "-o", "port=1", "-o", "iface=lo", "--show-config").stdout
        self.assertIn("port = 1", shown)
        self.assertIn("iface = lo", shown)
        self.write("two.log", "(1.0) can0 100#01\n(1.0) can0 200#01\n(1.0) can0 300#01\n")
        self.run_tool("canconvert", "--filter", "100:7FF", "--filter", "200:7FF", "two.log", "o.log")
        self.assertEqual(len(self.read("o.log").splitlines()), 2)
        logger = self.start_logger("--filter", "100:7FF", "--filter", "200:7FF", "-n", "2", "-f", "l.log")
        self.run_tool("cansend", *BUS, "300#", "200#", "100#")
        self.assertEqual(logger.wait(timeout=10), 0)
        self.assertEqual([line.split()[2] for line in self.read("l.log").splitlines()],
                         ["200#", "100#"])

    def test_an_argument_that_is_no_frame_is_told(self):
        self.assert_refused("cansend", *BUS, "-c", "239.1.1.1", "123", "456#11", status=2,
                            says="'123': expected a frame, as -c names the channel")
        self.assert_refused("cansend", *BUS, "123#", "456", status=2, says="column 1 of '456'")

    def test_where_a_server_can_listen(self):
        self.assert_refused(*SERVER, "-H", "192.0.2.1", "-p", "0", says="192.0.2.1: this machine")


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
