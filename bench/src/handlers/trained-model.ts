import { encodeModelFile, probe, train } from '@banknote-loop/shared/classifier';
import { chooseBackend } from '@banknote-loop/shared/learning';
import { bankData } from '@banknote-loop/testing/bank-data';
import { banknotes, sampleNotes } from '@banknote-loop/testing/data-sets';

const seed = 1;

/** The file of a model that has learned the bank's data. */
export async function trainedModel(): Promise<string> {
  const { tf, name: backend } = await chooseBackend();
  const set = bankData();
  const outcome = await train(tf, banknotes, set, { seed });
  if (!outcome.trained) throw new Error(outcome.reason);
  const { model, choice, report } = outcome;
  const { accuracy, logLoss } = report.chosen;
  return encodeModelFile(banknotes, {
    created: new Date().toISOString(),
    fingerprint: '0'.repeat(64),
    seed,
    backend,
    metrics: { trainingRows: set.count, holdOutRows: 0, accuracy, logLoss },
    probes: probe(banknotes, model, sampleNotes),
    choice,
    model,
  });
}
