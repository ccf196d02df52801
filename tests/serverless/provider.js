// Prints the access key that Serverless's own AWS provider would sign with, in this environment: for the project in the
// directory that is named, without a stage and with each one that is named behind it. With ASK=region it prints the region
// instead.   usage: provider.js DIRECTORY [STAGE…]
'use strict';

const path = require('path');

const library = (name) => require(`serverless/lib/${name}`);
const Serverless = library('serverless');
const AwsProvider = library('plugins/aws/provider');
const readConfiguration = library('configuration/read');
const resolveMeta = library('configuration/variables/resolve-meta');
const resolveVariables = library('configuration/variables/resolve');
const sourceOf = (name) => library(`configuration/variables/sources/${name}`);

const ask = async (serviceDir, stage) => {
  const configurationFilename = 'serverless.yml';
  const configuration = await readConfiguration(path.join(serviceDir, configurationFilename));
  const options = stage ? { stage } : {};
  const variablesMeta = resolveMeta(configuration);
  await resolveVariables({
    serviceDir,
    configuration,
    variablesMeta,
    sources: {
      env: sourceOf('env'),
      file: sourceOf('file'),
      opt: sourceOf('opt'),
      self: sourceOf('self'),
      strToBool: sourceOf('str-to-bool'),
      sls: sourceOf('instance-dependent/get-sls')(),
    },
    options,
    fulfilledSources: new Set(['env', 'file', 'opt', 'self', 'strToBool', 'sls']),
    propertyPathsToResolve: new Set(['provider\0name', 'provider\0stage', 'provider\0profile', 'provider\0region']),
  });
  const serverless = new Serverless({
    configuration,
    serviceDir,
    configurationFilename,
    commands: ['deploy'],
    options,
    isConfigurationResolved: true,
  });
  serverless.service.provider = configuration.provider;
  serverless.service.serviceObject = configuration;
  const provider = new AwsProvider(serverless, options);
  if (process.env.ASK === 'region') return provider.getRegion();
  const { credentials } = provider.getCredentials();
  await new Promise((resolve, reject) => credentials.get((error) => (error ? reject(error) : resolve())));
  return credentials.accessKeyId;
};

(async () => {
  const [, , serviceDir, ...stages] = process.argv;
  for (const stage of ['', ...stages]) {
    process.stdout.write(`${stage || 'none'} ${await ask(serviceDir, stage)}\n`);
  }
})().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
