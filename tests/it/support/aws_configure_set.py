"""Does in each directory on the command line what `aws configure set` does there: KEY, VALUE and PROFILE stand in a file."""

import os
import pathlib
import sys

try:
    from awscli.clidriver import create_clidriver
    from botocore.exceptions import ConfigParseError
except ImportError:
    sys.exit(9)

for name in sys.argv[1:]:
    directory = pathlib.Path(name)
    os.environ["AWS_CONFIG_FILE"] = str(directory / "config")
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(directory / "credentials")
    words = (directory / "asked").read_text().split("\n")
    profile, pairs = words[0], words[1:]
    for key, value in zip(pairs[::2], pairs[1::2]):
        try:
            status = create_clidriver().main(["configure", "set", key, value, "--profile", profile])
        except ConfigParseError:  # a file that the CLI refuses stays as it is
            continue
        if status:
            sys.exit(f"{name}: {status}")
