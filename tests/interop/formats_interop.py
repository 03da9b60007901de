#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Logs and live traffic against Debian's python-can and can-utils, both ways."""
import decimal
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

try:
    import can
except ImportError:
    print("python-can isn't installed")
    sys.exit(harness.SKIP)

GROUP, PORT = "239.74.163.2", 43113
START = 1700000000.0
FD_FORMATS = ("asc", "blf", "log", "jsonl", "pcapng")
READABLE = ("asc", "blf", "csv", "db", "log")


def data(index, length):
    return bytes((7 * i + index) & 0xFF for i in range(length))


def frame(index, **fields):
    """One of all kinds of frames, by its index."""
    kind = index % 8
    fields.setdefault("timestamp", round(START + index / 1000, 6))
    fields.setdefault("is_extended_id", kind in (1, 5))
    fields["arbitration_id"] = (0x1ABC0000 if fields["is_extended_id"] else 0x100) + index % 0x400
    if kind == 2:
        fields.update(is_remote_frame=True, dlc=index // 8 % 9)
    elif kind == 3:  # the one class of error frames that python-can knows again in a candump log
        fields.update(is_error_frame=True, arbitration_id=0x80, data=bytes(8))
    elif kind in (4, 5):
        length = (0, 1, 8, 12, 16, 20, 24, 32, 48, 64)[index // 8 % 10]
        fields.update(is_fd=True, bitrate_switch=index // 8 % 2 == 0, data=data(index, length),
                      error_state_indicator=index // 16 % 2 == 0)
    else:
        fields.update(data=data(index, index // 8 % 9))
    return can.Message(check=True, **fields)


def key(message, fd=True):
    """What has to be equal of a python-can message."""
    if message.is_error_frame:
        return "error"
    flags = (message.is_fd, message.bitrate_switch, message.error_state_indicator) if fd else ()
    return (message.arbitration_id, message.is_extended_id, message.is_remote_frame, message.dlc,
            bytes(message.data), *flags)


def json_key(line, fd=True):
    m = json.loads(line)
    if m["error"]:
        return "error"
    flags = (m["fd"], m["brs"], m["esi"]) if fd else ()
    return (m["id"], m["extended"], m["remote"], m["length"], bytes.fromhex(m["data"]), *flags)


def is_empty_fd(message):
    """python-can takes an empty FD frame in an ASC log for a remote frame."""
    return message.is_fd and message.dlc == 0


class Checks(harness.ToolTest):
    def assert_same(self, got, want):
        self.assertEqual(len(got), len(want))
        for index, (g, w) in enumerate(zip(got, want)):
            self.assertEqual(g, w, f"message {index}")

    def read_by_python(self, name):
        with can.LogReader(self.path(name)) as reader:
            return list(reader)

    def check_read_by_python(self, name, sent):
        extension = name.rsplit(".", 1)[1]
        fd = extension in FD_FORMATS
        pairs = list(zip(self.read_by_python(name), sent, strict=True))
        if extension == "asc":
            pairs = [(g, w) for g, w in pairs if not is_empty_fd(w)]
        self.assert_same([key(g, fd) for g, _ in pairs], [key(w, fd) for _, w in pairs])

    def check_read_by_us(self, name, sent):
        fd = name.rsplit(".", 1)[1] in FD_FORMATS
        lines = self.run_tool("canconvert", "-q", name, "-", "--format", "jsonl").stdout.splitlines()
        self.assert_same([json_key(line, fd) for line in lines], [key(m, fd) for m in sent])
        return [json.loads(line) for line in lines]


class Formats(Checks):
    def test_ours_read_by_python_can(self):
        frames = [frame(i) for i in range(2000)]
        with open(self.path("a.jsonl"), "w", encoding="utf-8") as file:
            for m in frames:
                file.write(json.dumps({
                    "timestamp": m.timestamp, "channel": "can0", "id": m.arbitration_id,
                    "extended": m.is_extended_id and not m.is_error_frame,
                    "remote": m.is_remote_frame, "error": m.is_error_frame, "fd": m.is_fd,
                    "brs": m.bitrate_switch, "esi": m.error_state_indicator, "length": m.dlc,
                    "data": m.data.hex()}) + "\n")
        for extension in READABLE:
            with self.subTest(extension=extension):
                self.run_tool("canconvert", "-q", "a.jsonl", "a." + extension)
                self.check_read_by_python("a." + extension, frames)
        for extension in ("blf", "csv", "db", "log"):
            with self.subTest(times=extension):
                for got, want in zip(self.read_by_python("a." + extension), frames):
                    self.assertAlmostEqual(got.timestamp, want.timestamp, delta=2e-6)

    def test_theirs_read_by_us(self):
        frames = [frame(i) for i in range(400)]  # its SQLite writer drops what exceeds 500 rows
        for extension in READABLE:
            with self.subTest(extension=extension):
                name = "p." + extension
                with can.Logger(self.path(name)) as writer:
                    for message in frames:
                        writer.on_message_received(message)
                    if extension == "db":
                        time.sleep(1)
                want = frames
                if extension == "log":  # which loses the length of remote frames
                    want = [frame(i) for i in range(400)]
                    for m in want:
                        m.dlc = 0 if m.is_remote_frame else m.dlc
                got = self.check_read_by_us(name, want)
                # Its ASC and BLF headers hold milliseconds that its times don't count from.
                tolerance = 2e-3 if extension in ("asc", "blf") else 2e-6
                for g, w in zip(got, frames):
                    self.assertAlmostEqual(g["timestamp"], w.timestamp, delta=tolerance)

    def test_trc(self):
        """python-can 4.1.0 reads the data frames of TRC 2.1 and 1.1, and writes those."""
        frames = [frame(i) for i in range(400) if i % 8 in (0, 1)]
        with can.Logger(self.path("p.trc")) as writer:
            for message in frames:
                writer.on_message_received(message)
        self.check_read_by_us("p.trc", frames)
        for name in ("trc", "trc-1.1"):
            self.run_tool("canconvert", "-q", "p.trc", "a.trc", "--format", name)
            self.assert_same([key(m) for m in self.read_by_python("a.trc")],
                             [key(m) for m in frames])

    def test_numpy(self):
        import numpy
        frames = [frame(i) for i in range(1500)]
        with can.Logger(self.path("p.blf")) as writer:
            for message in frames:
                writer.on_message_received(message)
        self.run_tool("canconvert", "-q", "p.blf", "a.npz")
        with numpy.load(self.path("a.npz"), allow_pickle=False) as arrays:
            columns = {name: arrays[name] for name in arrays.files}
        self.assertEqual(columns["data"].shape, (1500, 64))
        self.assertEqual(columns["timestamp"].dtype, numpy.int64)
        self.assertEqual(set(columns["channel"].tolist()), {"1"})
        for i, m in enumerate(frames):
            if not m.is_error_frame:
                self.assertEqual(columns["id"][i], m.arbitration_id)
                self.assertEqual(columns["length"][i], m.dlc)
                self.assertEqual(columns["flags"][i] & 1, m.is_extended_id)
                self.assertEqual(columns["data"][i][:len(m.data)].tobytes(), bytes(m.data))
        for save in (numpy.savez, numpy.savez_compressed):
            save(self.path("n.npz"), **columns)
            self.assertEqual(self.run_tool("canconvert", "n.npz", "-", "--format", "jsonl").stdout,
                             self.run_tool("canconvert", "a.npz", "-", "--format", "jsonl").stdout)
        numpy.savez(self.path("few.npz"), timestamp=numpy.array([1.5, 2.5]), id=numpy.array([1, 0x800]))
        got = self.run_tool("canconvert", "-q", "few.npz", "-", "--format", "candump").stdout
        self.assertEqual([line.split()[0] + line.split()[2] for line in got.splitlines()],
                         ["(0000000001.500000)001#", "(0000000002.500000)00000800#"])
        for unit, factor in (("ns", 1), ("us", 10**3), ("ms", 10**6), ("s", 10**9)):
            numpy.savez(self.path("dated.npz"), id=numpy.array([1]), channel=numpy.array(["Bus-é車"]),
                        timestamp=numpy.array([17], f"datetime64[{unit}]"))
            got = json.loads(self.run_tool("canconvert", "dated.npz", "-", "--format", "jsonl").stdout,
                             parse_float=decimal.Decimal)
            self.assertEqual((got["timestamp"] * 10**9, got["channel"]), (17 * factor, "Bus-é車"))
        self.write("named.jsonl", '{"timestamp":1,"id":1,"channel":"Bus-é車"}\n')
        self.run_tool("canconvert", "named.jsonl", "named.npz")
        with numpy.load(self.path("named.npz"), allow_pickle=False) as arrays:
            self.assertEqual(arrays["channel"].tolist(), ["Bus-é車"])

    @unittest.skipUnless(shutil.which("tshark"), "no tshark")
    def test_wireshark(self):
        """What tshark sees in our captures, in our BLF logs, of whose BRS tshark 4.0 knows nothing,
        and in our candump logs of frames received: it takes none whose lines tell the direction."""
        lines = []
        for i in range(200):
            m = frame(i)
            lines.append(json.dumps({
                "timestamp": m.timestamp, "channel": f"can{i % 2}", "id": m.arbitration_id,
                "extended": m.is_extended_id, "remote": m.is_remote_frame, "error": False,
                "fd": m.is_fd, "brs": m.bitrate_switch, "length": m.dlc, "data": m.data.hex()}))
        self.write("a.jsonl", "\n".join(lines) + "\n")
        for extension in ("pcapng", "blf", "log"):
            with self.subTest(extension=extension):
                self.run_tool("canconvert", "-q", "a.jsonl", "a." + extension)
                seen = subprocess.run(
                    ["tshark", "-r", self.path("a." + extension), "-T", "fields", "-e", "can.id",
                     "-e", "can.flags.xtd", "-e", "can.flags.rtr", "-e", "can.len",
                     "-e", "canfd.flags.brs"], capture_output=True, text=True, check=True).stdout
                got = [line.split("\t") for line in seen.splitlines()]
                self.assertEqual(len(got), len(lines))
                for fields, line in zip(got, lines):
                    m = json.loads(line)
                    self.assertEqual([int(x, 0) if x else 0 for x in fields[:4]],
                                     [m["id"], m["extended"], m["remote"], m["length"]], line)
                    if m["fd"] and extension != "blf":
                        self.assertEqual(fields[4] in ("1", "True"), m["brs"], line)

    @unittest.skipUnless(shutil.which("asc2log") and shutil.which("log2asc"), "no can-utils")
    def test_can_utils(self):
        lines = [f"({START + i / 1000:.6f}) can{i % 2} {i % 0x800:03X}#{data(i, i % 9).hex().upper()}"
                 for i in range(500)]
        lines += [f"({START + 1:.6f}) can0 1ABCDEF0#R4", f"({START + 1:.6f}) can1 123#R"]
        self.write("a.log", "\n".join(lines) + "\n")
        frames = [line.split()[1:3] for line in lines]
        self.run_tool("canconvert", "-q", "a.log", "a.asc")
        theirs = subprocess.run(["asc2log", "-I", self.path("a.asc")], capture_output=True,
                                text=True, check=True).stdout
        self.assert_same([line.split()[1:3] for line in theirs.splitlines()][:500], frames[:500])
        with open(self.path("u.asc"), "w", encoding="utf-8") as file:
            subprocess.run(["log2asc", "-I", self.path("a.log"), "can0", "can1"], stdout=file,
                           check=True)
        ours = self.run_tool("canconvert", "-q", "u.asc", "-", "--format", "candump").stdout
        self.assert_same([line.split()[1:3] for line in ours.splitlines()][:500], frames[:500])


class Live(Checks):
    COUNT = 20000

    def open_bus(self):
        bus = can.Bus(interface="udp_multicast", channel=GROUP, port=PORT, receive_own_messages=False)
        self.addCleanup(bus.shutdown)
        sock = bus._multicast._socket  # its buffer of 256 messages is no match for a replay
        sock.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_RCVBUFFORCE", 33), 64 << 20)
        return bus

    def send_all(self, bus, frames):
        for index, message in enumerate(frames):
            bus.send(message)
            if index % 20 == 0:
                time.sleep(0.001)

    def test_recorded_and_replayed(self):
        frames = [frame(i) for i in range(self.COUNT)]
        names = ["a." + e for e in (*READABLE, "jsonl", "txt")]
        loggers = [self.start_logger("-c", GROUP, "-n", str(self.COUNT), "-f", name)
                   for name in names]
        bus = self.open_bus()
        self.send_all(bus, frames)
        for name, logger in zip(names, loggers):
            with self.subTest(recorded=name):
                self.assertEqual(logger.wait(timeout=120), 0)
        for extension in READABLE:
            with self.subTest(read_back=extension):
                self.check_read_by_python("a." + extension, frames)
        self.check_read_by_us("a.jsonl", frames)
        self.assertEqual(len(self.read("a.txt").splitlines()), self.COUNT)
        for extension in (*READABLE, "jsonl"):
            with self.subTest(replayed=extension):
                self.check_replay("a." + extension, frames)

    def check_replay(self, name, frames):
        bus = self.open_bus()
        self.run_tool("canplayer", "-q", "-i", "udp_multicast", "-c", GROUP, "--error-frames",
                      "--ignore-timestamps", "-g", "0.1", name)
        got = []
        while (message := bus.recv(1.0 if len(got) < len(frames) else 0)) is not None:
            got.append(message)
        bus.shutdown()
        # python-can's CSV holds no CAN FD flags.
        fd = not name.endswith(".csv")
        self.assert_same([key(m, fd) for m in got], [key(m, fd) for m in frames])


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
