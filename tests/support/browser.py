# SPDX-License-Identifier: MIT
"""A browser without a window, driven by WebDriver: JSON over HTTP to chromedriver."""
import base64
import json
import os
import shutil
import struct
import subprocess
import urllib.error
import urllib.request
import zlib

import numpy

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def available():
    return bool(shutil.which("chromedriver") and shutil.which("chromium"))


class Browser:
    """One window. close() ends the browser and its driver."""

    def __init__(self, folder, size=(1280, 800)):
        self.log = open(os.path.join(folder, "chromedriver.log"), "w+", encoding="utf-8")
        environment = {**os.environ, "HOME": folder, "TMPDIR": folder}
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=self.log, text=True,
                                       env=environment)
        self.session = None
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                self.base = f"http://127.0.0.1:{line.split()[-1].rstrip('.')}"
                break
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--no-first-run", f"--user-data-dir={folder}/profile", f"--window-size={size[0]},{size[1]}"]
        options = {"args": arguments, "binary": shutil.which("chromium")}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.session = made["sessionId"]
        self.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder)
        self.emulate(size)

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def do(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def devtools(self, command, **parameters):
        return self.do("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def emulate(self, size, dark=False):
        """The size of the window's content, and which colours the user prefers."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1,
                      mobile=size[0] < 700)
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, address):
        self.do("POST", "/url", {"url": address})

    def run(self, script, *arguments):
        """The value of a function's body."""
        return self.do("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def settle(self):
        """Waits until the page has drawn what is there."""
        self.run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def find(self, selector):
        return self.do("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.do("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        self.do("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def clear(self, selector):
        self.do("POST", f"/element/{self.find(selector)}/clear", {})

    def press(self, *keys):
        """Keys of WebDriver, to whatever has the focus."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.do("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def text(self, selector):
        return self.run("const e = document.querySelector(arguments[0]); return e && !e.closest('[hidden]') ? e.innerText : null",
                        selector)

    def complaints(self):
        """What the page has written to the console since the last call."""
        return [line["message"] for line in self.do("POST", "/se/log", {"type": "browser"})]

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.do("GET", "/screenshot")))

    def close(self):
        try:
            if self.session:
                self.do("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()
            self.log.close()


def unfiltered(lines, width):
    """The bytes of a PNG's lines, three for each pixel."""
    rows = numpy.zeros((len(lines) + 1, width * 3), numpy.uint8)
    for i, line in enumerate(lines):
        kind, row, above = line[0], rows[i + 1], rows[i]
        row[:] = numpy.frombuffer(line, numpy.uint8)[1:]
        if kind == 2:
            row += above
        elif kind:
            here, up = row.tolist(), above.tolist()
            for at, byte in enumerate(here):
                left, corner = (here[at - 3], up[at - 3]) if at > 2 else (0, 0)
                if kind == 1:
                    guess = left
                elif kind == 3:
                    guess = (left + up[at]) // 2
                else:
                    guess = min((left, up[at], corner), key=lambda each: abs(left + up[at] - corner - each))
                here[at] = (byte + guess) & 255
            row[:] = here
    return rows[1:]


def shrink(path, target):
    """Writes a picture anew, with at most 128 colours: a third of the size."""
    with open(path, "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", data[at + 8:at + 18])
        if kind == b"IDAT":
            packed += data[at + 8:at + 8 + size]
        at += size + 12
    assert (depth, colours) == (8, 2), "expected three bytes for each pixel"
    flat, step = zlib.decompress(packed), 3 * width + 1
    pixels = unfiltered([flat[i * step:(i + 1) * step] for i in range(height)], width).reshape(-1, 3) & 0xF8
    kinds, inverse, counts = numpy.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    kinds, nearest = kinds.astype(int), numpy.zeros(len(kinds), numpy.uint8)
    kept, off = [], numpy.full(len(kinds), 1e9)
    for number in range(128):  # next the colour that is most missed
        kept.append(kinds[numpy.argmax(off * counts)])
        distance = ((kinds - kept[-1]) ** 2).sum(1)
        nearest[distance < off], off = number, numpy.minimum(off, distance)
    kept = numpy.array(kept)
    lines = nearest[inverse.ravel()].reshape(height, width)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
              (b"PLTE", (kept | kept >> 5).astype(numpy.uint8).tobytes()),
              (b"IDAT", zlib.compress(b"".join(b"\0" + line.tobytes() for line in lines), 9)), (b"IEND", b"")]
    with open(target, "wb") as file:
        file.write(data[:8])
        for kind, content in chunks:
            file.write(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content)))
