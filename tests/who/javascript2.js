// Asks the AWS SDK for JavaScript v2, loaded anew each time, whom it would sign as.   usage: javascript2.js ENVIRONMENTS.json
'use strict';

const { ask } = require('./stub');

ask(async () => {
  for (const file of Object.keys(require.cache)) {
    if (/[\\/]aws-sdk[\\/](lib|clients|global)/.test(file)) delete require.cache[file];
  }
  const { Config, config } = require('aws-sdk/global');
  // Programs that load the whole SDK have these two; with a single client alone, SSO fails.
  require('aws-sdk/clients/sso');
  require('aws-sdk/clients/ssooidc');
  const region = config.region || null;
  const credentials = await new Promise((resolve, reject) => {
    new Config().getCredentials((error, found) => (error ? reject(error) : resolve(found)));
  });
  return { identity: credentials.accessKeyId, region };
});
