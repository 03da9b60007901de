# SPDX-License-Identifier: MIT
"""Brokers, vehicles and sinks of a fleet on this machine."""
import itertools
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import time
import zlib

import harness

GROUP = ["-i", "udp_multicast", "-c", "239.74.163.9"]
MOSQUITTO = "/usr/sbin/mosquitto"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A program that is started and ended again and again. Its output goes to a file."""

    def __init__(self, command, log, environment=None, folder=None):
        self.command, self.log, self.environment, self.folder = command, log, environment, folder
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment, cwd=self.folder)
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """As kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=30):
        """Ends it in order; its status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()


class Broker(Process):
    """mosquitto or nats-server; `settings`: more lines of mosquitto's configuration."""

    def __init__(self, kind, folder, settings="", port=0):
        self.port = port or free_port()
        config = os.path.join(folder, kind + ".conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(self.mosquitto(settings) if kind == "mosquitto" else self.nats(folder))
        command = [MOSQUITTO, "-c", config] if kind == "mosquitto" else ["nats-server", "-c", config]
        super().__init__(command, os.path.join(folder, kind + ".txt"))

    def mosquitto(self, settings):
        return f"user root\nlistener {self.port} 127.0.0.1\n" + (settings or "allow_anonymous true\n")

    def nats(self, folder):
        return (f'server_name: test\nlisten: "127.0.0.1:{free_port()}"\n'
                f'jetstream {{ store_dir: "{folder}/nats" }}\nmqtt {{ listen: "127.0.0.1:{self.port}" }}\n')

    def start(self):
        super().start()
        assert harness.wait_for(self.listening), self.said()
        return self

    def listening(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def url(self, topic, scheme="mqtt"):
        return f"{scheme}://localhost:{self.port}/{topic}"


def packet(kind, *parts):
    """A packet of MQTT 3.1.1; each part is text with a length before it, or plain bytes."""
    body = b"".join(struct.pack(">H", len(part.encode())) + part.encode() if isinstance(part, str) else part
                    for part in parts)
    length, left = b"", len(body)
    while True:
        left, digit = left >> 7, left & 0x7F
        length += bytes([digit | (0x80 if left else 0)])
        if not left:
            return bytes([kind]) + length + body


class Client:
    """As little of MQTT as tests need."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.sendall(packet(0x10, "MQTT", b"\x04\x02\x00\x3c", f"test{os.getpid()}{id(self)}"))
        assert self.read()[0] == 0x20

    def publish(self, topic, payload):
        self.socket.sendall(packet(0x30, topic, payload))

    def subscribe(self, topic):
        self.socket.sendall(packet(0x82, b"\x00\x01", topic, b"\x00"))

    def read(self):
        """The next packet: its kind, and its body."""
        kind, length, shift = self.take(1)[0], 0, 0
        while True:
            digit = self.take(1)[0]
            length |= (digit & 0x7F) << shift
            shift += 7
            if digit < 0x80:
                return kind, self.take(length)

    def take(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            assert part, "the broker closed the connection"
            data += part
        return data

    def message(self, topic):
        """The next message of the topic."""
        self.subscribe(topic)
        while True:
            kind, body = self.read()
            if kind & 0xF0 == 0x30:
                return body[2 + struct.unpack(">H", body[:2])[0]:]

    def close(self):
        self.socket.close()


def missing(kind):
    """Why tests with this broker are skipped; empty: they aren't."""
    if kind == "mosquitto" and os.path.exists(MOSQUITTO):
        return ""
    return "" if shutil.which(kind) else f"there is no {kind}"


def write_log(path, first, count, rate):
    """A log to be played, of messages that bear their numbers."""
    with open(path, "w", encoding="utf-8") as file:
        for i in range(count):
            file.write(f"({i / rate:.6f}) can0 123#{first + i:016X}\n")


def numbers_in(store):
    """The numbers of the messages in a stored log, in order."""
    if not os.path.exists(store):
        return []
    read = subprocess.run([harness.program("canconvert"), store, "-", "--format", "candump"], capture_output=True,
                          text=True, timeout=120, check=False)
    return [int(number, 16) for number in re.findall(r" 123#([0-9A-F]{16})", read.stdout)]


def messages_in(store):
    """How many messages a stored .canb has: its batches are whole, of one run, each there once and in order."""
    with open(store, "rb") as file:
        data = file.read()
    at, messages, runs = 0, 0, set()
    for number in itertools.count():
        if at == len(data):
            return messages
        size, = struct.unpack_from("<I", data, at + 8)
        run, *place = struct.unpack_from("<3Q", data, at + 32)
        runs.add(run)
        assert len(runs) == 1 and place == [number, messages], f"{store}: {place} where {[number, messages]} comes next"
        assert struct.pack("<I", zlib.crc32(data[at:at + size - 4])) == data[at + size - 4:at + size], f"{store}: damaged"
        messages += struct.unpack_from("<H", data, at + 16)[0]
        at += size


def pause_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()
