// Answers what the JavaScript SDKs would send to the network, with keys that say who asked for what; and asks them in
// each of many environments.
'use strict';

const fs = require('fs');
const http = require('http');
const https = require('https');

const LATER = '2099-01-01T00:00:00Z';
const keys = (who) => ({ AccessKeyId: who, SecretAccessKey: 'x', SessionToken: 't', Token: 't', Expiration: LATER });

const sts = (action, who) => {
  const fields = Object.entries(keys(who))
    .filter(([name]) => name !== 'Token')
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
  return `<${action}Response><${action}Result><Credentials>${fields}</Credentials></${action}Result></${action}Response>`;
};

const answer = (url, headers, body) => {
  const { pathname, searchParams } = new URL(url, 'http://stub');
  if (pathname.startsWith('/latest/')) {
    if (pathname === '/latest/api/token') return [200, 'token'];
    if (pathname.endsWith('/security-credentials/')) return [200, 'machine'];
    if (pathname.endsWith('/machine')) return [200, JSON.stringify({ Code: 'Success', ...keys('instance') })];
    return [404, ''];
  }
  if (pathname === '/container') return [200, JSON.stringify(keys('container'))];
  if (pathname === '/federation/credentials') {
    const who = `sso:${searchParams.get('account_id')}/${searchParams.get('role_name')}`;
    const given = { accessKeyId: who, secretAccessKey: 'x', sessionToken: 't', expiration: 4070908800000 };
    return [200, JSON.stringify({ roleCredentials: given })];
  }
  const asked = new URLSearchParams(body);
  const arn = asked.get('RoleArn');
  if (asked.get('Action') === 'AssumeRoleWithWebIdentity') return [200, sts('AssumeRoleWithWebIdentity', `web:${arn}`)];
  const [, by] = /Credential=(.+?)\/\d{8}\//.exec(headers.authorization);
  return [200, sts('AssumeRole', `role:${arn}|${by}`)];
};

// Sends every request of this process to that server.
const serve = async () => {
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const [status, text] = answer(request.url, request.headers, body);
      response.writeHead(status, { 'content-type': text.startsWith('<') ? 'text/xml' : 'application/json' });
      response.end(text);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address();
  const send = http.request;
  const redirected = (options, callback) => {
    const { method, path, headers, timeout } = options;
    return send({ host: '127.0.0.1', port, method, path, headers: { ...headers }, timeout, agent: false }, callback);
  };
  http.request = redirected;
  https.request = redirected;
  require('module').syncBuiltinESMExports();
};

// Asks in each environment of the file named on the command line, and prints the answers.
exports.ask = async (question) => {
  await serve();
  // Their warnings are for people.
  console.warn = () => {};
  process.removeAllListeners('warning');
  process.on('warning', () => {});
  // The SDK v3 leaves the failure of a source profile to nobody where it cannot ask for a code.
  process.on('unhandledRejection', () => {});
  const startedWith = { ...process.env };
  const answers = [];
  for (const environment of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, startedWith, environment.variables, { HOME: environment.home });
    process.chdir(environment.home);
    try {
      answers.push(await question(environment));
    } catch (error) {
      answers.push({ error: String(error && error.message).split('\n')[0] });
    }
  }
  fs.writeSync(1, JSON.stringify(answers));
  process.exit(0);
};
