#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What "cmake --install" installs works: programs, pages, completions, the library."""
import glob
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


SOURCE = os.path.realpath(os.path.join(HERE, "../.."))
STATIC = "CANSUITE_STATIC:BOOL=ON"


def cached(setting):
    """Whether the build that is tested has this setting."""
    with open(f"{BUILD}/CMakeCache.txt", encoding="utf-8") as file:
        return setting in file.read()


class PackageTest(harness.ToolTest):
    def run_command(self, *command, **options):
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                                env=self.environment, **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def install(self, *options):
        prefix = self.path("usr")
        self.run_command("cmake", "--install", BUILD, "--prefix", prefix, *options)
        return prefix

    def check_example(self, program):
        self.write("in.log", "(1.0) can0 123#11\n(2.0) can0 123#12\n(2.0) can0 7FF#\n")
        self.assertEqual(self.run_command(program, "in.log"), "00000123 2\n000007FF 1\n")


class Library(PackageTest):
    """Programs of users."""

    def build_user(self, *options):
        self.run_command("cmake", "-S", f"{SOURCE}/tests/package", "-B", "user", "-G", "Ninja",
                         "-DCMAKE_CXX_FLAGS=-O0", f"-DPROJECT={SOURCE}", *options)
        self.run_command("cmake", "--build", "user")

    def check_programs(self, folder):
        self.check_example(f"{folder}/count_ids")
        for host in "host", "static_user":
            self.assertEqual(self.run_command(f"{folder}/{host}"), "2 frames\n")
        self.assertEqual(self.run_command(f"{folder}/fmt_user"),
                         f"cansuite {self.version()}: missing.blf: no such file or directory\n")

    def version(self):
        return self.run_command(harness.program("cansend"), "--version").split()[1]

    def test_find_package(self):
        """All examples, a shared object, a static program, and one with another fmt."""
        prefix = self.install("--component", "dev")
        self.build_user(f"-DCMAKE_PREFIX_PATH={prefix}")
        self.check_programs("user")
        self.assertIn("libfmt", self.run_command("readelf", "-d", "user/fmt_user"))
        self.assertNotIn("INTERP", self.run_command("readelf", "-l", "user/static_user"))
        exported = self.run_command("nm", "-DC", "--defined-only", "user/libplugin.so")
        self.assertIn("frames_of_bus", exported)
        self.assertEqual(re.findall(r" T can::.*| \w fmt::.*", exported), [])

    def test_subproject(self):
        """Needs neither CLI11 nor Catch2, and leaves the settings of the project around it alone."""
        self.build_user("-DSUBPROJECT=ON", "-DCANSUITE_INSTALL=ON",
                        "-DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_Catch2=ON")
        self.check_programs("user")
        with open(self.path("user/CMakeCache.txt"), encoding="utf-8") as file:
            self.assertNotRegex(file.read(), r"(?m)^(BUILD_TESTING|CPACK_\w+|ZLIB_LIBRARY\w*:.*\.a$)")
        self.run_command("cmake", "--install", "user", "--prefix", self.path("usr"))
        self.assertTrue(os.path.exists(self.path("usr/include/cansuite/version.h")))
        self.assertFalse(os.path.exists(self.path("usr/bin")))

    def test_pkg_config(self):
        """Shared and static dependencies, from a prefix that was moved."""
        os.rename(self.install("--component", "dev"), self.path("moved"))
        found = [os.path.join(folder, "cansuite.pc") for folder, _, names in os.walk(self.path("moved"))
                 if "cansuite.pc" in names]
        self.environment["PKG_CONFIG_PATH"] = os.path.dirname(found[0])
        self.assertEqual(self.run_command("pkg-config", "--modversion", "cansuite").strip(), self.version())
        for options in [], ["--static"]:
            flags = self.run_command("pkg-config", "--cflags", "--libs", *options, "cansuite").split()
            self.run_command("c++", "-std=c++20", *(["-static"] if options else []), "-o", "count_ids",
                             f"{SOURCE}/examples/count_ids.cpp", *flags)
            self.check_example("./count_ids")

    def test_missing_dependency(self):
        """CMake names it."""
        prefix = self.install("--component", "dev")
        found = os.path.realpath(self.run_command("c++", "-print-file-name=libdeflate.so").strip())
        folder = os.path.dirname(found)
        hidden = [folder, folder.removeprefix("/usr")]
        result = subprocess.run(
            ["cmake", "-S", f"{SOURCE}/tests/package", "-B", "user", "-G", "Ninja", f"-DPROJECT={SOURCE}",
             f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_IGNORE_PATH={';'.join(hidden)}"],
            cwd=self.folder, capture_output=True, text=True, env=self.environment)
        self.assertNotEqual(result.returncode, 0)
        said = " ".join(result.stderr.split())
        self.assertIn("these libraries, with their headers: ZLIB, SQLite3, OpenSSL, libdeflate", said)


class Package(PackageTest):
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
        self.run_command("cmake", "-D", f"MANIFEST={BUILD}/install_manifest.txt",
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
