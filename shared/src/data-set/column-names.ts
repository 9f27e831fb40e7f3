// The names under which features stand in tables, in statements and in the parameters of addresses. They are derived
// from what people call them, so they must come out the same everywhere and for ever: whoever changes a rule here
// renames columns of databases that exist.

const longest = 63;
const fitting = /^[a-z][a-z0-9_]*$/;

/** What PostgreSQL's grammar keeps for itself, as a column or as a function or type (its appendix C). */
const sqlWords =
  'all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real references returning right row select session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable ctid oid tableoid xmin xmax cmin cmax';

/** Columns, message fields and parameters of the loop itself, and what every object in JavaScript has. */
const ownWords =
  'batch_id position subject_id subject subjects features input output prediction predictions score scores probability probabilities model model_file_name is_correct rated_at reviewer created class label labels rating ratings true_class true_label note_hash item_hash is_holdout role job_id verified checked_by plausibility unlike oddity suspicion seconded_by kept_by outvoted near_settled set_aside set_aside_by doubt look_again abstained id fingerprint correlation_id traceparent status_text message token constructor valueof';

const taken = new Set(`${sqlWords} ${ownWords}`.split(' '));

/** What is wrong with a column name that somebody wrote by hand. */
export function columnProblem(column: string): string | undefined {
  if (!fitting.test(column))
    return 'must be small letters, digits and underscores, and begin with a letter: my_column';
  if (column.length > longest) return `must have at most ${longest} characters`;
  return taken.has(column) ? 'is a word that SQL or the loop itself needs; choose another' : undefined;
}

export interface NamedColumn {
  readonly name: string;
  /** Chosen by hand; such names come first, the others make way for them. */
  readonly column?: string | undefined;
}

/**
 * One safe name for each feature, none of them twice. A feature that is called as a column may be called keeps its
 * name, wherever it stands: otherwise a row by name could mean two features by one word.
 */
export function columnNames(features: readonly NamedColumn[]): string[] {
  const used = new Set(features.flatMap(({ column }) => column ?? []));
  const names: (string | undefined)[] = features.map(({ name, column }) => {
    if (column !== undefined) return column;
    const own = name.toLowerCase();
    if (columnProblem(own) !== undefined || used.has(own)) return undefined;
    used.add(own);
    return own;
  });
  return names.map((chosen, i) => {
    if (chosen !== undefined) return chosen;
    const derived = firstFree(columnOf(features[i]?.name ?? '') || `f${i + 1}`, used);
    used.add(derived);
    return derived;
  });
}

function firstFree(name: string, used: ReadonlySet<string>): string {
  const safe = taken.has(name) ? ending(name, '_value') : name;
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? safe : ending(safe, `_${n}`);
    if (!used.has(candidate) && !taken.has(candidate)) return candidate;
  }
}

function ending(name: string, end: string): string {
  return name.slice(0, longest - end.length) + end;
}

const spelledOut: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
  μ: 'u',
  '%': ' percent ',
};

/** Small letters of ASCII, digits and underscores; empty if the name has none of them in it. */
function columnOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, letter => spelledOut[letter] ?? '_');
  const words = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');
  return (/^\d/.test(words) ? `f_${words}` : words).slice(0, longest).replace(/_$/, '');
}
