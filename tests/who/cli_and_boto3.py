"""Asks botocore whom it would sign as in each of many environments, without a network: what would be sent is answered
here, with keys that say who asked for what.   usage: cli_and_boto3.py cli2|cli1|boto3 ENVIRONMENTS.json"""
import getpass
import json
import os
import re
import sys
import urllib.parse

# A role that needs a code gets one.
getpass.getpass = lambda *_: '123456'

which, environments = sys.argv[1:]
try:
    if which == 'boto3':
        import boto3
    else:
        import awscli
        from awscli.clidriver import create_clidriver
        if awscli.__version__[0] != which[-1]:
            sys.exit(9)
except ImportError:
    sys.exit(9)
import botocore.httpsession
from botocore.awsrequest import AWSResponse

LATER = '2099-01-01T00:00:00Z'


class Raw:
    def __init__(self, body):
        self.body = body

    def stream(self, **_):
        yield self.body


def keys(who):
    return {'AccessKeyId': who, 'SecretAccessKey': 'x', 'SessionToken': 't', 'Token': 't', 'Expiration': LATER}


def sts(action, who):
    fields = ''.join(f'<{name}>{value}</{name}>' for name, value in keys(who).items() if name != 'Token')
    return f'<{action}Response><{action}Result><Credentials>{fields}</Credentials></{action}Result></{action}Response>'


def answer(request):
    url = urllib.parse.urlsplit(request.url)
    if url.path.startswith('/latest/'):
        if url.path == '/latest/api/token':
            return 200, 'token'
        if url.path.endswith('/security-credentials/'):
            return 200, 'machine'
        if url.path.endswith('/machine'):
            return 200, json.dumps({'Code': 'Success', **keys('instance')})
        return 404, ''
    if url.path == '/container':
        return 200, json.dumps(keys('container'))
    if url.path == '/federation/credentials':
        asked = dict(urllib.parse.parse_qsl(url.query))
        who = f"sso:{asked['account_id']}/{asked['role_name']}"
        given = {'accessKeyId': who, 'secretAccessKey': 'x', 'sessionToken': 't', 'expiration': 4070908800000}
        return 200, json.dumps({'roleCredentials': given})
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    asked = dict(urllib.parse.parse_qsl(body))
    arn = asked['RoleArn']
    if ' ' in arn:
        return 400, '<ErrorResponse><Error><Code>ValidationError</Code></Error></ErrorResponse>'
    if asked['Action'] == 'AssumeRoleWithWebIdentity':
        return 200, sts(asked['Action'], f'web:{arn}')
    authorization = request.headers['Authorization']
    if isinstance(authorization, bytes):
        authorization = authorization.decode()
    by = re.search(r'Credential=(.+?)/\d{8}/', authorization).group(1)
    return 200, sts(asked['Action'], f'role:{arn}|{by}')


def send(_, request):
    status, body = answer(request)
    return AWSResponse(request.url, status, {'content-type': 'text/xml' if body[:1] == '<' else 'application/json'},
                       Raw(body.encode()))


botocore.httpsession.URLLib3Session.send = send


def ask():
    if which == 'boto3':
        session = boto3.Session()
        region = session.region_name
    else:
        session = create_clidriver().session
        region = session.get_config_variable('region')
    # What stops a client stops every command.
    create = session.client if which == 'boto3' else session.create_client
    create('sts', region_name='us-east-1' if region is None else region)
    credentials = session.get_credentials()
    if credentials is None:
        raise RuntimeError('no credentials')
    who = credentials.get_frozen_credentials().access_key
    if re.search(r'\s', who):
        raise RuntimeError('no request can be signed with that key')
    return {'identity': who, 'region': region}


started_with = dict(os.environ)
answers = []
with open(environments) as file:
    asked = json.load(file)
for environment in asked:
    os.environ.clear()
    os.environ.update(started_with)
    os.environ.update(environment['variables'], HOME=environment['home'])
    os.chdir(environment['home'])
    try:
        answers.append(ask())
    except Exception as error:
        answers.append({'error': f'{type(error).__name__}: {error}'.splitlines()[0]})
json.dump(answers, sys.stdout)
