#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The programs are built so that a fault of theirs is hard to use against them; SECURITY.md lists how."""
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

PROGRAMS = ("canconvert", "canlogger", "canplayer", "cansend", "canserver", "canviewer", "canreport")
ENDBR64 = b"\xf3\x0f\x1e\xfa"


def readelf(option, program):
    return subprocess.run(["readelf", option, harness.program(program)], check=True, capture_output=True,
                          text=True).stdout


class Hardening(unittest.TestCase):
    def for_each(self, check):
        for program in PROGRAMS:
            with self.subTest(program=program):
                check(program)

    def test_position_independent(self):
        self.for_each(lambda program: self.assertRegex(readelf("-hW", program), r"Type: +DYN"))

    def test_relocations_are_read_only(self):
        def check(program):
            self.assertIn("GNU_RELRO", readelf("-lW", program))
            self.assertRegex(readelf("-dW", program), r"BIND_NOW|Flags:.*\bNOW\b")
        self.for_each(check)

    def test_the_stack_is_not_executable(self):
        self.for_each(lambda program: self.assertRegex(readelf("-lW", program), r"GNU_STACK .* RW +0x"))

    def test_the_stack_is_guarded(self):
        self.for_each(lambda program: self.assertIn("__stack_chk_fail", readelf("-sW", program)))

    def test_targets_of_jumps_are_marked(self):
        if os.uname().machine != "x86_64":
            self.skipTest("x86 only")

        def check(program):
            with open(harness.program(program), "rb") as file:
                self.assertGreater(file.read().count(ENDBR64), 1000)
        self.for_each(check)

    def test_functions_of_the_c_library_check_sizes(self):
        with open(os.path.join(harness.BIN, "../CMakeCache.txt"), encoding="utf-8") as file:
            if not re.search(r"CMAKE_BUILD_TYPE:\w+=Release", file.read()):
                self.skipTest("needs optimization: the release preset has it")
        self.for_each(lambda program: self.assertRegex(readelf("-sW", program), r"__\w+_chk@"))


if __name__ == "__main__":
    harness.main()
