import cluster, { type Worker } from 'node:cluster';
import { Agent, IncomingMessage, request, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

// Loaded before the function that stands behind the loop's front door, in its process. The runner hands it the
// connections that come there; what others answer it passes on, as a load balancer does in the cloud.

/** Whose paths are answered elsewhere: the ports on this machine. */
const elsewhere: ReadonlyMap<string, number> = new Map(
  Object.entries(JSON.parse(process.env.FRONT_DOOR ?? '{}')),
);
const handedOver = new WeakSet<Socket>();
const agent = new Agent({ keepAlive: true });
/** The processes that answer, where there are several: one that is only being started would lose what it is given. */
const answering: Worker[] = [];
/** What came while nobody listened. */
const waiting: Socket[] = [];
let server: Server | undefined;
let turn = 0;

process.on('message', (message, connection) => {
  if (!(connection instanceof Socket)) return;
  // The runner keeps it open until it knows that somebody has it.
  if (cluster.isPrimary) process.send?.({ taken: Reflect.get(Object(message), 'connection') });
  take(connection);
});

cluster.on('listening', worker => {
  answering.push(worker);
  for (const connection of waiting.splice(0)) giveOn(connection);
});
cluster.on('disconnect', worker => {
  answering.splice(0, answering.length, ...answering.filter(other => other !== worker));
});

function take(connection: Socket): void {
  if (!server) return void giveOn(connection);
  handedOver.add(connection);
  server.emit('connection', connection);
  connection.resume();
}

/** Of several processes the first one answers nothing itself. */
function giveOn(connection: Socket): void {
  stopReading(connection);
  const worker = answering[turn++ % answering.length];
  if (worker) worker.send('connection', connection);
  else waiting.push(connection);
}

/** A connection reads as soon as it is there, and what it had read would be lost to the one who is given it. */
function stopReading(connection: Socket): void {
  const handle: unknown = Reflect.get(connection, '_handle');
  if (handle instanceof Object && 'readStop' in handle && handle.readStop instanceof Function)
    handle.readStop();
}

const { emit } = Server.prototype;
/** The functions-framework makes the server: what is not for the function is taken out before its listeners hear of it. */
Server.prototype.emit = function emitOrPassOn(
  this: Server,
  event: string | symbol,
  ...args: unknown[]
): boolean {
  if (event === 'listening') server = this;
  const [incoming, outgoing] = args;
  const isAsked =
    event === 'request' && incoming instanceof IncomingMessage && handedOver.has(incoming.socket);
  if (isAsked && outgoing instanceof ServerResponse && isPassedOn(incoming, outgoing)) return true;
  return Reflect.apply(emit, this, [event, ...args]);
};

function isPassedOn(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  const { headers, socket, url = '/' } = incoming;
  // Says whose request it is, as a load balancer does: whatever the caller says of that stands before it.
  const forwardedFor = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = [forwardedFor ?? [], socket.remoteAddress ?? 'unknown'].flat().join(', ');
  const [path = ''] = url.split('?', 1);
  const port = elsewhere.get(path);
  if (port === undefined) return false;
  forward(port, incoming, outgoing);
  return true;
}

function forward(port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = request({ agent, host: '127.0.0.1', port, method, path: url, headers }, answer => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => {
    if (outgoing.headersSent) return void outgoing.destroy();
    const body = {
      status_text: 'Bad Gateway',
      message: 'The function that answers here is being started again.',
    };
    outgoing
      .writeHead(502, { 'content-type': 'application/json', 'retry-after': '1' })
      .end(JSON.stringify(body));
  });
  // A caller who goes away must not leave the function talking to nobody.
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
