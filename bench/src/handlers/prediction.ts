import type { RequestMessage } from '@banknote-loop/shared';
import { createLogger } from '@banknote-loop/shared/base';
import { answerRows, LiveModelKeeper, type LoadedModel, loadClassifier } from '@banknote-loop/shared/models';

import type { Envelope } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import definition from '../../../functions/prediction/src/index.ts';
import { envelopeOf, request } from '../messages.ts';
import type { HandlerBenchmark } from './benchmark.ts';
import { openReceiver } from './receiver.ts';
import { trainedModel } from './trained-model.ts';

interface Work {
  readonly text: string;
  readonly envelope: Envelope;
}

const fileName = 'model-bench.json';

export interface PredictionBenchmark extends HandlerBenchmark<Work> {
  close(): void;
}

export async function predictionBenchmark(): Promise<PredictionBenchmark> {
  const file = await trainedModel();
  const model = loadClassifier(banknotes, fileName, file);
  const source = {
    latestName: async () => fileName,
    lastGoodName: async () => undefined,
    load: async () => model,
  };
  const models = new LiveModelKeeper(source, createLogger('bench', 'silent'));
  const receive = openReceiver(definition, { models });
  return {
    name: definition.name,
    async prepare(rows, messages) {
      return Array.from({ length: messages }, () => {
        const message = request(rows);
        return { text: JSON.stringify(message), envelope: envelopeOf(message) };
      });
    },
    ours: ({ envelope }) => receive(envelope),
    limit: async ({ text }) => answer(model, text),
    naive: async ({ text }) => answer(loadClassifier(banknotes, fileName, file), text),
    close: () => models.close(),
  };
}

/** Nothing but the parser, the arithmetic, and the writer: no check of any kind. */
function answer(model: LoadedModel, text: string): string {
  const { batch_id, subjects, features }: RequestMessage = JSON.parse(text);
  const answers = answerRows(banknotes, model, features);
  return JSON.stringify({ batch_id, subjects, input: features, ...answers, model_file_name: fileName });
}
