"""Runs a command on a terminal of its own, types the next line behind each question, and prints what the terminal showed."""

import os
import pty
import sys

answers, command = sys.argv[1].split("\n"), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
shown = b""
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:  # Linux says so when the last process on the terminal has ended
        break
    if not chunk:
        break
    shown += chunk
    if shown.endswith((b"[y/N] ", b"]: ", b":mfa/ana: ")):
        answer = answers.pop(0) if answers else ""
        os.write(terminal, answer.encode() + b"\n")
sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
