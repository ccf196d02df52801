"""Lets botocore itself fill the caches of `~/.aws` for the profiles of the config file: no network, its own clients
are replaced by one that answers. Each answer ends a minute later than the one before it, the first an hour from now."""

import datetime
import os
import sys

try:
    import botocore.session
    from botocore.credentials import AssumeRoleProvider, SSOProvider
    from botocore.exceptions import BotoCoreError
    from botocore.tokens import SSOTokenProvider
    from botocore.utils import JSONFileCache
except ImportError:
    sys.exit(9)

now = datetime.datetime.fromtimestamp(int(sys.argv[1]), datetime.timezone.utc)
ends = (now + datetime.timedelta(minutes=60 + number) for number in range(1000))


class Client:
    def assume_role(self, **_):
        keys = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T", "Expiration": next(ends)}
        return {"Credentials": keys, "AssumedRoleUser": {"Arn": "arn:aws:sts::1:assumed-role/R/s"}}

    def get_role_credentials(self, **_):
        keys = {"accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T"}
        return {"roleCredentials": {**keys, "expiration": int(next(ends).timestamp() * 1000)}}

    def create_token(self, **_):
        return {"accessToken": "new", "expiresIn": 3600, "refreshToken": "new"}


class Token:
    token = "token"

    def load_token(self):
        return self

    def get_frozen_token(self):
        return self


def cached(profile):
    """What the AWS CLI does for a profile, up to the keys in its cache."""
    config = botocore.session.Session().full_config
    cache = JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
    create = lambda *_, **__: Client()
    for provider in [
        AssumeRoleProvider(lambda: config, create, cache, profile, prompter=lambda _: "123456"),
        SSOProvider(lambda: config, create, profile, cache=cache, token_provider=Token()),
    ]:
        credentials = provider.load()
        if credentials:
            credentials.get_frozen_credentials()


def used(profile):
    """What becomes of the token of an SSO session when a program needs it."""
    provider = SSOTokenProvider(botocore.session.Session(profile=profile), profile_name=profile)
    provider._client = Client()
    try:
        return provider.load_token().get_frozen_token().token
    except BotoCoreError as error:
        return type(error).__name__


if sys.argv[2] == "cache":
    for name in sys.argv[3:]:
        cached(name)
else:
    for name in sys.argv[3:]:
        print(name, used(name))
