# SPDX-License-Identifier: MIT
"""Emulated adapters for tests: the program serial_adapter, which has one bus for all of them."""
import os
import subprocess

import harness


class Adapters:
    """Adapters of a kind ("slcan:fd") on one bus, each on a terminal of its own: `paths`. Besides,
    each TCP connection to `tcp` is one."""

    def __init__(self, kind, count):
        self.process = subprocess.Popen([harness.program("serial_adapter"), kind, str(count)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.tcp = self.process.stdout.readline().strip()
        self.paths = [self.process.stdout.readline().strip() for _ in range(count)]

    def tell(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def plug(self):
        return self.tell("plug")

    def unplug(self, path):
        self.tell("unplug", path)

    def say(self, path, data):
        self.tell("say", path, data.hex())

    def heard(self):
        """All that the hosts have sent."""
        return bytes.fromhex(self.tell("heard"))

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Plug:
    """A name for a terminal that stays the same, as udev makes them for USB devices."""

    def __init__(self, path, target):
        self.path = path
        self.put(target)

    def put(self, target):
        os.symlink(target, self.path + ".new")
        os.replace(self.path + ".new", self.path)

    def remove(self):
        os.remove(self.path)
