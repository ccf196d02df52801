"""Times how long a shell takes to its first prompt, with the line of its start-up file and without it, in turns.

usage: start.py CREDENV RUNS [SHELL...]   Prints one line a shell: its name, and the two medians and least times in nanoseconds.
"""

import os
import pty
import select
import shutil
import signal
import statistics
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
    os.makedirs(os.path.join(directory, ".aws"), exist_ok=True)
    with open(os.path.join(directory, ".aws", "config"), "w") as config:
        config.write("[profile dev]\nregion = eu-west-1\n")
    lines = [prompt.replace("{{", "{").replace("}}", "}")]
    if credenv:
        if shell == "nu":
            autoload = os.path.join(directory, ".local/share/nushell/vendor/autoload")
            os.makedirs(autoload, exist_ok=True)
            os.system(f"HOME={directory} {credenv} init nu > {autoload}/credenv.nu")
        else:
            lines.append(line.replace("{}", credenv))
    with open(path, "w") as start:
        start.write("\n".join(lines) + "\n")


def prompt_time(directory, shell):
    """Nanoseconds from the start of a shell to its first prompt."""
    words, file, _, _ = SHELLS[shell]
    environment = {"HOME": directory, "PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "USER": "someone"}
    environment["ENV"] = os.path.join(directory, file)
    start = time.monotonic_ns()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(directory)
        os.execvpe(words[0], words, environment)
    seen = b""
    try:
        while MARK.encode() not in seen:
            if not select.select([terminal], [], [], 20)[0]:
                raise SystemExit(f"{shell} shows no prompt: {seen!r}")
            got = os.read(terminal, 4096)
            for question, answer in ANSWERS:
                if question in got:
                    os.write(terminal, answer)
            seen += got
        return time.monotonic_ns() - start
    finally:
        os.kill(child, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(child, 0)


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
                prompt_time(directory, shell)
            times = [(prompt_time(without, shell), prompt_time(having, shell)) for _ in range(runs)]
        columns = [list(column) for column in zip(*times)]
        figures = [int(f(column)) for f in (statistics.median, min) for column in columns]
        print(shell, *figures, flush=True)


main()
