"""Starts a shell on a terminal of its own. What comes on stdin is typed there, and what it shows goes to stdout."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

child, terminal = pty.fork()
if child == 0:
    # A job in the background is told to ignore some signals, and so would be all that it starts.
    for name in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(name, signal.SIG_DFL)
    # Nothing is echoed, so that only what is printed is seen; a wide screen, so that nothing is wrapped.
    modes = termios.tcgetattr(0)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(0, termios.TCSANOW, modes)
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 2000, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    ready, _, _ = select.select([0, terminal], [], [])
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:  # Linux says so when the last process on the terminal has ended
            break
        if not shown:
            break
        os.write(1, shown)
        # Some editors ask where the cursor is, and wait for the answer: at the beginning of a line.
        os.write(terminal, b"\x1b[1;1R" * shown.count(b"\x1b[6n"))
    if 0 in ready:
        typed = os.read(0, 65536)
        if not typed:
            # The test is over: what would happen if the window were closed.
            os.close(terminal)
            os.kill(child, signal.SIGHUP)
            signal.alarm(3)
            signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
            break
        os.write(terminal, typed)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(status if status >= 0 else 128 - status)
