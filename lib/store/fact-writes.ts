import type { DeleteItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { EVENT_TYPES } from '../events/event.ts';
import type { KeptFact } from '../history/fact.ts';
import type { KeptState } from '../history/merge.ts';
import { expiry, keyOf, stateAttribute, text } from './items.ts';
import { factKeyOf } from './keys.ts';

/** What is said of a thing by the latest event of a type is an attribute of that name. */
interface Addition {
  readonly type: string;
  readonly state: KeptState;
  /** Epoch milliseconds. */
  readonly expires: number;
}

/** Puts what an event said in the place of what an earlier one of its type said; where it fails, a later one is there. */
export function addState(
  partition: string,
  fact: KeptFact,
  { type, state, expires }: Addition,
): Omit<UpdateItemCommandInput, 'TableName'> {
  const attribute = stateAttribute(state);
  const { key, isHashed } = factKeyOf(fact);
  return {
    Key: keyOf(partition, key),
    UpdateExpression: `SET #type = :said, expires = :expires${isHashed ? ', id = :id' : ''}`,
    ConditionExpression:
      'attribute_not_exists(#type) OR #type.#at < :at OR (#type.#at = :at AND #type.tie < :tie)',
    ExpressionAttributeNames: { '#type': type, '#at': 'at' },
    ExpressionAttributeValues: {
      ':said': attribute,
      ':at': attribute.M.at,
      ':tie': attribute.M.tie,
      ':expires': expiry(expires),
      ...(isHashed && { ':id': text(fact.id) }),
    },
  };
}

/** Removes a thing of which each event type said what is given, and no other type said anything. */
export function removeFact(
  partition: string,
  fact: KeptFact,
): Omit<DeleteItemCommandInput, 'TableName'> {
  const types = [...new Set([...EVENT_TYPES, ...Object.keys(fact.states)])];
  const conditions = types.map((type, index) => {
    const state = fact.states[type];
    if (!state) return { condition: `attribute_not_exists(#${index})`, values: {} };
    const { at, tie } = stateAttribute(state).M;
    return {
      condition: `#${index}.#at = :at${index} AND #${index}.tie = :tie${index}`,
      values: { [`:at${index}`]: at, [`:tie${index}`]: tie },
    };
  });
  return {
    Key: keyOf(partition, factKeyOf(fact).key),
    ConditionExpression: conditions.map(({ condition }) => condition).join(' AND '),
    ExpressionAttributeNames: {
      '#at': 'at',
      ...Object.fromEntries(types.map((type, index) => [`#${index}`, type])),
    },
    ExpressionAttributeValues: Object.assign({}, ...conditions.map(({ values }) => values)),
  };
}
