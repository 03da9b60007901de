#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A recording that is killed lacks nothing older than a second, and its log is read without an option.
scripts/durability does the same a hundred times."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402
import killing  # noqa: E402


class Kill(harness.ToolTest):
    def test_at_random_instants(self):
        for _ in range(2):
            for kind, log in killing.kill_at_random(self.folder).items():
                with self.subTest(kind=kind):
                    self.assertEqual((log.status, log.holes), (0, 0), log.complaints)
                    self.assertLess(log.lost_seconds, 1)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
