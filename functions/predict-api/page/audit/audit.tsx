import type { AuditRecord } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { errorOf, get, messageOf, send } from '../api.ts';
import { count, dayAndTime } from '../format.ts';
import { Card, Empty, Failure } from '../ui/parts.tsx';
import { Scroll } from '../ui/scroll.tsx';
import { useLoad } from '../use-load.ts';
import { actions, Filters, type Wanted, wantedAtFirst } from './filters.tsx';

/** Who did what, when and from where, and what was before and after. */
export function Audit() {
  const [wanted, setWanted] = useState(wantedAtFirst);
  const query = queryOf(wanted);
  return (
    <Card title="Who did what" aside={<Export query={query} />}>
      <Filters onWanted={setWanted} />
      <Records key={query} query={query} />
    </Card>
  );
}

function queryOf({ since, until, ...texts }: Wanted): string {
  const query = new URLSearchParams(Object.entries(texts).filter(([, text]) => text !== ''));
  if (since) query.set('since', new Date(since).toISOString());
  if (until) query.set('until', new Date(until).toISOString());
  return query.toString();
}

function Records({ query }: { readonly query: string }) {
  const { data, error } = useLoad(`/audit?${query}`);
  const [older, setOlder] = useState<readonly AuditRecord[]>([]);
  const [next, setNext] = useState<number | null>();
  const [failure, setFailure] = useState<string>();
  const cursor = next === undefined ? data?.next : next;
  const more = (): void =>
    void get(`/audit?${query}&cursor=${cursor}`).then(
      page => {
        setOlder(before => [...before, ...page.records]);
        setNext(page.next);
      },
      problem => setFailure(messageOf(problem)),
    );
  const records = [...(data?.records ?? []), ...older];
  return (
    <>
      <Failure message={error ?? failure} />
      {data && records.length === 0 ? <Empty>Nothing of that kind is on record.</Empty> : null}
      {records.length > 0 ? (
        <Scroll label="Records">
          <table class="audit stacks">
            <thead>
              <tr>
                <th scope="col">when</th>
                <th scope="col">who</th>
                <th scope="col">did what</th>
                <th scope="col">to what</th>
                <th scope="col">from where</th>
                <th scope="col">before and after</th>
              </tr>
            </thead>
            <tbody>
              {records.map(record => (
                <Row key={record.id} {...record} />
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
      {cursor ? (
        <p class="actions">
          <button type="button" onClick={more}>
            Older ones
          </button>
        </p>
      ) : null}
    </>
  );
}

function Row({ created, who, action, target, address, before, after, times }: AuditRecord) {
  return (
    <tr>
      <td class="when" data-name="when">
        <time dateTime={created}>{dayAndTime(created)}</time>
      </td>
      <th scope="row">{who}</th>
      <td data-name="did what">
        <span>
          {actions[action]}
          {times > 1 ? <span class="muted"> {count(times)} times</span> : null}
        </span>
      </td>
      <td class="target" data-name="to what">
        {target ?? '–'}
      </td>
      <td class="when" data-name="from where">
        {address ?? '–'}
      </td>
      <td data-name="change">
        <Change before={before} after={after} />
      </td>
    </tr>
  );
}

function Change({ before, after }: Pick<AuditRecord, 'before' | 'after'>) {
  if (before === null && after === null) return <span class="muted">–</span>;
  return (
    <details>
      <summary>{before === null ? 'after' : after === null ? 'before' : 'before and after'}</summary>
      {before === null ? null : <pre>{JSON.stringify(before, null, 2)}</pre>}
      {after === null ? null : <pre class="after">{JSON.stringify(after, null, 2)}</pre>}
    </details>
  );
}

/** Not by a link: a link cannot send a token. */
function Export({ query }: { readonly query: string }) {
  const [error, setError] = useState<string>();
  const save = async (format: 'csv' | 'ndjson'): Promise<void> => {
    setError(undefined);
    try {
      const answer = await send(`/audit/export?${query}&format=${format}`);
      if (!answer.ok) throw await errorOf(answer);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `audit.${format}`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (problem) {
      setError(messageOf(problem));
    }
  };
  return (
    <span class="actions">
      <Failure message={error} />
      <button type="button" onClick={() => void save('csv')}>
        Export CSV
      </button>
      <button type="button" onClick={() => void save('ndjson')}>
        Export JSON
      </button>
    </span>
  );
}
