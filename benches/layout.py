"""Writes `.cargo/often.ld`: which functions a switch, a hook, `init`, `list` and a completion call, for the linker to put together.

usage: layout.py   It builds the static release in a directory of its own, and needs valgrind, which tells each instruction
that ran. The kernel maps sixteen pages of the file at a time, and each time costs more than a microsecond.
"""

import bisect
import os
import re
import shutil
import subprocess
import tempfile
import tomllib

TARGET = "x86_64-unknown-linux-gnu"
AWS_CONFIG = """[profile dev]
region = eu-west-1
[profile web]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = Developer
[sso-session acme]
sso_region = eu-west-1
sso_start_url = https://acme.awsapps.com/start
"""
AWS_CREDENTIALS = """[keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
"""
PROJECTS = {
    "empty/a/b/c/d/e/f/g/h/i/.keep": "",
    "ours/.credenv.yml": "profile: dev\n",
    "serverless/serverless.yml": """service: shop
custom:
  profiles:
    dev: web
    prod: dev
provider:
  name: aws
  region: eu-central-1
  stage: ${opt:stage, 'dev'}
  profile: ${self:custom.profiles.${sls:stage}}
functions:
  one:
    handler: src/one.handler
    events:
      - httpApi: GET /things
# the end
""",
}
HOOK = ["hook", "--shell", "bash", "fresh"]
# The directory and the arguments, the most frequent first.
COMMANDS = [
    ("", HOOK),
    ("empty/a/b/c/d/e/f/g/h/i", HOOK),
    ("ours", HOOK),
    ("", ["use", "dev", "--shell", "bash"]),
    ("", ["init", "bash"]),
    ("", ["off", "--shell", "bash"]),
    ("", ["use", "keys", "--shell", "zsh"]),
    ("", ["use", "web", "--shell", "fish"]),
    ("serverless", HOOK),
    ("", ["__complete", "use", ""]),
    ("", ["list"]),
]


def build(directory):
    """The release, and the linker's account of where everything lies in it."""
    alias = tomllib.load(open(".cargo/config.toml", "rb"))["alias"]["static"]
    memory_map = os.path.join(directory, "map")
    command = ["cargo", "rustc", "--quiet", "--locked", "--bin", "credenv", *alias[1:]]
    environment = dict(os.environ, CARGO_TARGET_DIR=os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "layout"))
    main = "src/main.rs"
    os.utime(main)
    subprocess.run([*command, "--", f"-Clink-arg=-Wl,-Map={memory_map}"], env=environment, check=True)
    return os.path.abspath(os.path.join(environment["CARGO_TARGET_DIR"], TARGET, "release/credenv")), memory_map


def sections(memory_map):
    """Where each piece of the program's text lies, how long it is, and its pattern for the linker."""
    found = []
    for line in open(memory_map):
        place = re.match(r"\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ {9}(\S.*):\((\.text.*)\)$", line)
        if place:
            found.append((int(place[1], 16), int(place[2], 16), pattern(place[3], place[4])))
    return sorted(found, key=lambda section: section[0])


def pattern(file, section):
    """Names the section in a way that outlives the next compiler: its hashes are left open, and which crate first needed it."""
    of_library = re.search(r"([^/]*\.a)\((.*)\)$", file)
    if of_library:
        # The C library chooses by what the processor can do, and valgrind's can do less than most.
        member = re.match(r"(\w+)-(?:avx|evex|sse)", of_library[2])
        if member:
            return f"*{of_library[1]}:{member[1]}-[ae]v*(.text*)"
        return f"*{of_library[1]}:{of_library[2]}({section})"
    if section == ".text":
        return f"*{os.path.basename(file)}({section})"
    section = re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", section)
    needed_by = re.match(r"(.*Cs)[0-9A-Za-z]+_(\d+)([A-Za-z_]\w*)$", section)
    if needed_by and len(needed_by[3]) == int(needed_by[2]):
        section = needed_by[1] + "*"
    section = re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", section)
    return f"*({section})"


def called(credenv, home, directory, arguments):
    """The addresses of all the instructions that ran."""
    trace = os.path.join(home, "trace")
    environment = {"HOME": home, "PATH": "/usr/bin:/bin", "TERM": "xterm", "USER": "someone", "LANG": "C.UTF-8", "AWS_PAGER": ""}
    command = ["valgrind", "--tool=callgrind", "--dump-instr=yes", "--compress-pos=no", f"--callgrind-out-file={trace}", credenv]
    where = os.path.join(home, directory)
    if arguments[0] == "hook":
        arguments = [*arguments, where]
    subprocess.run([*command, *arguments], cwd=where, env=environment, check=True, capture_output=True)
    return {int(line.split()[0], 16) for line in open(trace) if line.startswith("0x")}


def main():
    home = os.path.realpath(tempfile.mkdtemp())
    credenv, memory_map = build(home)
    for path, text in {".aws/config": AWS_CONFIG, ".aws/credentials": AWS_CREDENTIALS, **PROJECTS}.items():
        os.makedirs(os.path.dirname(os.path.join(home, path)), exist_ok=True)
        with open(os.path.join(home, path), "w") as file:
            file.write(text)
    for project in ("ours", "serverless"):
        subprocess.run([credenv, "allow"], cwd=os.path.join(home, project), env={"HOME": home}, check=True, capture_output=True)

    parts = sections(memory_map)
    starts = [start for start, _, _ in parts]
    callers = {}
    for number, (directory, arguments) in enumerate(COMMANDS):
        for address in called(credenv, home, directory, arguments):
            at = bisect.bisect_right(starts, address) - 1
            if at >= 0 and address < parts[at][0] + parts[at][1]:
                callers.setdefault(at, set()).add(number)
    shutil.rmtree(home)

    # What all of them call comes first, and of the rest what the more frequent ones call.
    order = sorted(callers, key=lambda at: (len(callers[at]) < len(COMMANDS), min(callers[at]), -len(callers[at]), at))
    patterns = list(dict.fromkeys(parts[at][2] for at in order))
    with open(".cargo/often.ld", "w") as file:
        file.write("/* What every switch and every hook calls, then `init`, `list` and completion. Written by benches/layout.py. */\n")
        file.write("SECTIONS { .text.often : {\n" + "".join(f"    {name}\n" for name in patterns) + "} } INSERT BEFORE .text;\n")
    print(f"{len(patterns)} patterns for {sum(parts[at][1] for at in callers)} of {sum(size for _, size, _ in parts)} bytes")


main()
