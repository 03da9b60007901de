#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Signals of DBC files, as a user of the programs sees them."""
import contextlib
import csv
import io
import json
import os
import re
import sqlite3
import sys
import time

import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

DBC = '''BU_: A B
BO_ 291 Engine: 8 A
 SG_ EngineSpeed : 0|16@1+ (0.5,0) [0|8000] "rpm" B
 SG_ Gear : 16|8@1- (1,0) [-1|6] "" B
BO_ 292 Brake: 4 A
 SG_ Pressure : 7|16@0+ (0.1,-10) [0|0] "bar" B
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 1000;
BA_ "GenMsgCycleTime" BO_ 291 20;
VAL_ 291 Gear -1 "Reverse" 0 "Neutral, so to say" ;
'''
LOG = """(10.000000) can0 123#A20600
(10.010000) can0 124#006F0000
(10.020000) can1 123#0100FF
(10.030000) can0 7FF#11
"""
HEAD = "time,channel,message,signal,value,unit,text\n"


class Dbc(harness.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("in.log", LOG)
        self.write("body.dbc", DBC)

    def convert(self, *options, status=0):
        return self.run_tool("canconvert", "in.log", *options, status=status)

    def csv(self, *options):
        return self.convert("-", "--format", "csv", "--dbc", "body.dbc", *options).stdout

    def test_signals_as_csv(self):
        self.convert("out.csv", "--dbc", "body.dbc")
        self.assertEqual(self.read("out.csv"), HEAD + '''10.000000000,can0,Engine,EngineSpeed,849,rpm,
10.000000000,can0,Engine,Gear,0,,"Neutral, so to say"
10.010000000,can0,Brake,Pressure,1.1,bar,
10.020000000,can1,Engine,EngineSpeed,0.5,rpm,
10.020000000,can1,Engine,Gear,-1,,Reverse
''')
        self.assertEqual(self.csv(), self.read("out.csv"))

    def test_signals_as_json(self):
        output = self.convert("-", "--format", "jsonl", "--dbc", "body.dbc").stdout
        self.assertEqual(output, self.convert("-", "--format", "signals", "--dbc", "body.dbc").stdout)
        lines = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(lines[0], {
            "timestamp": 10, "channel": "can0", "id": 291, "extended": False, "message": "Engine",
            "signals": {"EngineSpeed": 849, "Gear": {"value": 0, "text": "Neutral, so to say"}}})
        self.assertEqual([line["message"] for line in lines], ["Engine", "Brake", "Engine", None])
        self.assertEqual(lines[3]["signals"], {})

    def test_names_with_quotes_and_numbers_that_are_none(self):
        self.write("body.dbc", 'BU_: A\nBO_ 291 E: 8 A\n SG_ F : 0|32@1- (1,0) [0|0] "a\\"b" A\n'
                               'SIG_VALTYPE_ 291 F : 1;\nBA_ "SystemSignalLongSymbol" SG_ 291 F "F, \\"x\\"";\n')
        self.write("in.log", "(1.000000) can0 123#0000C07F\n(1.000000) can0 123#000080FF\n")
        rows = list(csv.reader(io.StringIO(self.csv())))
        self.assertEqual([row[3:] for row in rows[1:]], [['F, "x"', each, 'a"b', ""] for each in ("nan", "-inf")])
        output = self.convert("-", "--format", "jsonl", "--dbc", "body.dbc").stdout
        self.assertEqual([json.loads(line)["signals"] for line in output.splitlines()],
                         [{'F, "x"': "nan"}, {'F, "x"': "-inf"}])

    def test_some_signals(self):
        self.assertEqual(self.csv("--signals", "Gear", "Brake.P*").splitlines()[1:],
                         ['10.000000000,can0,Engine,Gear,0,,"Neutral, so to say"',
                          "10.010000000,can0,Brake,Pressure,1.1,bar,", "10.020000000,can1,Engine,Gear,-1,,Reverse"])
        self.assert_refused("canconvert", "in.log", "o.csv", "--dbc", "body.dbc", "--signals", "Speed", status=2,
                            says="--signals: no message or signal is named 'Speed'")
        self.assert_refused("canconvert", "in.log", "o.csv", "--signals", "Speed", status=2,
                            says="--signals: expected --dbc FILE")

    def test_messages_of_several_frames(self):
        """J1939's transport protocol, to all and to one; the last one lacks a frame."""
        self.write("body.dbc", 'BU_: A\nBO_ 2566841342 VI: 30 A\n SG_ Last : 72|8@1+ (1,0) [0|0] "" A\n'
                               'BO_ 2364540158 EEC1: 8 A\n SG_ Speed : 24|16@1+ (0.125,0) [0|0] "rpm" A\n'
                               'BA_DEF_ BO_ "VFrameFormat" INT 0 3;\nBA_DEF_DEF_ "VFrameFormat" 3;\n')
        self.write("in.log", """(1.000000) can0 18ECFF21#200A0002FFE3FE00
(1.010000) can0 18EBFF21#0100010203040506
(1.020000) can0 0CF00417#FFFFFF4038FFFFFF
(1.030000) can0 18EBFF21#0207083FFFFFFFFF
(2.000000) can0 18EC0321#100A0002FFE3FE00
(2.010000) can0 18EB0321#0100010203040506
(2.020000) can0 18EB0321#0207084FFFFFFFFF
(3.000000) can0 18ECFF21#200A0002FFE3FE00
(3.010000) can0 18EBFF21#0207083FFFFFFFFF
""")
        result = self.convert("-", "--format", "csv", "--dbc", "body.dbc")
        self.assertEqual(result.stdout, HEAD + """1.020000000,can0,EEC1,Speed,1800,rpm,
1.030000000,can0,VI,Last,63,,
2.020000000,can0,VI,Last,79,,
""")
        self.assertEqual(result.stderr, "canconvert: warning: 1 message of J1939's transport protocol without all frames\n")
        lines = [json.loads(line) for line in self.convert("-", "--format", "jsonl", "--dbc", "body.dbc").stdout
                 .splitlines()]
        self.assertEqual([(line["message"], line["source"]) for line in lines if line["message"]],
                         [("EEC1", 0x17), ("VI", 0x21), ("VI", 0x21)])
        self.assertEqual(len(lines), 9 + 2)
        self.convert("out.npz", "--dbc", "body.dbc")
        with numpy.load(self.path("out.npz")) as arrays:
            self.assertEqual([arrays[f"VI.{name}"].tolist() for name in ("source", "destination", "Last")],
                             [[0x21, 0x21], [-1, -1], [63, 79]])
        self.convert("out.db", "--dbc", "body.dbc")
        with contextlib.closing(sqlite3.connect(self.path("out.db"))) as db:
            self.assertEqual(db.execute("SELECT source, destination, Last FROM VI").fetchall(),
                             [(0x21, None, 63), (0x21, None, 79)])
        def below(*options):
            output = self.convert("-", "--format", "console", "--dbc", "body.dbc", *options).stdout
            return [line for line in output.splitlines() if line.startswith("\t")]
        self.assertEqual(below(), ["\tEEC1: Speed 1800 rpm", "\tVI: Last 63", "\tVI: Last 79"])
        self.assertEqual(below("--changes"), below())
        info = self.run_tool("canconvert", "--info", "in.log", "--dbc", "body.dbc").stdout
        self.assertRegex(info, r"can0 +VI +2 ")
        self.assertIn("\n1 message of J1939's transport protocol without all frames\n", info)
        self.assertNotIn("that no DBC file knows", info)

    def test_packets_that_changed(self):
        self.write("body.dbc", 'BU_: A\nBO_ 2566841342 VI: 30 A\n SG_ A : 0|8@1+ (1,0) [0|0] "" A\n'
                               ' SG_ Last : 72|8@1+ (1,0) [0|0] "" A\n'
                               'BA_DEF_ BO_ "VFrameFormat" INT 0 3;\nBA_DEF_DEF_ "VFrameFormat" 3;\n')
        packet = ("({0}.000000) can0 18ECFF21#200A0002FFE3FE00\n({0}.010000) can0 18EBFF21#0100010203040506\n"
                  "({0}.020000) can0 18EBFF21#020708{1}FFFFFFFF\n")
        self.write("in.log", packet.format(1, "3F") + packet.format(2, "3F") + packet.format(3, "40"))
        output = self.convert("-", "--format", "console", "--dbc", "body.dbc", "--changes").stdout
        self.assertEqual([line for line in output.splitlines() if line.startswith("\t")],
                         ["\tVI: A 0, Last 63", "\tVI: Last 64"])

    def test_a_row_a_step(self):
        options = ("--channel", "can0", "--resample", "10ms")
        self.write("in.log", LOG + "(10.040000) can0 123#A60601\n")
        self.assertEqual(self.csv(*options), """time,Engine.EngineSpeed,Engine.Gear,Brake.Pressure
10.000000000,849,0,
10.010000000,849,0,1.1
10.020000000,849,0,1.1
10.030000000,849,0,1.1
10.040000000,851,1,1.1
""")
        self.assertEqual(self.csv(*options, "--hold"), self.csv(*options))
        self.assertEqual(self.csv(*options, "--interpolate").splitlines()[2:],
                         ["10.010000000,849.5,0,", "10.020000000,850,0,", "10.030000000,850.5,0,", "10.040000000,851,1,"])
        output = self.convert("-", "--format", "jsonl", "--dbc", "body.dbc", *options).stdout.splitlines()
        self.assertEqual(json.loads(output[0]), {"time": 10, "Engine.EngineSpeed": 849, "Engine.Gear": 0})

    def test_times_that_go_backwards(self):
        """Rows stay in order; the values that they lack are told once, in every format."""
        write = lambda times: self.write("in.log", "".join(f"({time:.6f}) can0 124#{i:02X}000000\n" for i, time in enumerate(times)))
        write([10, 10.03, 10.01, 10.02, 10.04])
        told = "canconvert: warning: 2 values earlier than a row before, which lacks them: times of the log go backwards\n"
        for name in ("o.csv", "o.jsonl", "o.db", "o.npz"):
            with self.subTest(name):
                self.assertEqual(self.convert(name, "--dbc", "body.dbc", "--signals", "Brake", "--resample", "10ms").stderr, told)
        rows = [line.split(",") for line in self.read("o.csv").splitlines()[1:]]
        self.assertEqual([row[0][:5] for row in rows], ["10.00", "10.01", "10.02", "10.03", "10.04"])
        self.assertEqual([row[1] for row in rows], [rows[0][1]] * 3 + [rows[3][1], rows[4][1]])
        self.assertEqual(len({row[1] for row in rows}), 3)
        write([10, 10.018, 10.012, 10.03])  # no row lies between
        self.assertEqual(self.convert("o.csv", "--dbc", "body.dbc", "--signals", "Brake", "--resample", "10ms").stderr, "")

    def test_a_database(self):
        self.convert("out.db", "--dbc", "body.dbc")
        with contextlib.closing(sqlite3.connect(self.path("out.db"))) as db:
            self.assertEqual(db.execute("SELECT * FROM Engine").fetchall(),
                             [(10.0, 10_000_000_000, "can0", None, None, 849.0, 0),
                              (10.02, 10_020_000_000, "can1", None, None, 0.5, -1)])
            self.assertEqual(db.execute("SELECT time, channel, message, signal, value, unit, text FROM signals"
                                        " ORDER BY time_ns").fetchall(),
                             [(10.0, "can0", "Engine", "EngineSpeed", 849.0, "rpm", None),
                              (10.0, "can0", "Engine", "Gear", 0, "", "Neutral, so to say"),
                              (10.01, "can0", "Brake", "Pressure", 1.1, "bar", None),
                              (10.02, "can1", "Engine", "EngineSpeed", 0.5, "rpm", None),
                              (10.02, "can1", "Engine", "Gear", -1, "", "Reverse")])
            self.assertEqual(db.execute("SELECT signal, unit, minimum, maximum FROM signal_info"
                                        " WHERE message = 'Engine'").fetchall(),
                             [("EngineSpeed", "rpm", 0, 8000), ("Gear", "", -1, 6)])
        self.assert_refused("canconvert", "out.db", "back.log", says="out.db: ")

    def test_a_dbc_file_is_no_output(self):
        for command in (["canconvert", "in.log", "body.dbc", "--format", "csv"], ["canreport", "in.log", "-o", "body.dbc"],
                        ["canlogger", "-i", "virtual", "-f", "body.dbc", "--format", "csv", "-n", "1"]):
            self.assert_refused(*command, "--dbc", "body.dbc", status=2, says="input and output are the same file")
            self.assertEqual(self.read("body.dbc"), DBC)

    def test_a_file_is_not_replaced_by_nothing(self):
        self.write("other.dbc", 'BU_: A\nBO_ 1 X: 8 A\n SG_ x : 0|8@1+ (1,0) [0|0] "" A\n')
        for name in ("out.csv", "out.db", "out.npz"):
            self.assert_refused("canconvert", "in.log", name, "--dbc", "other.dbc",
                                says="in.log: no message that the DBC files know")
            self.assertFalse(os.path.exists(self.path(name)))
            self.convert(name, "--dbc", "body.dbc")
            self.assert_refused("canconvert", "in.log", name, "--dbc", "other.dbc", says=f"{name} is as it was")
        self.assertIn("Engine", self.read("out.csv"))
        self.convert("out.jsonl", "--dbc", "other.dbc")

    def test_numbers_that_sqlite_has_none_for(self):
        self.write("body.dbc", 'BU_: A\nBO_ 291 E: 8 A\n SG_ Count : 0|64@1+ (1,0) [0|0] "" A\n'
                               'BO_ 292 F: 4 A\n SG_ F : 0|32@1- (1,0) [0|0] "" A\nSIG_VALTYPE_ 292 F : 1;\n')
        self.write("in.log", "(1.0) can0 123#FFFFFFFFFFFFFFFF\n(2.0) can0 123#FEFFFFFFFFFFFFFF\n(3.0) can0 123#0700000000000000\n"
                             "(4.0) can0 124#0000C07F\n(5.0) can0 124#0000807F\n")
        self.convert("out.db", "--dbc", "body.dbc")
        with contextlib.closing(sqlite3.connect(self.path("out.db"))) as db:
            self.assertEqual(db.execute("SELECT Count FROM E").fetchall(), [(str(2 ** 64 - 1),), (str(2 ** 64 - 2),), (7,)])
            self.assertEqual(db.execute("SELECT F FROM F").fetchall(), [("nan",), (float("inf"),)])

    def test_names_that_a_database_has_already(self):
        self.write("body.dbc", 'BU_: A\nBO_ 291 signals: 8 A\n SG_ time : 0|8@1+ (1,0) [0|0] "" A\n'
                               ' SG_ Time : 8|64@1+ (1,0) [0|0] "" A\n SG_ m1 : 8|8@1+ (1,0) [0|0] "" A\n'
                               'BO_ 292 SIGNALS: 4 A\n SG_ x : 0|8@1+ (1,0) [0|0] "" A\n'
                               'BO_ 2047 sqlite_x: 1 A\n SG_ x : 0|8@1+ (1,0) [0|0] "" A\n')
        self.convert("out.db", "--dbc", "body.dbc")
        with contextlib.closing(sqlite3.connect(self.path("out.db"))) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            self.assertEqual(tables[2:], ["signals_", "SIGNALS__", "_sqlite_x"])
            self.assertEqual(db.execute("SELECT time_, m1 FROM signals_").fetchall(), [(0xA2, 6), (1, 0)])
            self.assertEqual(db.execute("SELECT count(*) FROM signals").fetchone(), (6,))

    def test_many_messages_in_a_database(self):
        """More than a view may join at once."""
        self.write("body.dbc", "BU_: A\n" + "".join(
            f'BO_ {i} M{i}: 8 A\n SG_ a : 0|8@1+ (1,0) [0|0] "" A\n SG_ b : 8|8@1+ (1,0) [0|0] "" A\n'
            for i in range(1300)))
        self.write("in.log", "".join(f"({i}.000000) can0 {i:03X}#0{i % 10}07\n" for i in range(1300)))
        self.convert("out.db", "--dbc", "body.dbc")
        with contextlib.closing(sqlite3.connect(self.path("out.db"))) as db:
            self.assertEqual(db.execute("SELECT count(*), sum(value) FROM signals").fetchone(), (2600, 130 * 45 + 7 * 1300))
            self.assertEqual(db.execute("SELECT value FROM signals WHERE message = 'M1234'").fetchall(), [(4,), (7,)])

    def test_arrays(self):
        self.convert("out.npz", "--dbc", "body.dbc")
        with numpy.load(self.path("out.npz")) as arrays:
            self.assertEqual({name: arrays[name].tolist() for name in arrays}, {
                "Engine.time": [10_000_000_000, 10_020_000_000], "Engine.channel": ["can0", "can1"],
                "Engine.EngineSpeed": [849, 0.5], "Engine.Gear": [0, -1],
                "Brake.time": [10_010_000_000], "Brake.channel": ["can0"], "Brake.Pressure": [1.1]})

    def test_arrays_of_signals_that_are_absent_or_long(self):
        self.write("body.dbc", 'BU_: A\nBO_ 291 E: 8 A\n SG_ Page M : 0|8@1+ (1,0) [0|0] "" A\n'
                               ' SG_ Zero m0 : 8|8@1+ (1,0) [0|0] "" A\n SG_ One m1 : 8|8@1+ (1,0) [0|0] "" A\n'
                               'BO_ 292 C: 8 A\n SG_ Count : 0|64@1+ (1,0) [0|0] "" A\n')
        self.write("in.log", "".join(f"({i}.000000) can0 123#0{i % 2}{i % 100:02}000000000000\n" for i in range(3000))
                   + "(9.000000) can0 124#FFFFFFFFFFFFFFFF\n")
        self.convert("out.npz", "--dbc", "body.dbc")
        with numpy.load(self.path("out.npz")) as arrays:
            self.assertEqual(arrays["E.Page"].tolist(), [i % 2 for i in range(3000)])
            zero = arrays["E.Zero"]
            self.assertTrue(numpy.isnan(zero[1::2]).all())
            self.assertEqual(zero[0::2].tolist(), [int(f"{i % 100:02}", 16) for i in range(0, 3000, 2)])
            self.assertEqual(arrays["C.Count.raw"].tolist(), [2 ** 64 - 1])

    def test_a_row_a_step_in_a_database_and_in_arrays(self):
        options = ("--dbc", "body.dbc", "--channel", "can0", "--resample", "10ms")
        self.convert("out.db", *options)
        with contextlib.closing(sqlite3.connect(self.path("out.db"))) as db:
            rows = db.execute('SELECT time_ns, "Engine.EngineSpeed", "Brake.Pressure" FROM samples').fetchall()
        self.assertEqual(rows, [(10_000_000_000, 849, None), (10_010_000_000, 849, 1.1)])
        self.convert("out.npz", *options)
        with numpy.load(self.path("out.npz")) as arrays:
            self.assertEqual(arrays["time"].tolist(), [10_000_000_000, 10_010_000_000])
            self.assertEqual(arrays["Engine.Gear"].tolist(), [0, 0])
            self.assertTrue(numpy.isnan(arrays["Brake.Pressure"][0]))

    def test_what_cannot_be_resampled(self):
        def refuse(*options, says):
            self.assert_refused("canconvert", "in.log", "o.csv", *options, status=2, says=says)
        refuse("--dbc", "body.dbc", "--resample", "1s",
               says="message 'Engine' is on the channels 'can0' and 'can1'; --channel NAME or --dbc NAME=FILE")
        refuse("--resample", "1s", says="--resample: expected --dbc FILE")
        refuse("--dbc", "body.dbc", "--hold", says="--hold and --interpolate need --resample")
        refuse("--dbc", "body.dbc", "--resample", "0", says="--resample: expected a time above 0")
        refuse("--dbc", "body.dbc", "--resample", "1s", "--hold", "--interpolate", says="excludes")

    def test_what_a_log_has_of_it(self):
        self.write("in.log", LOG + "(10.050000) can0 123#FFFF\n(10.080000) can0 123#R8\n"
                                   "(10.090000) can0 20000080#0000000000000000\n")
        text = self.run_tool("canconvert", "--info", "in.log", "--dbc", "body.dbc").stdout
        rows = [" ".join(line.split()) for line in text.split("MESSAGE")[1].splitlines()]
        self.assertEqual(rows[1:], [
            "can0 Engine 3 20 ms 40 ms 50 ms 1 2", "can0 Brake 1 0 0", "can1 Engine 1 20 ms 0 1", "",
            "1 message with 1 id that no DBC file knows", "can0 7FF 1"])
        found = json.loads(self.run_tool("canconvert", "--info", "--json", "in.log", "--dbc", "body.dbc").stdout)
        signals = found[0]["signals"]
        self.assertEqual(signals["known"][0], {
            "channel": "can0", "message": "Engine", "count": 3, "out_of_range": 1, "too_short": 2,
            "average_ms": 40, "longest_ms": 50, "cycle_ms": 20})
        self.assertEqual(signals["unknown"], [{"channel": "can0", "id": 0x7FF, "extended": False, "count": 1}])
        self.assertNotIn("signals", json.loads(self.run_tool("canconvert", "--info", "--json", "in.log").stdout)[0])

    def test_a_file_for_each_channel(self):
        self.write("other.dbc", DBC.replace("Engine", "Motor"))
        output = self.convert("-", "--format", "csv", "--dbc", "can1=other.dbc", "--dbc", "body.dbc").stdout
        self.assertEqual([line.split(",")[1:4] for line in output.splitlines()[1:]],
                         [["can0", "Engine", "EngineSpeed"], ["can0", "Engine", "Gear"], ["can0", "Brake", "Pressure"],
                          ["can1", "Motor", "MotorSpeed"], ["can1", "Motor", "Gear"]])
        os.rename(self.path("body.dbc"), self.path("a=b.dbc"))
        self.assertIn(",Engine,", self.convert("-", "--format", "csv", "--dbc", "a=b.dbc").stdout)

    def test_what_is_wrong_in_a_file_is_told(self):
        self.write("body.dbc", DBC + "VAL_ 9 x 1 \"one\" ;\n")
        result = self.convert("out.csv", "--dbc", "body.dbc")
        self.assertEqual(result.stderr, "canconvert: warning: body.dbc:10: no message 9 with a signal 'x'\n")
        self.assert_refused("canconvert", "in.log", "o.csv", "--dbc", "in.log", status=1,
                            says="^canconvert: (warning: )?in.log:1: expected a statement, got '[(]'")
        self.assert_refused("canconvert", "in.log", "o.csv", "--dbc", "none.dbc", says="none.dbc: no such file")
        self.assert_refused("canconvert", "in.log", "o.csv", "--dbc", "can0=", status=2, says="--dbc: expected")

    def test_only_some_formats_have_signals(self):
        self.assert_refused("canconvert", "in.log", "o.blf", "--dbc", "body.dbc", status=2,
                            says="a Vector binary log has frames, not signals; signals are written as console, jsonl, csv, sqlite, npz")
        self.assert_refused("canconvert", "in.log", "o.x", "--format", "signals", status=2,
                            says="format 'signals': expected --dbc FILE")

    def test_what_a_file_describes(self):
        lines = [json.loads(line) for line in self.run_tool("canconvert", "--describe", "--dbc", "body.dbc").stdout
                 .splitlines()]
        self.assertEqual([(line["m"], line["id"], line["len"]) for line in lines],
                         [("Engine", 291, 8), ("Brake", 292, 4)])
        self.assertEqual(lines[0]["cycle"], 20)
        self.assertEqual(lines[0]["signals"][1]["values"], [[-1, "Reverse"], [0, "Neutral, so to say"]])
        decoding = ["canconvert", "-", "-", "--from", "candump", "--format", "signals", "--dbc", "body.dbc"]
        self.assertEqual([json.loads(line) for line in self.run_tool(*decoding, "--describe").stdout.splitlines()], lines)
        self.assert_refused("canconvert", "--describe", status=2, says="--describe: expected --dbc FILE")
        self.assert_refused("canconvert", "-v", status=2, says="INPUT is required")


    def test_signals_below_frames(self):
        output = self.convert("-", "--format", "console", "--dbc", "body.dbc", "--time", "n").stdout
        self.assertEqual(output, """  can0  RX - -  123   [3]  A2 06 00
\tEngine: EngineSpeed 849 rpm, Gear 0 Neutral, so to say
  can0  RX - -  124   [4]  00 6F 00 00
\tBrake: Pressure 1.1 bar
  can1  RX - -  123   [3]  01 00 FF
\tEngine: EngineSpeed 0.5 rpm, Gear -1 Reverse
  can0  RX - -  7FF   [1]  11
""")
        self.write("a.txt", output)
        frames = self.run_tool("canconvert", "a.txt", "-", "--from", "console", "--format", "candump").stdout
        self.assertEqual(len(frames.splitlines()), 4)

    def test_what_changed(self):
        same = "(1.000000) can0 123#A20600\n(2.000000) can0 123#A20600\n(3.000000) can1 123#A20600\n"
        self.write("in.log", same + "(4.000000) can0 123#A20601\n(5.000000) can0 20000080#00\n")
        lines = self.convert("-", "--format", "console", "--changes", "--time", "n").stdout.splitlines()
        self.assertEqual([line.split()[4] for line in lines], ["123", "123", "123", "20000080"])
        lines = self.convert("-", "--format", "console", "--changes", "--dbc", "body.dbc").stdout.splitlines()
        self.assertEqual([line for line in lines if line.startswith("\t")],
                         ["\tEngine: EngineSpeed 849 rpm, Gear 0 Neutral, so to say"] * 2 + ["\tEngine: Gear 1"])

    def test_names_of_messages_in_filters(self):
        def ids(*options):
            output = self.convert("-", "--format", "jsonl", "--dbc", "body.dbc", *options).stdout
            return [json.loads(line)["id"] for line in output.splitlines()]
        self.assertEqual(ids("--filter", "Brake"), [0x124])
        self.assertEqual(ids("--filter", "Brake,7FF:7FF"), [0x124, 0x7FF])
        self.assertEqual(self.run_tool("canconvert", "--info", "--json", "in.log", "--dbc", "body.dbc", "--filter",
                                       "Engine").stdout.count('"message": "Engine"'), 2)
        self.assert_refused("canconvert", "in.log", "-", "--format", "jsonl", "--dbc", "body.dbc", "--filter", "Brak",
                            status=2, says="expected a filter")


class Live(harness.ToolTest):
    """Buses, recorded and replayed."""

    def setUp(self):
        super().setUp()
        self.write("body.dbc", DBC)
        self.write("in.log", LOG)

    def test_signals_of_a_bus(self):
        logger = self.start_logger("--dbc", "body.dbc", "-n", "2", "--filter", "Engine", "--time", "n")
        for message in ("Engine Gear=3", "Brake Pressure=2", "Engine Gear=4"):
            self.run_tool("cansend", "-i", "udp_multicast", "--dbc", "body.dbc", message)
        output = logger.communicate(timeout=20)[0]
        self.assertEqual(re.findall(r"\t(.*)", output), [f"Engine: EngineSpeed 0 rpm, Gear {n}" for n in (3, 4)])

    def test_a_recording_of_signals(self):
        logger = self.start_logger("--dbc", "body.dbc", "-n", "1", "-f", "a.csv")
        self.run_tool("cansend", "-i", "udp_multicast", "--dbc", "body.dbc", "Engine Gear=3")
        complaints = logger.communicate(timeout=20)[1]
        self.assertNotIn("can't hold", complaints)
        self.assertEqual([line.split(",")[2:5] for line in self.read("a.csv").splitlines()[1:]],
                         [["Engine", "EngineSpeed", "0"], ["Engine", "Gear", "3"]])

    def test_a_recording_of_frames_chosen_by_name(self):
        logger = self.start_logger("--dbc", "body.dbc", "-n", "1", "-f", "a.log", "--filter", "Brake")
        for message in ("Engine Gear=3", "Brake Pressure=2"):
            self.run_tool("cansend", "-i", "udp_multicast", "--dbc", "body.dbc", message)
        logger.communicate(timeout=20)
        self.assertIn("124#00780000", self.read("a.log"))

    def test_a_recording_around_a_condition(self):
        logger = self.start_logger("--dbc", "body.dbc", "-f", "a.log", "--json", "--when", "Engine.EngineSpeed > 3000",
                                   "--before", "1h", "--after", "1ms")
        frames = ["7FF#01", "Engine EngineSpeed=2000", "Engine EngineSpeed=3001", "7FF#02", "Engine EngineSpeed=3000"]
        for frame in frames:
            self.run_tool("cansend", "-i", "udp_multicast", "--dbc", "body.dbc", frame)
        time.sleep(0.05)  # longer than --after
        self.run_tool("cansend", "-i", "udp_multicast", "7FF#03")
        self.assertTrue(harness.wait_for(lambda: "7FF#02" in self.read("a.log")))
        counts = json.loads(self.stop(logger)[0].splitlines()[-1])
        self.assertEqual([line.split()[2] for line in self.read("a.log").splitlines() if not line.startswith("#")],
                         ["7FF#01", "123#A00F000000000000", "123#7217000000000000", "7FF#02", "123#7017000000000000"])
        self.assertEqual((counts["written"], counts["filtered"], counts["received"]), (5, 1, 6))

    def test_conditions_that_are_wrong(self):
        def refuse(*options, says):
            self.assert_refused("canlogger", "-i", "udp_multicast", *options, status=2, says=says)
        refuse("--when", "Gear > 1", says="--when: expected --dbc FILE")
        refuse("--before", "1s", says="--before: expected --when CONDITION")
        refuse("--after", "1s", says="--after: expected --when CONDITION")
        refuse("--dbc", "body.dbc", "--when", "Gear > 1 or", says="--when: expected && or ||")

    def test_a_replay_with_other_values(self):
        def sent(*options):
            output = self.run_tool("canplayer", "-v", "-i", "virtual", "-c", "dbc", "--dbc", "body.dbc", "in.log",
                                   *options).stdout
            return re.findall(r"ID: 0(\w+) .*DLC: \d +(.*)", output)
        self.assertEqual(sent("--filter", "Brake"), [("124", "00 6f 00 00")])
        self.assertEqual(sent("--set", "Gear=Reverse", "--set", "Brake.Pressure=2"),
                         [("123", "a2 06 ff"), ("124", "00 78 00 00"), ("123", "01 00 ff"), ("7ff", "11")])
        for value, says in (("Gear=7000", "signal 'Gear': expected a value from -1 to 6"), ("Gea=7", "no signal is named"),
                            ("Gear", "expected SIGNAL=VALUE")):
            self.assert_refused("canplayer", "-i", "virtual", "--dbc", "body.dbc", "in.log", "--set", value, status=2,
                                says=says)
        self.assert_refused("canplayer", "-i", "virtual", "in.log", "--set", "Gear=1", status=2,
                            says="--set: expected --dbc FILE")


class Send(harness.ToolTest):
    """Messages by name, on a bus."""

    def setUp(self):
        super().setUp()
        self.write("body.dbc", DBC)

    def sent(self, *arguments, input=None):
        """What cansend says that it sends: id and data."""
        output = self.run_tool("cansend", "-v", "-i", "virtual", "-c", "dbc", "--dbc", "body.dbc", *arguments,
                               input=input).stdout
        return [" ".join(re.match(r".*ID: (\w+) .*DLC: \d +(.*)", line).groups()) for line in output.splitlines()]

    def test_a_message_by_its_name(self):
        self.assertEqual(self.sent("Engine EngineSpeed=849 Gear=Reverse"), ["0123 a2 06 ff 00 00 00 00 00"])
        self.assertEqual(self.sent("Engine", "124#11", "Brake Pressure=1.1"),
                         ["0123 00 00 00 00 00 00 00 00", "0124 11", "0124 00 6f 00 00"])
        self.assertEqual(self.sent("-", input="Engine Gear=6\n123#22\n"), ["0123 00 00 06 00 00 00 00 00", "0123 22"])

    def test_a_message_by_its_name_again_and_again(self):
        start = time.monotonic()
        self.assertEqual(self.sent("--period", "100ms", "-n", "3", "Engine Gear=1"), ["0123 00 00 01 00 00 00 00 00"])
        self.assertGreater(time.monotonic() - start, 0.2)

    def test_wrong_messages(self):
        def refuse(text, says):
            self.assert_refused("cansend", "-i", "virtual", "--dbc", "body.dbc", text, status=2, says=says)
        refuse("Engin EngineSpeed=1", "no message 'Engin'; did you mean 'Engine'")
        refuse("Engine EngineSpeed=9000", "signal 'EngineSpeed': expected a value from 0 to 8000, got '9000'")
        refuse("12#GG", "expected")


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
