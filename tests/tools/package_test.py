#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What "cmake --install" installs works: programs, pages, completions, the library."""
import json
import os
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

PROGRAMS = ("canlogger", "canplayer", "cansend", "canconvert", "canserver")
C_LIBRARY = r"(libc|libm|ld-linux.*)\.so\.\d"
BUILD = os.path.dirname(harness.BIN)


class Package(harness.ToolTest):
    def run_command(self, *command):
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                                env=self.environment)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def test_installed(self):
        prefix = self.path("usr")
        self.run_command("cmake", "--install", BUILD, "--prefix", prefix)
        for name in PROGRAMS:
            self.assertIn(name + " 0.", self.run_command(f"{prefix}/bin/{name}", "--version"))
            self.assertTrue(os.path.exists(f"{prefix}/share/man/man1/{name}.1"))
        self.assertTrue(os.path.exists(f"{prefix}/share/man/man5/can.conf.5"))

        self.run_command("cmake", "-S", os.path.join(HERE, "../package"), "-B", "user",
                         f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_CXX_FLAGS=-O0",
                         f"-DEXAMPLES={os.path.realpath(os.path.join(HERE, '../../examples'))}")
        self.run_command("cmake", "--build", "user")
        self.write("in.log", "(1.0) can0 123#11\n(2.0) can0 123#12\n(2.0) can0 7FF#\n")
        self.assertEqual(self.run_command("user/count_ids", "in.log"), "00000123 2\n000007FF 1\n")

    def test_linked(self):
        """At an address nobody can know; statically but for the C library where that is asked for."""
        with open(f"{BUILD}/CMakeCache.txt", encoding="utf-8") as file:
            static = "CANSUITE_STATIC:BOOL=ON" in file.read()
        for name in PROGRAMS:
            about = self.run_command("readelf", "-h", "-d", harness.program(name))
            self.assertRegex(about, r"Type: +DYN", name)
            needed = re.findall(r"\(NEEDED\).*\[(.*)\]", about)
            self.assertIn("libc.so.6", needed, name)
            for library in needed if static else []:
                self.assertRegex(library, f"^{C_LIBRARY}$", name)

    def complete(self, *words):
        """What bash offers behind these words."""
        script = ('source "$0"; COMPREPLY=(); _cansuite "$1" "${@: -1}" "${@: -2:1}"; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        return self.run_command("bash", "-c", script,
                                os.path.join(HERE, "../../scripts/completions/cansuite.bash"),
                                harness.program(words[0]), *words[1:]).split()

    def test_completions(self):
        self.assertEqual(self.complete("canlogger", "-i", "udp"), ["udp_multicast"])
        self.assertEqual(self.complete("canconvert", "--from", "cand"), ["candump"])
        self.assertEqual(self.complete("canplayer", "x", "--ign"), ["--ignore-timestamps"])
        self.assertEqual(self.complete("canplayer", "x", "drive"), [])
        self.assertEqual(self.complete("canconvert", "--csv-dialect", "ext"), ["extended"])
        self.assertEqual(self.complete("canconvert", "-t", ""), ["a", "d", "z", "A", "n"])
        self.assertEqual(self.complete("canconvert", "-e", "--csv"), ["--csv-dialect"])

    def test_lists_as_json(self):
        formats = json.loads(self.run_tool("canconvert", "--list-formats", "--json").stdout)
        table = self.run_tool("canconvert", "--list-formats").stdout
        blf = next(f for f in formats if f["name"] == "blf")
        self.assertEqual(blf["extensions"], [".blf"])
        self.assertTrue(blf["reads"] and blf["writes"] and "fd" in blf["keeps"])
        for each in formats:
            self.assertRegex(table, rf"(?m)^{each['name']} ")
        interfaces = json.loads(self.run_tool("canlogger", "--json", "--list-interfaces").stdout)
        multicast = next(i for i in interfaces if i["name"] == "udp_multicast")
        self.assertIn("port", [option["name"] for option in multicast["options"]])
        self.assertIn("239.74.163.2", [there["channel"] for there in multicast["there"]])

    def test_configuration_as_json(self):
        self.environment["CAN_INTERFACE"] = "virtual"
        shown = json.loads(self.run_tool("cansend", "--show-config", "--json").stdout)
        self.assertEqual(shown["interface"]["value"], "virtual")


if __name__ == "__main__":
    harness.main()
