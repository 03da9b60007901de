#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The programs with what stands in for vendors' libraries."""
import json
import os
import signal
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

# Interface -> name of the stand-in, and the channels of two programs that meet.
VENDORS = {
    "kvaser": ("canlib", ("0", "0")),
    "pcan": ("pcanbasic", ("PCAN_USBBUS1", "PCAN_USBBUS2")),
    "usb2can": ("canal", ("ED000100", "ED000100")),
    "neovi": ("icsneo", ("1", "1")),
    "ixxat": ("vcinpl", ("0", "0")),
    "nican": ("nican", ("CAN0", "CAN0")),
}


class Vendors(harness.ToolTest):
    def setUp(self):
        super().setUp()
        self.environment["CANSUITE_STAND_IN_BUS"] = f"vendor-test-{os.getpid()}-{self.id()}"[-60:]
        for interface, (name, _) in VENDORS.items():
            self.environment[f"CANSUITE_{interface.upper()}_LIBRARY"] = os.path.join(
                harness.BIN, "stand_ins", f"lib{name}_stand_in.so")

    def listed(self):
        shown = self.run_tool("canlogger", "--list-interfaces", "--json").stdout
        return {each["name"]: each for each in json.loads(shown)}

    def test_a_recording_on_each(self):
        """Two programs meet; stdout has the messages alone, however much the library prints."""
        for interface, (_, (here, there)) in VENDORS.items():
            with self.subTest(interface):
                self.environment["CANSUITE_STAND_IN"] = "print on"
                logger = self.start("canlogger", "-v", "-i", interface, "-c", here, "-n", "2")
                for line in logger.stderr:
                    if "recording" in line:
                        break
                self.run_tool("cansend", "-i", interface, "-c", there, "123#DEADBEEF", "1ABCDEF0#11")
                output, complaints = logger.communicate(timeout=20)
                self.assertEqual(logger.returncode, 0, complaints)
                lines = output.splitlines()
                self.assertEqual(len(lines), 2, output)
                self.assertIn("de ad be ef", lines[0].lower())

    def test_lists_with_their_states(self):
        listed = self.listed()
        for interface in ("kvaser", "pcan", "neovi", "ixxat"):
            self.assertEqual(listed[interface]["state"], "available", interface)
            self.assertTrue(listed[interface]["there"], interface)
        self.assertEqual([each["channel"] for each in listed["kvaser"]["there"]][:2], ["0", "1"])
        self.assertIn("S/N ", listed["kvaser"]["there"][0]["state"])
        self.assertEqual(listed["nican"]["state"], "available")
        self.environment["CANSUITE_STAND_IN"] = "devices 0;print on"
        text = self.run_tool("canlogger", "-v", "--list-interfaces").stdout
        self.assertRegex(text, r"(?m)^kvaser (.*\n +-[co] .*)*(\n.*)*?\n +state: no device")
        self.assertRegex(text, r" library: .*libcanlib_stand_in\.so\n")
        self.assertNotIn("canGetNumberOfChannels", text)  # what the library prints

    def test_without_the_libraries(self):
        for interface in VENDORS:
            del self.environment[f"CANSUITE_{interface.upper()}_LIBRARY"]
        self.environment["LD_LIBRARY_PATH"] = self.folder
        listed = self.listed()
        for interface in ("kvaser", "pcan", "usb2can", "neovi"):
            self.assertEqual(listed[interface]["state"], "library missing", interface)
            self.assertIn("can't load", listed[interface]["library"])
        for interface in ("ixxat", "nican"):
            self.assertEqual(listed[interface]["state"], "other system only")
        for interface, (_, (channel, _)) in VENDORS.items():
            self.assert_refused("cansend", "-i", interface, "-c", channel, "001#",
                                says=f"cansend: {interface} {channel}: can't load .*; .*-i socketcan")

    def test_configuration_files_of_the_manual(self):
        for interface, channel in (("ixxat", "0"), ("pcan", "PCAN_USBBUS1"), ("neovi", "1")):
            with self.subTest(interface):
                self.write(".canrc", f"[default]\ninterface = {interface}\nchannel = {channel}\n")
                self.run_tool("cansend", "123#11")

    def test_a_server_of_the_manual(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        server = self.start("canserver", "--interface", "kvaser", "--channel", "0", "--port", port,
                            "-H", "127.0.0.1")
        for line in server.stderr:
            if "listening on" in line:
                break
        logger = self.start("canlogger", "-v", "-i", "remote", "-c", f"127.0.0.1:{port}", "-n", "1")
        self.assertIn("recording", logger.stderr.readline())
        self.run_tool("cansend", "-i", "kvaser", "-c", "0", "123#11")
        output, complaints = logger.communicate(timeout=20)
        self.assertEqual(logger.returncode, 0, complaints)
        self.assertEqual(len(output.splitlines()), 1)

    def test_a_device_that_comes_back(self):
        self.environment["CANSUITE_STAND_IN"] = ""
        logger = self.start("canlogger", "-v", "-i", "kvaser", "-c", "0", "-f", self.path("log"),
                            "--format", "candump")
        self.assertIn("recording", logger.stderr.readline())
        for command, says in (("everywhere vanish 0", "waiting"), ("everywhere return 0", "back after")):
            self.environment["CANSUITE_STAND_IN"] = command
            self.run_tool("canlogger", "--list-interfaces")  # loads the library, which does it
            for line in logger.stderr:
                if says in line:
                    break
            else:
                self.fail(f"never said {says}")
        self.environment["CANSUITE_STAND_IN"] = ""
        self.run_tool("cansend", "-i", "kvaser", "-c", "0", "123#11")
        self.assertTrue(harness.wait_for(lambda: "123#11" in self.read("log")))
        self.stop(logger, signal.SIGINT)


if __name__ == "__main__":
    harness.main()
