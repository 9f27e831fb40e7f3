import { z } from '@banknote-loop/shared';
import { batchId } from '@banknote-loop/shared/contract';
import { HttpError } from '@banknote-loop/shared/http';
import type { BatchPlace } from '@banknote-loop/shared/postgres';

const place = z.object({ created: z.iso.datetime(), batch_id: batchId });

/** A place in the list of batches as one word for an address; nobody but us is to read it. */
export function encodeCursor({ created, batch_id }: BatchPlace): string {
  return Buffer.from(JSON.stringify({ created, batch_id })).toString('base64url');
}

export function decodeCursor(cursor: string): BatchPlace {
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new HttpError(400, 'The cursor is not one that this service gave: take it from "next".', {
      field: 'cursor',
    });
  }
}
