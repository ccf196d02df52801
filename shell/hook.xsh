# credenv for xonsh: an alias in front of the binary, so that `credenv use` changes this shell, and a hook that follows the
# directory. All of it is Python. What is needed only then is loaded when it is first asked for.


def __credenv_load(exe, builtins):
    import os
    import time

    class Integration:
        """What the binary said last."""

        memory = "fresh"
        watch = None
        since = 0
        seen = None
        failed = None
        loaded = "+"

    state = Integration()
    env = builtins.env

    def run(arguments, **streams):
        import subprocess

        return subprocess.run([exe, *arguments], env=env.detype(), stdout=subprocess.PIPE, **streams)

    def evaluate(told):
        exec(told.stdout, {"__xonsh__": builtins, "__credenv": state})

    def changed(path):
        return os.stat(path).st_mtime_ns

    def has_value(name, value):
        now = env[name] if name in env else None
        if now is not None and not isinstance(now, str):
            now = env.detype().get(name)
        return (None if now is None else os.fsencode(now)) == value

    def stays_bare(directory, since, exact, names):
        """Whether none of the names came into the directory: it is as it was, or none of them is there."""
        if since is not None and (changed(directory) == since if exact else changed(directory) <= since):
            return True
        return not any(os.path.exists(os.path.join(directory, name)) for name in names)

    def stay_bare(directories, reference, exact, names):
        try:
            since = None if reference is None else changed(reference)
        except OSError:
            since = None
        return all(stays_bare(directory, since, exact, names) for directory in directories)

    def holds(directory, standing, unchanged, not_newer, leading, absent, bare, variables, look_again_in, unsure):
        """Whether all is as it was when the binary was asked. It is no more than a look at these files."""
        if unsure or os.fsencode(env["PWD"]) != directory:
            return False
        is_there = os.path.exists(directory)
        if standing == "gone" and is_there or standing == "there" and not is_there:
            return False
        if is_there and os.path.samefile(directory, b".") != (standing == "there"):
            return False
        if look_again_in is not None and not 0 <= time.monotonic() - state.since < look_again_in:
            return False
        return (
            all(has_value(name, value) for name, value in variables)
            and all(changed(file) == changed(reference) for file, reference in unchanged)
            and all(changed(file) <= changed(reference) for file, reference in not_newer)
            and all(os.path.samefile(path, real) for path, real in leading)
            and not any(os.path.exists(path) for path in absent)
            and all(stay_bare(*those) for those in bare)
        )

    def is_idle():
        try:
            return state.watch is not None and holds(**state.watch)
        except Exception:
            return False

    def identity():
        """Where we are, and the variables by which programs find who they are; of a secret, that it is there."""
        has = env.get
        return (
            env["PWD"],
            bool(has("AWS_ACCESS_KEY_ID") and has("AWS_SECRET_ACCESS_KEY")),
            has("AWS_WEB_IDENTITY_TOKEN_FILE") and has("AWS_ROLE_ARN"),
            has("AWS_PROFILE") or has("AWS_DEFAULT_PROFILE"),
            has("AWS_REGION") or has("AWS_DEFAULT_REGION"),
        )

    def show():
        """Somebody changed one of these: what a prompt shows of it follows, and nothing else. Whatever is wrong with that,
        it is not tried again before the next change."""
        import subprocess

        if state.watch is None or os.fsencode(env["PWD"]) != state.watch["directory"]:
            return
        state.seen = identity()
        try:
            told = run(["hook", "--shell", "xonsh", "prompt", env["PWD"]], stdin=subprocess.DEVNULL)
            if told.returncode == 0:
                evaluate(told)
        except (Exception, KeyboardInterrupt):
            pass

    def __credenv_follow(**_):
        if identity() != state.seen:
            show()
        if is_idle() or state.failed == env["PWD"]:
            return
        import subprocess

        # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
        state.failed = env["PWD"]
        try:
            told = run(["hook", "--shell", "xonsh", state.memory, env["PWD"]], stdin=subprocess.DEVNULL)
            if told.returncode == 0:
                state.failed = None
                evaluate(told)
        except (Exception, KeyboardInterrupt):
            pass

    def __credenv_switch(args, stdin=None, stdout=None, stderr=None):
        try:
            stream = stderr.fileno()
        except Exception:
            stream = None
        told = run([args[0], "--wrapper", "--shell", "xonsh", *args[1:]], stderr=stream)
        if told.returncode == 0:
            evaluate(told)
        return told.returncode

    # What it changes belongs to the shell, and it may ask something on the terminal.
    __credenv_switch.__xonsh_threadable__ = False

    events = builtins.builtins.events
    before = builtins.ctx.get("__credenv")
    if before is not None:
        before.unload()
        state.loaded = before.loaded + "+"
    builtins.ctx["__credenv"] = state
    events.on_pre_prompt(__credenv_follow)
    events.on_chdir(__credenv_follow)

    def unload():
        events.on_pre_prompt.discard(__credenv_follow)
        events.on_chdir.discard(__credenv_follow)

    state.unload = unload
    state.identity = identity
    aliases = builtins.aliases
    if not hasattr(type(aliases), "return_command"):
        return  # before xonsh 0.19 no alias could stand for a program and be its own master
    from xonsh.procs.specs import DecoratorAlias

    aliases["__credenv_switch"] = __credenv_switch

    def facts():
        """What only the shell itself can see."""
        called = "__credenv_follow" if __credenv_follow in events.on_pre_prompt else ""
        return f"xonsh:{state.loaded}:{called}"

    class Instead(DecoratorAlias):
        """The command as it was typed: xonsh would read the words of an alias once more."""

        def __init__(self, arguments):
            super().__init__()
            self.arguments = arguments

        def decorate_spec(self, spec):
            if self.arguments[:1] in (["use"], ["off"], ["auto"]):
                spec.alias = aliases["__credenv_switch"]
                spec.cmd = ["credenv", *self.arguments]
                return
            spec.alias = [exe, *self.arguments]
            if self.arguments[:1] == ["doctor"]:
                spec.env = {**(spec.env or {}), "CREDENV_HOOK": facts()}

    def credenv(args, decorators=None):
        decorators.append(Instead(args))
        # A program would be put into the line before it is completed.
        return ["__credenv_switch"]

    credenv.return_what = "command"
    aliases["credenv"] = credenv


# With names of its own: the person may call anything what Python calls `exec` or `all`.
type(__credenv_load)(__credenv_load.__code__, {"__builtins__": __builtins__})(__CREDENV_EXE__, __xonsh__)
del __credenv_load
