import { Document, isCollection, isMap, isScalar, isSeq } from 'yaml';
import { columnNames } from './column-names.ts';
import { type DataSet, type Feature, middleOf } from './declaration.ts';

const comments: Readonly<Record<string, string>> = {
  item: ' What one row is called, several of them, and what the page asks.',
  features:
    ' Rows travel in this order. min and max say what is expected: values beyond are taken, unless strict: true.',
  label:
    ' The class that is asked for; classes are numbered from 0 in this order. csv is how the file spells one.',
};

/** Writes a declaration for people to edit: a feature a line, without what goes without saying. */
export function toYaml(dataSet: DataSet, remarks: readonly string[] = []): string {
  const document = new Document(written(dataSet));
  if (remarks.length > 0)
    document.commentBefore = remarks.map(remark => ` ${remark.replaceAll(/\s+/g, ' ')}`).join('\n');
  const { contents } = document;
  if (!isMap(contents)) throw new Error('A declaration is a map.');
  for (const { key } of contents.items) {
    const comment = comments[String(key)];
    if (comment !== undefined && isScalar(key)) key.commentBefore = comment;
  }
  oneLineEach(document.getIn(['features'], true));
  const classes = document.getIn(['label', 'classes'], true);
  oneLineEach(classes);
  if (isSeq(classes) && classes.items.every(isScalar)) classes.flow = true;
  return document.toString({ lineWidth: 0 });
}

function oneLineEach(list: unknown): void {
  if (!isSeq(list)) return;
  for (const entry of list.items) if (isCollection(entry)) entry.flow = true;
}

function written(dataSet: DataSet): object {
  const { name, title, item, items, question, features, label, file, header, balance, floor, source } =
    dataSet;
  const derived = columnNames(features.map(feature => ({ name: feature.name })));
  const asDerived = features.every(({ column }, i) => column === derived[i]);
  return {
    name,
    title,
    item,
    items,
    question,
    features: features.map(feature => writtenFeature(feature, asDerived)),
    label: {
      name: label.name,
      ...unlessSame('csv', label.csv, label.name),
      classes: label.classes.map(one =>
        one.csv === one.name && one.was === undefined
          ? one.name
          : { name: one.name, ...unlessSame('csv', one.csv, one.name), ...unlessSame('was', one.was) },
      ),
    },
    file,
    ...unlessSame('header', header, true),
    ...unlessSame('balance', balance, false),
    ...(Object.keys(floor).length > 0 && { floor }),
    ...(Object.keys(source).length > 0 && { source }),
  };
}

function writtenFeature(feature: Feature, asDerived: boolean): object {
  return {
    name: feature.name,
    ...(!asDerived && { column: feature.column }),
    ...unlessSame('csv', feature.csv, feature.name),
    kind: feature.kind,
    ...ofKind(feature),
    ...unlessSame('missing', feature.missing, false),
    ...unlessSame('fill', feature.fill),
    ...unlessSame('was', feature.was),
    ...unlessSame('hint', feature.hint),
  };
}

function ofKind(feature: Feature): object {
  switch (feature.kind) {
    case 'number':
      return {
        ...unlessSame('integer', feature.integer, false),
        ...unlessSame('min', feature.min),
        ...unlessSame('max', feature.max),
        ...unlessSame('strict', feature.strict, false),
        ...unlessSame('example', feature.example, middleOf(feature)),
      };
    case 'category':
      return {
        categories: feature.categories,
        ...unlessSame('unknown', feature.unknown, 'refuse'),
        ...unlessSame('example', feature.example, feature.categories[0]),
      };
    case 'yes-no':
      return unlessSame('example', feature.example, true);
  }
}

function unlessSame<T>(key: string, value: T, usual?: T): object {
  return value === usual || value === undefined ? {} : { [key]: value };
}
