import { ROUTE_KEYS } from './per-source.ts';
import type { CloudFormationResource, CloudFormationTemplate, TemplateCheck } from './template.ts';

interface Throttle {
  readonly ThrottlingRateLimit?: unknown;
  readonly ThrottlingBurstLimit?: unknown;
}

const ofType = ({ Resources }: CloudFormationTemplate, type: string) =>
  Object.entries(Resources).filter(([, { Type }]) => Type === `AWS::ApiGatewayV2::${type}`);

/** Routes by their logical ids: what each takes. */
const routesOf = (template: CloudFormationTemplate): [string, string][] =>
  ofType(template, 'Route').map(([id, { Properties }]) => [id, String(Properties.RouteKey)]);

const settingsOf = ({ Properties }: CloudFormationResource): [string, Throttle][] =>
  Object.entries((Properties.RouteSettings ?? {}) as Record<string, Throttle>);

/** RouteSettings is plain JSON to CloudFormation, which makes no number of a text in there. */
const isThrottle = ({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst }: Throttle) =>
  [rate, burst].every((limit) => typeof limit === 'number' && limit > 0);

/** What AWS lets an account run at once, if it was not asked for more. */
const MOST_AT_ONCE = 1_000;

/** What the access log may hold: nothing of it is a sender's own text. The path may have a secret in it. */
const LOGGED = ['requestTime', 'requestId', 'routeKey', 'status', 'identity.sourceIp'];

/** That strangers reach no more than they must, and no source starves another. */
export const ROUTE_CHECKS: readonly TemplateCheck[] = [
  {
    title:
      'each source that is code has one route, the described share theirs, and there is no other way in',
    problems: (template) => {
      const keys = routesOf(template).map(([, key]) => key);
      return [
        ...ROUTE_KEYS.filter((key) => keys.filter((one) => one === key).length !== 1).map(
          (key) => `there is not just one route ${key}`,
        ),
        // `ANY`, `$default` and other paths among them: such requests would cost a function.
        ...keys.filter((key) => !ROUTE_KEYS.includes(key)).map((key) => `${key} is of no source`),
      ];
    },
  },
  {
    title: 'each route has a throttle of its own',
    problems: (template) =>
      ofType(template, 'Stage').flatMap(([stage, resource]) => {
        const throttled = settingsOf(resource)
          .filter(([, settings]) => isThrottle(settings))
          .map(([key]) => key);
        return routesOf(template)
          .filter(([, key]) => !throttled.includes(key))
          .map(([, key]) => `${stage} lacks rate and burst of ${key}`);
      }),
  },
  {
    // CloudFormation makes what names no other at the same time, and API Gateway refuses the stage then.
    title: 'the stage is made after every route that it has settings of',
    problems: (template) =>
      ofType(template, 'Stage').flatMap(([stage, resource]) => {
        const before = [resource.DependsOn ?? []].flat();
        return settingsOf(resource).flatMap(([key]) => {
          const id = routesOf(template).find(([, one]) => one === key)?.[0];
          if (id === undefined) return [`${stage} has settings of ${key}, which is no route`];
          return before.includes(id) ? [] : [`${stage} does not wait for ${id}`];
        });
      }),
  },
  {
    title: 'the bursts of all routes together fit the functions that an account may run at once',
    problems: (template) =>
      ofType(template, 'Stage').flatMap(([stage, resource]) => {
        const bursts = settingsOf(resource).map(([, one]) => Number(one.ThrottlingBurstLimit));
        const all = bursts.reduce((sum, burst) => sum + burst, 0);
        return all <= MOST_AT_ONCE ? [] : [`${stage}: ${all} are more than ${MOST_AT_ONCE}`];
      }),
  },
  {
    title: 'the access log holds nothing that a sender wrote, so no secret of a path or query',
    problems: (template) =>
      ofType(template, 'Stage').flatMap(([stage, { Properties }]) => {
        const text = JSON.stringify(Properties.AccessLogSettings ?? {});
        return [...text.matchAll(/\$context\.([\w.]+)/g)]
          .map(([, variable = '']) => variable)
          .filter((variable) => !LOGGED.includes(variable))
          .map((variable) => `${stage} logs ${variable}`);
      }),
  },
];
