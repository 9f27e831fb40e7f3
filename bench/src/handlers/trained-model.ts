import { chooseBackend, encodeModel, probe, train } from '@banknote-loop/shared/classifier';
import { bankData } from '@banknote-loop/testing/bank-data';

const seed = 1;
const probeRows: [number, number, number, number][] = [
  [3.6216, 8.6661, -2.8073, -0.44699],
  [-1.3971, 3.3191, -1.3927, -1.9948],
];

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
    probes: probe(outcome.network, probeRows),
  });
}
