#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canconvert as a user runs it."""
import gzip
import json
import os
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import threading
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

LOG = """(1551774790.942758) can0 123#DEADBEEF
(1551774791.942761) can1 1ABCDEF0##1AABB T
(1551774792.500000) can0 7E8#R4
(1551774793.000001) can0 20000004#0004000000000000
"""
FORMATS = ["asc", "blf", "canb", "csv", "db", "log", "jsonl", "trc", "pcapng", "npz"]


def carry_over(source, target):
    """What comes at the source goes on to the target at once."""
    while data := os.read(source.fileno(), 65536):
        target.write(data)
        target.flush()
    target.close()


class Convert(harness.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("a.log", LOG)

    def frames(self, name, *options):
        output = self.run_tool("canconvert", "-q", *options, name, "-", "--format", "jsonl").stdout
        return [json.loads(line) for line in output.splitlines()]

    def test_any_format_to_any(self):
        want = [(f["timestamp"], f["id"], f["extended"], f["remote"], f["data"], f["length"])
                for f in self.frames("a.log")[:3]]
        for first in FORMATS:
            self.run_tool("canconvert", "-q", "a.log", "1." + first)
            for second in FORMATS:
                with self.subTest(first=first, second=second):
                    self.run_tool("canconvert", "-q", "1." + first, "2." + second)
                    got = [(f["timestamp"], f["id"], f["extended"], f["remote"], f["data"],
                            f["length"]) for f in self.frames("2." + second)]
                    self.assertEqual(got[:3], want)
                    self.assertEqual(len(got), 4)

    def test_log_comes_back_identical(self):
        for middle in ("blf", "canb", "jsonl", "db", "asc", "csv", "trc", "pcapng", "npz"):
            with self.subTest(middle=middle):
                dialect = ["--csv-dialect", "extended"] if middle == "csv" else []
                self.run_tool("canconvert", "-q", *dialect, "a.log", "m." + middle)
                self.run_tool("canconvert", "-q", "m." + middle, "b.log")
                got, want = self.read("b.log").splitlines(), LOG.splitlines()
                self.assertEqual(got[:3], want[:3])
                if middle not in ("asc", "trc"):  # which keep no detail of error frames
                    self.assertEqual(got[3:], want[3:])

    def test_pipes(self):
        output = self.run_tool("canconvert", "-", "-", "--format", "candump", input=LOG).stdout
        self.assertEqual(output, LOG)

    def test_what_has_come_through_a_pipe_is_passed_on(self):
        line = "(1551774790.942758) can0 123#DEADBEEF\n"
        for middle in ("candump", "console", "asc", "blf", "csv-extended", "jsonl", "trc", "pcapng"):
            with self.subTest(middle=middle):
                first, last = (subprocess.Popen(
                    [harness.program("canconvert"), "-q", "-", "-", "--format", name],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment)
                    for name in (middle, "candump"))
                for process in (first, last):
                    self.addCleanup(process.kill)
                carry = threading.Thread(target=carry_over, args=(first.stdout, last.stdin),
                                         daemon=True)
                carry.start()
                for _ in range(3):  # hangs where a frame is held back until the next one comes
                    first.stdin.write(line.encode())
                    first.stdin.flush()
                    self.assertTrue(select.select([last.stdout], [], [], 10)[0], "held back")
                    self.assertIn(b"123#DEADBEEF", os.read(last.stdout.fileno(), 1000))
                first.stdin.close()
                carry.join()
                self.assertEqual((first.wait(10), last.wait(10)), (0, 0))
                first.stdout.close()
                last.stdout.close()

    def test_direction_in_candump_logs(self):
        """As with candump -x; of what is written, only frames sent tell it."""
        lines = LOG.splitlines()
        self.write("x.log", "".join(f"{line if line.endswith(' T') else line + ' R'}\n" for line in lines))
        self.assertEqual([f["direction"] for f in self.frames("x.log")], ["rx", "tx", "rx", "rx"])
        self.assertEqual(self.frames("x.log"), self.frames("a.log"))
        self.run_tool("canconvert", "x.log", "y.log")
        self.assertEqual(self.read("y.log"), LOG)

    def test_gzip_both_ways(self):
        self.run_tool("canconvert", "a.log", "a.log.gz")
        with gzip.open(self.path("a.log.gz"), "rt") as file:
            self.assertEqual(file.read(), LOG)
        self.assertEqual(len(self.frames("a.log.gz")), 4)

    @unittest.skipUnless(shutil.which("zstd"), "no zstd")
    def test_zstd_both_ways(self):
        self.run_tool("canconvert", "a.log", "a.log.zst")
        unpack = ["zstd", "-dc", self.path("a.log.zst")]
        self.assertEqual(subprocess.run(unpack, capture_output=True, check=True, text=True).stdout, LOG)
        subprocess.run(["zstd", "-q", self.path("a.log"), "-o", self.path("theirs.zst")], check=True)
        self.assertEqual(self.frames("theirs.zst"), self.frames("a.log"))
        self.assert_refused("canconvert", "a.log", "a.db.zst", says="SQLite log can't be compressed")

    def test_format_by_content(self):
        os.rename(self.path("a.log"), self.path("noname"))
        self.assertEqual(len(self.frames("noname")), 4)

    def test_selection(self):
        ids = lambda *options: [f["id"] for f in self.frames("a.log", *options)]
        self.assertEqual(ids("--filter", "123:7FF"), [0x123, 0x4])  # error frames have no id
        self.assertEqual(ids("--filter", "123~7FF"), [0x1ABCDEF0, 0x7E8, 0x4])
        self.assertEqual(ids("--start", "1s"), [0x1ABCDEF0, 0x7E8, 0x4])
        self.assertEqual(ids("--start", "1s", "--end", "2s"), [0x1ABCDEF0, 0x7E8])
        self.assertEqual(ids("--end", "@1551774791"), [0x123])

    def test_selection_by_channel_and_kind(self):
        ids = lambda *options: [f["id"] for f in self.frames("a.log", *options)]
        self.assertEqual(ids("--channel", "can1"), [0x1ABCDEF0])
        self.assertEqual(ids("--channel", "2"), [0x1ABCDEF0])
        self.assertEqual(ids("--channel", "can1", "--channel", "can0"), [0x123, 0x1ABCDEF0, 0x7E8, 4])
        self.assertEqual(ids("--only", "fd,remote"), [0x1ABCDEF0, 0x7E8])
        self.assertEqual(ids("--only", "error"), [4])
        self.assertEqual(ids("--only", "data"), [0x123])
        self.assert_refused("canconvert", "--only", "xl", "a.log", "b.log", status=2, says="'xl'")

    def test_joined_by_time(self):
        lines = LOG.splitlines(True)
        self.write("1.log", lines[0] + lines[3])
        self.write("2.log", lines[1])
        self.write("3.log", lines[2])
        self.run_tool("canconvert", "1.log", "2.log", "3.log", "all.log")
        self.assertEqual(self.read("all.log"), LOG)
        self.write("2.log", lines[1] + "(1) can0 12345#00 R\n")
        self.assert_refused("canconvert", "1.log", "2.log", "new.log", says=r"2\.log:2: ")
        result = self.run_tool("canconvert", "--keep-going", "1.log", "2.log", "-o", "all.log")
        self.assertIn("warning: 2.log:2: ", result.stderr)
        self.assertEqual(self.read("all.log"), lines[0] + lines[1] + lines[3])
        self.assert_refused("canconvert", "1.log", "2.log", "1.log", status=2, says="the same file")

    def test_split(self):
        lines = LOG.splitlines(True)
        self.run_tool("canconvert", "--split", "channel", "a.log", "c.log")
        self.assertEqual(self.read("c_can0.log"), lines[0] + lines[2] + lines[3])
        self.assertEqual(self.read("c_can1.log"), lines[1])
        self.run_tool("canconvert", "--split", "1s", "a.log", "t.x.log")
        self.assertEqual(self.read("t.x_000.log"), lines[0])
        self.assertEqual(self.read("t.x_001.log"), lines[1] + lines[2])
        self.assertEqual(self.read("t.x_002.log"), lines[3])
        self.assert_refused("canconvert", "--split", "0", "a.log", "t.log", status=2, says="'0'")
        self.assert_refused("canconvert", "--split", "1s", "a.log", "-", "--format", "asc",
                            says="standard output can't be split", status=2)

    def test_info(self):
        info = json.loads(self.run_tool("canconvert", "--info", "--json", "a.log").stdout)[0]
        self.assertEqual(info["messages"], 4)
        self.assertEqual(info["start"], 1551774790.942758)
        can0, can1 = info["channels"]
        self.assertEqual((can0["channel"], can0["data"], can0["remote"], can0["error"]),
                         ("can0", 1, 1, 1))
        self.assertEqual((can1["fd"], can1["ids"][0]["id"], can1["ids"][0]["extended"]),
                         (1, 0x1ABCDEF0, True))
        # 47 bits and 32 of data, 47, 20: at 500 kbit/s, in 2.057243 s
        self.assertAlmostEqual(can0["load"], (79 + 47 + 20) / 500000 / 2.057243, places=6)
        shown = self.run_tool("canconvert", "--info", "-v", "a.log", "a.log").stdout
        self.assertEqual(shown.count("can-utils candump log"), 2)
        self.assertRegex(shown, r"can1 +1ABCDEF0 +1\b")
        self.write("bad.log", LOG + "(1) can0 12345#00 R\n")
        result = self.run_tool("canconvert", "--info", "bad.log", status=1)
        self.assertIn("Messages   4", result.stdout)
        self.assertIn("bad.log:5: ", result.stderr)

    def test_console_layout(self):
        shown = self.run_tool("canconvert", "a.log", "-", "--format", "console", "-e").stdout
        self.assertEqual(shown, """\
 (1551774790.942758)  can0  RX - -  123   [4]  DE AD BE EF
 (1551774791.942761)  can1  TX B -  1ABCDEF0  [02]  AA BB
 (1551774792.500000)  can0  RX - -  7E8   [4]  remote request
 (1551774793.000001)  can0  RX - -  20000004   [8]  00 04 00 00 00 00 00 00   ERRORFRAME
\tcontroller problem: receive error warning
""")
        zero = self.run_tool("canconvert", "a.log", "-", "--format", "console", "-t", "z").stdout
        self.assertTrue(zero.splitlines()[2].startswith(" (001.557242)  can0"), zero)
        delta = self.run_tool("canconvert", "a.log", "-", "--format", "console", "-t", "d").stdout
        self.assertTrue(delta.splitlines()[2].startswith(" (000.557239)  can0"), delta)
        date = self.run_tool("canconvert", "--tz", "utc", "a.log", "-", "--format", "console",
                             "-t", "A").stdout
        self.assertTrue(date.startswith(" (2019-03-05 08:33:10.942758)  can0"), date)
        bare = self.run_tool("canconvert", "a.log", "-", "--format", "console", "-t", "n",
                             "--color", "always").stdout
        self.assertTrue(bare.splitlines()[1].startswith(" \x1b[34m can1  TX"), bare)

    def test_captures_in_every_byte_order(self):
        frame = struct.pack(">IBBxx2s6x", 0x8ABCDEF0, 2, 0, b"\x11\x22")
        want = "0ABCDEF0#1122"
        for order in "<>":
            for magic, fraction in ((0xA1B2C3D4, 250_000), (0xA1B23C4D, 250_000_000)):
                head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 227)
                packet = struct.pack(order + "IIII", 1551774790, fraction, 16, 16) + frame
                self.write_bytes("a.pcap", head + packet)
                self.assert_frame("a.pcap", "(1551774790.250000)", want)
                self.write_bytes("cut.pcap", head + packet + packet[:20])
                self.assert_refused("canconvert", "cut.pcap", "-", "--format", "candump",
                                    says=r"cut\.pcap: offset 0x38: the log ends within a packet")
            ticks = 1551774790250000
            blocks = [(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
                      (1, struct.pack(order + "HHI", 227, 0, 0)),
                      (0xBAD, b"none of this is known"  + bytes(3)),
                      (6, struct.pack(order + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, 16, 16)
                       + frame)]
            self.write_bytes("a.pcapng", b"".join(
                struct.pack(order + "II", kind, len(body) + 12) + body
                + struct.pack(order + "I", len(body) + 12) for kind, body in blocks))
            self.assert_frame("a.pcapng", "(1551774790.250000)", want)

    def test_captures_of_all_interfaces(self):
        """What tcpdump -i any writes, in both its link types, beside other packets."""
        frame = struct.pack("<IBBBB8s", 0x80000123 | 0x1ABC0000, 2, 0, 0, 0, b"\x01\x02" + bytes(6))
        cooked = struct.pack(">HHH8sH", 4, 280, 0, bytes(8), 12)
        cooked2 = struct.pack(">HHIHBB8s", 12, 0, 7, 280, 0, 0, bytes(8))
        ip = struct.pack(">HHIHBB8s", 0x800, 0, 2, 1, 0, 6, bytes(8)) + bytes(20)
        xl = struct.pack(">HHIHBB8s", 14, 0, 7, 280, 0, 0, bytes(8)) + bytes(32)

        def capture(name, link, *packets):
            with open(self.path(name), "wb") as file:
                file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
                for packet in packets:
                    file.write(struct.pack("<IIII", 5, 0, len(packet), len(packet)) + packet)

        capture("a.pcap", 113, cooked + frame)
        got, = self.frames("a.pcap")
        self.assertEqual((got["id"], got["extended"], got["data"], got["direction"]),
                         (0x1ABC0123, True, "0102", "tx"))
        capture("b.pcap", 276, ip, cooked2 + frame, xl)
        result = self.run_tool("canconvert", "b.pcap", "-", "--format", "jsonl")
        got = json.loads(result.stdout)
        self.assertEqual((got["id"], got["channel"], got["direction"]), (0x1ABC0123, "if7", "rx"))
        self.assertIn("1 packet of other links than CAN left out, at offset 0x18; "
                      "1 CAN XL frame left out", result.stderr)
        capture("c.pcap", 276, ip, ip)
        self.assert_refused("canconvert", "c.pcap", "c.log", status=1, says="no frame found; 2 packets")

    def test_an_array_larger_than_it_says(self):
        """Unpacks no more than the header declares into the temporary folder."""
        head = b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + (
            b"{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n")
        with zipfile.ZipFile(self.path("bomb.npz"), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("timestamp.npy", head + bytes(300 << 20))
        limited = ["sh", "-c", 'ulimit -f 20480; exec "$0" bomb.npz bomb.log',  # 10 MiB
                   harness.program("canconvert")]
        result = subprocess.run(limited, cwd=self.folder, env=self.environment, text=True,
                                capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("timestamp.npy: expected 1 rows, got more", result.stderr)

    def test_arrays_of_times_and_ids_alone(self):
        """An id beyond 7FF is an extended one where no array of flags says it."""
        def array(kind, values, form):
            head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({len(values)},), }}"
            return (b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + head.ljust(117).encode() + b"\n"
                    + struct.pack(f"<{len(values)}{form}", *values))

        ids = [0, 0x7FE, 0x7FF, 0x800, 0x1FFFFFFF]
        with zipfile.ZipFile(self.path("a.npz"), "w") as archive:
            archive.writestr("timestamp.npy", array("<f8", [i + 0.5 for i in range(5)], "d"))
            archive.writestr("id.npy", array("<u4", ids, "I"))
        got = self.frames("a.npz")
        self.assertEqual([(f["id"], f["extended"], f["timestamp"], f["length"]) for f in got],
                         [(each, each > 0x7FF, i + 0.5, 0) for i, each in enumerate(ids)])

    def test_rows_of_python_can(self):
        """Its table says nothing of CAN FD: what is longer than 8 bytes is."""
        rows = [(1.5, 0x123, 0, 0, 0, 8, bytes(8)), (2.5, 0x123, 1, 0, 0, 12, bytes(range(12))),
                (3.5, 0x7FF, 0, 1, 0, 4, None), (4.5, 4, 0, 0, 1, 8, bytes(8))]
        with sqlite3.connect(self.path("p.db")) as database:
            database.execute("CREATE TABLE messages(ts REAL, arbitration_id INTEGER, extended INTEGER,"
                             " remote INTEGER, error INTEGER, dlc INTEGER, data BLOB)")
            database.executemany("INSERT INTO messages VALUES(?,?,?,?,?,?,?)", rows)
        database.close()
        got = [(f["timestamp"], f["id"], int(f["extended"]), int(f["remote"]), int(f["error"]),
                f["length"]) for f in self.frames("p.db")]
        self.assertEqual(got, [row[:6] for row in rows])
        self.assertEqual([f["fd"] for f in self.frames("p.db")], [False, True, False, False])
        self.assertEqual(self.frames("p.db")[1]["data"], bytes(range(12)).hex())

    def test_obsolete_packet_blocks(self):
        def block(kind, body):
            size = struct.pack("<I", len(body) + 12)
            return struct.pack("<I", kind) + size + body + size

        with open(self.path("a.pcapng"), "wb") as file:
            file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
            file.write(block(1, struct.pack("<HHI", 227, 0, 0)))
            file.write(block(2, struct.pack("<HHIIII", 0, 9, 0, 1500000, 16, 16) +
                             struct.pack(">IBBBB8s", 0x123, 1, 0, 0, 0, b"\x07" + bytes(7))))
        got, = self.frames("a.pcapng")
        self.assertEqual((got["timestamp"], got["id"], got["data"]), (1.5, 0x123, "07"))

    def test_an_hour_that_the_clock_shows_twice(self):
        """2023-10-29 in Berlin: 02:00 to 03:00 came again an hour later."""
        times = ["1698537600.250000", "1698541200.500000", "1698544800.750000"]
        for first in range(3):
            log = "".join(f"({time}) can0 123#01\n" for time in times[first:])
            self.write("hour.log", log)
            for name in ("trc", "asc", "blf"):
                with self.subTest(name=name, first=first):
                    self.run_tool("canconvert", "-q", "--force", "hour.log", "hour." + name)
                    self.run_tool("canconvert", "-q", "--force", "hour." + name, "back.log")
                    self.assertEqual(self.read("back.log"), log)

    def test_channels_of_joined_logs(self):
        self.write("b.asc", "base hex  timestamps absolute\n 5.0 1 100 Rx d 0\n 6.0 2 100 Rx d 0\n")
        got = self.frames("a.log", "b.asc")
        self.assertEqual([f["channel"] for f in got], ["1", "2", "1", "2", "1", "1"])

    def test_events(self):
        self.run_tool("canconvert", "-q", "a.log", "a.blf")
        body = struct.pack("<16xIII12x", 0, 5, 0) + b"hello"
        with open(self.path("a.blf"), "ab") as file:  # behind the containers, as is allowed
            file.write(struct.pack("<4sHHIIQQ", b"LOBJ", 32, 1, 32 + len(body), 96, 2, 1_500_000_000)
                       + body)
        for command in (("a.blf", "b.log"), ("--info", "a.blf")):
            told = self.run_tool("canconvert", "-q", "--events", *command).stderr
            self.assertIn("canconvert: a.blf: 1.500000 marker 'hello'\n", told)
        self.assertNotIn("hello", self.run_tool("canconvert", "a.blf", "b.log").stderr)
        self.assertEqual(self.read("b.log"), LOG)

    def test_packed_blf_is_read(self):
        self.run_tool("canconvert", "-q", "a.log", "a.blf")
        with open(self.path("a.blf"), "rb") as file:
            packed = gzip.compress(file.read())
        self.write_bytes("b.blf.gz", packed)
        self.assertEqual(self.frames("b.blf.gz"), self.frames("a.blf"))
        self.write_bytes("noname", packed)
        self.assertEqual(self.frames("noname"), self.frames("a.blf"))
        with open(self.path("b.blf.gz"), "rb") as file:
            piped = subprocess.run([harness.program("canconvert"), "-q", "-", "-", "--format",
                                    "candump"], stdin=file, capture_output=True, check=True)
        self.assertEqual(piped.stdout.decode(), LOG)
        self.write_bytes("cut.blf.gz", packed[:-20])
        self.assert_refused("canconvert", "cut.blf.gz", "c.log", says=r"cut\.blf\.gz: ")

    def write_bytes(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)

    def assert_frame(self, name, time, frame):
        words = self.run_tool("canconvert", "-q", name, "-", "--format", "candump").stdout.split()
        self.assertEqual((words[0], words[2]), (time, frame))

    def test_time_zone(self):
        self.run_tool("canconvert", "-q", "--tz", "+05:30", "a.log", "a.asc")
        self.assertIn("02:03:10.942 pm", self.read("a.asc"))  # 08:33:10.942 UTC
        self.assertEqual(self.frames("a.asc", "--tz", "+05:30")[0]["timestamp"], 1551774790.942758)

    def test_losses_are_said_once(self):
        complaints = self.run_tool("canconvert", "a.log", "a.csv").stderr
        for what in ("CAN FD flags of 1 message", "the channel of 4 messages", "the direction Tx"):
            self.assertEqual(complaints.count(what), 1, complaints)
        self.assertEqual(self.run_tool("canconvert", "a.log", "a.jsonl").stderr, "")

    def test_what_stood_before_a_bad_line_is_kept(self):
        self.write("bad.log", LOG + "(1551774794.0) can0 12345#00 R\n" + LOG)
        for name in ("good.asc", "good.blf", "good.db", "good.jsonl"):
            with self.subTest(name=name):
                self.assert_refused("canconvert", "-q", "bad.log", name,
                                    says=r"bad\.log:5: .*12345#00")
                self.assertEqual(len(self.frames(name)), 4)

    def leave_half_a_transaction(self, name):
        """What a killed writer leaves: three rows, and some of the next transaction in the file."""
        writer = sqlite3.connect(self.path("live.db"), isolation_level=None)
        writer.execute("PRAGMA cache_size = 1")  # so that the file is written before the commit
        writer.execute("CREATE TABLE messages(ts, arbitration_id, extended, remote, error, dlc, data)")
        for rows in (3, 2000):
            writer.execute("BEGIN")
            writer.executemany("INSERT INTO messages VALUES(1.0, ?, 0, 0, 0, 1, x'AA')",
                               ((i,) for i in range(rows)))
            if rows == 3:
                writer.execute("COMMIT")
        for end in ("", "-journal"):
            shutil.copy(self.path("live.db") + end, self.path(name) + end)
        writer.close()

    def test_a_database_whose_writer_was_killed(self):
        self.leave_half_a_transaction("a.db")
        read = [harness.program("canconvert"), "-q", "a.db", "-", "--format", "candump"]
        before = self.tree()
        for name in ("a.db", "a.db-journal", "."):
            os.chmod(self.path(name), 0o555)
        unprivileged = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []
        result = subprocess.run(unprivileged + read, cwd=self.folder, env=self.environment,
                                capture_output=True, text=True)
        for name in ("a.db", "a.db-journal", "."):
            os.chmod(self.path(name), 0o755)
        for output in (result.stdout, self.run_tool("canconvert", *read[1:]).stdout):
            self.assertEqual([line.split()[2] for line in output.splitlines()],
                             ["000#AA", "001#AA", "002#AA"])
        self.assertEqual(self.tree(), before)

    def test_keep_going(self):
        self.write("bad.log", LOG + "(1551774794.0) can0 12345#00 R\n" + LOG)
        result = self.run_tool("canconvert", "--keep-going", "bad.log", "good.log")
        self.assertRegex(result.stderr, r"warning: bad\.log:5: ")
        self.assertEqual(self.read("good.log"), LOG + LOG)

    def test_an_unreadable_input_costs_no_output(self):
        self.write("precious.asc", "precious")
        self.write("bad.log", "hello\nworld\n")
        self.assert_refused("canconvert", "bad.log", "precious.asc", says="no frame found")
        self.assert_refused("canconvert", "missing.log", "precious.asc",
                            says=r"missing\.log: no such file or directory")
        self.assertEqual(self.read("precious.asc"), "precious")

    def test_mistakes(self):
        self.assert_refused("canconvert", "a.log", "b.foo", status=2,
                            says=r"b\.foo: unknown log format '\.foo'; known: \.asc, \.blf")
        self.assert_refused("canconvert", "a.log", "a.log", status=2, says="the same file")
        self.assert_refused("canconvert", "a.log", "no/b.log", says="no/b.log: no such file")
        self.assert_refused("canconvert", "a.log", "-", status=2, says="--format")
        self.assert_refused("canconvert", "a.log", "-", "--format", "db", says="pipe")
        self.assert_refused("canconvert", "a.log", "-", "--format", "cvs", status=2,
                            says="did you mean 'csv'")
        self.assert_refused("canconvert", "--filter", "xyz", "a.log", "b.log", status=2,
                            says="'xyz'")
        self.assert_refused("canconvert", "--frob", "a.log", "b.log", status=2, says="--frob")
        self.assert_refused("canconvert", self.folder, "b.log", says="is a directory")

    def test_a_full_disk_is_reported(self):
        for name in ("asc", "blf", "csv", "candump", "jsonl", "printer"):
            with self.subTest(format=name):
                self.assert_refused("canconvert", "a.log", "/dev/full", "--format", name,
                                    says="/dev/full: no space left on device")

    def test_a_closed_pipe_is_no_error(self):
        self.write("long.log", LOG * 20000)
        process = self.start("canconvert", "long.log", "-", "--format", "candump")
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=20), 0)
        self.assertEqual(process.stderr.read(), "")

    def test_help_and_version(self):
        for name in ("canconvert", "canlogger", "canplayer", "cansend"):
            text = self.run_tool(name, "--help").stdout
            self.assertIn("Examples:", text)
            self.assertLess(max(map(len, text.splitlines())), 80)
            self.assertRegex(self.run_tool(name, "--version").stdout, rf"^{name} \d+\.\d+\.\d+\n$")
        for name in ("canconvert", "canplayer", "cansend"):
            result = self.run_tool(name, status=2)
            self.assertEqual(result.stdout, "")
            self.assertIn("Usage:", result.stderr)


if __name__ == "__main__":
    harness.main()
