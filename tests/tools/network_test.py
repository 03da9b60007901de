#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""udp_multicast where the network comes, goes and comes back."""
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

GROUP = "239.74.163.2"
BUS = ["-i", "udp_multicast", "-c", GROUP]


def ip(command, *inside):
    subprocess.run([*inside, "ip", *command.split()], check=True)


class Network(harness.ToolTest):
    """This machine and another one, with a cable e0 between them; the routes of loopback that the
    other tests need are taken away."""

    def setUp(self):
        super().setUp()
        if not os.environ.get(harness.INSIDE):
            self.skipTest("needs network namespaces")
        subprocess.run("ip route del 224.0.0.0/4 dev lo".split(), stderr=subprocess.DEVNULL)
        self.peer = subprocess.Popen(["unshare", "-n", "sleep", "1000"])
        self.addCleanup(self.peer.wait)
        self.addCleanup(self.peer.kill)
        self.addCleanup(subprocess.run, "ip link del e0".split(), stderr=subprocess.DEVNULL)
        own = os.readlink("/proc/self/ns/net")
        harness.wait_for(lambda: os.readlink(f"/proc/{self.peer.pid}/ns/net") != own)
        self.there = ["nsenter", "-t", str(self.peer.pid), "-n"]

    def plug_in(self):
        ip(f"link add e0 type veth peer name e0 netns {self.peer.pid}")
        ip("addr add 10.7.0.2/24 dev e0", *self.there)
        ip("link set e0 up", *self.there)
        ip("route add 224.0.0.0/4 dev e0", *self.there)

    def come_up(self):
        ip("addr add 10.7.0.1/24 dev e0")
        ip("link set e0 up")
        ip("route add 224.0.0.0/4 dev e0")

    def heard(self, frame):
        return harness.wait_for(lambda: frame in self.read("a.log"), seconds=3)

    def heard_from_there(self, frame):
        """Sent again and again: the kernel takes a while to use a cable."""
        command = [*self.there, harness.program("cansend"), *BUS, "--period", "100ms", frame]
        sender = subprocess.Popen(command)
        try:
            return self.heard(frame)
        finally:
            sender.terminate()
            sender.wait()

    def start_recording(self, *options):
        """A canlogger that is ready; what it says goes to a file."""
        with open(self.path("said"), "w", encoding="utf-8") as said:
            logger = subprocess.Popen([harness.program("canlogger"), "-v", *BUS, *options, "-f", "a.log"],
                                      cwd=self.folder, env=self.environment, stderr=said)
        self.addCleanup(logger.wait)
        self.addCleanup(logger.kill)
        self.assertTrue(self.says("recording"))
        return logger

    def says(self, text):
        return harness.wait_for(lambda: text in self.read("said"), seconds=3)

    def test_started_before_the_network_is_up(self):
        self.plug_in()
        self.start_recording()
        self.assertTrue(self.says("no network carries the group yet: on loopback only"))
        told = self.run_tool("cansend", *BUS, "100#01").stderr
        self.assertIn("cansend: udp_multicast " + GROUP + ": no network carries the group", told)
        self.assertTrue(self.heard("100#01"))
        self.write("in.log", "(1) can0 100#03\n")
        told = self.run_tool("canplayer", *BUS, "in.log").stderr
        self.assertIn("on loopback only", told)
        self.come_up()
        self.assertTrue(self.says(f"udp_multicast {GROUP}: on e0 now"))
        self.assertTrue(self.heard_from_there("100#02"))
        self.assertIn(f"# udp_multicast {GROUP}: on e0 now", self.read("a.log"))

    def test_an_interface_that_goes_and_comes_back(self):
        self.plug_in()
        self.come_up()
        for options, gone, back in (([], "e0 no longer carries the group: on loopback only", "on e0 now"),
                                    (["-o", "iface=e0"], "e0 is gone, waiting", "back on e0 now")):
            with self.subTest(options=options):
                logger = self.start_recording(*options)
                self.assertTrue(self.heard_from_there("100#01"))
                ip("link del e0")
                self.assertTrue(self.says(gone))
                self.plug_in()
                self.come_up()
                self.assertTrue(self.says(back))
                self.assertTrue(self.heard_from_there("100#02"))
                logger.terminate()
                self.assertEqual(logger.wait(timeout=10), 0)

    def test_a_busy_bus_follows_too(self):
        self.plug_in()
        self.start_recording()
        flood = self.start("cansend", *BUS, "--period", "100us", "200#")
        self.come_up()
        self.assertTrue(self.says("on e0 now"))
        self.assertTrue(self.heard_from_there("100#02"))
        self.stop(flood)

    def test_a_sender_follows(self):
        self.plug_in()
        self.start("cansend", *BUS, "--period", "20ms", "200#11")
        time.sleep(0.3)
        self.come_up()
        self.start_recording("-n", "3")
        self.assertTrue(self.heard("200#11"))


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
