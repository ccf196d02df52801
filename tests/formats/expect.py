"""What a program takes from each project of its format, for no stage, dev and prod. Usage: expect.py FORMAT PROGRAM

An answer has the values for `profile` and `region` that the program comes to, one for each of its commands that has one
of its own; or `fails`, where it refuses the file or the stage.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def sam(directory, stage):
    from samcli.lib.config.samconfig import SamConfig

    file = SamConfig.get_default_file(str(directory))
    document = SamConfig(directory, file).document
    commands = ["list_resources"]
    for environment in document.values():
        if isinstance(environment, dict):
            commands += [name for name in environment if name != "global"]
    taken = {"profile": [], "region": []}
    for command in commands:
        parameters = SamConfig(directory, file).get_all([command], "parameters", env=stage)
        for key, values in taken.items():
            value = parameters.get(key)
            if value not in (None, "") and value not in values:
                values.append(value)
    return taken


def zappa(directory, stage):
    from zappa.cli import ZappaCLI

    program = ZappaCLI()
    program.vargs = {}
    program.load_settings_file(program.get_json_or_yaml_settings(str(directory / "zappa_settings")))
    stages = list(program.zappa_settings)
    if stage is None:
        if len(stages) != 1:
            raise ValueError("several stages")
        stage = stages[0]
    if stage not in stages:
        raise ValueError("no such stage")
    program.api_stage = stage
    settings = program.stage_config
    return {"profile": [settings.get("profile_name")], "region": [settings.get("aws_region")]}


def chalice(directory, stage):
    from chalice.cli.factory import CLIFactory

    config = CLIFactory(str(directory)).create_config_obj(stage or "dev")
    return {"profile": [config.profile], "region": []}


def elastic_beanstalk(directory, stage):
    from ebcli.objects import sourcecontrol
    from ebcli.operations import commonops

    # Outside of Git it takes the branch `default`.
    sourcecontrol.NoSC.get_current_branch = lambda _self: stage or "default"
    os.chdir(directory)
    return {"profile": [commonops.get_default_profile()], "region": [commonops.get_default_region()]}


def cdk(directory, _stage):
    told = subprocess.run(
        ["node", os.environ["CDK"], "context", "-vv"],
        cwd=directory, capture_output=True, text=True, env={"PATH": os.environ["PATH"], "HOME": "/nowhere"}, check=False,
    )
    words = told.stdout + told.stderr
    if "merged settings:" not in words:
        raise ValueError(words.strip().splitlines()[-1])
    settings = words.split("merged settings:", 1)[1].split("\n}", 1)[0] + "\n}"
    script = f"const s = ({settings}); console.log(JSON.stringify(s.profile ?? null))"
    profile = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout
    return {"profile": [json.loads(profile)], "region": []}


def answer(ask, directory, stage):
    # What is not a text is kept as it is: that such a value is there is what matters.
    try:
        taken = ask(directory, stage)
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return {"fails": type(error).__name__}
    return {key: [value for value in values if value not in (None, "")] for key, values in taken.items()}


def main():
    format, program = sys.argv[1:]
    ask = globals()[format.replace("-", "_")]
    answers = {}
    source = Path(format).resolve()
    for case in sorted(path.name for path in source.iterdir() if path.is_dir()):
        answers[case] = {}
        for stage in (None, "dev", "prod"):
            # Outside of any repository, and afresh: one program changes the directory, another what it read.
            with tempfile.TemporaryDirectory() as work:
                directory = Path(work).resolve() / case
                shutil.copytree(source / case, directory)
                here = os.getcwd()
                answers[case][stage or "none"] = answer(ask, directory, stage)
                os.chdir(here)
    json.dump({"program": program, "cases": answers}, sys.stdout, indent=1, ensure_ascii=False, default=str)
    print()


main()
