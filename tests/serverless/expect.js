// Resolves `provider.profile`, `region` and `stage` of every project here with Serverless's own reader and resolver, in
// the order and the phases of its `scripts/serverless.js`, and leaves every other property alone.
'use strict';

const fs = require('fs');
const path = require('path');

const library = (name) => require(`serverless/lib/${name}`);
const readConfiguration = library('configuration/read');
const resolveMeta = library('configuration/variables/resolve-meta');
const resolveVariables = library('configuration/variables/resolve');
const isPropertyResolved = library('configuration/variables/is-property-resolved');
const filterSupportedOptions = library('cli/filter-supported-options');
const loadDotenv = library('cli/conditionally-load-dotenv');
const ServerlessError = library('serverless-error');
const { paramResolve } = require('@serverless/dashboard-plugin/lib/variables');

const STAGES = ['', 'dev', 'staging', 'prod'];
const NAMES = ['serverless.yml', 'serverless.yaml', 'serverless.json'];
const sourceOf = (name) => library(`configuration/variables/sources/${name}`);

// The error that keeps a property from being told.
const troubleOf = (meta, property) => {
  const keys = property.split('\0');
  for (let length = 1; length <= keys.length; length += 1) {
    const found = meta.get(keys.slice(0, length).join('\0'));
    if (found) return found.error ? found.error.message : 'it needs a source that is not there yet';
  }
  if (isPropertyResolved(meta, property)) return null;
  return 'it holds something that cannot be told';
};

const valueOf = (configuration, property) =>
  property.split('\0').reduce((value, key) => (value == null ? undefined : value[key]), configuration);

const told = (configuration, meta, property) => {
  const error = troubleOf(meta, property);
  if (error) return { error };
  const value = valueOf(configuration, property);
  return value == null ? null : value;
};

const ask = async (file, stage) => {
  const serviceDir = path.dirname(file);
  let configuration;
  try {
    configuration = await readConfiguration(file);
  } catch (error) {
    return { unreadable: error.message.split('\n')[0] };
  }
  const meta = resolveMeta(configuration);
  const options = filterSupportedOptions(stage ? { stage } : {}, { providerName: 'aws' });
  const resolver = {
    serviceDir,
    configuration,
    variablesMeta: meta,
    sources: {
      env: sourceOf('env'),
      file: sourceOf('file'),
      opt: sourceOf('opt'),
      self: sourceOf('self'),
      strToBool: sourceOf('str-to-bool'),
      sls: sourceOf('instance-dependent/get-sls')(),
    },
    options,
    fulfilledSources: new Set(['file', 'self', 'strToBool']),
    propertyPathsToResolve: new Set(['provider\0name', 'provider\0stage', 'useDotenv']),
  };
  await resolveVariables(resolver);
  const env = sourceOf('env');
  env.missingEnvVariables.clear();
  resolver.fulfilledSources.add('env');
  await resolveVariables({ ...resolver, propertyPathsToResolve: new Set(['provider\0stage', 'useDotenv']) });
  const asked = new Set(env.missingEnvVariables);
  // The program goes no further without these two.
  const stageTrouble = troubleOf(meta, 'provider\0stage');
  const dotenvTrouble = troubleOf(meta, 'useDotenv');
  if (dotenvTrouble) return { fails: dotenvTrouble };
  if (await loadDotenv(options, configuration)) {
    for (const name of asked) if (process.env[name]) return { fails: `${name} is asked for and in the .env file` };
  }
  resolver.propertyPathsToResolve = new Set([
    'provider\0name',
    'provider\0stage',
    'provider\0profile',
    'provider\0region',
    'params',
  ]);
  await resolveVariables(resolver);
  // What the program adds once it is set up.
  const stageOf = () => options.stage || valueOf(configuration, 'provider\0stage') || 'dev';
  const context = {
    provider: { getStage: stageOf },
    sls: { configurationInput: configuration, processedInput: { options }, service: {}, classes: { Error: ServerlessError } },
  };
  resolver.fulfilledSources.add('opt').add('sls').add('param');
  resolver.sources.param = { resolve: paramResolve.bind(context) };
  await resolveVariables(resolver);
  const provider = configuration.provider;
  const name = typeof provider === 'string' ? provider : told(configuration, meta, 'provider\0name');
  if (typeof provider === 'string' && !meta.has('provider')) return { provider: name, profile: null, region: null, stage: stage || 'dev' };
  const own = told(configuration, meta, 'provider\0stage');
  return {
    provider: name,
    profile: told(configuration, meta, 'provider\0profile'),
    region: told(configuration, meta, 'provider\0region'),
    stage: stage || (stageTrouble ? { error: stageTrouble } : own || 'dev'),
  };
};

// Some circles make the program wait for itself.
const askPatiently = async (file, stage) => {
  let timer;
  const patience = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ fails: 'it waits for itself' }), 1000);
  });
  try {
    return await Promise.race([ask(file, stage), patience]);
  } catch (error) {
    return { fails: error.message };
  } finally {
    clearTimeout(timer);
  }
};

const main = async () => {
  // The resolver leaves the second report of a circle to nobody.
  process.on('unhandledRejection', () => {});
  const here = __dirname;
  const before = { ...process.env };
  const expected = {};
  for (const name of fs.readdirSync(here).sort()) {
    const project = path.join(here, name);
    if (!fs.statSync(project).isDirectory()) continue;
    const service = fs.existsSync(path.join(project, 'service')) ? path.join(project, 'service') : project;
    const file = NAMES.map((each) => path.join(service, each)).find((each) => fs.existsSync(each));
    const variables = path.join(project, 'environment');
    expected[name] = {};
    for (const stage of STAGES) {
      for (const key of Object.keys(process.env)) delete process.env[key];
      Object.assign(process.env, before);
      if (fs.existsSync(variables)) {
        for (const line of fs.readFileSync(variables, 'utf8').split('\n').filter(Boolean)) {
          process.env[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
        }
      }
      process.chdir(service);
      const clean = (text) => text.split(`${service}/`).join('').split('\n')[0];
      expected[name][stage || 'none'] = JSON.parse(
        JSON.stringify(await askPatiently(file, stage), (key, value) =>
          ['error', 'fails', 'unreadable'].includes(key) ? clean(value) : value
        )
      );
    }
  }
  const text = `${JSON.stringify(expected, null, 1)}\n`;
  const target = path.join(here, 'expected.json');
  if (process.argv[2] === '--check') {
    if (fs.readFileSync(target, 'utf8') !== text) {
      process.stderr.write('expect: expected.json is not what Serverless says; run `tests/serverless/expect`\n');
      process.exitCode = 1;
    }
    return;
  }
  fs.writeFileSync(target, text);
};

main();
