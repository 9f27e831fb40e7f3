import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type PredictionMessage, type RequestMessage, timeOrderedUuid } from '@banknote-loop/shared';
import { classNames } from '@banknote-loop/shared/contract';
import { readItemsCsv } from '@banknote-loop/shared/data-set';
import { type FoundDataSet, findDataSet } from '@banknote-loop/shared/data-set/files';
import { type Envelope, envelopes } from '@banknote-loop/testing';

export interface Messages {
  /** A batch of items from the data set's own file. */
  request(rows: number): RequestMessage;
  /** A batch of one item that the file does not have, so that what is said of it is news. */
  unseen(): RequestMessage;
  /** The same batch as it is when it has been predicted. */
  prediction(rows: number): PredictionMessage;
}

export function messagesOf({ dataSet, csv }: FoundDataSet): Messages {
  const items = readItemsCsv(dataSet, readFileSync(csv, 'utf8')).features;
  const classes = classNames(dataSet);
  const request = (rows: number): RequestMessage => {
    const first = Math.floor(Math.random() * items.length);
    return {
      batch_id: timeOrderedUuid(),
      subjects: Array.from({ length: rows }, (_, i) => `${dataSet.item}-${i}`),
      features: Array.from({ length: rows }, (_, i) => items[(first + i) % items.length] ?? []),
    };
  };
  const known = new Set(items.map(item => JSON.stringify(item)));
  return {
    request,
    unseen() {
      const { batch_id, subjects, features } = request(1);
      let [row = []] = features;
      // Values of other items one after another: each is one that its feature may have.
      for (let place = 0; known.has(JSON.stringify(row)); place = (place + 1) % row.length) {
        const [other = []] = request(1).features;
        row = row.with(place, other[place] ?? null);
      }
      return { batch_id, subjects, features: [row] };
    },
    prediction(rows) {
      const { batch_id, subjects, features } = request(rows);
      const shares = features.map(() => sharesOf(classes.length));
      return {
        batch_id,
        subjects,
        input: features,
        output: shares.map(of => classes[of.indexOf(Math.max(...of))] ?? ''),
        ...(classes.length === 2
          ? { scores: shares.map(([, second = 0]) => second) }
          : { probabilities: shares }),
        model_file_name: 'model-20250101T000000000Z-0123456789ab.json',
      };
    },
  };
}

/** What a model might say of so many classes. */
function sharesOf(classes: number): number[] {
  const drawn = Array.from({ length: classes }, () => Math.random());
  const sum = drawn.reduce((total, one) => total + one, 0);
  return drawn.map(one => one / sum);
}

/** Those of the data set that most figures are about. */
export const { request, prediction } = messagesOf(findDataSet('banknotes'));

/** What a function receives when the message is delivered to it. */
export function envelopeOf(message: unknown): Envelope {
  return envelopes.eventarc({
    data: Buffer.from(JSON.stringify(message)),
    attributes: {},
    messageId: randomUUID(),
    publishTime: new Date(),
    deliveryAttempt: 1,
  });
}
