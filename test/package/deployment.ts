import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import {
  type CloudFormationTemplate,
  readTemplate as readTemplateFile,
  withPackage,
} from '../../scripts/template.ts';
import { readZip } from '../../scripts/zip.ts';

/** What `serverless package` made, laid out as a deployment would. */
export interface Deployment {
  readonly template: CloudFormationTemplate;
  /** The folder of each function's unpacked zip, by the function's logical id. */
  readonly taskRoots: ReadonlyMap<string, string>;
  remove(): Promise<void>;
}

/** The parts of an `AWS::Lambda::Function` that are looked at here. */
export interface FunctionProperties {
  readonly Runtime: string;
  readonly Handler: string;
  readonly Code: { readonly S3Key: string };
}

/** The functions of a template, by logical id. */
export function functionsOf({
  Resources,
}: CloudFormationTemplate): Map<string, FunctionProperties> {
  return new Map(
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id, { Properties }]) => [id, Properties as unknown as FunctionProperties]),
  );
}

/**
 * Packages the service and unpacks the zip that the template names for each function.
 * @param rules the rules file, absolute
 */
export function deploy(rules: string): Promise<Deployment> {
  return withPackage(
    async (folder) => {
      const template = await readTemplateFile(folder);
      const root = await mkdtemp(join(tmpdir(), 'earmark-deployed-'));
      const taskRoots = new Map<string, string>();
      for (const [id, { Code }] of functionsOf(template)) {
        const zip = await readFile(join(folder, basename(Code.S3Key)));
        taskRoots.set(id, join(root, id));
        await unpack(zip, join(root, id));
      }
      return { template, taskRoots, remove: () => rm(root, { recursive: true }) };
    },
    { rules },
  );
}

async function unpack(zip: Buffer, folder: string): Promise<void> {
  for (const [name, content] of readZip(zip)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
