import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import { Scroll } from '../ui/scroll.tsx';
import { exampleOf, type Operation, type Parameter } from './openapi.ts';

interface Props {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Sends a request, and shows what comes back. */
export function TryIt({ method, path, operation }: Props) {
  const json = operation.requestBody?.content['application/json']?.schema;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [body, setBody] = useState(json ? JSON.stringify(exampleOf(json), null, 2) : '');
  const [answer, setAnswer] = useState('');
  const ask = async (event: Event): Promise<void> => {
    event.preventDefault();
    setAnswer('…');
    const filled = operation.parameters.filter(({ name }) => values[name]);
    const headers = filled.filter(one => one.in === 'header').map(({ name }) => [name, values[name] ?? '']);
    const response = await send(addressOf(path, filled, values), {
      method: method.toUpperCase(),
      headers: {
        ...Object.fromEntries(headers),
        ...(json ? { 'content-type': 'application/json' } : {}),
      },
      ...(json ? { body } : {}),
    });
    setAnswer(`${response.status} ${response.statusText}\n\n${pretty(await response.text())}`);
  };
  return (
    <form class="try" onSubmit={event => void ask(event)}>
      {operation.parameters.map(({ name, required, description, in: place }) => (
        <label key={name}>
          {name} <small class="muted">{description ?? place}</small>
          <input
            required={required}
            value={values[name] ?? ''}
            onInput={event => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        </label>
      ))}
      {json ? (
        <label>
          Body
          <textarea
            rows={6}
            spellcheck={false}
            value={body}
            onInput={event => setBody(event.currentTarget.value)}
          />
        </label>
      ) : null}
      <p class="actions">
        <button type="submit" class="primary">
          Send
        </button>
      </p>
      {answer ? (
        <Scroll label="Answer">
          <pre>{answer}</pre>
        </Scroll>
      ) : null}
    </form>
  );
}

function addressOf(
  path: string,
  filled: readonly Parameter[],
  values: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams();
  let address = path;
  for (const { name, in: place } of filled) {
    const value = values[name] ?? '';
    if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(value));
    if (place === 'query') query.set(name, value);
  }
  return query.size > 0 ? `${address}?${query}` : address;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
