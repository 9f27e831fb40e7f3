import { chooseBackend, encodeModel, probe, train } from '@banknote-loop/shared/classifier';
import { bankData } from '@banknote-loop/testing/bank-data';
import { sampleNotes } from '@banknote-loop/testing/data-sets';

const seed = 1;

/** The file of a model that has learned the bank's data. */
export async function trainedModel(): Promise<string> {
  const { tf, name: backend } = await chooseBackend();
  const set = bankData();
  const outcome = train(tf, set, seed);
  if (!outcome.trained) throw new Error(outcome.reason);
  return encodeModel({
    ...outcome.network,
    created: new Date().toISOString(),
    fingerprint: '0'.repeat(64),
    seed,
    backend,
    metrics: { trainingRows: set.count, holdOutRows: 0, accuracy: 1, logLoss: outcome.loss },
    probes: probe(outcome.network, sampleNotes),
  });
}
