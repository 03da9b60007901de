#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canserver's page in a browser. The pictures lie in the folder "screenshots" of the build."""
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import browser  # noqa: E402
import harness  # noqa: E402

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples")
ENTER, DOWN, RIGHT, ESCAPE = "\ue007", "\ue015", "\ue014", "\ue00c"
WIDE, PHONE = (1280, 800), (390, 844)

# The rows as the page shows them: by id the bytes, those that are marked, and the classes.
ROWS = """return Object.fromEntries([...document.querySelectorAll('.row')].map(row => [row.querySelector('.id').textContent, {
  bytes: [...row.querySelectorAll('.bytes b')].map(b => b.textContent).join(' '),
  hot: [...row.querySelectorAll('.bytes b')].flatMap((b, i) => b.classList.contains('hot') ? [i] : []),
  text: row.innerText, classes: row.className, top: row.offsetTop}]))"""

# Texts that are hard to read on what is behind them: the contrast of WCAG 2.1 below 4.5.
UNREADABLE = """
const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const parts = text => text.match(/[\\d.]+/g).map(Number);
const behind = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
  if (c.length === 3 || c[3] > 0.99) return c; } return matchMedia('(prefers-color-scheme: dark)').matches ? [0,0,0] : [255,255,255]; };
return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('dialog:not([open])') && e.tagName !== 'OPTION' &&
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
  const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
  return [e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 20), (a + 0.05) / (b + 0.05)];
}).filter(([, contrast]) => contrast < 4.5)"""

# What can be operated and has no name for who doesn't see it.
NAMELESS = """return [...document.querySelectorAll('button, input, select, canvas, meter, [role=grid]')].filter(e => e.checkVisibility() &&
  !(e.innerText || '').trim() && !e.getAttribute('aria-label') && !(e.labels && e.labels.length)).map(e => e.outerHTML)"""


