# SPDX-License-Identifier: MIT
"""A browser without a window, driven by WebDriver: JSON over HTTP to chromedriver."""
import base64
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def available():
    return bool(shutil.which("chromedriver") and shutil.which("chromium"))


class Browser:
    """One window. close() ends the browser and its driver."""

    def __init__(self, folder, size=(1280, 800), dark=False):
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
        if dark:
            arguments += ["--force-dark-mode", "--enable-features=WebContentsForceDark:inversion_method/none"]
        options = {"args": arguments, "binary": shutil.which("chromium"),
                   "prefs": {"download.default_directory": folder, "download.prompt_for_download": False}}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.session = made["sessionId"]
        self.emulate(size, dark)

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
