"""Times how long a shell takes to its first prompt: without a line of ours in its start-up file, with one that evaluates
what a process prints that does nothing, and with ours, in turns.

usage: start.py CREDENV NO-OP RUNS [SHELL...]   Prints one line a shell: its name, the three medians and the three least times
in nanoseconds; for nushell, which evaluates nothing, the second is that without a line.
"""

import os
import pty
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

MARK = "READY" + ">"
# Seconds after which a slow shell was started often enough, if that was twenty times.
ENOUGH = 5
# What a shell asks the terminal before it begins, and what a terminal answers: where the cursor is, what it can do, its colours.
ANSWERS = [(b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[0c", b"\x1b[?62;c"), (b"\x1b[c", b"\x1b[?62;c")]
# Each shell: the words that start it, its start-up file, what makes its prompt, and the line of ours.
SHELLS = {
    "bash": (["bash"], ".bashrc", "PS1='READY'\\>", 'eval "$({} init bash)"'),
    "zsh": (["zsh"], ".zshrc", "PS1='READY'\\>", 'eval "$({} init zsh)"'),
    "fish": (["fish"], ".config/fish/config.fish", "function fish_prompt; echo -n READY\\>; end", "{} init fish | source"),
    "ksh": (["ksh"], ".kshrc", "PS1='READY'\\>", 'eval "$({} init ksh)"'),
    "mksh": (["mksh"], ".mkshrc", "PS1='READY'\\>", 'eval "$({} init mksh)"'),
    "yash": (["yash"], ".yashrc", "PS1='READY'\\>", 'eval "$({} init yash)"'),
    "dash": (["dash"], ".shinit", "PS1='READY'\\>", 'eval "$({} init dash)"'),
    "tcsh": (["tcsh"], ".tcshrc", "set prompt = 'READY'\\>", 'eval "`{} init tcsh`"'),
    "elvish": (["elvish"], ".config/elvish/rc.elv", "set edit:prompt = {{ print 'READY'\">\" }}", "eval ({} init elvish | slurp)"),
    "nu": (["nu"], ".config/nushell/config.nu", "$env.PROMPT_COMMAND = {{|| 'READY' + '>' }}", None),
    "xonsh": (["xonsh"], ".xonshrc", "$PROMPT = 'READY' + '>'", "exec($({} init xonsh))"),
}


def home(directory, shell, credenv, noop=None):
    """A home whose start-up file has our line, or one that evaluates nothing, or none."""
    _, file, prompt, line = SHELLS[shell]
    path = os.path.join(directory, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.makedirs(os.path.join(directory, ".aws"), exist_ok=True)
    with open(os.path.join(directory, ".aws", "config"), "w") as config:
        config.write("[profile dev]\nregion = eu-west-1\n")
    lines = [prompt.replace("{{", "{").replace("}}", "}")]
    if noop and line:
        lines.append(line.replace("{} init " + shell, noop))
    if credenv:
        if shell == "nu":
            autoload = os.path.join(directory, ".local/share/nushell/vendor/autoload")
            os.makedirs(autoload, exist_ok=True)
            with open(os.path.join(autoload, "credenv.nu"), "wb") as integration:
                subprocess.run([credenv, "init", "nu"], env={"HOME": directory}, stdout=integration, check=True)
        else:
            lines.append(line.replace("{}", credenv))
    with open(path, "w") as start:
        start.write("\n".join(lines) + "\n")


class Terminal:
    """A shell at its first prompt."""

    def __init__(self, directory, shell):
        words, file, _, _ = SHELLS[shell]
        environment = {"HOME": directory, "PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "USER": "someone",
                       "ENV": os.path.join(directory, file)}
        self.shell = shell
        start = time.monotonic_ns()
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(directory)
            os.execvpe(words[0], words, environment)
        self.await_prompt()
        self.first_prompt = time.monotonic_ns() - start

    def await_prompt(self):
        seen = b""
        while MARK.encode() not in seen:
            if not select.select([self.terminal], [], [], 20)[0]:
                raise SystemExit(f"{self.shell} shows no prompt: {seen!r}")
            seen += self.read()

    def read(self):
        got = os.read(self.terminal, 4096)
        for question, answer in ANSWERS:
            if question in got:
                os.write(self.terminal, answer)
        return got

    def close(self):
        os.kill(self.child, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.child, 0)


def first_prompt(directory, shell):
    """Nanoseconds from the start of a shell to its first prompt."""
    terminal = Terminal(directory, shell)
    terminal.close()
    return terminal.first_prompt


def main():
    credenv, noop, runs = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), int(sys.argv[3])
    for shell in sys.argv[4:] or SHELLS:
        if not shutil.which(SHELLS[shell][0][0]):
            continue
        with tempfile.TemporaryDirectory() as below:
            homes = [os.path.join(below, name) for name in ("none", "noop", "ours")]
            home(homes[0], shell, None)
            home(homes[1], shell, None, noop)
            home(homes[2], shell, credenv)
            # The first start of a shell may write files of its own.
            for directory in homes:
                first_prompt(directory, shell)
            times, end = [], time.monotonic() + ENOUGH
            while len(times) < runs and (len(times) < 20 or time.monotonic() < end):
                times.append([first_prompt(directory, shell) for directory in homes])
        columns = list(zip(*times))
        print(shell, *(int(statistics.median(column)) for column in columns), *map(min, columns), flush=True)


main()
