// The stack: Earmark's serverless.yml, with the parameters of parameters.yml.
import { serviceOf } from './vendor/earmark/scripts/service.ts';

export default await serviceOf(import.meta.dirname);
