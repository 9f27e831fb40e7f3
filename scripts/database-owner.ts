import { type DatabaseServer, localOwner } from '@banknote-loop/local/prepare-database';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { folder, meantLoop } from './meant-loop.ts';

// Whose tables commands work on: those of PGUSER with PGPASSWORD at DBHOST, or, without PGUSER, those of the loop that
// runs on this machine. DATA_SET says which data set they hold.

export interface OwnedDatabase {
  readonly server: DatabaseServer;
  readonly name: string;
  readonly dataSet: DataSet;
}

/** The tables of a data set, by its name or the file of its declaration; if none is asked for, those of the loop here. */
export function findTarget(wanted: string | undefined): OwnedDatabase {
  const { DBHOST, DBPORT, DBNAME, PGUSER, PGPASSWORD } = process.env;
  const asked = wanted === undefined ? undefined : findDataSet(wanted).dataSet;
  if (PGUSER && folder === undefined) {
    if (!DBHOST || !PGPASSWORD) throw new Error('PGUSER is set, and so DBHOST and PGPASSWORD must be, too.');
    const owner = { user: PGUSER, password: PGPASSWORD };
    const dataSet = asked ?? findDataSet('banknotes').dataSet;
    return {
      server: { host: DBHOST, port: portOf(DBPORT), ...owner },
      name: DBNAME ?? dataSet.name,
      dataSet,
    };
  }
  const local = readLocal(asked);
  if (!local)
    throw new Error(
      `No loop${asked ? ` of ${asked.name}` : ''} runs here (npm start), and DBHOST, PGUSER and PGPASSWORD are not set.`,
    );
  if (DBHOST && (DBHOST !== local.server.host || portOf(DBPORT) !== local.server.port)) {
    throw new Error(`DBHOST is ${DBHOST}: set PGUSER and PGPASSWORD to those of the owner of its tables.`);
  }
  return local;
}

/** The database of a loop on this machine, if the loop has one of its own. */
function readLocal(asked: DataSet | undefined): OwnedDatabase | undefined {
  const loop = meantLoop(asked?.name);
  if (!loop) return undefined;
  const { DBHOST, DBPORT, DBNAME } = loop.environment;
  if (!DBHOST || !DBNAME) return undefined;
  return {
    server: { host: DBHOST, port: portOf(DBPORT), ...localOwner(loop.folder) },
    name: DBNAME,
    dataSet: asked ?? findDataSet(loop.declaration).dataSet,
  };
}

function portOf(text = '5432'): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`DBPORT takes a number from 1 to 65535, and was given "${text}".`);
  }
  return port;
}
