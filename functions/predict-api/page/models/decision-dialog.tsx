import { useState } from 'preact/hooks';
import { call, messageOf } from '../api.ts';
import { modelName } from '../format.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure } from '../ui/parts.tsx';
import { useStored } from '../use-stored.ts';

export type Wish =
  | { readonly kind: 'promotion'; readonly model_file_name: string }
  | { readonly kind: 'pin'; readonly model_file_name: string }
  // It is about the model that the page shows: sent again, it must not go back further.
  | { readonly kind: 'rollback'; readonly instead_of: string }
  | { readonly kind: 'unpin' };

interface Props {
  readonly wish: Wish;
  readonly onClose: (done: boolean) => void;
}

const titles = {
  promotion: 'Promote a model',
  pin: 'Pin a model',
  rollback: 'Roll back',
  unpin: 'Unpin',
} as const;

/** Says what will happen, and asks who wants it and why, before it happens. */
export function DecisionDialog({ wish, onClose }: Props) {
  const [by, setBy] = useStored('reviewer');
  const [why, setWhy] = useState('');
  const [error, setError] = useState<string>();
  const decide = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await call('POST', '/decisions', { ...wish, by, why });
      onClose(true);
    } catch (failure) {
      setError(messageOf(failure));
    }
  };
  return (
    <Dialog title={titles[wish.kind]} onClose={() => onClose(false)}>
      <p>{consequenceOf(wish)}</p>
      <form onSubmit={event => void decide(event)}>
        <label>
          Your name
          <input required maxLength={500} value={by} onInput={event => setBy(event.currentTarget.value)} />
        </label>
        <label>
          Why
          <input required maxLength={500} value={why} onInput={event => setWhy(event.currentTarget.value)} />
        </label>
        <Failure message={error} />
        <p class="actions">
          <button type="button" onClick={() => onClose(false)}>
            Cancel
          </button>
          <button type="submit" class="primary">
            {titles[wish.kind]}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

function consequenceOf(wish: Wish): string {
  if (wish.kind === 'rollback') {
    return 'The model that answered before answers again, within seconds and everywhere. What the present one learned from is not promoted again until the data changes.';
  }
  if (wish.kind === 'unpin') return 'The next model that is good enough may take over again.';
  const name = modelName(wish.model_file_name);
  return wish.kind === 'pin'
    ? `${name} answers from now on and stays, whatever is trained, until somebody unpins it.`
    : `${name} answers from now on, within seconds and everywhere, until a better model is trained.`;
}
