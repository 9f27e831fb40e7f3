import type { NoteAnswer } from '@banknote-loop/shared/contract';
import type { Value } from '@banknote-loop/shared/data-set';
import { valueText } from '../format.ts';

/** The value in a column of an answer as people write it. */
export function cellText(content: NoteAnswer[string]): string {
  return isValue(content) ? valueText(content) : '';
}

function isValue(content: NoteAnswer[string]): content is Value {
  return content === null || ['number', 'string', 'boolean'].includes(typeof content);
}
