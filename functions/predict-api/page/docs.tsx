import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { Account } from './account/lazy-account.tsx';
import { useDataSet, WithDataSet } from './data-set.tsx';
import { type Operation, typeOf } from './docs/openapi.ts';
import { TryIt } from './docs/try-it.tsx';
import { WithSession } from './session.tsx';
import { Failure } from './ui/parts.tsx';
import { Scroll } from './ui/scroll.tsx';
import { useLoad } from './use-load.ts';

function Docs() {
  const { title } = useDataSet();
  const { data, error } = useLoad('/openapi.json');
  useEffect(() => {
    document.title = `API · ${title}`;
  }, [title]);
  return (
    <>
      <header class="top">
        <p class="brand">
          <a href="/">{title}</a>
        </p>
        <Account />
      </header>
      <main id="content">
        <h1>API</h1>
        <p>
          {data?.info.description} Made from <a href="/openapi.json">/openapi.json</a>, which is made from the
          schemas that check each request.
        </p>
        <Failure message={error} />
        {Object.entries(data?.paths ?? {}).flatMap(([path, operations]) =>
          Object.entries(operations).map(([method, operation]) => (
            <OperationCard key={`${method} ${path}`} method={method} path={path} operation={operation} />
          )),
        )}
      </main>
    </>
  );
}

interface Props {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function OperationCard({ method, path, operation }: Props) {
  const { summary, requestBody, responses } = operation;
  const isStream = Object.values(responses).some(({ content = {} }) => 'text/event-stream' in content);
  return (
    <details class="card operation">
      <summary>
        <code class={`method ${method}`}>{method.toUpperCase()}</code> <code class="path">{path}</code>
        <span>{summary}</span>
      </summary>
      {Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => (
        <SchemaBlock key={type} title={`Body, ${type}`} text={schema ? typeOf(schema) : type} />
      ))}
      {Object.entries(responses).map(([status, { content = {} }]) =>
        Object.entries(content).map(([type, { schema }]) => (
          <SchemaBlock
            key={`${status} ${type}`}
            title={status === 'default' ? 'If something is wrong' : `${status}, ${type}`}
            text={schema ? typeOf(schema) : type}
          />
        )),
      )}
      {isStream ? null : <TryIt method={method} path={path} operation={operation} />}
    </details>
  );
}

function SchemaBlock({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <>
      <h2>{title}</h2>
      <Scroll label={title}>
        <pre>{text}</pre>
      </Scroll>
    </>
  );
}

const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(
    <WithSession>
      <WithDataSet>
        <Docs />
      </WithDataSet>
    </WithSession>,
    root,
  );
}
