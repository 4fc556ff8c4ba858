"""Runs a command on a terminal of its own, which is driven by lines of JSON on standard input: keys, a size, a signal."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios

rows, columns, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))
    os.execvp(command[0], command)


def obey(order):
    if "keys" in order:
        os.write(terminal, order["keys"].encode())
    if "size" in order:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *order["size"], 0, 0))
    if "signal" in order:  # to whoever is in the foreground
        os.killpg(os.tcgetpgrp(terminal), signal.Signals[order["signal"]])


said = b""
while True:
    ready, _, _ = select.select([terminal, 0], [], [])
    if terminal in ready:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other side has closed
            break
        if not part:
            break
        os.write(1, part)
    if 0 in ready:
        part = os.read(0, 65536)
        if not part:  # nobody drives it any more: that hangs up
            break
        *lines, said = (said + part).split(b"\n")
        for line in lines:
            obey(json.loads(line))
os.close(terminal)
os.waitpid(pid, 0)
