import type { Receipt } from '@banknote-loop/shared/contract';
import { useClasses } from '../data-set.tsx';
import { duration, modelName } from '../format.ts';
import { ClassLabel } from '../ui/class-label.tsx';
import { Card, Empty, Failure } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';

const maxBatches = 20;

/** What became of the ratings that were saved here, as it happens. */
export function Receipts({ batches }: { readonly batches: readonly string[] }) {
  return (
    <Card title="Receipts" class="receipts">
      {batches.length === 0 ? (
        <Empty>Save a rating, and follow here what becomes of it: to the model that has learned it.</Empty>
      ) : null}
      {batches.slice(0, maxBatches).map(id => (
        <BatchReceipt key={id} id={id} />
      ))}
    </Card>
  );
}

function BatchReceipt({ id }: { readonly id: string }) {
  const { data, error } = useLoad(`/batches/${id}/receipt`, {
    on: ['feedback', 'job', 'model', 'batch'],
    everyMs: 5_000,
  });
  return (
    <section class="receipt" aria-label={`Receipt of batch ${id}`}>
      <Failure message={error} />
      {data?.receipts.length === 0 ? <p class="muted">On its way …</p> : null}
      {data?.receipts.map(receipt => (
        <ItemReceipt key={receipt.subject} receipt={receipt} />
      ))}
    </section>
  );
}

function ItemReceipt({ receipt }: { readonly receipt: Receipt }) {
  const {
    subject,
    prediction,
    rating,
    reviewer,
    training_row,
    model,
    now,
    correction_to_live_seconds,
    words,
  } = receipt;
  const classes = useClasses();
  const trueLabel = trueLabelOf(receipt, classes);
  return (
    <details open={rating === 0}>
      <summary>
        <b>
          <bdi>{subject}</bdi>
        </b>{' '}
        {rating === 1 ? 'right' : 'wrong'}
        {reviewer ? <span class="muted"> by {reviewer}</span> : null}
      </summary>
      <ol class="steps">
        <li class="done">
          rated: {rating === 1 ? 'it is' : 'it is not'} {prediction}
          {trueLabel === null ? '' : `, it is ${trueLabel}`}
        </li>
        <li class={training_row ? 'done' : ''}>
          {training_row ? `in the data as ${training_row.label}` : waitsFor(receipt, classes)}
        </li>
        <li class={model ? 'done' : ''}>
          {training_row?.role === 'set aside'
            ? 'set aside: nothing is learned from it for now'
            : model
              ? `trained ${modelName(model.model_file_name)}: ${model.promoted ? 'promoted' : 'refused'}`
              : 'not settled by a training yet'}
        </li>
        {correction_to_live_seconds === null ? null : (
          <li class="done">live {duration(correction_to_live_seconds)} after the correction</li>
        )}
      </ol>
      <p>{words}</p>
      {now ? (
        <p>
          Now called <ClassLabel name={now.prediction} />{' '}
          <span class="muted">by {modelName(now.model_file_name)}</span>
        </p>
      ) : null}
    </details>
  );
}

/** What the reviewer said it is instead; with two classes that needs no words. */
function trueLabelOf({ rating, true_label }: Receipt, classes: readonly string[]): string | null {
  return rating === 0 && classes.length > 2 ? (true_label ?? null) : null;
}

function waitsFor({ rating, true_label }: Receipt, classes: readonly string[]): string {
  const isOpen = rating === 0 && classes.length > 2 && true_label === null;
  return isOpen ? 'not in the data, as nobody has said what it is' : 'on its way to the data';
}
