// Asks the AWS provider of Serverless Framework 3 whom it would sign as, for a project with that `provider.profile` and
// region, in that stage.   usage: serverless3.js ENVIRONMENTS.json
'use strict';

const { ask } = require('./stub');

process.stdin.destroy();
const readline = require('readline');
// A role that needs a code gets one.
readline.createInterface = () => ({ question: (_, answer) => answer('123456'), close: () => {} });

let provider;
ask(async ({ profile, region, stage }) => {
  const AWS = require('aws-sdk');
  // The program would load the SDK in this environment.
  AWS.config = new AWS.Config();
  if (!provider) {
    const Serverless = require('serverless/lib/serverless');
    const AwsProvider = require('serverless/lib/plugins/aws/provider');
    const configuration = { service: 'shop', provider: { name: 'aws' } };
    const serverless = new Serverless({
      configuration,
      serviceDir: process.cwd(),
      configurationFilename: 'serverless.yml',
      commands: ['deploy'],
      options: {},
      isConfigurationResolved: true,
    });
    serverless.service.provider = configuration.provider;
    serverless.service.serviceObject = configuration;
    provider = new AwsProvider(serverless, {});
  }
  provider.cachedCredentials = undefined;
  provider.options = stage ? { stage } : {};
  provider.serverless.service.provider = { name: 'aws', profile, region };
  const given = provider.getCredentials();
  const sts = new AWS.STS({ ...given, region: provider.getRegion() });
  const credentials = await new Promise((resolve, reject) => {
    sts.config.getCredentials((error, found) => (error ? reject(error) : resolve(found)));
  });
  return { identity: credentials.accessKeyId, region: provider.getRegion() };
});
