import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** What a module of the AWS client becomes in a bundle, and why nothing of Earmark can miss the rest. */
interface Cut {
  readonly what: string;
  /** The module's path, which ends so. */
  readonly module: RegExp;
  readonly replace: (text: string) => string;
  /** A module that comes with it: where that is not in the bundle, there is nothing to cut. Default: always. */
  readonly with?: RegExp;
}

/**
 * Read in @aws-sdk/client-sqs, client-ssm and client-dynamodb 3.1169.0. `test/deploy/aws-plugin.test.ts` holds the cut
 * clients to what the whole ones send and return.
 */
const CUTS: readonly Cut[] = [
  {
    // Lambda puts the role's credentials into the environment, and they last as long as the process.
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (checked 2026-11-22)
    what: 'every source of credentials but the environment (SSO, STS, files, EC2, ECS, processes)',
    module: /@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
    replace: () => "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
  },
  {
    // Two files that the client looks for before its first request.
    what: '~/.aws/config and ~/.aws/credentials, which no Lambda has',
    module:
      /@smithy\/core\/dist-es\/submodules\/config\/shared-ini-file-loader\/loadSharedConfigFiles\.js$/,
    replace: () => `
      export { CONFIG_PREFIX_SEPARATOR } from './constants';
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  },
  {
    // Loaded by import() where an operation streams. While it is in the bundle, whatever it shares with
    // the rest must be able to start twice over, and everything starts slower.
    what: 'event streams, which no operation of SQS or Parameter Store has',
    module: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    replace: () => `
      export const eventStreamSerdeProvider = undefined;
      export function EventStreamSerde() {
        throw new Error('Event streams are not in this bundle: scripts/aws-plugin.ts left them out.');
      }`,
  },
  {
    // An error that is not registered becomes the service's base exception of the same name, message and
    // metadata. (Not so in SQS, whose errors also have a name from the days of its query protocol.)
    what: 'a class for each of the 140 errors of Parameter Store',
    module: /@aws-sdk\/client-ssm\/dist-es\/schemas\/schemas_0\.js$/,
    replace: (text) => droppable(withoutErrorClasses(text)),
  },
  {
    what: 'the shapes of the operations of SQS that are not called',
    module: /@aws-sdk\/client-sqs\/dist-es\/schemas\/schemas_0\.js$/,
    replace: (text) => droppable(text),
  },
  {
    what: 'the shapes of the operations of DynamoDB that are not called, and a class for each error',
    module: /@aws-sdk\/client-dynamodb\/dist-es\/schemas\/schemas_0\.js$/,
    replace: (text) => droppable(withoutErrorClasses(text)),
    with: /@aws-sdk\/client-dynamodb\/dist-es\/DynamoDBClient\.js$/,
  },
];

const withoutErrorClasses = (shapes: string): string =>
  shapes.replace(/^n0_registry\.registerError\(.*\);$/gm, '');

/** Each shape is made by a function that the bundler may drop when nothing uses what it makes. */
function droppable(shapes: string): string {
  const shape = /^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm;
  return shapes.replace(shape, '$1/* @__PURE__ */ (() => $2)();');
}

/**
 * Leaves out of a bundle what the AWS client has for machines that are no Lambda and for operations
 * that Earmark does not call. It fails the build where a cut finds no module, as after an update that
 * moved it: better a red build than a bundle that quietly grew.
 */
export const awsPlugin: Plugin = {
  name: 'aws',
  setup({ onStart, onLoad, onEnd }) {
    const expected = new Set<Cut>();
    const met = new Set<Cut>();
    onStart(() => {
      met.clear();
      expected.clear();
      for (const cut of CUTS) if (!cut.with) expected.add(cut);
    });
    for (const cut of CUTS) {
      if (cut.with) {
        onLoad({ filter: cut.with }, () => {
          expected.add(cut);
          return undefined;
        });
      }
      onLoad({ filter: cut.module }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = cut.replace(text);
        if (contents !== text) met.add(cut);
        return { contents, loader: 'js' };
      });
    }
    onEnd(({ errors }) => {
      if (errors.length > 0) return {};
      const lost = [...expected]
        .filter((cut) => !met.has(cut))
        .map(({ what, module }) => ({
          text:
            `The bundle was to do without ${what}, and no module is ${module}. ` +
            'See where the AWS client has it now, and put that into scripts/aws-plugin.ts.',
        }));
      return { errors: lost };
    });
  },
};
