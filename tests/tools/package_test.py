#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What "cmake --install" and the Debian packages hold works: programs, pages, completions."""
import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402
from installation import BUILD, SOURCE, STATIC, InstallationTest, cached  # noqa: E402

PROGRAMS = ("canlogger", "canplayer", "cansend", "canconvert", "canserver", "canviewer", "canreport")
C_LIBRARY = r"(libc|libm|ld-linux.*)\.so\.\d"


class Package(InstallationTest):
    """What "cmake --install" and the Debian packages hold."""

    def test_installed(self):
        prefix = self.install()
        for name in PROGRAMS:
            self.assertIn(name + " 0.", self.run_command(f"{prefix}/bin/{name}", "--version"))
            self.assertTrue(os.path.exists(f"{prefix}/share/man/man1/{name}.1"))
        for name in ("share/man/man5/can.conf.5", "share/doc/cansuite/LICENSE",
                     "share/doc/cansuite/examples/drive.log", "lib/systemd/system/canlogger@.service"):
            self.assertTrue(os.path.exists(f"{prefix}/{name}"), name)

    def test_uninstalled(self):
        prefix = self.install()
        mine = self.write("usr/share/doc/mine", "")
        self.run_command("cmake", "-D", f"MANIFEST={self.path('manifest')}",
                         "-P", f"{SOURCE}/cmake/uninstall.cmake")
        left = [os.path.join(folder, name) for folder, _, names in os.walk(prefix) for name in names]
        self.assertEqual(left, [mine])
        self.assertFalse(os.path.exists(f"{prefix}/include/cansuite"))

    def make_packages(self):
        self.run_command("cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-B", self.folder)
        return sorted(glob.glob(self.path("*.deb")))

    def test_debian_packages(self):
        """What they hold, and that they can be installed and removed without traces."""
        runtime, dev = self.make_packages()
        self.assertRegex(os.path.basename(runtime), r"^cansuite_\d+\.\d+\.\d+_\w+\.deb$")
        self.assertRegex(os.path.basename(dev), r"^libcansuite-dev_\d+\.\d+\.\d+_\w+\.deb$")
        held = self.run_command("dpkg-deb", "-c", runtime)
        for name in PROGRAMS:
            self.assertRegex(held, rf"-rwxr-xr-x root/root .* \./usr/bin/{name}\n")
            self.assertIn(f"./usr/share/man/man1/{name}.1.gz\n", held)
            self.assertIn(f"./usr/share/bash-completion/completions/{name}\n", held)
        self.assertIn("./usr/lib/systemd/system/canserver.socket\n", held)
        self.assertIn("./usr/share/doc/cansuite/copyright\n", held)
        self.assertNotRegex(held, r"include|\.a\n|unit_tests")
        held = self.run_command("dpkg-deb", "-c", dev)
        for name in ("include/cansuite/version.h", "lib/.*libcansuite.a", "pkgconfig/cansuite.pc",
                     "examples/count_ids.cpp", "doc/libcansuite-dev/copyright"):
            self.assertRegex(held, rf"{name}\n")
        self.assertNotIn("/usr/bin", held)
        depends = self.run_command("dpkg-deb", "-f", runtime, "Depends")
        self.assertIn("libc6", depends)
        self.assertEqual("libssl3" in depends, not cached(STATIC), depends)
        checked = subprocess.run([f"{SOURCE}/scripts/check-deb", self.folder], capture_output=True, text=True)
        self.assertIn(checked.returncode, (0, harness.SKIP), checked.stdout + checked.stderr)

    def test_linked(self):
        """At an address nobody can know; statically but for the C library where that is asked for."""
        static = cached(STATIC)
        for name in PROGRAMS:
            about = self.run_command("readelf", "-h", "-d", harness.program(name))
            self.assertRegex(about, r"Type: +DYN", name)
            needed = re.findall(r"\(NEEDED\).*\[(.*)\]", about)
            self.assertIn("libc.so.6", needed, name)
            for library in needed if static else []:
                self.assertRegex(library, f"^{C_LIBRARY}$", name)

    def complete(self, *words):
        """What bash offers behind these words."""
        script = ('source "$0"; COMPREPLY=() COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _cansuite "$1" "${@: -1}" "${@: -2:1}"; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        return self.run_command("bash", "-c", script,
                                os.path.join(HERE, "../../scripts/completions/cansuite.bash"),
                                harness.program(words[0]), *words[1:]).split()

    def test_completions(self):
        self.assertEqual(self.complete("canlogger", "-i", "udp"), ["udp_multicast"])
        self.assertEqual(self.complete("canconvert", "--from", "jso"), ["jsonl"])
        self.assertEqual(self.complete("canplayer", "x", "--ign"), ["--ignore-timestamps"])
        self.assertEqual(self.complete("canplayer", "x", "drive"), [])
        self.assertEqual(self.complete("canconvert", "--csv-dialect", "ext"), ["extended"])
        self.assertEqual(self.complete("canconvert", "-t", ""), ["a", "d", "z", "A", "n"])
        self.assertEqual(self.complete("canconvert", "-e", "--csv"), ["--csv-dialect"])
        self.assertEqual(self.complete("canlogger", "-t", ""), ["a", "d", "z", "A", "n"])
        self.assertEqual(self.complete("cansend", "--gen"), ["--generate"])
        dbc = ("--dbc", os.path.join(SOURCE, "examples/drive.dbc"))
        self.assertEqual(self.complete("canlogger", *dbc, "--filter", "E"), ["EngineData", "EEC1"])
        self.assertEqual(self.complete("canplayer", *dbc, "--set", "Front"), ["FrontLeft", "FrontRight"])
        self.assertEqual(self.complete("canconvert", "--signals", "Front"), [])
        channels = self.complete("cansend", "-c", "")
        self.assertEqual(self.complete("cansend", ""), channels)
        self.assertEqual(self.complete("canlogger", "can0", ""), channels)
        self.assertEqual(self.complete("canlogger", "-f", "/dev/"), [])

    def test_completions_run_nothing(self):
        """A device may have any name."""
        script = ('source "$0"; COMPREPLY=(); _cansuite_offer /dev "$1"; printf "%s\\n" "${COMPREPLY[@]}"')
        names = "/dev/a$(touch${IFS}hacked) /dev/b`touch${IFS}hacked` /dev/* other /dev/ttyACM0"
        offered = self.run_command("bash", "-c", script,
                                   os.path.join(HERE, "../../scripts/completions/cansuite.bash"), names)
        self.assertFalse(os.path.exists(self.path("hacked")))
        self.assertEqual(len(offered.split()), 4, offered)
        self.assertIn("/dev/ttyACM0", offered)
        again = self.run_command("bash", "-c", 'printf "%s\\n" ' + " ".join(offered.split()))
        self.assertEqual(again.split(), names.replace(" other", "").split())

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
