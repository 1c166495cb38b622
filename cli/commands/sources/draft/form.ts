import { answersAt } from '../../../../lib/sources/flat/form-answers.ts';
import { isObject, type JsonObject } from '../../../../lib/sources/payload/access.ts';
import {
  defined,
  isInList,
  isOutside,
  isScalar,
  type Leaf,
  named,
  type Section,
} from './leaves.ts';

/** The places with the answers of a form. */
export function answersIn(
  leaves: readonly Leaf[],
  body: JsonObject,
  isForm: boolean,
): readonly string[] {
  const isAnswers = (leaf: Leaf): boolean => {
    if (Array.isArray(leaf.value)) {
      return leaf.value.some(isAnswer) && answersAt(body, leaf.value).length > 0;
    }
    const isNamed =
      /^(?:answers|fields|responses|formfields|formdata|submission|data|formresponse|questions|values)$/.test(
        leaf.key,
      );
    return (
      isForm &&
      isNamed &&
      isObject(leaf.value) &&
      !Object.values(leaf.value).some(isLarge) &&
      Object.values(leaf.value).filter((one) => typeof one !== 'object').length > 1
    );
  };
  const found = leaves.filter(
    (leaf) =>
      !isScalar(leaf) &&
      !isInList(leaf) &&
      !/definition|hidden/.test(leaf.place) &&
      isAnswers(leaf),
  );
  const lists = found.filter(({ value }) => Array.isArray(value));
  return (lists.length > 0 ? lists : found.slice(-1)).map(({ place }) => place);
}

const isLarge = (value: unknown): boolean => isObject(value) && Object.keys(value).length > 2;

/** A question and what was answered. */
const isAnswer = (one: unknown): boolean => {
  if (!isObject(one)) return false;
  const keys = Object.keys(one).map((key) => key.toLowerCase());
  if (keys.includes('questions')) return true;
  const asks = keys.some((key) =>
    /^(?:question|label|field|title|key|ref|slug|heading|question_?id|name)$/.test(key),
  );
  const answers = keys.some((key) =>
    /^(?:answers?|values?|response|text|choices?|email|number|boolean)$/.test(key),
  );
  return asks && answers && !keys.some((key) => /price|quantity|sku|amount/.test(key));
};

/** The form around answers. */
export function formIn(leaves: readonly Leaf[], answers: readonly string[]): Section | undefined {
  if (answers.length === 0) return undefined;
  const ofForm = (key: string) =>
    leaves.find(
      (leaf) =>
        isOutside(leaf) && new RegExp(`(?:form|survey|definition)\\.${key}$`, 'i').test(leaf.place),
    );
  return defined({
    id: (named(leaves, 'formid|surveyid', isOutside) ?? ofForm('id'))?.place,
    name: (
      named(leaves, 'formname|formtitle|surveytitle|surveyname', isOutside) ??
      ofForm('(?:title|name)')
    )?.place,
    answers: answers.length === 1 ? answers[0] : answers,
  });
}
