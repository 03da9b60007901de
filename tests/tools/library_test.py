#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs of users build with the installed library, and with the project as a part of theirs."""
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402
from installation import SOURCE, InstallationTest  # noqa: E402


class Library(InstallationTest):
    def check_example(self, program):
        self.write("in.log", "(1.0) can0 123#11\n(2.0) can0 123#12\n(2.0) can0 7FF#\n")
        self.assertEqual(self.run_command(program, "in.log"), "00000123 2\n000007FF 1\n")

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
        prefix = self.install_library()
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

    def flags(self, *options):
        return self.run_command("pkg-config", *options, "cansuite").split()

    def test_pkg_config(self):
        """All examples, with shared and with static libraries, from a prefix that was moved."""
        os.rename(self.install_library(), self.path("moved"))
        found = [folder for folder, _, names in os.walk(self.path("moved")) if "cansuite.pc" in names]
        self.environment["PKG_CONFIG_PATH"] = found[0]
        self.assertEqual(self.flags("--modversion"), [self.version()])
        for source in glob.glob(f"{SOURCE}/examples/*.cpp"):
            self.run_command("c++", "-std=c++20", "-c", "-o", "main.o", source, *self.flags("--cflags"))
            program = os.path.basename(source)[:-4]
            self.run_command("c++", "-o", program, "main.o", *self.flags("--libs"))
            self.run_command("c++", "-static", "-o", program + "-static", "main.o",
                             *self.flags("--libs", "--static"))
        self.check_example("./count_ids")
        self.check_example("./count_ids-static")

    def test_missing_dependency(self):
        """CMake names it."""
        prefix = self.install_library()
        found = os.path.realpath(self.run_command("c++", "-print-file-name=libdeflate.so").strip())
        folder = os.path.dirname(found)
        hidden = [folder, folder.removeprefix("/usr")]
        result = subprocess.run(
            ["cmake", "-S", f"{SOURCE}/tests/package", "-B", "user", "-G", "Ninja", f"-DPROJECT={SOURCE}",
             f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_IGNORE_PATH={';'.join(hidden)}"],
            cwd=self.folder, capture_output=True, text=True, env=self.environment)
        self.assertNotEqual(result.returncode, 0)
        said = " ".join(result.stderr.split())
        self.assertIn("these libraries, with their headers: ZLIB, SQLite3, OpenSSL, libdeflate, libzstd", said)


if __name__ == "__main__":
    harness.main()
