# SPDX-License-Identifier: MIT
"""Many vehicles that publish at a broker, and a sink that stores what they send."""
import contextlib
import dataclasses
import glob
import json
import os
import subprocess
import tempfile

import fleet
import harness
import live

MEMORY = "/dev/shm"  # for the spools: the disks of vehicles aren't the sink's


@dataclasses.dataclass
class Run:
    crowd: dict  # as bench_fleet says
    programs: list  # name, CPU seconds, peak MiB
    stored: int  # messages, each once
    bytes: int


def start(folder, broker):
    sink = fleet.Process([harness.program("canlogger"), "-v", "-i", "mqtt", "-c", broker.url("fleet/+"), "-f",
                          os.path.join(folder, "store/%v.canb")], os.path.join(folder, "sink.txt")).start()
    if not harness.wait_for(lambda: "storing" in sink.said()):
        raise SystemExit(f"bench: the sink didn't start\n{sink.said()}")
    return sink


def publish(broker, *numbers):
    """Runs the crowd; what it says."""
    with tempfile.TemporaryDirectory(prefix="cansuite-bench-", dir=MEMORY if os.path.isdir(MEMORY) else None) as spools:
        crowd = subprocess.run([harness.program("bench_fleet"), *map(str, numbers), broker.url("fleet"), spools],
                               stdout=subprocess.PIPE, text=True, check=False)
    if not crowd.stdout:
        raise SystemExit("bench: the crowd failed")
    return json.loads(crowd.stdout)


def measure(folder, vehicles, rate, seconds):
    with contextlib.ExitStack() as stack:
        broker = fleet.Broker("mosquitto", folder).start()
        stack.callback(broker.kill)
        sink = start(folder, broker)
        stack.callback(sink.kill)
        crowd = publish(broker, vehicles, rate, seconds)
        programs = [("vehicles", crowd["cpu"], None)]
        programs += [(name, live.cpu_so_far(process.process.pid), live.memory(process.process.pid))
                     for name, process in (("mosquitto", broker), ("canlogger", sink))]
        sink.stop()
    files = glob.glob(os.path.join(folder, "store/*.canb"))
    return Run(crowd, programs, sum(map(fleet.messages_in, files)), sum(map(os.path.getsize, files)))
