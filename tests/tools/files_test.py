#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the programs do to files that are there: doc/files.md."""
import os
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness

LOG = "".join(f"(155177479{i}.000000) can{i % 2} 12{i}#0{i}\n" for i in range(4))
BUS = ("-i", "udp_multicast")
MAGIC = bytes.fromhex("d9d505f920a163d7")


def many_lines(count):
    return "".join(f"({i}.000000) can0 123#{i:08X}\n" for i in range(count))


class Files(harness.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("a.log", LOG)

    def refuse_unchanged(self, *command, says, **more):
        """Refused, and no file is another one afterwards."""
        before = self.tree()
        self.assert_refused(*command, says=says, **more)
        self.assertEqual(self.tree(), before)

    # An input is no output.

    def test_an_input_is_no_output(self):
        os.symlink("a.log", self.path("link.log"))
        for output in ("a.log", "./a.log", "link.log"):
            self.refuse_unchanged("canconvert", "a.log", output, status=2, says="the same file")
            self.refuse_unchanged("canplayer", *BUS, "-f", output, "a.log", status=2,
                                  says="the same file")

    def test_standard_input_is_no_output(self):
        with open(self.path("a.log"), encoding="utf-8") as file:
            result = subprocess.run([harness.program("canconvert"), "-", "a.log"], stdin=file,
                                    cwd=self.folder, env=self.environment, capture_output=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"the same file", result.stderr)
        self.assertEqual(self.read("a.log"), LOG)

    def test_standard_output_is_no_input(self):
        with open(self.path("a.log"), "a", encoding="utf-8") as file:
            result = subprocess.run(
                [harness.program("canconvert"), "a.log", "-", "--format", "candump"], stdout=file,
                cwd=self.folder, env=self.environment, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(self.read("a.log"), LOG)

    def test_a_part_is_no_input(self):
        shutil.copy(self.path("a.log"), self.path("drive_can0.log"))
        self.refuse_unchanged("canconvert", "--split", "channel", "drive_can0.log", "drive.log",
                              status=2, says="the same file")

    # What stands at the output's place.

    def test_a_forgotten_output(self):
        self.write("b.log", LOG.replace("123#", "321#").replace("120#", "321#"))
        self.write("c.log", LOG)
        self.refuse_unchanged("canconvert", "a.log", "b.log", status=2, says="-o b.log or --force")
        self.refuse_unchanged("canconvert", "a.log", "b.log", "c.log", status=2, says="--force")
        self.run_tool("canconvert", "a.log", "c.log")  # was made of it
        self.run_tool("canconvert", "--force", "a.log", "b.log")
        self.assertEqual(self.read("b.log"), LOG)
        self.run_tool("canconvert", "a.log", "b.log", "-o", "c.log")
        self.assertEqual(len(self.read("c.log").splitlines()), 8)

    def test_nothing_to_write_replaces_nothing(self):
        self.write("empty.jsonl", "")
        self.refuse_unchanged("canconvert", "--filter", "7FF:7FF", "a.log", "new.asc",
                              says="no message was selected")
        self.write("good.asc", "precious")
        self.refuse_unchanged("canconvert", "--filter", "7FF:7FF", "a.log", "good.asc",
                              says="no message was selected; good.asc is as it was")
        self.refuse_unchanged("canconvert", "empty.jsonl", "good.asc", says="no messages to write")
        self.run_tool("canconvert", "--info", "a.log")
        self.assert_refused("canconvert", "--info", "a.log", "-o", "good.asc", status=2, says="--info")
        self.run_tool("canconvert", "empty.jsonl", "new.asc")
        self.assertTrue(os.path.exists(self.path("new.asc")))

    def test_a_damaged_log_keeps_what_it_would_replace(self):
        self.write("bad.log", LOG + "(1551774794.0) can0 12345#00\n")
        self.write("good.csv", "precious")
        self.assert_refused("canconvert", "-q", "bad.log", "good.csv",
                            says="bad.log:5: .*good.csv is as it was, good_partial.csv has")
        self.assertEqual(self.read("good.csv"), "precious")
        self.assertEqual(len(self.read("good_partial.csv").splitlines()), 5)

    def test_a_full_disk_keeps_what_was_there(self):
        self.write("long.log", many_lines(100_000))
        for name in ("good.asc", "good.blf", "good.db", "good.csv.gz"):
            with self.subTest(name=name):
                self.write(name, "precious")
                result = subprocess.run(
                    [harness.program("canconvert"), "long.log", name], cwd=self.folder,
                    env=self.environment, capture_output=True, text=True, restore_signals=False,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)))
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn(name, result.stderr)
                self.assertEqual(self.read(name), "precious")
                self.assertEqual([f for f in os.listdir(self.folder) if "unfinished" in f], [])

    def test_a_signal_keeps_what_was_there(self):
        self.write("good.blf", "precious")
        for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start("canconvert", "-", "good.blf", stdin=subprocess.PIPE)
            process.stdin.write(LOG * 3000)
            process.stdin.flush()
            self.assertTrue(harness.wait_for(
                lambda: any("unfinished" in name for name in os.listdir(self.folder))))
            process.send_signal(sent)
            process.wait(timeout=20)
            self.assertEqual(process.returncode, -sent)
            process.stdin.close()
            self.assertEqual(sorted(os.listdir(self.folder)), ["a.log", "good.blf"])
            self.assertEqual(self.read("good.blf"), "precious")

    def test_many_inputs(self):
        names = [f"in{i}.log" for i in range(1100)]
        for i, name in enumerate(names):
            self.write(name, f"({i}.000000) can0 123#{i:04X}\n")
        few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
        result = subprocess.run([harness.program("canconvert"), *names, "all.log"], cwd=self.folder,
                                env=self.environment, capture_output=True, text=True, preexec_fn=few)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.read("all.log"),
                         "".join(f"({i:010}.000000) can0 123#{i:04X}\n" for i in range(1100)))

    def test_names_that_are_no_logs(self):
        os.mkdir(self.path("folder.log"))
        self.write("x.mf4", "MDF     4.10    " + "\0" * 100)
        self.write("x.dat", "MDF     3.30    " + "\0" * 12 + "\x4A\x01" + "\0" * 100)
        self.write("x.txt", "neither this\nnor that\n")
        self.write("x.mfe", "\x01\x02")
        refuse = self.refuse_unchanged
        refuse("canconvert", "x.mfe", "b.log", says="x.mfe: is encrypted; its maker's tools make a .mf4 of it")
        refuse("canconvert", "a.log", "folder.log", status=2, says="folder.log: is a folder, not a log")
        refuse("canconvert", "folder.log", "b.log", says="folder.log: is a directory")
        refuse("canconvert", "a.log", "", status=2, says="expected the name of a log, got ''")
        refuse("canconvert", "", "b.log", status=2, says="expected the name of a log, got ''")
        refuse("canconvert", "a.log", "noextension", status=2, says="no extension to say its format")
        refuse("canconvert", "x.mf4", "b.log", says="x.mf4: is of MDF .*only MDF 4 can be read")
        refuse("canconvert", "x.dat", "b.log", says="x.dat: is of MDF 3.30; only MDF 4 can be read")
        refuse("canconvert", "x.txt", "b.log", says="--from names one of asc, blf, candump")

    def test_a_forgotten_output_that_begins_with_the_same_frame(self):
        self.write("mon.log", "(1700000000.0) can0 100#00\n(1700000000.1) can0 101#AA\n")
        self.write("tue.log", "(1700086400.0) can0 100#00\n(1700086400.1) can0 101#BB\n")
        self.refuse_unchanged("canconvert", "mon.log", "tue.log", status=2, says="--force")

    def test_a_file_size_limit_is_an_error(self):
        self.write("long.log", many_lines(20_000))
        command = f"ulimit -f 20; exec {harness.program('canconvert')} long.log o.asc"
        result = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment,
                                capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr),
                         (1, "canconvert: o.asc: file too large\n"))
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.log", "long.log"])

    def test_what_is_printed_and_lost_is_a_failure(self):
        for command in ("--info a.log >/dev/full", "--info --json a.log >/dev/full",
                        "--list-formats >/dev/full", "--help >/dev/full", "--info a.log >&-",
                        "a.log - --format asc >&-", "a.log - --format asc >/dev/full"):
            with self.subTest(command=command):
                result = subprocess.run(
                    ["bash", "-c", f"{harness.program('canconvert')} {command}"], cwd=self.folder,
                    env=self.environment, capture_output=True, text=True)
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn("standard output: ", result.stderr)
        command = f"{harness.program('canconvert')} --info a.log >>a.log"
        result = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment,
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(self.read("a.log"), LOG)

    def test_an_empty_value_is_none(self):
        for option in ("--split", "--only", "--format", "--filter", "--start"):
            self.refuse_unchanged("canconvert", option, "", "a.log", "b.log", status=2,
                                  says=f"{option}: expected ")

    # Databases.

    def leave_journal(self, name, second_file=None):
        """A database whose writer was killed, with one row committed; the journal may name a second
        file, which SQLite deletes when it applies it."""
        writer = sqlite3.connect(self.path("live"), isolation_level=None)
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("CREATE TABLE messages(ts, arbitration_id, extended, remote, error, dlc, data)")
        writer.execute("INSERT INTO messages VALUES(1.0, 1, 0, 0, 0, 1, x'AA')")
        writer.execute("BEGIN")
        writer.executemany("INSERT INTO messages VALUES(1.0, ?, 0, 0, 0, 1, x'AA')",
                           ((i,) for i in range(2000)))
        for end in ("", "-journal"):
            shutil.copy(self.path("live") + end, self.path(name) + end)
        writer.close()
        os.remove(self.path("live"))
        if second_file:
            text = second_file.encode()
            with open(self.path(name) + "-journal", "ab") as file:
                file.write(struct.pack(">I", 262145) + text +
                           struct.pack(">II", len(text), sum(text)) + MAGIC)

    def test_reading_deletes_and_changes_nothing(self):
        """SQLite alone would delete victim.txt here."""
        self.write("victim.txt", "precious")
        for second_file in (self.path("victim.txt"), None):
            self.leave_journal("drive.asc", second_file)
            before = self.tree()
            for command in (("canconvert", "--info", "drive.asc"),
                            ("canconvert", "-q", "drive.asc", "-", "--format", "candump"),
                            ("canplayer", *BUS, "drive.asc")):
                with self.subTest(command=command, second_file=second_file):
                    self.run_tool(*command)
                    self.assertEqual(self.tree(), before)

    def test_appending_deletes_no_second_file(self):
        self.write("victim.txt", "precious")
        self.leave_journal("drive.db", self.path("victim.txt"))
        self.refuse_unchanged("canlogger", *BUS, "-a", "-f", "drive.db", "--duration", "1ms",
                              says="names a second file")

    def test_a_write_ahead_log_is_read(self):
        writer = sqlite3.connect(self.path("live"), isolation_level=None)
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE messages(ts, arbitration_id, extended, remote, error, dlc, data)")
        writer.execute("INSERT INTO messages VALUES(1.0, 1, 0, 0, 0, 1, x'AA')")
        for end in ("", "-wal"):
            shutil.copy(self.path("live") + end, self.path("a.db") + end)
        writer.close()
        shutil.copy(self.path("live"), self.path("b.db"))
        before = self.tree()
        for name in ("a.db", "b.db"):
            self.assertIn("001#AA", self.run_tool("canconvert", "-q", name, "-", "--format",
                                                  "candump").stdout)
        self.assertEqual(self.tree(), before)

    def test_a_database_with_a_journal_is_no_output(self):
        self.leave_journal("drive.db")
        self.refuse_unchanged("canconvert", "a.log", "drive.db", says="drive.db-journal holds a part")

    # Recordings. On a bus of its own.

    def send(self, *frames):
        self.run_tool("cansend", *BUS, *frames)

    def test_a_log_that_is_recorded_is_nobody_elses(self):
        for name in ("r.log", "r.blf", "r.db", "r.csv.gz", "r.csv.zst"):
            with self.subTest(name=name):
                logger = self.start_logger("-f", name)
                self.send("123#01")
                for command in (("canlogger", *BUS, "-f", name, "--duration", "1ms"),
                                ("canlogger", *BUS, "-a", "-f", name, "--duration", "1ms"),
                                ("canconvert", "--force", "a.log", name)):
                    if name.startswith("r.csv") and "-a" in command:
                        continue
                    self.assert_refused(*command, says=name)
                self.send("123#02")
                self.stop(logger)
                output = self.run_tool("canconvert", "-q", name, "-", "--format", "candump").stdout
                self.assertEqual([line.split()[2] for line in output.splitlines()],
                                 ["123#01", "123#02"])

    def test_a_reader_does_not_end_a_recording(self):
        logger = self.start_logger("-f", "r.db")
        self.send("123#00")
        read = f"file:{self.path('r.db')}?mode=ro"
        self.assertTrue(harness.wait_for(lambda: self.rows(read) == 1))
        reader = sqlite3.connect(read, uri=True, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM messages").fetchone()
        for i in range(1, 12):
            self.send(f"123#{i:02X}")
            time.sleep(0.3)
        reader.close()
        _, complaints = self.stop(logger)
        self.assertIn("12 messages", complaints)
        self.assertEqual(self.rows(read), 12)

    def test_a_reader_at_the_end_is_waited_for(self):
        logger = self.start_logger("-f", "r.db")
        self.send("123#00")
        read = f"file:{self.path('r.db')}?mode=ro"
        self.assertTrue(harness.wait_for(lambda: self.rows(read) == 1))
        reader = sqlite3.connect(read, uri=True, isolation_level=None, check_same_thread=False)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM messages").fetchone()
        self.send("123#01")
        threading.Timer(4, reader.close).start()
        self.stop(logger)
        self.assertEqual(self.rows(read), 2)

    @staticmethod
    def rows(uri):
        try:
            with sqlite3.connect(uri, uri=True) as database:
                return database.execute("SELECT count(*) FROM messages").fetchone()[0]
        except sqlite3.Error:
            return -1

    def test_a_recording_without_messages_replaces_nothing(self):
        for name in ("r.asc", "r.blf", "r.log", "r.csv", "r.db", "r.jsonl", "r.trc", "r.pcapng",
                     "r.log.gz"):
            with self.subTest(name=name):
                self.run_tool("canconvert", "-q", "a.log", name)
                with open(self.path(name), "rb") as file:
                    before = file.read()
                self.run_tool("canlogger", *BUS, "-f", name, "--duration", "50ms")
                with open(self.path(name), "rb") as file:
                    self.assertEqual(file.read(), before)
        self.write("comment.log", "# nothing\n")
        self.run_tool("canplayer", *BUS, "-f", "r.log", "comment.log")
        self.assertEqual(self.read("r.log"), LOG)

    def test_what_is_written_at_its_end_is_not_recorded(self):
        self.run_tool("canconvert", "-q", "a.log", "r.npz")
        with open(self.path("r.npz"), "rb") as file:
            before = file.read()
        for options in ([], ["--rotate-every", "1h"]):
            self.assert_refused("canlogger", *BUS, "-f", "r.npz", *options, status=1,
                                says="r.npz: a NumPy archive is written when it is complete, so a power cut")
        with open(self.path("r.npz"), "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_rotation_that_meets_trouble_goes_on(self):
        part = self.path("r_2000-01-01T000000_#000.log")
        os.mkdir(part)
        logger = self.start_logger("-f", "r.log", "--rotate-every", "10ms", "--keep", "1")
        self.send("123#01")
        self.assertTrue(harness.wait_for(lambda: os.path.exists(self.path("r.log"))))
        time.sleep(0.6)
        os.rename(self.path("r.log"), self.path("moved.log"))
        time.sleep(0.05)
        self.send("123#02")
        time.sleep(0.05)
        self.send("123#03")
        _, complaints = self.stop(logger)
        self.assertIn("r.log: was moved or removed; a new one is begun", complaints)
        self.assertTrue(os.path.isdir(part))
        self.assertIn("123#01", self.read("moved.log"))
        frames = "".join(self.read(name) for name in os.listdir(self.folder)
                         if name.startswith("r") and name.endswith(".log")
                         and os.path.isfile(self.path(name)))
        self.assertIn("123#02", frames)
        self.assertIn("123#03", frames)

    def test_what_a_recording_replaces_is_said(self):
        self.write("r.log", LOG)
        logger = self.start_logger("-f", "r.log")
        self.assertIn(f"replaces r.log, {len(LOG)} bytes", logger.stderr.readline())
        self.stop(logger)

    def test_what_is_cut_off_before_appending_is_said(self):
        self.write("r.log", LOG + "(1551774794.000000) can0 1")
        logger = self.start("canlogger", "-v", *BUS, "-a", "-f", "r.log")
        self.assertIn("cut off a last line without an end, 26 bytes", logger.stderr.readline())
        self.assertIn("recording", logger.stderr.readline())
        self.send("123#AA")
        self.stop(logger)
        lines = self.read("r.log").splitlines(True)
        self.assertEqual("".join(lines[:4]), LOG)
        self.assertTrue(lines[4].endswith(" 123#AA\n"))


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
