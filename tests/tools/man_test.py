#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The man pages say what the programs can do, no less and no more."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

MAN = os.path.join(HERE, "../../man")
PROGRAMS = ("canlogger", "canplayer", "cansend", "canconvert", "canserver", "canviewer", "canreport")


def text_of(page):
    with open(os.path.join(MAN, page), encoding="utf-8") as file:
        return file.read()


def options_of_page(page):
    """Every option that has an item of its own: .It Fl i , Fl -interface Ar NAME"""
    found = set()
    for line in re.findall(r"^\.It (Fl .*)$", text_of(page), re.M):
        found |= {"-" + name for name in re.findall(r"\bFl ([^\s,]+)", line)}
    return found


def settings_of_interface(name):
    """Item -> its text, of the settings that the page lists for an interface, in a page of its own or
    in the common one."""
    own = f"cansuite-{name}.7"
    if os.path.exists(os.path.join(MAN, own)):
        part = text_of(own).split("\n.Ss Settings")[1]
        items = re.split(r"^\.It Cm ", part.split("\n.El")[0], flags=re.M)[1:]
        return {item.split("\n")[0]: item for item in items}
    section = re.split(r"^\.It Li ", text_of("cansuite-interfaces.7"), flags=re.M)
    part = next(part for part in section if part.split("\n")[0] == name)
    items = re.split(r"^\.It Cm ", part.split("\n.El")[0], flags=re.M)[1:]
    return {item.split("\n")[0]: item for item in items}


def says_preset(option, text):
    """Whether the page's text names the value that holds without the option."""
    words = {"true": "on by default", "false": "off by default", "0": "once"}
    if option["preset"] in ("true", "false"):
        return words[option["preset"]] in text.lower()
    return option["preset"] in text or words.get(option["preset"], "\0") in text


class Man(harness.ToolTest):
    def listed(self, what):
        return json.loads(self.run_tool("canconvert" if what == "formats" else "canlogger",
                                        f"--list-{what}", "--json").stdout)

    def test_settings_of_interfaces(self):
        """Each setting that an interface declares is in its part of the page, with its preset."""
        for interface in self.listed("interfaces"):
            page = settings_of_interface(interface["name"])
            with self.subTest(interface=interface["name"]):
                self.assertEqual(list(page), [option["name"] for option in interface["options"]])
                for option in interface["options"]:
                    self.assertTrue(says_preset(option, page[option["name"]]), option)

    def test_options_of_formats(self):
        """Each option that a format declares is one of the programs that write it."""
        declared = {option["name"]: (option, form["name"])
                    for form in reversed(self.listed("formats")) for option in form["options"]}
        self.assertGreaterEqual(set(declared), {"csv-dialect", "compression-level", "time"})
        for program in ("canconvert", "canlogger", "canplayer"):
            help_text = self.run_tool(program, "--help").stdout
            items = re.split(r"^\.It ", text_of(program + ".1"), flags=re.M)
            for name, (option, form) in declared.items():
                with self.subTest(program=program, option=name):
                    line = re.search(r"^ .*--%s\b.*(\n {10,}.*)*" % name, help_text, re.M)[0]
                    self.assertIn(form, line)
                    item = next(item for item in items if re.search(r"Fl -%s\b" % name, item))
                    if option["preset"] not in ("true", "false"):
                        self.assertIn(option["preset"], line)
                        self.assertIn("default", item)

    def test_options(self):
        for name in PROGRAMS:
            with self.subTest(program=name):
                listing = self.run_tool(name, "--help").stdout.split("Examples:")[0]
                shown = set()
                for line in re.findall(r"^  (-\S+)", listing, re.M):
                    shown |= set(line.split(","))
                self.assertEqual(options_of_page(name + ".1"), shown)

    def test_table_of_formats(self):
        """The table in the page is what --list-formats prints."""
        listed = self.run_tool("canconvert", "--list-formats").stdout
        table = text_of("cansuite-formats.7").split(".Bd -literal\n")[1].split("\n.Ed")[0]
        self.assertEqual(table.replace("\\-", "-"), listed.split("\n\n")[0])

    def test_formats_and_interfaces(self):
        page = text_of("cansuite-formats.7")
        for line in self.run_tool("canconvert", "--list-formats").stdout.splitlines()[1:]:
            if line.startswith(("USE", "KEEPS", "of classic")) or not line:
                continue
            for word in line[:27].split():
                self.assertIn(word.lstrip("."), page)
        page = "".join(text_of(os.path.basename(path))
                       for path in glob.glob(os.path.join(MAN, "cansuite-*.7")))
        for line in self.run_tool("canlogger", "--list-interfaces").stdout.splitlines():
            option = re.search(r"-o (\S+)=", line)
            if not line.strip().startswith(("available:", "state:")):
                self.assertIn(option[1] if option else line.split()[0].lstrip("-"), page)

    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc")
    def test_pages_are_well_formed(self):
        pages = glob.glob(os.path.join(MAN, "*.[1-9]"))
        self.assertGreaterEqual(len(pages), len(PROGRAMS))
        result = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages],
                                capture_output=True, text=True)
        complaints = [line for line in result.stdout.splitlines()
                      if "referenced manual not found" not in line]
        self.assertEqual(complaints, [])


if __name__ == "__main__":
    harness.main()
