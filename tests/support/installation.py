# SPDX-License-Identifier: MIT
"""What the tests of the installed programs and of the installed library share."""
import os
import shutil
import subprocess

import harness

BUILD = os.path.dirname(harness.BIN)
SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
STATIC = "CANSUITE_STATIC:BOOL=ON"


def cached(setting):
    """Whether the build that is tested has this setting."""
    with open(f"{BUILD}/CMakeCache.txt", encoding="utf-8") as file:
        return setting in file.read()


class InstallationTest(harness.ToolTest):
    def run_command(self, *command, **options):
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                                env=self.environment, **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def install(self):
        """The prefix, of this test alone. The list that "uninstall" goes by is kept as it was; the
        test's own is the file "manifest"."""
        prefix, manifest = self.path("usr"), f"{BUILD}/install_manifest.txt"
        if os.path.exists(manifest):
            shutil.copy(manifest, self.path("kept"))
        self.run_command("cmake", "--install", BUILD, "--prefix", prefix)
        shutil.move(manifest, self.path("manifest"))
        if os.path.exists(self.path("kept")):
            shutil.move(self.path("kept"), manifest)
        return prefix

    def install_library(self):
        prefix = self.path("usr")
        self.run_command("cmake", "--install", BUILD, "--prefix", prefix, "--component", "dev")
        return prefix
