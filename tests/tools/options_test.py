#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What every option of the programs and every key of a configuration file does. The tables name, for
each of them, the test that shows its effect; a new one without a row fails."""
import ast
import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]
IP_RECVTTL = 12  # of linux/in.h
LOG = "(1551774790.942758) can0 123#DEADBEEF\n(1551774791.000001) can0 20000004#0004000000000000\n"

INTERFACES = "tools/options_test.py: test_lists"
SETTINGS = "tools/options_test.py: test_where_a_bus_is_and_how_it_is_set"
WRITTEN = "tools/options_test.py: test_how_a_log_is_written"

LISTS = {"-h,--help": "tools/options_test.py: test_help", "--version": "tools/options_test.py: test_help",
         "--json": INTERFACES, "--list-interfaces": INTERFACES, "--show-config": INTERFACES}
OF_BUS = {"-i,--interface": SETTINGS, "-c,--channel": SETTINGS, "-b,--bitrate": SETTINGS,
          "--data-bitrate": SETTINGS, "--fd": SETTINGS, "-o,--option": SETTINGS,
          "--bus-kwargs": "tools/athome_test.py: test_settings_as_in_python_can",
          "--config-section": SETTINGS}
OF_LOG = {"--direction": "tools/athome_test.py: test_lines_of_a_log",
          "--list-formats": INTERFACES, "--format": WRITTEN, "--csv-dialect": WRITTEN,
          "--compression-level": WRITTEN, "--container-size": WRITTEN, "-t,--time": WRITTEN, "-e,--error-words": WRITTEN,
          "--color": WRITTEN, "--changes": "tools/dbc_test.py: test_what_changed", "--tz": "tools/options_test.py: test_zone_of_a_log",
          "--threads": "tools/options_test.py: test_threads"}
FLEET = "tools/fleet_test.py: "
OF_LOG.update({
    "--spool": FLEET + "test_a_full_spool", "--spool-dir": FLEET + "test_a_full_spool",
    "--batch": FLEET + "test_how_long_is_collected", "--ack-timeout": FLEET + "test_no_sink_for_a_log",
    **{option: FLEET + "test_tls" for option in ("--login-file", "--tls-ca", "--tls-cert", "--tls-key")},
    "--plain": FLEET + "test_refused_addresses", "--payload": FLEET + "test_text_for_other_tools",
    "--tx-allow": FLEET + "test_requests_to_send"})
FROM = {"--from": "tools/options_test.py: test_format_to_read"}

OPTIONS = {
    "canlogger": {
        **LISTS, **OF_BUS, **OF_LOG,
        "-v": "tools/live_test.py: test_how_it_goes_is_told_each_second",
        "-q,--quiet": "tools/losses_test.py: test_what_a_recording_cannot_hold_is_told",
        "-f,--file_name,--file-name": "tools/options_test.py: test_names_of_the_log",
        "-n,--count": "tools/live_test.py: test_count_and_duration",
        "--duration": "tools/live_test.py: test_count_and_duration",
        "-a,--append": "tools/live_test.py: test_append",
        "--no-reconnect": "vm/vm_socketcan.py: test_no_reconnect",
        "--wait": "tools/options_test.py: test_a_recording_that_waits",
        "-s,--file-size": "tools/live_test.py: test_rotation_by_size",
        "--rotate-every": "tools/live_test.py: test_only_the_last_parts_are_kept",
        "--keep": "tools/live_test.py: test_only_the_last_parts_are_kept",
        "--keep-size": "tools/live_test.py: test_parts_of_a_size_are_kept",
        "--sync": "tools/disk_test.py: test_what_was_received_is_synced",
        "--buffer-size": "tools/disk_test.py: test_the_buffer_is_bounded",
        "--write-interval": "tools/disk_test.py: test_few_large_writes",
        "--clock": "tools/disk_test.py: test_a_clock_that_is_set",
        "--bus": "tools/live_test.py: test_several_buses_together",
        "--filter": "tools/live_test.py: test_filters_with_commas_and_blanks",
        "--load": "tools/athome_test.py: test_load_of_a_bus",
        "-T,--timeout": "tools/athome_test.py: test_a_silence_ends_the_recording",
        "-l": "tools/athome_test.py: test_a_log_named_by_date",
        "-L": "tools/athome_test.py: test_lines_of_candump",
        "-x": "tools/athome_test.py: test_lines_of_candump",
        "--dbc": "tools/dbc_test.py: test_signals_of_a_bus",
        **{option: "tools/dbc_test.py: test_a_recording_around_a_condition" for option in ("--when", "--before", "--after")},
        "--active": "tools/athome_test.py: test_state_of_the_bus",
        "--passive": "tools/athome_test.py: test_state_of_the_bus",
    },
    "canplayer": {
        **LISTS, **OF_BUS, **{k: v for k, v in OF_LOG.items() if k != "-t,--time"}, **FROM, "--time": WRITTEN,
        "-v": "tools/live_test.py: test_replay_prints_and_logs_what_it_sends",
        "-q,--quiet": "tools/options_test.py: test_what_a_quiet_player_says",
        "-I,--input": "tools/live_test.py: test_each_channel_to_its_own_bus",
        "--dbc": "tools/dbc_test.py: test_a_replay_with_other_values",
        "--set": "tools/dbc_test.py: test_a_replay_with_other_values",
        "--map": "tools/live_test.py: test_each_channel_to_its_own_bus",
        "-f,--file_name,--file-name": "tools/options_test.py: test_names_of_the_log",
        "-g,--gap": "tools/replay_test.py: test_the_gap_is_the_least_between_two_messages",
        "-s,--skip": "tools/live_test.py: test_replay_skips_pauses_and_timestamps",
        "--on-late": "tools/replay_test.py: test_after_a_stop_what_is_overdue_is_left_out",
        "--error-frames": "tools/live_test.py: test_replay_leaves_error_frames_out",
        "--keep-going": "tools/replay_test.py: test_what_is_skipped_of_a_damaged_log_is_counted",
        "-t,--ignore-timestamps": "tools/replay_test.py: test_ignored_times",
        "-l,--loop": "tools/replay_test.py: test_a_log_again_and_again",
        "-n,--count": "tools/replay_test.py: test_a_part_of_a_log",
        "--align": "tools/replay_test.py: test_a_start_at_a_time_of_the_clock",
        "--step": "tools/replay_test.py: test_step_by_step",
        "--filter": "tools/replay_test.py: test_a_part_of_a_log",
        "--log-channel": "tools/replay_test.py: test_a_part_of_a_log",
        "--only": "tools/replay_test.py: test_a_part_of_a_log",
        "--start": "tools/replay_test.py: test_a_part_of_a_log",
        "--end": "tools/replay_test.py: test_a_part_of_a_log",
        "--max-age": "tools/replay_test.py: test_what_is_too_old_is_left_out",
        "--on-full": "tools/replay_test.py: test_a_full_bus",
        "--unsendable": "tools/replay_test.py: test_what_a_bus_cannot_have",
        "--spin": "tools/replay_test.py: test_busy_waiting",
        "--realtime": "tools/replay_test.py: test_a_priority_in_real_time",
        "-x,--no-loopback": "vm/vm_canutils.py: test_logs_of_canplayer",
        "--live": "tools/replay_test.py: test_a_bridge_of_two_buses",
        "--speed": "tools/replay_test.py: test_the_speed",
    },
    "cansend": {
        **LISTS, **OF_BUS,
        "-v": "tools/athome_test.py: test_what_is_sent_is_shown",
        "-q,--quiet": "tools/options_test.py: test_what_a_quiet_sender_says",
        "--period": "tools/live_test.py: test_cyclic_sending",
        "-n,--count": "tools/live_test.py: test_cyclic_sending",
        "--duration": "tools/options_test.py: test_how_long_is_sent",
        "--generate": "tools/athome_test.py: test_how_fast_and_how_long_frames_are_generated",
        "-I,--id": "tools/athome_test.py: test_values_of_generated_frames",
        "-L,--length": "tools/athome_test.py: test_values_of_generated_frames",
        "-D,--data": "tools/athome_test.py: test_values_of_generated_frames",
        "-e,--extended": "tools/athome_test.py: test_values_of_generated_frames",
        "-R,--remote": "tools/athome_test.py: test_values_of_generated_frames",
        "--brs": "tools/athome_test.py: test_values_of_generated_frames",
        "-m,--mix": "tools/athome_test.py: test_mixed_frames",
        "-g,--gap": "tools/athome_test.py: test_how_fast_and_how_long_frames_are_generated",
        "--burst": "tools/athome_test.py: test_how_fast_and_how_long_frames_are_generated",
        "-p,--poll": "tools/athome_test.py: test_a_bus_that_is_full",
        "--dbc": "tools/dbc_test.py: test_wrong_messages",
        "--seed": "tools/athome_test.py: test_generated_frames",
    },
    "canviewer": {
        **LISTS, **OF_BUS, **FROM, **{option: OF_LOG[option] for option in ("--list-formats", "--tz", "--threads")},
        "-v": "vm/vm_canutils.py: test_channels_of_canviewer",
        "-q,--quiet": "tools/viewer_test.py: test_a_log_at_its_times",
        "--bus": "tools/viewer_test.py: test_several_buses",
        "--filter": "tools/viewer_test.py: test_several_buses",
        "--show": "tools/viewer_test.py: test_a_log_at_its_times",
        "--dbc": "tools/viewer_test.py: test_names_and_signals",
    },
    "canreport": {
        **{name: row for name, row in LISTS.items() if name not in ("--list-interfaces", "--show-config")}, **FROM,
        **{option: OF_LOG[option] for option in ("--list-formats", "--tz", "--threads")},
        "-v": "tools/report_test.py: test_what_is_written",
        "-q,--quiet": "tools/report_test.py: test_selection",
        "-o,--output": "tools/report_test.py: test_what_is_written",
        "--keep-going": "tools/report_test.py: test_damaged_and_hostile_logs",
        "--filter": "tools/report_test.py: test_selection",
        "--channel": "tools/report_test.py: test_selection",
        "--only": "tools/report_test.py: test_selection",
        "--start": "tools/report_test.py: test_selection",
        "--end": "tools/report_test.py: test_selection",
        "--dbc": "tools/report_test.py: test_names",
        "--signals": "tools/report_test.py: test_signals",
        "--bitrate": "tools/report_test.py: test_bits_and_load",
        "--data-bitrate": "tools/report_test.py: test_bits_and_load",
    },
    "canserver": {
        **LISTS, **OF_BUS,
        "-v": "tools/server_test.py: test_log_of_a_client",
        "-q,--quiet": "tools/options_test.py: test_what_a_quiet_server_says",
        "-H,--host": "tools/options_test.py: test_where_a_server_listens",
        "-p,--port": "tools/options_test.py: test_where_a_server_listens",
        "--max-clients": "tools/options_test.py: test_clients_at_a_time",
        "--client-buffer": "tools/options_test.py: test_what_waits_for_a_slow_client",
        "--read-only": "tools/server_test.py: test_errors_of_the_server_in_words",
        "--allow": "tools/options_test.py: test_who_may_connect",
        "--token-file": "tools/server_test.py: test_tokens",
        "--tls-cert": "tools/server_test.py: test_tls_with_client_certificates",
        "--tls-key": "tools/server_test.py: test_tls_with_client_certificates",
        "--tls-ca": "tools/server_test.py: test_tls_with_client_certificates",
        "--web": "tools/web_test.py: test_a_bus_that_opens_later",
        "--web-send": "tools/web_test.py: test_sending",
        "--dbc": "tools/web_test.py: test_names_and_signals",
    },
    "canconvert": {
        **{name: row for name, row in LISTS.items() if name not in ("--list-interfaces", "--show-config")},
        **OF_LOG, **FROM,
        "-v": "tools/canconvert_test.py: test_info",
        "-q,--quiet": "tools/losses_test.py: test_what_a_conversion_cannot_hold_is_told",
        "-o,--output": "tools/canconvert_test.py: test_joined_by_time",
        "--force": "tools/files_test.py: test_a_forgotten_output",
        "--keep-going": "tools/canconvert_test.py: test_keep_going",
        "--repair": "tools/repair_test.py: test_a_cut_log",
        "--events": "tools/canconvert_test.py: test_events",
        "--split": "tools/canconvert_test.py: test_split",
        "--from-store": "tools/store_test.py: test_a_time_of_a_vehicle",
        "--vehicle": "tools/store_test.py: test_a_time_of_a_vehicle",
        "--filter": "tools/canconvert_test.py: test_selection",
        "--channel": "tools/canconvert_test.py: test_selection_by_channel_and_kind",
        "--only": "tools/canconvert_test.py: test_selection_by_channel_and_kind",
        "--start": "tools/canconvert_test.py: test_selection",
        "--end": "tools/canconvert_test.py: test_selection",
        "--info": "tools/canconvert_test.py: test_info",
        "--dbc": "tools/dbc_test.py: test_a_file_for_each_channel",
        "--signals": "tools/dbc_test.py: test_some_signals",
        "--resample": "tools/dbc_test.py: test_a_row_a_step",
        "--hold": "tools/dbc_test.py: test_a_row_a_step",
        "--interpolate": "tools/dbc_test.py: test_a_row_a_step",
        "--describe": "tools/dbc_test.py: test_what_a_file_describes",
        "--bitrate": "tools/options_test.py: test_rates_of_the_bus_load",
        "--data-bitrate": "tools/options_test.py: test_rates_of_the_bus_load",
    },
}

KEYS = "tools/options_test.py: test_keys_of_configuration_files"
TLS = "tools/server_test.py: test_tls_with_client_certificates"
LINE = "unit/serial_settings_test.cpp: a serial line has the speed and the flow control that are wanted"
OF_LINE = {
    "baudrate": LINE, "rtscts": LINE,
    "reconnect": "unit/serial_bus_test.cpp: every bus on a serial line goes on where its device comes back",
    "wait": "unit/serial_bus_test.cpp: a bus on a serial line waits for its device where it is told to",
}
SLCAN = "unit/serial_bus_test.cpp: what an adapter is told when it is opened and closed"
COMMON_KEYS = ("interface", "channel", "bitrate", "data_bitrate", "fd", "receive_own_messages")
KVASER, PCAN = "unit/kvaser_test.cpp: kvaser: ", "unit/pcan_test.cpp: pcan: "
GONE = KVASER + "a device that vanishes ends the bus, or is waited for"
OF_VENDOR = {"library": "unit/kvaser_test.cpp: a vendor's library that isn't there", "reconnect": GONE, "wait": GONE}
IXXAT = "unit/ixxat_test.cpp: ixxat: settings by today's names and those of the first manual"
NICAN = "unit/nican_test.cpp: nican: what a channel is configured with"
USB2CAN = "unit/usb2can_test.cpp: usb2can: the text that opens a device"
SETTINGS_OF = {
    "": {key: KEYS for key in COMMON_KEYS},
    "udp_multicast": {
        "port": "tools/live_test.py: test_several_buses_together",
        "hop_limit": "tools/options_test.py: test_hops_of_a_datagram",
        "iface": "tools/network_test.py: test_an_interface_that_goes_and_comes_back",
        "rcvbuf": "unit/udp_multicast_test.cpp: udp_multicast: messages that find no room are counted",
    },
    "socketcan": {
        "error_mask": "vm/vm_socketcan.py: test_error_mask",
        "local_loopback": "vm/vm_socketcan.py: test_local_loopback",
        "reconnect": "vm/vm_socketcan.py: test_reconnect_is_for_those_that_want_it",
        "wait": "vm/vm_socketcan.py: test_reconnect_is_for_those_that_want_it",
        "hardware_timestamps": None,  # no device of a virtual machine has a clock
        "sample_point": "vm/vm_socketcan.py: test_bit_rate_and_frames",
        "data_sample_point": None,  # nor CAN FD with bit rates
        "listen_only": "vm/vm_socketcan.py: test_details",
        "restart_ms": "vm/vm_socketcan.py: test_bit_rate_and_frames",
        "rcvbuf": "vm/vm_socketcan.py: test_logged_and_dropped_is_what_was_sent",
    },
    "virtual": {
        "rx_queue_size": "unit/virtual_bus_test.cpp: virtual bus: a queue of one message, and of none",
        "preserve_timestamps": "unit/virtual_bus_test.cpp: virtual bus: each end sees what it asked for of the same messages",
    },
    "slcan": {
        **OF_LINE,
        "btr": SLCAN, "s7": SLCAN, "listen_only": SLCAN, "answers": SLCAN, "status_interval": SLCAN,
        "timestamps": "unit/serial_bus_test.cpp: times of an slcan adapter's clock",
    },
    "serial": {
        **OF_LINE,
        "dialect": "interop/serial_interop.py: test_serial",
        "timestamps": "unit/serial_settings_test.cpp: times of the serial interface are the sender's, or those "
                      "of this machine",
    },
    "robotell": OF_LINE,
    "seeed": {
        **OF_LINE,
        "frame_type": "unit/serial_settings_test.cpp: what Seeed's analyzer is told",
        "operation_mode": "unit/serial_settings_test.cpp: what Seeed's analyzer is told",
    },
    "mqtt": {
        **{key: FLEET + "test_tls" for key in ("login_file", "tls_ca", "tls_cert", "tls_key")},
        "plain": FLEET + "test_refused_addresses", "send": FLEET + "test_requests_to_send",
    },
    "kvaser": {
        **OF_VENDOR,
        **{key: KVASER + "bit timing" for key in (
            "tseg1", "tseg2", "sjw", "no_samp", "sample_point", "data_sample_point", "accept_virtual",
            "exclusive", "override_exclusive", "no_init_access", "fd_non_iso")},
        "driver_mode": KVASER + "a silent channel hears and doesn't send",
        "single_handle": KVASER + "one handle hears other programs, two only all that is sent or nothing",
        "flash": KVASER + "LEDs, where the device has some",
    },
    "pcan": {
        **OF_VENDOR,
        **{key: PCAN + "bit timing" for key in (
            "btr", "sample_point", "data_sample_point", "f_clock", "nom_brp", "nom_tseg1", "nom_tseg2",
            "nom_sjw", "data_brp", "data_tseg1", "data_tseg2", "data_sjw")},
        "device_id": PCAN + "a device by the number stored in it",
        "state": PCAN + "a passive channel listens, and reset after bus off is the device's",
        "auto_reset": PCAN + "a passive channel listens, and reset after bus off is the device's",
        "flash": PCAN + "its status, and an LED",
    },
    "usb2can": {
        **OF_VENDOR, "serial": USB2CAN, "flags": USB2CAN, "sample_point": USB2CAN,
        "dll": "unit/usb2can_test.cpp: usb2can: errors of opening say what to do",
    },
    "neovi": {
        **OF_VENDOR,
        "serial": "unit/neovi_test.cpp: neovi: a device that nobody uses, or the one with a number",
        "type_filter": "unit/neovi_test.cpp: neovi: a device that nobody uses, or the one with a number",
        "use_system_timestamp": "unit/neovi_test.cpp: neovi: times are this machine's, by the device's clock or by arrival",
    },
    "ixxat": {
        **OF_VENDOR,
        **{key: IXXAT for key in ("unique_hardware_id", "UniqueHardwareId", "rx_fifo_size", "tx_fifo_size",
                                  "rxFifoSize", "txFifoSize", "sample_point")},
        "extended": "unit/ixxat_test.cpp: ixxat: ids of 29 bits may be off",
    },
    "nican": {**OF_VENDOR, "log_errors": NICAN, "sample_point": NICAN},
    "remote": {
        "protocol": SETTINGS,
        "reconnect": "tools/server_test.py: test_a_gap_is_marked_in_the_log",
        "wait": "tools/options_test.py: test_a_recording_that_waits",
        "token_file": "tools/server_test.py: test_tokens",
        "tls": "tools/options_test.py: test_encryption_is_asked_for",
        "tls_ca": TLS, "tls_cert": TLS, "tls_key": TLS,
    },
}


def body_of(row):
    """The source of the test that a row names; None where there is no such test."""
    file, name = row.split(": ", 1)
    with open(os.path.join(HERE, "..", file), encoding="utf-8") as opened:
        source = opened.read()
    if file.endswith(".cpp"):
        case = re.search(rf'TEST_CASE\("{re.escape(name)}".*?\n}}', source, re.S)
        return case and case[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.get_source_segment(source, node)
    return None


class FakeServer:
    """Takes what clients of the remote interface wish for, and refuses them."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.wishes, self.first = [], []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer = self.socket.accept()[0]
            except OSError:
                return
            with peer, peer.makefile("rb") as stream:
                self.first.append(peer.recv(1, socket.MSG_PEEK))
                if self.first[-1] == b"\x01":
                    self.wishes.append(self.read_wish(stream))
                    peer.sendall(b"\x06\x04gone")

    @staticmethod
    def read_wish(stream):
        _, version, bitrate = struct.unpack(">BBi", stream.read(6))
        wish = {"version": version, "bitrate": bitrate}
        if version == 64:
            _, wish["flags"], wish["data_bitrate"], size = struct.unpack(">BBIB", stream.read(7))
            wish["token"] = stream.read(size)
        size = {64: 9}.get(version, 8)
        wish["filters"] = stream.read(size * stream.read(2)[1])
        return wish


