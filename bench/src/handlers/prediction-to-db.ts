import type { PredictionMessage } from '@banknote-loop/shared';
import type { Envelope } from '@banknote-loop/testing';
import definition from '../../../functions/prediction-to-db/src/index.ts';
import { envelopeOf, prediction } from '../messages.ts';
import type { Stores } from '../stores.ts';
import { columns as features } from '../table.ts';
import type { HandlerBenchmark } from './benchmark.ts';
import { openReceiver } from './receiver.ts';

interface Work {
  readonly message: PredictionMessage;
  readonly envelope: Envelope;
}

const columns = `batch_id, position, subject_id, ${features}, prediction, score, model_file_name`;

const bareInsert = {
  name: 'bench-insert',
  text: `insert into predictions (${columns}, created)
    select *, now() from unnest($1::uuid[], $2::int[], $3::text[], $4::float8[], $5::float8[], $6::float8[],
      $7::float8[], $8::text[], $9::float8[], $10::text[])`,
};

const oneRow = {
  name: 'bench-insert-one',
  text: `insert into predictions (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
};

export function predictionToDb({ db, pool }: Stores): HandlerBenchmark<Work> {
  const insert = (works: readonly Work[]) =>
    pool.query({ ...bareInsert, values: transpose(works.flatMap(({ message }) => rowsOf(message))) });
  const receive = openReceiver(definition, { db });
  return {
    name: definition.name,
    async prepare(rows, messages) {
      return Array.from({ length: messages }, () => {
        const message = prediction(rows);
        return { message, envelope: envelopeOf(message) };
      });
    },
    ours: ({ envelope }) => receive(envelope),
    limit: one => insert([one]),
    limitOfMany: insert,
    async naive({ message }) {
      for (const values of rowsOf(message)) await pool.query({ ...oneRow, values });
    },
  };
}

type Value = string | number | boolean | null | undefined;

function rowsOf({
  batch_id,
  subjects,
  input,
  output,
  scores,
  model_file_name,
}: PredictionMessage): Value[][] {
  return subjects.map((subject, i) => [
    batch_id,
    i,
    subject,
    ...(input[i] ?? []),
    output[i] ?? '',
    scores?.[i] ?? null,
    model_file_name,
  ]);
}

function transpose(rows: readonly (readonly Value[])[]): Value[][] {
  return (rows[0] ?? []).map((_, column) => rows.map(row => row[column]));
}
