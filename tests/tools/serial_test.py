#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The programs with adapters on a serial line."""
import os
import re
import shutil
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402
from serial_adapters import Adapters, Plug  # noqa: E402


class Serial(harness.ToolTest):
    def adapters(self, kind, count=2):
        adapters = Adapters(kind, count)
        self.addCleanup(adapters.close)
        return adapters

    def logger(self, channel, *options, interface="slcan"):
        process = self.start("canlogger", "-v", "-i", interface, "-c", channel, "-f",
                             self.path("log"), "--format", "candump", *options)
        self.assertIn("recording", process.stderr.readline())
        return process

    def wait_for_text(self, process, text):
        for line in process.stderr:
            if text in line:
                return line
        self.fail(f"ended without saying {text!r}")

    def frames(self):
        lines = self.read("log").splitlines() if os.path.exists(self.path("log")) else []
        return [line.split()[2] for line in lines if line.startswith("(")]

    def test_each_misbehaviour_has_one_line(self):
        says = {
            "silent": "the adapter doesn't answer; is it an slcan adapter",
            "half": "the adapter doesn't answer; is it an slcan adapter",
            "refuses": r"the adapter refuses the bit rate of 500000 bit/s \(S6\)",
            "no_rate": r"the adapter refuses the bit rate of 500000 bit/s \(S6\)",
            "no_open": r"the adapter refuses to open the channel \(O\)",
            "noise": "what the adapter sends is no slcan",
            "endless": "what the adapter sends is no slcan",
            "no_tx": r"the adapter refused it \(BELL\): 1 message was not sent",
            "mute_tx": "the adapter didn't confirm it: 1 message was not sent",
        }
        for trait, text in says.items():
            with self.subTest(trait):
                path = self.adapters(f"slcan:{trait}", 1).paths[0]
                start = time.monotonic()
                result = self.assert_refused("cansend", "-i", "slcan", "-c", path, "-b", "500000",
                                             "123#11", says=f"cansend: slcan {path}: {text}")
                self.assertLess(time.monotonic() - start, 20)
                self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_unplugged_and_back(self):
        adapters = self.adapters("slcan")
        plug = Plug(self.path("adapter"), adapters.paths[0])
        logger = self.logger(plug.path)
        send = ("cansend", "-i", "slcan", "-c", adapters.paths[1])
        self.run_tool(*send, "111#")
        self.assertTrue(harness.wait_for(lambda: self.frames() == ["111#"]))
        plug.remove()
        adapters.unplug(adapters.paths[0])
        self.wait_for_text(logger, f"slcan {plug.path}: the device is gone, waiting")
        plug.put(adapters.plug())
        self.wait_for_text(logger, "back after")
        self.run_tool(*send, "222#")
        self.assertTrue(harness.wait_for(lambda: self.frames() == ["111#", "222#"]))
        self.stop(logger)
        self.assertEqual(len(re.findall(f"(?m)^# slcan {plug.path}: back after", self.read("log"))), 1)
        self.assertEqual(self.read("log").count("waiting"), 1)

    def test_unplugged_for_good(self):
        adapters = self.adapters("slcan")
        logger = self.logger(adapters.paths[0], "--no-reconnect")
        adapters.unplug(adapters.paths[0])
        self.assertIn("the device is gone", logger.communicate(timeout=20)[1])
        self.assertEqual(logger.returncode, 1)

    def test_plugged_in_later(self):
        adapters = self.adapters("slcan")
        plug = Plug(self.path("adapter"), adapters.paths[0])
        plug.remove()
        logger = self.logger(plug.path, "--wait")
        plug.put(adapters.paths[0])
        self.wait_for_text(logger, "back after")
        self.run_tool("cansend", "-i", "slcan", "-c", adapters.paths[1], "111#")
        self.assertTrue(harness.wait_for(lambda: self.frames() == ["111#"]))
        self.stop(logger)

    def test_the_adapter_is_left_closed(self):
        adapters = self.adapters("slcan:strict")
        logger = self.logger(adapters.paths[0], "-b", "250000")
        self.stop(logger)
        self.assertTrue(harness.wait_for(lambda: adapters.heard().endswith(b"\rC\r")))

    def test_stopped_while_it_waits_for_answers(self):
        adapters = self.adapters("slcan:silent", 1)
        logger = self.start("canlogger", "-i", "slcan", "-c", adapters.paths[0], "-f", "log",
                            "--format", "candump", "--wait")
        self.wait_for_text(logger, "waiting")
        time.sleep(0.7)  # into the next attempt
        start = time.monotonic()
        self.stop(logger)
        self.assertLess(time.monotonic() - start, 5)

    def test_a_played_log_arrives(self):
        """Through both sides of every interface, faster than the line is drained."""
        frames = [f"{i % 0x7FF:03X}#{i:08X}" for i in range(3000)]
        log = self.write("play.log", "".join(f"({i}.0) can0 {f}\n" for i, f in enumerate(frames)))
        for interface in ("slcan", "serial", "robotell", "seeed"):
            with self.subTest(interface):
                if os.path.exists(self.path("log")):
                    os.remove(self.path("log"))
                adapters = self.adapters(interface)
                logger = self.logger(adapters.paths[0], interface=interface)
                self.run_tool("canplayer", "-i", interface, "-c", adapters.paths[1],
                              "--ignore-timestamps", log)
                self.assertTrue(harness.wait_for(lambda: len(self.frames()) >= len(frames)))
                self.stop(logger)
                self.assertEqual(self.frames(), frames)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
    def test_no_permission(self):
        path = self.adapters("slcan", 1).paths[0]
        group = os.stat(path).st_gid
        os.chmod(path, 0o660)
        shutil.chown(path, group="dialout")
        self.addCleanup(os.chown, path, -1, group)
        result = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "--no-new-privs",
                                 harness.program("cansend"), "-i", "slcan", "-c", path, "123#"],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"slcan {path}: permission denied; the group dialout may", result.stderr)


if __name__ == "__main__":
    harness.main()
