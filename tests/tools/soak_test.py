#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A recording over canserver while clients come and go: every frame, in order, and no more memory or files
than at the start. 15 seconds, or as many as SOAK_SECONDS says (scripts/soak)."""
import os
import re
import signal
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

SECONDS = float(os.environ.get("SOAK_SECONDS", 15))
HELLO = bytes.fromhex("014000000000" "20000000000000" "2100")  # version 64
BATCH, PAUSE = 50, 0.02  # frames, seconds: 2,500 a second
MAX_GROWTH = 3072  # KiB, from a third of the time to the end


def frame(number):
    return struct.pack(">BqIBBBQ", 0x23, 0, 0x123, 0, 8, 0, number)


class Soak(harness.ToolTest):
    def start_server(self):
        server = self.start("canserver", "-i", "virtual", "-c", "hub", "-H", "127.0.0.1", "-p", "0")
        for line in server.stderr:
            if "listening on" in line:
                return server, ("127.0.0.1", int(line.rsplit(":", 1)[1]))
        self.fail("canserver doesn't listen")

    def usage(self, process):
        """Resident memory in KiB, and open files."""
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            memory = int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])
        return memory, len(os.listdir(f"/proc/{process.pid}/fd"))

    def visit(self, address, end):
        """Clients of all kinds, one after the other: readers, one that says nothing, garbage, a hurried one."""
        for number in range(1 << 30):
            if time.monotonic() > end:
                return
            peer = socket.create_connection(address, timeout=20)
            if number % 4 == 1:
                peer.sendall(os.urandom(200))
            elif number % 4 != 2:
                peer.sendall(HELLO)
                if number % 4 == 0:
                    peer.recv(1 << 16)
            time.sleep(0.01)
            peer.close()

    def send_all(self, address, end):
        """Sends numbered frames; returns their number."""
        peer = socket.create_connection(address, timeout=20)
        peer.sendall(HELLO)
        number = 0
        while time.monotonic() < end:
            peer.sendall(b"".join(frame(number + i) for i in range(BATCH)))
            number += BATCH
            time.sleep(PAUSE)
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(1 << 16):
            pass
        peer.close()
        return number

    def test_memory_files_and_sequence(self):
        server, address = self.start_server()
        logger = self.start("canlogger", "-v", "-i", "remote", "-c", "%s:%d" % address, "-f", "a.log")
        self.assertIn("recording", logger.stderr.readline())
        start = time.monotonic()
        end = start + SECONDS
        visitors = [threading.Thread(target=self.visit, args=(address, end)) for _ in range(3)]
        sent = []
        sender = threading.Thread(target=lambda: sent.append(self.send_all(address, end)))
        for thread in [*visitors, sender]:
            thread.start()
        time.sleep(SECONDS / 3)
        early = [self.usage(process) for process in (server, logger)]
        for thread in [*visitors, sender]:
            thread.join()
        last = frame(sent[0] - 1)[-8:].hex().upper()
        self.assertTrue(harness.wait_for(lambda: self.read("a.log").rstrip().endswith(last)), "the end is missing")
        # The server notices within its tick that the last visitors have gone.
        settled = harness.wait_for(lambda: self.usage(server)[1] <= early[0][1] - 1)
        late = [self.usage(process) for process in (server, logger)]
        for (memory, files), (memory_then, files_then), name in zip(late, early, ("canserver", "canlogger")):
            self.assertLess(memory - memory_then, MAX_GROWTH, name)
            self.assertLessEqual(files, files_then, name)
        self.assertTrue(settled, "connections stay open")
        self.stop(logger)
        self.stop(server, signal.SIGTERM)
        self.check_sequence(sent[0])
        print(f"{sent[0]} frames; KiB and files early {early}, late {late}")

    def check_sequence(self, count):
        with open(self.path("a.log"), encoding="ascii") as file:
            numbers = [int(line.split("#")[1].split()[0], 16) for line in file]
        self.assertEqual(len(numbers), count)
        self.assertEqual(numbers, list(range(count)))


if __name__ == "__main__":
    harness.main()
