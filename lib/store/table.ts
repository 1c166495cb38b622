import {
  type AttributeValue,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { isFailedCondition, storeError } from './failures.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** One request as DynamoDB bills it: units of reading or of writing, those of the index included. */
export interface StoreRequest {
  readonly operation: 'Query' | 'Scan' | 'PutItem' | 'UpdateItem' | 'DeleteItem';
  readonly units: number;
}

export interface TableOptions {
  readonly client: DynamoDBClient;
  /** Its name. */
  readonly table: string;
  /** Called after each request that was answered. */
  readonly onRequest?: ((request: StoreRequest) => void) | undefined;
}

interface Answer {
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number | undefined } | undefined;
}

interface Page extends Answer {
  readonly Items?: readonly Item[] | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

type Of<Input extends { TableName: string | undefined }> = Omit<Input, 'TableName'>;

export type Table = ReturnType<typeof openTable>;

/** The operations of one table. All throw StoreError; a condition that fails is an answer. */
export function openTable({ client, table, onRequest }: TableOptions) {
  const common = {
    TableName: table,
    ...(onRequest && { ReturnConsumedCapacity: 'TOTAL' as const }),
  };

  async function run<T extends Answer>(
    operation: StoreRequest['operation'],
    send: () => Promise<T>,
  ): Promise<T> {
    try {
      const answer = await send();
      onRequest?.({ operation, units: answer.ConsumedCapacity?.CapacityUnits ?? 0 });
      return answer;
    } catch (error) {
      if (!isFailedCondition(error)) throw storeError(error, `${operation} on ${table}`);
      // It is billed as the write that it would have been, and does not say what that is.
      onRequest?.({ operation, units: 1 });
      throw error;
    }
  }

  /** @returns whether it was done: not, where its condition fails */
  async function write(
    operation: StoreRequest['operation'],
    send: () => Promise<Answer>,
  ): Promise<boolean> {
    try {
      await run(operation, send);
      return true;
    } catch (error) {
      if (isFailedCondition(error)) return false;
      throw error;
    }
  }

  return {
    query: (input: Of<QueryCommandInput>): AsyncGenerator<Page> =>
      pages((ExclusiveStartKey) =>
        run('Query', () =>
          client.send(new QueryCommand({ ...common, ...input, ExclusiveStartKey })),
        ),
      ),
    scan: (input: Of<ScanCommandInput>): AsyncGenerator<Page> =>
      pages((ExclusiveStartKey = input.ExclusiveStartKey) =>
        run('Scan', () => client.send(new ScanCommand({ ...common, ...input, ExclusiveStartKey }))),
      ),
    put: (input: Of<PutItemCommandInput>) =>
      write('PutItem', () => client.send(new PutItemCommand({ ...common, ...input }))),
    update: (input: Of<UpdateItemCommandInput>) =>
      write('UpdateItem', () => client.send(new UpdateItemCommand({ ...common, ...input }))),
    remove: (input: Of<DeleteItemCommandInput>) =>
      write('DeleteItem', () => client.send(new DeleteItemCommand({ ...common, ...input }))),
  };
}

/** One page after the other, as long as they are asked for. */
async function* pages(
  read: (from: Record<string, AttributeValue> | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  let from: Item | undefined;
  do {
    const page: Page = await read(from);
    yield page;
    from = page.LastEvaluatedKey;
  } while (from);
}
