import { uuidFromName } from '@banknote-loop/shared/base';
import type { RequestMessage } from '@banknote-loop/shared/contract';
import type { Random } from '@banknote-loop/shared/learning';
import { bankData, resample } from '../bank-data.ts';

const bank = bankData();

/** Makes batches of notes that look like those of `bank_data.csv`; the same words and draws make the same batches. */
export function makeBatch(id: string, size: number, random: Random): RequestMessage {
  const { features, classes } = resample(bank, size, random);
  return {
    batch_id: uuidFromName(id),
    // What the note really is stands in its name, so that a test can rate like somebody who knows.
    subjects: Array.from(classes, (truth, i) => `note ${i}, ${bank.classNames[truth]}`),
    features: Array.from(classes, (_, i) => [...features.subarray(i * bank.columns, (i + 1) * bank.columns)]),
  };
}
