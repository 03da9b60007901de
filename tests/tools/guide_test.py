#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The guide of the library compiles, and the reference of its headers has no gaps."""
import glob
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

SOURCE = os.path.realpath(os.path.join(HERE, "../.."))
GENERATED = os.path.join(os.path.dirname(harness.BIN), "include")  # version.h
LIBRARY = os.path.join(SOURCE, "doc/library")
STATES = ("works", "differs", "missing")


class Guide(harness.ToolTest):
    def script(self, name, *arguments):
        return subprocess.run([f"{SOURCE}/scripts/{name}", *arguments], cwd=self.folder,
                              capture_output=True, text=True, env=self.environment)

    def check_page(self, text):
        return self.script("check-guide", "-I", GENERATED, self.write("page.md", text))

    def test_blocks_compile(self):
        result = self.script("check-guide", "-I", GENERATED)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_faults_are_found(self):
        """With page and line: in a fragment, in a program, after good ones."""
        good = "Text.\n```cpp\nbus.send(can::frame(1));\n```\n"
        program = "```cpp\n#include <cansuite/bus.h>\nint main() {}\n```\n"
        self.assertEqual(self.check_page(good + program).returncode, 0)
        result = self.check_page(good + "```cpp\nbus.sent(can::frame(1));\n```\n")
        self.assertNotEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"page\.md:6:.*sent")
        result = self.check_page(program.replace("{}", "{ return x; }") + good)
        self.assertRegex(result.stderr, r"page\.md:3:.*‘x’")

    def test_contents(self):
        """The table of contents names every page, and all links lead somewhere."""
        pages = sorted(os.listdir(LIBRARY))
        with open(f"{LIBRARY}/README.md", encoding="utf-8") as file:
            listed = re.findall(r"^\d+\. \[.*?\]\((.*?)\)", file.read(), re.M)
        self.assertEqual(sorted(listed + ["README.md"]), pages)
        for page in pages:
            with open(f"{LIBRARY}/{page}", encoding="utf-8") as file:
                text = re.sub(r"(?ms)^```.*?^```$", "", file.read())
            for link in re.findall(r"\]\((.*?)\)", text):
                self.assertTrue(os.path.exists(os.path.join(LIBRARY, link)), f"{page}: {link}")

    def test_features(self):
        """The sums are those of the tables, and what is named as a function is in a public header."""
        with open(f"{SOURCE}/doc/features.md", encoding="utf-8") as file:
            text = file.read()
        sums = [0, 0, 0]
        for title, table in re.findall(r"(?ms)^## (.*?)\n(.*?)(?=^## |\Z)", text):
            found = [len(re.findall(rf"^\|.*\| {state} \|", table, re.M)) for state in STATES]
            self.assertRegex(text, rf"\[{re.escape(title)}\]\(.*\) \| {found[0]} \| {found[1]} \| {found[2]} \|")
            sums = [a + b for a, b in zip(sums, found)]
        self.assertIn("| all | {} | {} | {} |".format(*sums), text)
        headers = ""
        for path in glob.glob(f"{SOURCE}/libcan/include/cansuite/*.h"):
            with open(path, encoding="utf-8") as file:
                headers += re.sub(r"//.*", "", file.read())
        for row in re.findall(r"\| (?:works|differs) \| (.*) \|$", text, re.M):
            for name in re.findall(r"`(?:\w+::)*(\w+)[({][^`]*`|`\w+::(\w+)`", row):
                self.assertRegex(headers, rf"\b{name[0] or name[1]}\b", row)

    def test_reference(self):
        if not shutil.which("doxygen"):
            self.skipTest("no doxygen")
        result = self.script("check-doxygen", self.path("reference"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assertTrue(os.path.exists(self.path("reference/html/classcan_1_1Bus.html")))


if __name__ == "__main__":
    harness.main()
