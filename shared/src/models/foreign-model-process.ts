import { PermanentError } from '../base/errors.ts';
import { readForeignModel } from './foreign-model.ts';
import type { FileToRead, WhatBecameOfIt } from './read-apart.ts';

// The process of read-apart.ts: looks at one file, says what became of it, and is ended.

function look({ dataSet, file, rows }: FileToRead): WhatBecameOfIt {
  try {
    return { model: readForeignModel(dataSet, file, rows) };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return { refusal: error.message };
  }
}

process.once('message', (asked: FileToRead) => process.send?.(look(asked)));
