// Asks the AWS SDK for JavaScript v3 whom it would sign as.   usage: javascript3.js ENVIRONMENTS.json
'use strict';

const { defaultProvider } = require('@aws-sdk/credential-provider-node');
const { STSClient } = require('@aws-sdk/nested-clients/sts');
const { ask } = require('./stub');

ask(async () => {
  const region = await new STSClient({}).config.region().catch((error) => {
    if (/^Region is missing/.test(error.message)) return null;
    throw error;
  });
  const { accessKeyId } = await defaultProvider()();
  return { identity: accessKeyId, region };
});
