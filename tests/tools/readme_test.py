#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The lines of README.md that a newcomer types, in their order, from the folder that has examples/."""
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

SOURCE = os.path.join(HERE, "../..")


def first_lines():
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
        blocks = re.findall(r"(?s)```sh\n(.*?)```", file.read())
    return [line for block in blocks for line in block.splitlines()]


def shown_signals():
    """The command of README.md that decodes, and what it shows below it."""
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
        return re.search(r"(?s)```sh\n(canconvert [^\n]*--dbc [^\n]*)\n```\n\n```text\n(.*?)```", file.read()).groups()


class Readme(harness.ToolTest):
    def run_line(self, line):
        result = subprocess.run(line, shell=True, cwd=self.folder, env=self.environment, timeout=60,
                                capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""), line)

    def record(self, line):
        """Starts a canlogger; with -v, which says when it is ready."""
        logger = self.start(*line.split("#")[0].split(), "-v")
        self.assertIn("recording", logger.stderr.readline())
        return logger

    def end_recording(self, logger):
        if logger:
            said = self.stop(logger)[1]
            self.assertRegex(said, r" 0 dropped")
            self.assertNotIn("warning", said)

    def test_lines(self):
        os.mkdir(self.path("examples"))
        for name in ("drive.log", "drive.dbc"):
            shutil.copy(os.path.join(SOURCE, "examples", name), self.path("examples"))
        self.environment["PATH"] = harness.BIN + ":" + self.environment["PATH"]
        logger, used = None, []
        for line in first_lines():
            used.append(line.split()[0])
            if used[-1] in ("canlogger", "canconvert"):
                self.end_recording(logger)
                logger = self.record(line) if used[-1] == "canlogger" else None
            if used[-1] != "canlogger":
                self.run_line(line)
        self.assertEqual(set(used), {"canlogger", "cansend", "canplayer", "canconvert", "canreport"})
        command, shown = shown_signals()
        printed = subprocess.run(command, shell=True, cwd=self.folder, env=self.environment, text=True,
                                 capture_output=True)
        self.assertEqual(printed.stdout, shown)
        info = self.run_tool("canconvert", "--info", "both.log").stdout
        self.assertIn("1,994", info)  # what was recorded of the log, and the log


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