class Options(harness.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("in.log", LOG)

    def test_every_option_has_a_row(self):
        for program, rows in OPTIONS.items():
            listing = self.run_tool(program, "--help").stdout.split("Examples:")[0]
            self.assertEqual(set(re.findall(r"^  (-\S+)", listing, re.M)), set(rows), program)

    def test_every_setting_has_a_row(self):
        listed = json.loads(self.run_tool("canlogger", "--list-interfaces", "--json").stdout)
        self.assertEqual({each["name"] for each in listed}, set(SETTINGS_OF) - {""})
        for each in listed:
            names = {option["name"] for option in each["options"]}
            self.assertEqual(names, set(SETTINGS_OF[each["name"]]), each["name"])
        page = os.path.join(HERE, "../../man/can.conf.5")
        with open(page, encoding="utf-8") as file:
            keys = file.read().split("Keys are\n")[1].split("and the settings")[0]
        self.assertEqual(set(re.findall(r"^\.Li (\w+)", keys, re.M)), set(SETTINGS_OF[""]))

    def test_rows_name_tests_that_are_there(self):
        """And that use the option."""
        rows = [(option.split(","), row) for table in OPTIONS.values() for option, row in table.items()]
        rows += [([key], row) for table in SETTINGS_OF.values() for key, row in table.items()]
        for names, row in rows:
            if row is None:
                continue
            with self.subTest(names=names, row=row):
                body = body_of(row)
                self.assertTrue(body, "no such test")
                self.assertTrue(any(re.search(rf"(?:\\n|(?<![\w-])){name}(?![\w-])", body) for name in names))

    def test_help(self):
        for program in OPTIONS:
            for option in ("-h", "--help"):
                self.assertIn(f"Usage: {program} [options]", self.run_tool(program, option).stdout)
            self.assertRegex(self.run_tool(program, "--version").stdout, rf"^{program} \d+\.\d+\.\d+\n$")

    def test_lists(self):
        self.write(".canrc", "[default]\nchannel = somewhere\n")
        for program, rows in OPTIONS.items():
            for option, first in (("--list-interfaces", "udp_multicast"), ("--list-formats", "asc"),
                                  ("--show-config", "channel")):
                if option not in rows:
                    continue
                with self.subTest(program=program, option=option):
                    self.assertRegex(self.run_tool(program, option).stdout, rf"(?m)^ *{first}\b")
                    for order in ([option, "--json"], ["--json", option]):
                        shown = json.loads(self.run_tool(program, *order).stdout)
                        self.assertEqual(first if first in shown else shown[0]["name"], first)

    # The bus, as it is asked for by each program

    def wish(self, program, fake, *bus):
        """What the program wants of a server."""
        known = len(fake.wishes)
        if program == "canserver":
            self.ask_server(bus)
        else:
            more = {"canlogger": [], "canplayer": ["in.log"], "cansend": ["123#"]}[program]
            self.assert_refused(program, *bus, *more, says="the server says: gone")
        self.assertTrue(harness.wait_for(lambda: len(fake.wishes) > known))
        return fake.wishes[known]

    def start_server(self, *options):
        server = self.start("canserver", "-H", "127.0.0.1", "-p", "0", *options)
        for line in server.stderr:
            if "listening on" in line:
                return server, line.split()[-1]
        self.fail("canserver doesn't listen")

    def connect(self, address, source=None):
        host, port = address.rsplit(":", 1)
        peer = socket.create_connection((host, int(port)), timeout=20,
                                        source_address=source and (source, 0))
        self.addCleanup(peer.close)
        peer.sendall(bytes.fromhex("0104000000000a00"))
        return peer

    def ask_server(self, bus):
        _, address = self.start_server(*bus)
        self.assertIn(b"gone", self.connect(address).recv(300))

    def test_where_a_bus_is_and_how_it_is_set(self):
        fake = FakeServer()
        self.addCleanup(fake.socket.close)
        self.write(".canrc", "[default]\ninterface = virtual\nchannel = none\n[bench]\nbitrate = 125000\n")
        plain = {"version": 64, "bitrate": 0, "data_bitrate": 0, "token": b"", "filters": b""}
        self.write("token", "sesame")
        for program in ("canlogger", "canplayer", "cansend", "canserver"):
            where = ["-i", "remote", "-c", fake.address]
            for same in (["--interface", "remote", "-c", fake.address],
                         ["-i", "remote", "--channel", fake.address]):
                self.assertEqual(self.wish(program, fake, *same), self.wish(program, fake, *where))
            flags = self.wish(program, fake, *where)["flags"]
            self.assertFalse(flags & (1 | 4 | 8), program)
            for options, wanted in ((["-b", "250000"], {"bitrate": 250000}),
                                    (["--bitrate", "50000"], {"bitrate": 50000}),
                                    (["--data-bitrate", "2000000"], {"data_bitrate": 2000000}),
                                    (["--fd"], {"flags": flags | 4}),
                                    (["-o", "fd=false"], {"flags": flags | 8}),
                                    (["--option", "receive_own_messages=true"], {"flags": flags | 1}),
                                    (["-o", "token_file=token"], {"token": b"sesame"}),
                                    (["--config-section", "bench"], {"bitrate": 125000})):
                with self.subTest(program=program, options=options):
                    self.assertEqual(self.wish(program, fake, *where, *options), {**plain, "flags": flags, **wanted})
            for version in (4, 5):
                wish = self.wish(program, fake, *where, "-o", f"protocol={version}")
                self.assertEqual(wish["version"], version)

    def test_settings_of_files_that_are_for_other_channels(self):
        self.write(".canrc", "[default]\ntls_ca = none.pem\n")
        for scheme, found in (("mqtt", False), ("mqtts", True)):
            told = subprocess.run([harness.program("canlogger"), "-i", "mqtt", "-c", f"{scheme}://127.0.0.1:1/fleet/+",
                                   "--duration", "1s"], cwd=self.folder, env=self.environment,
                                  capture_output=True, text=True, timeout=30).stderr
            self.assertEqual("none.pem" in told or "tls_ca" in told, found, told)

    def test_keys_of_configuration_files(self):
        fake = FakeServer()
        self.addCleanup(fake.socket.close)
        where = f"[default]\ninterface = remote\nchannel = {fake.address}\n"
        base = self.environment.copy()
        for text, environment, key, wanted in (
                ("", {}, "bitrate", 0),
                ("bitrate = 125000\n", {}, "bitrate", 125000),
                ("data_bitrate = 4000000\n", {}, "data_bitrate", 4000000),
                ("data_bitrate = 4000000\n", {}, "bitrate", 0),
                ("fd = true\n", {}, "flags", 4), ("fd = off\n", {}, "flags", 8),
                ("receive_own_messages = yes\n", {}, "flags", 1),
                ("protocol = 5\n", {}, "version", 5),
                ("bitrate = 125000\n", {"CAN_BITRATE": "1000"}, "bitrate", 1000),
                ("", {"CAN_CONFIG": '{"data_bitrate": 3000}'}, "data_bitrate", 3000),
                ("", {"CAN_CONFIG": '{"bitrate": 3000}', "CAN_BITRATE": "1000"}, "bitrate", 1000)):
            with self.subTest(text=text, environment=environment):
                self.write(".canrc", where + text)
                self.environment = {**base, **environment}
                self.assert_refused("cansend", "123#", says="the server says: gone")
                got = fake.wishes[-1][key]
                self.assertEqual(got & (1 | 4 | 8) if key == "flags" else got, wanted)
        count = len(fake.wishes)
        self.write(".canrc", "[default]\nbustype = virtual\n[b]\nbitrate = 1\n")
        self.environment = {**base, "CAN_INTERFACE": "virtual", "CAN_INTERFACE_b": "remote",
                            "CAN_CHANNEL": "none", "CAN_CHANNEL_b": fake.address, "CAN_BITRATE_b": "7"}
        self.run_tool("cansend", "123#")
        self.assert_refused("cansend", "--config-section", "b", "123#", says="the server says: gone")
        self.assertEqual([wish["bitrate"] for wish in fake.wishes[count:]], [7])

    def test_encryption_is_asked_for(self):
        fake = FakeServer()
        self.addCleanup(fake.socket.close)
        self.run_tool("cansend", "-i", "remote", "-c", fake.address, "-o", "tls=true", "123#", status=1)
        self.run_tool("cansend", "-i", "remote", "-c", fake.address, "-o", "tls=false", "123#", status=1)
        self.assertEqual(fake.first, [b"\x16", b"\x01"])  # a handshake of TLS, a BusRequest

    def test_hops_of_a_datagram(self):
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        peer.settimeout(10)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        peer.bind(("239.1.1.7", 43200))
        peer.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                        socket.inet_aton("239.1.1.7") + socket.inet_aton("127.0.0.1"))
        peer.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        where = [*BUS, "-c", "239.1.1.7", "-o", "port=43200", "-o", "iface=lo"]
        for options, wanted in (([], 1), (["-o", "hop_limit=7"], 7), (["-o", "hop_limit=0"], 0)):
            self.run_tool("cansend", *where, *options, "123#")
            ancillary = peer.recvmsg(2000, 100)[1]
            self.assertEqual([struct.unpack("i", data)[0] for _, _, data in ancillary], [wanted])

    # Logs

    def made(self, program, name, *options, log=LOG):
        """The bytes of a log that the program writes of `log`."""
        self.write("in.log", log)
        if os.path.exists(self.path(name)):
            os.remove(self.path(name))
        if program == "canconvert":
            self.run_tool(program, "-q", *options, "in.log", name)
        elif program == "canplayer":
            self.run_tool(program, "-q", "-i", "virtual", "--error-frames", *options, "-f", name, "in.log")
        else:
            frames = [line.split()[2] for line in log.splitlines()]
            logger = self.start_logger("-n", str(len(frames)), *options, "-f", name)
            self.run_tool("cansend", *BUS, "-", input="".join(frame + "\n" for frame in frames))
            self.assertEqual(logger.wait(timeout=20), 0)
        with open(self.path(name), "rb") as file:
            return file.read()

    def test_how_a_log_is_written(self):
        console = ("--format", "console")
        many = "".join(f"(1551774790.{i:06}) can0 123#0000000000000000\n" for i in range(300))
        for program in ("canlogger", "canplayer", "canconvert"):
            made = lambda name, *options, **more: self.made(program, name, *options, **more)
            with self.subTest(program=program):
                self.assertTrue(made("a.log", "--format", "jsonl").startswith(b'{"timestamp":'))
                self.assertTrue(made("a.csv").splitlines()[0].endswith(b",data"))
                self.assertTrue(made("a.csv", "--csv-dialect", "extended").splitlines()[0]
                                .endswith(b",raw_dlc"))
                plain, none, packed = (made("a.blf", *options, log=many) for options in (
                    [], ["--compression-level", "0"], ["--compression-level", "9"]))
                self.assertGreater(len(none), 300 * 32)
                self.assertLess(len(packed), len(none) // 2)
                self.assertLess(len(plain), len(none) // 2)
                small = made("a.blf", "--compression-level", "0", "--container-size", "1024", log=many)
                if program == "canconvert":  # the others end a container with each flush
                    self.assertGreater(len(small), len(none) + 8 * 32)
                self.assertRegex(made("a.log", *console, "--time", "z"), rb"^ \(00\d\.000000\) ")
                self.assertRegex(made("a.log", *console, "--time", "n"), rb"^  \S+ +[RT]X ")
                self.assertRegex(made("a.log", *console, "--time", "a"), rb"^ \(\d{10}\.\d{6}\) ")
                self.assertRegex(made("a.log", *console, "--time", "A"), rb"^ \(20\d\d-\d\d-\d\d ")
                words = b"\n\tcontroller problem: receive error warning\n"
                self.assertNotIn(words, made("a.log", *console))
                self.assertIn(words, made("a.log", *console, "-e"))
                self.assertIn(words, made("a.log", *console, "--error-words"))
                self.assertNotIn(b"\x1b", made("a.log", *console, "--color", "never"))
                self.assertNotIn(b"\x1b", made("a.log", *console, "--color", "auto"))
                self.assertIn(b"\x1b[", made("a.log", *console, "--color", "always"))

    def test_names_of_the_log(self):
        for program in ("canlogger", "canplayer"):
            for option in ("-f", "--file_name", "--file-name"):
                self.made(program, "sure.log", option, "other.log")  # which the last one overrides
                self.assertFalse(os.path.exists(self.path("other.log")))
        self.run_tool("canplayer", "-q", "-i", "virtual", "--file_name", "other.log", "in.log")
        self.assertEqual(self.read("other.log").split()[2], "123#DEADBEEF")

    def times(self, name, *options):
        shown = self.run_tool("canconvert", "-q", *options, name, "-", "--format", "jsonl").stdout
        return [json.loads(line)["timestamp"] for line in shown.splitlines()]

    def test_zone_of_a_log(self):
        for program in ("canlogger", "canplayer", "canconvert"):
            for name in ("a.asc", "a.blf"):
                with self.subTest(program=program, name=name):
                    self.made(program, name, "--tz", "+05:30")
                    here, utc = (self.times(name, "--tz", zone)[0] for zone in ("+05:30", "utc"))
                    wanted = time.time() if program == "canlogger" else 1551774790.942758
                    self.assertAlmostEqual(here, wanted, delta=60)
                    self.assertAlmostEqual(utc - here, 5.5 * 3600, delta=0.01)
        self.made("canconvert", "a.asc", "--tz", "+05:30")
        for zone, start in (("+05:30", "1551774790.942"), ("utc", "1551794590.942")):
            self.run_tool("canplayer", "-v", "-i", "virtual", "--tz", zone, "-f", "b.log", "a.asc")
            shown = self.run_tool("canconvert", "--info", "--tz", zone, "--json", "a.asc").stdout
            self.assertAlmostEqual(json.loads(shown)[0]["start"], float(start), delta=0.01)

    def test_threads(self):
        """More of them where more are asked for: those that pack and unpack a BLF."""
        line = "(1551774790.942758) can0 123#DEADBEEF\n"
        self.write("in.log", line * 100_000)
        self.run_tool("canconvert", "-q", "in.log", "in.blf")
        for program, options in (("canconvert", ["-", "a.blf"]),
                                 ("canplayer", ["-i", "virtual", "in.blf"]),
                                 ("canlogger", [*BUS, "-f", "a.blf"])):
            command = lambda count: [program, "-q", "--threads", count, *options]
            one = self.most_threads(command("1"), line, seconds=1)
            self.assertLessEqual(one, 3, program)  # none that packs or unpacks
            self.assertGreater(self.most_threads(command("5"), line, until=one + 1), one, program)

    def most_threads(self, command, line, seconds=20, until=100):
        """How many threads the program is seen to have while it has much to do."""
        process = self.start(*command, stdin=subprocess.PIPE)
        most = 0
        feed = threading.Thread(target=self.feed, args=(process.stdin, line * 20_000), daemon=True)
        feed.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end and most < until and process.poll() is None:
            if command[0] == "canlogger":
                self.run_tool("cansend", *BUS, "-", input="123#11\n" * 5_000)
            with contextlib.suppress(FileNotFoundError):
                most = max(most, len(os.listdir(f"/proc/{process.pid}/task")))
            time.sleep(0.001)
        process.kill()
        process.wait()
        feed.join()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        return most

    @staticmethod
    def feed(stream, text):
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            pass

    def test_format_to_read(self):
        self.write("in.csv", "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"
                             "1000,0000021A,false,Rx,0,2,FE,36,\n")
        self.run_tool("canconvert", "--from", "gvret", "in.csv", "a.log")
        self.run_tool("canplayer", "-i", "virtual", "--from", "gvret", "-f", "b.log", "in.csv")
        for name in ("a.log", "b.log"):
            self.assertEqual(self.read(name).split()[2], "21A#FE36")
        self.assert_refused("canconvert", "in.csv", "c.log", says="--from gvret")
        self.assert_refused("canplayer", "-i", "virtual", "in.csv", says="--from gvret")

    def test_rates_of_the_bus_load(self):
        self.write("in.log", "(1.0) can0 123##1112233445566778899AABBCC\n(2.0) can0 123#\n")

        def load(*options):
            shown = self.run_tool("canconvert", "--info", "--json", *options, "in.log").stdout
            return json.loads(shown)[0]["channels"][0]["load"]

        usual = load()
        self.assertAlmostEqual(load("--bitrate", "500000", "--data-bitrate", "2000000"), usual)
        halves = load("--bitrate", "1000000"), load("--data-bitrate", "4000000")
        both = load("--bitrate", "1000000", "--data-bitrate", "4000000")
        self.assertAlmostEqual(both, usual / 2, places=5)
        for half in halves:
            self.assertLess(both, half)
            self.assertLess(half, usual)
        self.assertAlmostEqual(sum(halves) - both, usual, places=5)

    # Options without effect beside others

    def test_options_without_effect(self):
        """Each is refused in one sentence, before anything is opened."""
        dbc = os.path.join(HERE, "../../examples/drive.dbc")
        publication = "-f mqtt://localhost:1/fleet/car17 --spool-dir s"
        table = {
            "canlogger -i virtual": [
                ("--append", "--append: not allowed with the console"),
                ("--sync 2s", "--sync: not allowed with the console"),
                (f"--dbc {dbc} -f x.blf", "--dbc: expected --when, a message's name in --filter or a log of signals"),
                (f"--dbc {dbc} --load", "--dbc: expected --when"),
                ("--load --format asc", "--format: not allowed with --load where no log is written"),
                ("--load --direction both", "--direction: not allowed with --load where"),
                ("--load --rotate-every 1h", "--rotate-every: not allowed with --load where"),
                ("--load -x", "-x: not allowed with --load where"),
                ("-L --format asc", "-L: not allowed with --format asc"),
                ("-x -f x.blf", "-x: not allowed with format 'blf'"),
                (f"{publication} --format blf", "--format: not allowed with a publication, which has --payload"),
                (f"{publication} -L", "-L: not allowed with a publication"),
                (f"{publication} --sync off", "--sync: not allowed with a publication, whose spool is synced"),
                (f"{publication} --write-interval 1m", "--write-interval: not allowed with a publication"),
                (f"{publication} --ack-timeout 5s", "--ack-timeout: not allowed with a recording, which never waits"),
                (f"{publication} --dbc {dbc}", "--dbc: expected --when"),
                (f"{publication} --tls-ca none.pem", "mqtt://localhost:1/fleet/car17: option 'tls-ca' is for mqtts://"),
                (f"{publication} --batch 0", "--batch: expected a time from 1 ms to 3600 s, got '0'"),
                (f"{publication} --batch 1000h", "--batch: expected a time from 1 ms to 3600 s, got '1000h'"),
                (f"{publication} --ack-timeout 0", "--ack-timeout: expected a time from 1 s to 86400 s, got '0'"),
            ],
            "canlogger -i mqtt -c mqtt://localhost:1/fleet/+": [
                *((f"-f store/%v.canb {option}", f"{option.split()[0]}: not allowed with a store, which has only "
                   "--rotate-every and --duration") for option in
                  ("--sync 2s", "--write-interval 1m", "--buffer-size 2M", "--clock monotonic", "--wait", "--no-reconnect",
                   "--json", "--append", "--keep 3")),
                ("-f store/%v.canb -c mqtt://localhost:1/fleet/a", "store/%v.canb: a store has one bus"),
                ("-o tls_ca=none.pem -f store/%v.canb", "mqtt://localhost:1/fleet/+: option 'tls_ca' is for mqtts://"),
            ],
            "canplayer -i virtual in.log": [
                ("--format asc", "--format needs --file-name"),
                ("--direction both", "--direction needs --file-name"),
                ("--tx-allow 123:7FF", "--tx-allow needs --file-name"),
                (f"{publication} --tx-allow 123:7FF", "--tx-allow: not allowed with a replay, which sends only its log"),
                (f"{publication} --ack-timeout 5s", "--ack-timeout: not allowed with a replay, which never waits"),
                (f"{publication} --format blf", "--format: not allowed with a publication"),
                (f"--dbc {dbc}", "--dbc: expected --set, or a message's name in --filter"),
                ("-t --speed 2", "--speed: not allowed with --ignore-timestamps"),
                ("-t --max-age 1s", "--max-age: not allowed with --ignore-timestamps"),
                ("-t --on-late drop", "--on-late drop: not allowed with --ignore-timestamps"),
                ("--speed max --skip 1", "--skip: not allowed with --speed max"),
                ("--speed max --max-age 1s", "--max-age: not allowed with --speed max"),
                *((f"--step {option}", f"{option.split()[0]}: not allowed with --step") for option in
                  ("--gap 1", "--skip 1", "--ignore-timestamps", "--speed 2", "--align 1s", "--on-late drop", "--max-age 1s",
                   "--spin off")),
            ],
            "canplayer -i virtual --live socketcan:can0": [
                *((option, f"{option.split()[0]}: not allowed with --live") for option in
                  ("--file-name x.log", "--json", "--gap 1", "--skip 1", "--ignore-timestamps", "--speed 2", "--loop 2",
                   "--count 1", "--align 1s", "--step", "--on-late drop", "--max-age 1s", "--spin off", "--realtime",
                   "--error-frames", f"--dbc {dbc}", "--set A=1", "--filter 123:7FF", "--log-channel can0", "--only data",
                   "--start 1", "--end 2", "--keep-going", "--from asc", "--tz utc", "--threads 1", "--format asc")),
            ],
            "canserver -i virtual -p 0": [
                ("--web-send", "--web-send needs --web"),
                (f"--dbc {dbc}", "--dbc needs --web"),
                ("--web 0 --web-send --read-only", "--web-send: with --read-only nobody may send"),
                ("--json", "--json needs --list-interfaces or --show-config"),
            ],
            "cansend -i virtual": [
                (f"--generate --dbc {dbc}", "--dbc: not allowed with --generate"),
                *((f"--generate --mix {option}", f"{option}: not allowed with --mix") for option in
                  ("--remote", "--brs", "--extended")),
                ("--json 123#", "--json needs --list-interfaces or --show-config"),
            ],
            "canconvert": [
                ("--vehicle car1 in.log x.asc", "--vehicle needs --from-store"),
                ("--bitrate 5000 in.log x.asc", "--bitrate needs --info"),
                ("--data-bitrate 5000 in.log x.asc", "--data-bitrate needs --info"),
                ("--json in.log x.asc", "--json needs --info"),
                *((f"--repair in.log {option}", f"{option.split()[0]}: not allowed with --repair") for option in
                  (f"--dbc {dbc}", "--signals A", "--resample 1s", "--hold", "--interpolate", "--from-store s --vehicle a")),
                *((f"--info in.log {option}", f"{option.split()[0]}: not allowed with --info") for option in
                  ("--split channel", "--force", "--resample 1s", "--hold", "--interpolate", "--format asc",
                   "--direction both")),
                (f"--describe --dbc {dbc} in.log", "in.log: not allowed with --describe, which reads the --dbc files alone"),
                *((f"--describe --dbc {dbc} {option}", f"{option.split()[0]}: not allowed with --describe") for option in
                  ("--output x.csv", "--force", "--filter 1:7FF", "--channel a", "--only data", "--start 1", "--end 2",
                   "--from-store s", "--vehicle a", "--keep-going", "--events", "--split channel", "--signals RPM",
                   "--resample 1s", "--hold", "--interpolate", "--repair", "--info", "--bitrate 5000", "--data-bitrate 5000",
                   "--json", "--direction both")),
                ("--from-store s --vehicle a --from asc x.log", "--from: not allowed with --from-store"),
                ("in.log mqtt://localhost:1/t --split channel", "--split: not allowed with a publication"),
                ("in.log mqtt://localhost:1/t --format blf", "--format: not allowed with a publication"),
                ("in.log mqtt://localhost:1/t --tx-allow 1:7FF", "--tx-allow: not allowed with the publication of a log"),
                ("--repair in.log mqtt://localhost:1/t", "mqtt://localhost:1/t: not allowed with --repair"),
            ],
            "canviewer": [
                ("in.log --filter 1:7FF", "--filter: not allowed with a log, of which --show chooses rows"),
                *((f"in.log {option}", f"{option.split()[0]}: not allowed with a log") for option in
                  ("--interface virtual", "--bitrate 500000", "--data-bitrate 500000", "--fd",
                   "--option a=b", "--bus-kwargs a=b", "--config-section a")),
                *((f"-i virtual {option}", f"{option.split()[0]}: not allowed with a bus") for option in
                  ("--from asc", "--tz utc", "--threads 1")),
                ("in.log --json", "--json needs --list-formats or --list-interfaces or --show-config"),
            ],
            "canreport": [("in.log --json", "--json needs --list-formats")],
        }
        for program, rows in table.items():
            for options, says in rows:
                with self.subTest(f"{program} {options}"):
                    before = self.tree()
                    self.assert_refused(*program.split(), *options.split(), says="^[a-z]+: " + re.escape(says),
                                        status=2)
                    self.assertEqual(self.tree(), before)

    # What is said, and how long it lasts

    def test_what_a_quiet_player_says(self):
        told = lambda *options: self.run_tool("canplayer", "-i", "virtual", *options, "in.log").stderr
        self.assertIn("1 error frame not sent", told())
        for option in ("-q", "--quiet"):
            self.assertEqual(told(option), "")

    def test_what_a_quiet_sender_says(self):
        where = ["-i", "remote", "-c", "127.0.0.1:1", "-o", "wait=true"]
        for options, told in (([], True), (["-q"], False), (["--quiet"], False)):
            sender = self.start("cansend", *where, *options, "123#")
            time.sleep(0.5)
            complaints = self.stop(sender, status=-harness.signal.SIGINT)[1]
            self.assertEqual("connection refused, waiting" in complaints, told, complaints)

    def test_what_a_quiet_server_says(self):
        for options, told in (([], True), (["-q"], False), (["--quiet"], False)):
            server = self.start("canserver", "-i", "virtual", "-p", "0", *options)
            time.sleep(0.3)
            complaints = self.stop(server)[1]
            self.assertEqual("listening on" in complaints, told, complaints)

    def test_how_long_is_sent(self):
        logger = self.start_logger("-f", "a.log")
        started = time.monotonic()
        self.run_tool("cansend", *BUS, "--period", "10ms", "--duration", "400ms", "100#01")
        self.assertGreaterEqual(time.monotonic() - started, 0.4)
        self.assertTrue(harness.wait_for(lambda: os.path.exists(self.path("a.log"))))
        self.stop(logger)
        self.assertTrue(2 <= len(self.read("a.log").splitlines()) <= 41, self.read("a.log"))

    def test_a_recording_that_waits(self):
        free = socket.create_server(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        where = ["-i", "remote", "-c", "127.0.0.1:" + port]
        self.assert_refused("canlogger", *where, says="connection refused")
        for options in (["--wait"], ["-o", "wait=true"]):
            logger = self.start("canlogger", "-v", *where, *options, "-n", "1", "-f", "a.log")
            self.assertIn("waiting", self.line_with(logger, "waiting"))
            server = self.start("canserver", "-i", "virtual", "-c", "x", "-H", "127.0.0.1", "-p", port)
            sent = lambda: subprocess.run(
                [harness.program("cansend"), *where, "123#"], env=self.environment,
                stderr=subprocess.DEVNULL, check=False) and logger.poll() is not None
            self.assertTrue(harness.wait_for(sent, 30))
            self.assertEqual(logger.returncode, 0)
            self.stop(server)

    # The server

    def test_where_a_server_listens(self):
        free = socket.create_server(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        for host, listens, refuses in (("-H", "127.0.0.2", "127.0.0.1"), ("--host", "127.0.0.1", "127.0.0.2")):
            for option in ("-p", "--port"):
                server = self.start("canserver", "-i", "virtual", host, listens, option, port)
                self.assertIn(f"listening on {listens}:{port}", self.line_with(server, "listening"))
                self.connect(f"{listens}:{port}").close()
                with self.assertRaises(ConnectionRefusedError):
                    self.connect(f"{refuses}:{port}")
                self.stop(server)

    def line_with(self, process, text):
        for line in process.stderr:
            if text in line:
                return line
        return ""

    def test_clients_at_a_time(self):
        server, address = self.start_server("-i", "virtual", "-c", "x", "--max-clients", "2")
        first, second = self.connect(address), self.connect(address)
        for peer in (first, second):
            self.assertIn(b"Virtual", peer.recv(300))
        third = self.connect(address)
        self.assertNotIn(b"Virtual", self.all_of(third))
        server.send_signal(harness.signal.SIGUSR1)
        self.assertRegex(self.line_with(server, "refused;"), r"2 clients, 3 connections, 1 refused;")
        first.close()
        self.assertTrue(harness.wait_for(lambda: self.connect(address).recv(300)[:1] == b"\x02"))

    def all_of(self, peer):
        """All that comes until the other side closes."""
        found = b""
        try:
            while some := peer.recv(1000):
                found += some
        except ConnectionError:
            pass
        return found

    def test_what_waits_for_a_slow_client(self):
        """A client that reads nothing loses what goes beyond its buffer, and no more."""
        sent = 400_000
        lost = {}
        for buffer in ("100000", "16000000"):
            server, address = self.start_server("-v", "-i", "virtual", "-c", "x", "--client-buffer", buffer)
            peer = socket.socket()
            self.addCleanup(peer.close)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            host, port = address.rsplit(":", 1)
            peer.connect((host, int(port)))
            peer.sendall(bytes.fromhex("0104000000000a00"))
            self.assertEqual(peer.recv(1), b"\x02")
            self.run_tool("cansend", "-i", "remote", "-c", address, "-", input="123#0011223344556677\n" * sent)
            server.send_signal(harness.signal.SIGUSR1)
            line = self.line_with(server, "refused;")
            lost[buffer] = int(re.search(r"([\d,]+) dropped", line)[1].replace(",", ""))
            self.stop(server)
        self.assertGreater(lost["100000"], 0)
        self.assertEqual(lost["16000000"], 0)

    def test_who_may_connect(self):
        for allowed, taken, refused in (("127.0.0.2", ["127.0.0.2"], ["127.0.0.1", "127.0.0.3"]),
                                        ("127.0.0.2/31,127.0.0.8", ["127.0.0.2", "127.0.0.3", "127.0.0.8"],
                                         ["127.0.0.1", "127.0.0.4", "127.0.0.9"])):
            server, address = self.start_server("-i", "virtual", "--allow", allowed)
            for source in taken:
                self.assertIn(b"Virtual", self.connect(address, source).recv(300))
            for source in refused:
                try:
                    self.assertNotIn(b"Virtual", self.all_of(self.connect(address, source)), source)
                except ConnectionError:
                    pass
            server.send_signal(harness.signal.SIGUSR1)
            self.assertIn(f"{len(refused)} refused;", self.line_with(server, "refused;"))
            self.stop(server)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()
