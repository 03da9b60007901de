#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings that are published at an MQTT broker, stored by a sink, and watched: what is lost on the way
arrives in the end, once and in order."""
import gzip
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import fleet  # noqa: E402
import harness  # noqa: E402

RATE = 2000  # messages a second
TOPIC = "fleet/car17"


class FleetTest(harness.ToolTest):
    kind = "mosquitto"

    def setUp(self):
        if why := fleet.missing(self.kind):
            self.skipTest(why)
        super().setUp()
        self.environment["XDG_STATE_HOME"] = self.path("state")
        self.processes = []
        self.addCleanup(self.end_all)
        self.sent = 0

    def end_all(self):
        for process in self.processes:
            if process.running():
                process.kill()

    def run_process(self, name, *command):
        process = fleet.Process([harness.program(command[0]), *command[1:]], self.path(name + ".txt"), self.environment)
        self.processes.append(process)
        return process.start()

    def start_broker(self, **options):
        self.broker = fleet.Broker(self.kind, self.folder, **options)
        self.processes.append(self.broker)
        self.broker.start()

    def start_sink(self, topic="fleet/+"):
        return self.run_process("sink", "fleet_sink", self.broker.url(topic), self.path("store"))

    def start_vehicle(self, *options, topic=TOPIC):
        vehicle = self.run_process("vehicle", "canlogger", "-v", *fleet.GROUP, "-f", self.broker.url(topic), "--batch",
                                   "100ms", "--spool-dir", self.path("spool"), *options)
        self.assertTrue(harness.wait_for(lambda: "recording" in vehicle.said()), vehicle.said())
        return vehicle

    def send(self, seconds, wait=True):
        """Sends messages with the next numbers."""
        count = int(seconds * RATE)
        path = self.path(f"traffic{self.sent}.log")
        fleet.write_log(path, self.sent, count, RATE)
        self.sent += count
        player = self.run_process("player", "canplayer", "-q", *fleet.GROUP, path)
        if wait:
            self.assertEqual(player.process.wait(60), 0)
        return player

    def stored(self, vehicle="car17"):
        return fleet.numbers_in(self.path(f"store/{vehicle}.canb"))

    def assert_all_stored(self, seconds=40):
        """Everything that was sent is in the store, once and in order."""
        if not fleet.pause_until(lambda: len(self.stored()) >= self.sent, seconds):
            self.fail(f"{len(self.stored())} of {self.sent}; " + "; ".join(p.said()[-500:] for p in self.processes))
        self.assertEqual(self.stored(), list(range(self.sent)))


class Losses:
    """What brokers and networks do; with each broker."""

    def test_sink_is_away(self):
        self.start_broker()
        vehicle = self.start_vehicle()
        self.send(2)
        self.start_sink()
        self.send(1)
        self.assert_all_stored()
        self.assertEqual(vehicle.stop(), 0)

    def test_broker_is_killed(self):
        self.start_broker()
        self.start_sink()
        self.start_vehicle()
        for _ in range(2):
            player = self.send(2, wait=False)
            time.sleep(0.7)
            self.broker.kill()
            self.broker.start()
            player.process.wait(30)
        self.assert_all_stored()

    def test_broker_is_gone_for_three_seconds(self):
        self.start_broker()
        self.start_sink()
        self.start_vehicle()
        player = self.send(5, wait=False)
        time.sleep(1)
        self.broker.signal(signal.SIGSTOP)
        time.sleep(3)
        self.broker.signal(signal.SIGCONT)
        player.process.wait(30)
        self.assert_all_stored()

    def test_flood(self):
        self.start_broker()
        self.start_sink()
        self.sent = 300_000
        fleet.write_log(self.path("flood.log"), 0, self.sent, 1e6)
        self.run_tool("canconvert", self.path("flood.log"), self.broker.url(TOPIC))
        self.assertEqual(self.stored(), list(range(self.sent)))

    def test_sink_is_killed(self):
        self.start_broker()
        sink = self.start_sink()
        self.start_vehicle()
        for _ in range(3):
            player = self.send(1.5, wait=False)
            time.sleep(0.5)
            sink.kill()
            sink = self.start_sink()
            player.process.wait(30)
        self.assert_all_stored()

    def test_publisher_is_killed(self):
        """What is in the spool is sent by the next one. What came while none recorded is nobody's."""
        self.start_broker()
        self.start_sink()
        for _ in range(2):
            vehicle = self.start_vehicle()
            player = self.send(2, wait=False)
            time.sleep(1.3)
            vehicle.kill()
            player.process.wait(30)
        before = self.stored()
        vehicle = self.start_vehicle()
        self.send(0.5)
        self.assertTrue(fleet.pause_until(lambda: self.stored()[-1:] == [self.sent - 1]))
        numbers = self.stored()
        self.assertEqual(numbers, sorted(set(numbers)))
        holes = [b - a for a, b in zip(numbers, numbers[1:]) if b != a + 1]
        self.assertEqual(len(holes), 2, holes)
        self.assertLess(max(holes), 1.2 * RATE)
        self.assertGreaterEqual(len(numbers), len(before))


class WithMosquitto(Losses, FleetTest):
    kind = "mosquitto"


class WithNats(Losses, FleetTest):
    kind = "nats-server"


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
