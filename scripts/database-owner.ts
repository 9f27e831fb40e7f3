import { join } from 'node:path';
import { type DatabaseServer, localOwner } from '@banknote-loop/local/prepare-database';
import { chooseLoop, runningLoops } from '@banknote-loop/local/running-loops';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';

// Whose tables commands work on: those of PGUSER with PGPASSWORD at DBHOST, or, without PGUSER, those of the loop that
// runs on this machine. DATA_SET says which data set they hold.

export interface OwnedDatabase {
  readonly server: DatabaseServer;
  readonly name: string;
  readonly dataSet: DataSet;
}

const root = join(import.meta.dirname, '..');

/** The tables of a data set, and of the one that DATA_SET says if none is asked for. */
export function findTarget(wanted: string | undefined): OwnedDatabase {
  const { DBHOST, DBPORT, DBNAME, PGUSER, PGPASSWORD } = process.env;
  if (PGUSER) {
    if (!DBHOST || !PGPASSWORD) throw new Error('PGUSER is set, and so DBHOST and PGPASSWORD must be, too.');
    const owner = { user: PGUSER, password: PGPASSWORD };
    const { dataSet } = findDataSet(wanted ?? 'banknotes');
    return {
      server: { host: DBHOST, port: portOf(DBPORT), ...owner },
      name: DBNAME ?? dataSet.name,
      dataSet,
    };
  }
  const local = readLocal(wanted);
  if (!local)
    throw new Error(
      `No loop${wanted ? ` of ${wanted}` : ''} runs here (npm start), and DBHOST, PGUSER and PGPASSWORD are not set.`,
    );
  if (DBHOST && (DBHOST !== local.server.host || portOf(DBPORT) !== local.server.port)) {
    throw new Error(`DBHOST is ${DBHOST}: set PGUSER and PGPASSWORD to those of the owner of its tables.`);
  }
  return local;
}

/** The database of a loop on this machine, if the loop has one of its own. */
function readLocal(wanted: string | undefined): OwnedDatabase | undefined {
  const loop = chooseLoop(runningLoops(root), wanted);
  if (!loop) return undefined;
  const { DBHOST, DBPORT, DBNAME } = loop.environment;
  if (!DBHOST || !DBNAME) return undefined;
  const { dataSet } = findDataSet(loop.dataSet);
  return {
    server: { host: DBHOST, port: portOf(DBPORT), ...localOwner(loop.folder) },
    name: DBNAME,
    dataSet,
  };
}

function portOf(text = '5432'): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`DBPORT takes a number from 1 to 65535, and was given "${text}".`);
  }
  return port;
}
