"""Times how long a program takes until it has painted a screen: label, runs, a text that stands on it, program, arguments,
all of them from the command line. Prints what benches/spawn.c prints."""

import fcntl
import os
import pty
import resource
import signal
import struct
import sys
import termios
import time

label, runs, awaited, *command = sys.argv[1:]
times = []
for _ in range(int(runs)):
    begun = time.monotonic_ns()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        # As in `eval "$(…)"`: only the terminal shows the list.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(command[0], command)
    shown = b""
    while awaited.encode() not in shown:
        shown += os.read(terminal, 65536)
    times.append(time.monotonic_ns() - begun)
    os.kill(pid, signal.SIGTERM)
    while True:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(terminal)
times.sort()
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(label, times[0], times[len(times) // 2], most, 0, sep="\t")
