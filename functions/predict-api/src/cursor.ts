import { z } from '@banknote-loop/shared';
import { batchId } from '@banknote-loop/shared/contract';
import { HttpError } from '@banknote-loop/shared/http';
import type { BatchPosition } from '@banknote-loop/shared/postgres';

const position = z.object({ created: z.iso.datetime(), batch_id: batchId });

/** A position in the list of batches as one word for an address; nobody but us is to read it. */
export function encodeCursor({ created, batch_id }: BatchPosition): string {
  return Buffer.from(JSON.stringify({ created, batch_id })).toString('base64url');
}

export function decodeCursor(cursor: string): BatchPosition {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new HttpError(400, 'The cursor is not one that this service gave: take it from "next".', {
      field: 'cursor',
    });
  }
}
