import type { Explanation } from '../../../lib/yaml/explain-schema.ts';
import type { FileProblem } from '../../../lib/yaml/problem.ts';

/** Something to know about rules that compile. A warning is surely a mistake or a waste. */
export interface Remark extends FileProblem {
  readonly kind: 'warning' | 'note';
}

/** A remark at a path in the file. */
export interface FileRemark extends Explanation {
  readonly kind: Remark['kind'];
}

/** A remark on an expression; `offset` is where in it. */
export type ExpressionRemark = Required<Pick<FileRemark, 'kind' | 'offset' | 'message'>>;
