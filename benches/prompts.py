"""Times how long a shell takes to its first prompt, and to the next one in a project when nothing was typed, with the line of
its start-up file and without it, in turns.

usage: prompts.py CREDENV RUNS [SHELL...]   Prints one line a shell, separated by tabs: its name, the medians of the first prompt
without and with us, the least times of both, and the medians of the next prompt without and with us, all in nanoseconds.
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


def home(directory, shell, credenv):
    """A home whose start-up file has our line, or not."""
    _, file, prompt, line = SHELLS[shell]
    path = os.path.join(directory, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for folder in (".aws", "project"):
        os.makedirs(os.path.join(directory, folder), exist_ok=True)
    with open(os.path.join(directory, ".aws", "config"), "w") as config:
        config.write("[profile dev]\nregion = eu-west-1\n")
    with open(os.path.join(directory, "project", ".credenv.yml"), "w") as project:
        project.write("profile: dev\n")
    lines = [prompt.replace("{{", "{").replace("}}", "}")]
    if credenv:
        if shell == "nu":
            autoload = os.path.join(directory, ".local/share/nushell/vendor/autoload")
            os.makedirs(autoload, exist_ok=True)
            with open(os.path.join(autoload, "credenv.nu"), "wb") as integration:
                subprocess.run([credenv, "init", "nu"], env={"HOME": directory}, stdout=integration, check=True)
        else:
            lines.append(line.replace("{}", credenv))
        subprocess.run([credenv, "allow", os.path.join(directory, "project")], env={"HOME": directory}, stdout=subprocess.DEVNULL,
                       check=True)
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

    def enter(self, line=""):
        """Nanoseconds from a line to the next prompt. What is still drawn after that is waited for, and not counted."""
        start = time.monotonic_ns()
        os.write(self.terminal, line.encode() + b"\r")
        self.await_prompt()
        passed = time.monotonic_ns() - start
        while select.select([self.terminal], [], [], 0.02)[0]:
            self.read()
        return passed

    def close(self):
        os.kill(self.child, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.child, 0)


def first_prompt(directory, shell):
    """Nanoseconds from the start of a shell to its first prompt."""
    terminal = Terminal(directory, shell)
    terminal.close()
    return terminal.first_prompt


def next_prompts(directories, shell, rounds):
    """Nanoseconds of as many prompts in the project, in each of the directories."""
    terminals = [Terminal(directory, shell) for directory in directories]
    for terminal in terminals:
        terminal.enter("cd project")
        time.sleep(1.1)  # some shells tell time in whole seconds, and look more closely until one is over
        for _ in range(3):
            terminal.enter()
    times = [tuple(terminal.enter() for terminal in terminals) for _ in range(rounds)]
    for terminal in terminals:
        terminal.close()
    return times


def main():
    credenv, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    for shell in sys.argv[3:] or SHELLS:
        if not shutil.which(SHELLS[shell][0][0]):
            continue
        with tempfile.TemporaryDirectory() as without, tempfile.TemporaryDirectory() as having:
            home(without, shell, None)
            home(having, shell, credenv)
            # The first start of a shell may write files of its own.
            for directory in (without, having):
                first_prompt(directory, shell)
            first = [(first_prompt(without, shell), first_prompt(having, shell)) for _ in range(runs)]
            following = next_prompts((without, having), shell, 5 * runs)
        figures = [statistics.median(column) for column in zip(*first)] + [min(column) for column in zip(*first)]
        figures += [statistics.median(column) for column in zip(*following)]
        print(shell, *(int(figure) for figure in figures), sep="\t", flush=True)


main()
