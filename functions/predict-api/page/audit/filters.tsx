import type { AuditAction } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';

/** What is looked for; an empty text is anything. */
export interface Wanted {
  readonly who: string;
  readonly action: AuditAction | '';
  readonly target: string;
  readonly address: string;
  readonly since: string;
  readonly until: string;
}

export const wantedAtFirst: Wanted = { who: '', action: '', target: '', address: '', since: '', until: '' };

/** What somebody did, in words. */
export const actions: Readonly<Record<AuditAction, string>> = {
  'model-decision': 'decided on models',
  'model-import': 'brought a model',
  'label-decision': 'decided on a label',
  withdrawal: 'took ratings back',
  'rating-for-another': 'rated for another',
  'dead-letter-replay': 'replayed a dead letter',
  'sign-in': 'signed in',
  'sign-out': 'signed out',
  'person-export': 'exported a person',
  'person-forgotten': 'had a person forgotten',
  'records-expired': 'let old records go',
  read: 'saw what is others’',
  refusal: 'was refused',
};

export function Filters({ onWanted }: { readonly onWanted: (wanted: Wanted) => void }) {
  const [wanted, setWanted] = useState(wantedAtFirst);
  const set = (part: Partial<Wanted>): void => setWanted({ ...wanted, ...part });
  const apply = (event: Event): void => {
    event.preventDefault();
    onWanted(wanted);
  };
  const text = (name: 'who' | 'target' | 'address', label: string, hint: string) => (
    <label>
      {label}
      <input
        value={wanted[name]}
        maxLength={500}
        placeholder={hint}
        onInput={event => set({ [name]: event.currentTarget.value })}
      />
    </label>
  );
  const time = (name: 'since' | 'until', label: string) => (
    <label>
      {label}
      <input
        type="datetime-local"
        value={wanted[name]}
        onInput={event => set({ [name]: event.currentTarget.value })}
      />
    </label>
  );
  const choose = (value: string): void => {
    const action = Object.keys(actions).find((one): one is AuditAction => one === value);
    set({ action: action ?? '' });
  };
  return (
    <form class="audit-filters" onSubmit={apply}>
      {text('who', 'Who', 'whole name')}
      <label>
        Did what
        <select value={wanted.action} onChange={event => choose(event.currentTarget.value)}>
          <option value="">anything</option>
          {Object.entries(actions).map(([action, name]) => (
            <option key={action} value={action}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {text('target', 'To what', 'a part of it')}
      {text('address', 'From where', 'an address')}
      {time('since', 'Since')}
      {time('until', 'Until')}
      <p class="actions">
        <button type="submit" class="primary">
          Show
        </button>
        <button
          type="reset"
          onClick={() => {
            setWanted(wantedAtFirst);
            onWanted(wantedAtFirst);
          }}
        >
          All
        </button>
      </p>
    </form>
  );
}
