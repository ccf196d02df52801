# Completion for credenv in xonsh. credenv tells what could stand at the cursor, and what is chosen is quoted again.


def _credenv_completer(context):
    """The words that could follow in a command line of credenv."""
    # All of this is looked for when it is first asked for, and costs nothing when a shell starts.
    import re
    import subprocess

    from xonsh.completers.commands import complete_command
    from xonsh.completers.tools import RichCompletion
    from xonsh.parsers.completion_context import CompletionContext

    line = context.command
    if line is None or not line.completing_command("credenv"):
        return None
    words = [word.value for word in line.args[: line.arg_index]] + [line.prefix]
    try:
        told = subprocess.run(
            ["credenv", "__complete", str(line.arg_index), *words],
            env=__xonsh__.env.detype(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        lines = told.stdout.decode().splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None

    def quoted(word):
        if re.fullmatch(r"[\w./:+,@%=-]+", word):
            return word
        # A raw string is taken as it is; what it cannot hold is told as Python tells it.
        if "'" not in word and not word.endswith("\\"):
            return f"r'{word}'"
        return f"@({word!r})"

    found = []
    for value, _, description in (line.partition("\t") for line in lines):
        if value:
            found.append((value, description))
        elif description == "files":
            return None
        elif description.startswith("command "):
            first = int(description.split()[1])
            rest = line._replace(args=line.args[first:], arg_index=line.arg_index - first)
            if rest.arg_index == 0:
                return complete_command(rest)
            return set(__xonsh__.shell.shell.completer.complete_from_context(CompletionContext(rest))[0])
    if not found:
        # Nobody else knows better: no file is to be offered in the place of a profile.
        raise StopIteration
    return [
        RichCompletion(
            quoted(value),
            prefix_len=len(line.raw_prefix),
            display=value,
            description=description,
            append_closing_quote=False,
            append_space=True,
        )
        for value, description in found
    ], False


def _credenv_register():
    from xonsh.completers.completer import add_one_completer

    _credenv_completer.contextual = True
    add_one_completer("credenv", _credenv_completer, "start")


_credenv_register()
