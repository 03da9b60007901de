#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canreport: its numbers are counted once more here."""
import collections
import gzip
import html.parser
import os
import re
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

CORPUS = os.environ.get("CANSUITE_CORPUS", os.path.join(HERE, "../../../shared/corpus"))
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600}


class Tables(html.parser.HTMLParser):
    """The cells of all rows, by the heading above."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.heading, self.inside = collections.defaultdict(list), "", None
        self.opened = []
        self.feed(text)
        assert not self.opened, self.opened

    def handle_starttag(self, tag, attributes):
        if tag in ("meta", "rect"):
            return
        self.opened.append(tag)
        self.inside = tag
        if tag in ("h2", "h3"):
            self.heading = ""
        if tag == "tr":
            self.rows[self.heading].append([])
        if tag in ("td", "th"):
            self.rows[self.heading][-1].append("")

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag
        self.inside = self.opened[-1] if self.opened else None

    def handle_data(self, data):
        if self.inside in ("h2", "h3"):
            self.heading += data
        elif self.inside in ("td", "th"):
            self.rows[self.heading][-1][-1] += data


def seconds(text):
    value, unit = text.split()
    return float(value) * UNITS[unit]


class Report(harness.ToolTest):
    def report(self, *arguments, status=0):
        self.result = self.run_tool("canreport", *arguments, "-o", "out.html", status=status)
        text = self.read("out.html")
        self.assertNotIn("<script", text)
        self.assertNotRegex(text, r"https?://")
        return Tables(text)

    def check_ids(self, tables, lines):
        """lines: (time, channel, id, data) of the log."""
        ids = collections.defaultdict(list)
        latest = 0
        for time, channel, name, data in lines:
            latest = max(latest, time)
            ids[channel, name].append((latest, data))
        rows = {(row[0], row[1]): row[2:] for row in tables.rows["Ids"][1:]}
        self.assertEqual(rows.keys(), ids.keys())
        for key, messages in ids.items():
            count, mean, deviation, shortest, longest, _, _, length, _ = rows[key]
            periods = [b[0] - a[0] for a, b in zip(messages, messages[1:])]
            self.assertEqual(int(count.replace(",", "")), len(messages), key)
            self.assertEqual(int(length), max(len(data) // 2 for _, data in messages))
            if not periods:
                continue
            for shown, wanted in ((mean, statistics.fmean(periods)), (shortest, min(periods)), (longest, max(periods)),
                                  (deviation, statistics.stdev(periods) if len(periods) > 1 else 0)):
                self.assertAlmostEqual(seconds(shown), wanted, delta=wanted * 0.006 + 2e-6, msg=key)

    def test_numbers_of_ids(self):
        lines = [(1700000000 + i * 0.01 + (i % 7) * 0.001, f"can{i % 2}", ("123", "18DAF110", "7FF")[i % 3],
                  f"{i:04X}" * (i % 3 + 1)) for i in range(500)]
        self.write("in.log", "".join(f"({t:.6f}) {c} {n}#{d}\n" for t, c, n, d in lines))
        tables = self.report("in.log")
        self.check_ids(tables, [(round(t, 6), c, n, d) for t, c, n, d in lines])
        facts = {row[0]: row[1] for row in tables.rows["in.log"]}
        self.assertEqual(facts["Messages"], "500")
        self.assertEqual(facts["Start"], "2023-11-14 22:13:20 UTC")
        self.assertAlmostEqual(seconds(facts["Duration"]), 4.992, places=3)
        self.assertEqual(self.result.stderr, "")

    def test_a_real_log(self):
        path = os.path.join(CORPUS, "big/remora_truck_387k.log.gz")
        if not os.path.exists(path):
            self.skipTest("no corpus")
        lines = []
        with gzip.open(path, "rt") as log:
            for line in log:
                time, channel, frame = line.split()[:3]
                name, _, data = frame.partition("#")
                lines.append((float(time[1:-1]), channel, name, data))
        self.check_ids(self.report(path), lines)

    def test_bits_and_load(self):
        self.write("in.log", "".join(f"({i / 100:.6f}) can0 123#{(i % 2) << 7:02X}{(i // 10 % 2):02X}\n" for i in range(101)))
        self.report("in.log", "--bitrate", "100000")
        text = self.read("out.html")
        bits = re.findall(r'<rect class="bit" x="(\d+)" y="(\d+)" width="4" height="4" opacity="([\d.]+)"/>', text)
        self.assertEqual(bits, [("0", "0", "1.00"), ("5", "35", f"{0.2 + 0.8 * 0.1 ** 0.5:.2f}")])
        busy = (47 + 16) / 100000  # a frame of two bytes, each 10 ms
        self.assertIn(f"at most {100 * busy / 0.01:.1f} % load in 10 ms", text)
        self.write("in.log", f"(1.0) can0 123##1{'00' * 8}\n")
        for rate in (1000000, 5000000):
            self.report("in.log", "--data-bitrate", str(rate))
            shown = float(re.search(r"at most ([\d.]+) % load", self.read("out.html"))[1])
            nominal = 29 / 500000  # and 28 to 36 bits of the data phase besides 8 bytes
            self.assertTrue(nominal + (64 + 20) / rate <= shown / 100 * 0.01 + 6e-6 and shown / 100 * 0.01 <= nominal + 110 / rate + 6e-6,
                            (rate, shown))

    def test_errors_and_events(self):
        self.write("in.asc", "date Mon Nov 27 00:00:00 2023\nbase hex timestamps absolute\n   0.500000 1 123 Rx d 1 00\n"
                   "   1.000000 1 ErrorFrame\n   1.200000 1 ErrorFrame\n   9.000000 1 ErrorFrame\n// 9.5 <b>lap</b>\n")
        tables = self.report("in.asc")
        self.assertEqual([row[:4] for row in tables.rows["Error frames"][1:]],
                         [["1", "0.500 s", "200 ms", "2"], ["1", "8.500 s", "0 us", "1"]])
        self.assertIn("&#60;b&#62;lap", self.read("out.html"))

    def test_names(self):
        self.write("body.dbc", "BU_: A\nBO_ 291 Engine: 8 A\n SG_ Speed : 0|16@1+ (0.5,0) [0|0] \"rpm\" A\n")
        self.write("in.log", "(1) can0 123#00\n(2) can0 124#00\n(3) can0 125#00\n")
        rows = self.report("in.log", "--dbc", "body.dbc").rows["Ids"]
        self.assertEqual([row[:4] for row in rows], [["Channel", "Id", "Name", "Messages"], ["can0", "123", "Engine", "1"],
                                                     ["can0", "124", "", "1"], ["can0", "125", "", "1"]])
        self.assertIn("don't know 2 of these ids", self.read("out.html"))

    def test_signals(self):
        self.write("body.dbc", 'BU_: A\nBO_ 291 Engine: 8 A\n SG_ Speed : 0|16@1+ (0.5,-10) [0|400] "rpm" A\n'
                               ' SG_ Gear : 16|8@1+ (1,0) [0|6] "" A\nBO_ 292 Fine: 1 A\n SG_ x : 0|8@1+ (1,0) [0|0] "" A\n'
                               'BA_DEF_ BO_ "GenMsgCycleTime" INT 0 1000;\nBA_ "GenMsgCycleTime" BO_ 291 20;\n')
        raws = [(i * 37) % 1000 for i in range(1000)]
        self.write("in.log", "".join(f"({i / 100:.6f}) can0 123#{raw & 255:02X}{raw >> 8:02X}{i % 9:02X}\n({i / 100:.6f}) can0 124#01\n"
                                     for i, raw in enumerate(raws)) + "(10.000000) can1 123#0000\n")
        rows = self.report("in.log", "--dbc", "body.dbc", "--signals", "Engine").rows["Messages that are not as defined"][1:]
        values = [raw * 0.5 - 10 for raw in raws]
        wrong = sum(not 0 <= value <= 400 for value in values) + sum(i % 9 > 6 for i in range(1000))
        self.assertEqual(rows, [["can0", "Engine", "1,000", "20 ms", "10 ms", str(wrong), "1,000"],
                                ["can1", "Engine", "1", "20 ms", "", "1", "1"]])
        text = self.read("out.html")
        self.assertEqual(re.findall(r"<b>([^<]*)</b> (\w+)<br/>([-\d.]+) to ([-\d.]+)(?: (\w+))?, ([\d,]+) values(?:, (\d+) out of range)?", text),
                         [("Engine.Speed", "can0", "-10", "489.5", "rpm", "1,000", str(sum(not 0 <= v <= 400 for v in values))),
                          ("Engine.Speed", "can1", "-10", "-10", "rpm", "1", "1"),
                          ("Engine.Gear", "can0", "0", "8", "", "1,000", str(sum(i % 9 > 6 for i in range(1000))))])
        chart = re.search(r'aria-label="Engine.Gear over time">(.*?)</svg>', text)[1]
        bars = [(float(y), float(h)) for y, h in re.findall(r'y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', chart)]
        gears = [[i % 9 for i in range(at, at + 8)] for at in range(0, 1000, 8)]  # 10 s in intervals of 80 ms
        wanted = [(62.5 - max(each) / 8 * 62.5, (max(each) - min(each)) / 8 * 62.5 + 1.5) for each in gears]
        self.assertEqual(len(bars), 125)
        for bar, want in zip(bars, wanted):
            self.assertAlmostEqual(bar[0], want[0], delta=0.06)
            self.assertAlmostEqual(bar[1], want[1], delta=0.06)
        self.write("in.log", "(1) can0 124#01\n")
        self.report("in.log", "--dbc", "body.dbc")
        self.assertIn("All messages that the DBC files know are as defined.", self.read("out.html"))

    def test_periods_over_time(self):
        self.write("in.log", "".join(f"({i / 100 + (0.005 if i == 600 else 0):.6f}) can0 123#00\n" for i in range(1280)))
        self.report("in.log")
        chart = re.search(r'aria-label="periods over time">(.*?)</svg>', self.read("out.html"))[1]
        tops = [float(y) for y in re.findall(r'y="([\d.]+)"', chart)]
        self.assertEqual(len(tops), 80)  # 12.8 s in intervals of 160 ms
        self.assertEqual([i for i, top in enumerate(tops) if top == 0], [600 // 16])
        self.assertEqual({round(top) for i, top in enumerate(tops) if i != 600 // 16}, {8})

    def test_two_logs_compared(self):
        def log(*ids):
            return "".join(sorted(f"({1 + i * period:09.3f}) can0 {name}#00\n" for name, period in ids for i in range(10)))
        self.write("a.log", log(("100", 0.1), ("101", 0.1), ("102", 0.1), ("103", 0.1)))
        self.write("b.log", log(("101", 0.11), ("102", 0.2), ("103", 0.05), ("104", 0.1)))
        rows = self.report("a.log", "b.log").rows["b.log compared with a.log"][1:]
        self.assertEqual([(row[1], row[2].split(",")[0]) for row in rows],
                         [("100", "gone"), ("102", "slower"), ("103", "faster"), ("104", "new")])
        self.assertIn("2.00 times", rows[1][2])
        self.report("a.log", "a.log")
        self.assertIn("The same ids", self.read("out.html"))

    def test_damaged_and_hostile_logs(self):
        self.write("in.log", "(1) can0 123#00\n(2) can0 zzz#\n(3) can0 123#01\n")
        tables = self.report("in.log", status=1)
        self.assertEqual({row[0]: row[1] for row in tables.rows["in.log"]}["Messages"], "1")
        self.assertIn("in.log:2", self.result.stderr)
        self.assertEqual({row[0]: row[1] for row in self.report("--keep-going", "in.log").rows["in.log"]}["Messages"], "2")
        self.write("<img src=x>.log", "(1) <script>alert(1)</script> 123#00\n")
        self.report("<img src=x>.log")
        self.assertNotIn("<img", self.read("out.html"))
        self.write("empty.log", "")
        self.report("empty.log")

    def test_what_is_written(self):
        self.write("in.log", "(1) can0 123#00\n")
        shown = self.run_tool("canreport", "-v", "in.log").stdout
        self.assertTrue(shown.endswith("</body></html>\n"))
        self.write("out.html", "kept")
        self.assert_refused("canreport", "missing.log", "-o", "out.html", says="missing.log")
        self.assertEqual(self.read("out.html"), "kept")
        self.assert_refused("canreport", "in.log", "-o", "in.log", says="input and output are the same file", status=2)
        self.assertEqual(self.read("in.log"), "(1) can0 123#00\n")
        self.run_tool("/bin/sh", "-c", f"{harness.program('canreport')} in.log >/dev/full", status=1)

    def test_selection(self):
        self.write("in.log", "(1) can0 123#00\n(2) can1 124#00\n(3) can0 125##1AA\n")
        for options, wanted in (([], 3), (["--filter", "124:7FF"], 1), (["--channel", "can0"], 2), (["--only", "fd"], 1),
                                (["--start", "1s"], 2), (["--end", "@3"], 2), (["-q", "--channel", "can7"], 0)):
            facts = {row[0]: row[1] for row in self.report("in.log", *options).rows["in.log"]}
            self.assertEqual(facts["Messages"], str(wanted), options)


if __name__ == "__main__":
    harness.main()