class Page(harness.ToolTest):
    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.mkdtemp(prefix="cansuite-browser-")
        cls.browser = browser.Browser(cls.profile, WIDE)
        cls.pictures = os.path.join(harness.BIN, "../screenshots")
        os.makedirs(cls.pictures, exist_ok=True)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        shutil.rmtree(cls.profile, ignore_errors=True)

    def setUp(self):
        super().setUp()
        self.browser.emulate(WIDE)

    def tearDown(self):
        unexpected = [line for line in self.browser.complaints() if "Failed to load resource" not in line and "ERR_" not in line and
                      "getImageData" not in line]
        self.assertEqual(unexpected, [])
        self.browser.open("about:blank")

    def serve(self, *options, port="0", web="0", opens=True):
        self.server = self.start("canserver", "-i", "virtual", "-c", "can0", "-b", "500000", "-H", "127.0.0.1", "-p", port,
                                 "--web", web, *options)
        for line in self.server.stderr:
            if match := re.search(r"web page at (\S+)", line):
                self.address = match[1]
            if "listening on" in line:
                self.bus = ["-i", "remote", "-c", line.split()[-1]]
                break
        if opens:
            self.browser.open(self.address)
            self.await_that(lambda: self.browser.text("#link") == "live" and self.browser.text("#bus") == "virtual can0")

    def serve_drive(self, *options):
        """The example's traffic, over and over."""
        self.serve("--dbc", os.path.join(EXAMPLES, "drive.dbc"), *options)
        self.start("canplayer", "-q", *self.bus, "--loop", "i", os.path.join(EXAMPLES, "drive.log"))
        self.await_that(lambda: "0C9" in self.rows() and "1A0" in self.rows())

    def send(self, *frames):
        self.run_tool("cansend", *self.bus, *frames)

    def rows(self):
        return self.browser.run(ROWS)

    def bytes_of(self, name):
        return self.rows().get(name, {}).get("bytes")

    def await_that(self, condition, seconds=30):
        self.assertTrue(harness.wait_for(condition, seconds), self.browser.text("body"))

    def picture(self, name):
        path = os.path.join(self.pictures, name + ".png")
        self.browser.screenshot(path)
        return path

    def click_byte(self, name, byte):
        self.browser.run("[...document.querySelectorAll('.row')].find(row => row.querySelector('.id').textContent === arguments[0])"
                         ".querySelectorAll('.bytes b')[arguments[1]].click()", name, byte)

    def test_rows_appear_change_and_fade(self):
        self.serve()
        self.assertEqual(self.browser.text("#none"), "No messages yet.")
        self.send("123#0102", "00000456##3AABB")
        self.await_that(lambda: self.bytes_of("123") == "01 02" and self.bytes_of("00000456") == "AA BB")
        self.assertEqual(self.rows()["123"]["hot"], [])
        # The mark goes after a while: it is watched for.
        self.browser.run("""window.marks = [];
          new MutationObserver(() => window.marks.push(...document.querySelectorAll('.bytes b.hot')))
          .observe(document.getElementById('rows'), {subtree: true, attributes: true, attributeFilter: ['class']})""")
        self.send("123#0103")
        self.await_that(lambda: self.bytes_of("123") == "01 03")
        self.await_that(lambda: self.browser.run("return [...new Set(window.marks.map(b => b.textContent))]") == ["03"])
        self.await_that(lambda: self.rows()["123"]["hot"] == [])
        self.await_that(lambda: "stale" in self.rows()["123"]["classes"])
        for dark in (False, True):
            self.browser.emulate(WIDE, dark)
            self.assertEqual(self.browser.run(UNREADABLE), [])
        self.picture("stale")
        self.send("123#0103")
        self.await_that(lambda: "stale" not in self.rows()["123"]["classes"])

    def test_filter(self):
        self.serve_drive()
        self.browser.press("/")
        self.browser.type("#filter", "engine")
        self.await_that(lambda: list(self.rows()) == ["0C9"])
        for text, shown in (("1A0:7FF", ["1A0"]), ("WheelSpeeds", ["1A0"]), ("0c9", ["0C9"])):
            self.browser.run("const f = document.getElementById('filter'); f.value = arguments[0]; f.dispatchEvent(new Event('input'))", text)
            self.await_that(lambda: list(self.rows()) == shown)
        self.browser.run("const f = document.getElementById('filter'); f.value = '12:xyz'; f.dispatchEvent(new Event('input'))")
        self.await_that(lambda: "expected" in self.browser.text("#filter-error"))
        self.assertEqual(list(self.rows()), ["0C9"])

    def test_plots_and_signals(self):
        self.serve_drive()
        self.assertIn("EngineSpeed", self.rows()["0C9"]["text"])
        self.assertIn("rpm", self.rows()["0C9"]["text"])
        self.click_byte("0C9", 2)
        self.await_that(lambda: "EngineData byte 2" in (self.browser.text("#legend") or ""))
        ink = """const c = document.getElementById('canvas');
          return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v).length"""
        drawn = self.browser.run(ink)
        self.await_that(lambda: self.browser.run(ink) > drawn)
        self.browser.click("#values .wide:nth-of-type(4)")
        self.await_that(lambda: self.browser.text("#legend").count("×") == 2)
        self.picture("plots")
        self.browser.click("#legend button")
        self.browser.click("#legend button")
        self.assertIsNone(self.browser.text("#legend"))

    def test_keys(self):
        self.serve_drive()
        self.browser.press(ESCAPE, DOWN, RIGHT, RIGHT, ENTER)
        self.await_that(lambda: "EngineData byte 1" in (self.browser.text("#legend") or ""))
        self.assertIn("0C9", self.browser.text("#chosen"))
        self.browser.press("p")
        self.await_that(lambda: self.browser.text("#link") == "paused")
        self.browser.settle()
        before = self.browser.text("#rows")
        time.sleep(1)  # longer than ten updates take
        after = self.browser.text("#rows")
        # The table may have got room for another row, or lost that.
        self.assertEqual(os.path.commonprefix([before, after]), min(before, after, key=len))
        self.browser.press("p")
        self.await_that(lambda: self.browser.text("#rows") != before)
        self.browser.press("?")
        self.assertTrue(self.browser.run("return document.getElementById('help-dialog').open"))
        self.assertEqual(self.browser.run(NAMELESS), [])

    def test_sending(self):
        self.serve("--web-send")
        self.browser.press("s")
        self.browser.type("#frame", "123#11.22" + ENTER)
        self.await_that(lambda: self.bytes_of("123") == "11 22")
        self.assertEqual(self.browser.text("#sent"), "Sent 123#11.22")
        self.browser.clear("#frame")
        self.browser.type("#frame", "12#")
        self.browser.click("#send-form button")
        self.await_that(lambda: "expected" in self.browser.text("#sent"))
        self.browser.clear("#frame")
        self.browser.type("#frame", "124#33")
        self.browser.type("#period", "50" + ENTER)
        self.await_that(lambda: "124#33 every 50.0 ms" in (self.browser.text("#periodic") or ""))
        self.await_that(lambda: self.bytes_of("124") == "33")
        self.assertEqual(self.browser.run(NAMELESS), [])
        self.picture("sending")
        self.browser.click("#periodic button")
        self.await_that(lambda: self.browser.text("#periodic") == "")

    def test_read_only(self):
        self.serve()
        self.assertIsNone(self.browser.text("#send"))

    def test_a_token(self):
        self.serve("--token-file", self.write("token", "secret\n"), opens=False)
        self.browser.open(self.address)
        for given, title in (("wrong", "Token"), ("secret", "Wrong token")):
            self.await_that(lambda: self.browser.run("return document.getElementById('token-dialog').open") and
                            self.browser.text("#token-title") == title)
            self.browser.clear("#token")
            self.browser.type("#token", given + ENTER)
        self.await_that(lambda: self.browser.text("#link") == "live")
        self.browser.open(self.address)  # it is kept for the tab
        self.await_that(lambda: self.browser.text("#link") == "live")

    def test_a_download(self):
        self.serve()
        self.send("123#0102")
        self.await_that(lambda: self.bytes_of("123"))
        self.browser.click("#save button")
        logs = lambda: [name for name in os.listdir(self.profile) if re.fullmatch(r"bus-\w+\.log", name)]
        self.assertTrue(harness.wait_for(logs, 30), os.listdir(self.profile))
        with open(os.path.join(self.profile, logs()[0]), encoding="utf-8") as file:
            self.assertIn("can0 123#0102", file.read())

    def test_a_restart(self):
        self.serve()
        self.send("123#11")
        self.await_that(lambda: self.bytes_of("123"))
        port, web = self.bus[-1].split(":")[-1], re.search(r":(\d+)/", self.address)[1]
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(timeout=60), 0)
        self.await_that(lambda: self.browser.text("#link") == "reconnecting")
        self.serve(port=port, web=web, opens=False)
        self.await_that(lambda: self.browser.text("#link") == "live" and self.rows() == {})
        self.send("124#22")
        self.await_that(lambda: list(self.rows()) == ["124"])

    def test_many_rows(self):
        """Only those that can be seen are in the document."""
        self.serve()
        self.write("in.log", "".join(f"({1 + i * 0.0005:.4f}) can0 {i:03X}#{i:04X}\n" for i in range(2048)))
        self.run_tool("canplayer", "-q", *self.bus, "in.log")
        self.await_that(lambda: "2,048" in self.browser.text("#facts"))
        self.assertLess(len(self.rows()), 80)
        self.browser.press(ESCAPE, "\ue010")  # End
        self.await_that(lambda: self.bytes_of("7FF") == "07 FF")
        self.assertNotIn("000", self.rows())
        tops = [row["top"] for row in self.rows().values()]
        self.assertEqual(len(set(tops)), len(tops))

    def test_widths_and_colours(self):
        self.serve_drive("--web-send")
        self.click_byte("0C9", 2)
        backgrounds = set()
        for name, size, dark in (("wide", WIDE, False), ("dark", WIDE, True), ("phone", PHONE, False), ("phone-dark", PHONE, True)):
            with self.subTest(name):
                self.browser.emulate(size, dark)
                self.await_that(lambda: "0C9" in self.rows())
                self.assertEqual(self.browser.run("return document.documentElement.scrollWidth"), size[0])
                self.assertEqual(self.browser.run(NAMELESS), [])
                self.assertEqual(self.browser.run(UNREADABLE), [])
                backgrounds.add(self.browser.run("return getComputedStyle(document.body).backgroundColor"))
                self.picture(name)
        self.assertEqual(len(backgrounds), 2)

    def test_the_picture_of_the_readme(self):
        self.serve_drive("--web-send")
        self.browser.emulate((1180, 640))
        self.browser.run("[...document.querySelectorAll('#rows .signals span')].find(s => s.innerText.startsWith('EngineSpeed')).click()")
        self.browser.run("const w = document.getElementById('window'); w.value = '30'; w.dispatchEvent(new Event('change'))")
        self.await_that(lambda: "EngineSpeed" in (self.browser.text("#legend") or ""))
        if wanted := os.environ.get("CANSUITE_PICTURE"):
            time.sleep(25)  # for a plot that shows something
            browser.shrink(self.picture("readme"), wanted)


if __name__ == "__main__":
    if not browser.available():
        print("no chromium with chromedriver here")
        sys.exit(harness.SKIP)
    harness.main()
